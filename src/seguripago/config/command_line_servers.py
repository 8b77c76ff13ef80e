"""The servers of production, apart from each other: pages under granian, streams under uvicorn, a proxy before both."""

import uvicorn
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels


def web(*, host: str, port: int, workers: int, threads: int) -> None:
    """Serve pages and API until told to stop."""
    Granian(
        "seguripago.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        workers_kill_timeout=5,
        respawn_failed_workers=True,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()


def live(*, host: str, port: int) -> None:
    """Serve streams until told to stop; open ones are cut after a second and the browser comes back by itself."""
    uvicorn.run(
        "seguripago.web.live.app:application",
        host=host,
        port=port,
        timeout_graceful_shutdown=1,
        access_log=False,
        log_level="warning",
    )


def worker() -> None:
    """Run the worker with every room's listeners until it is stopped."""
    from seguripago.config import wiring
    from seguripago.jobs import worker as jobs_worker

    jobs_worker.run(wiring.listeners())
