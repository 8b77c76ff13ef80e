"""The servers of production, apart from each other: pages under granian, streams under uvicorn, a proxy before both."""

import os
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from seguripago.config.up_children import die_with_parent

LOOK_S = 0.2
GRACE_S = 4.5
STARTUP_FAILED = 3


def web(*, host: str, port: int, workers: int, threads: int) -> None:
    """Serve pages and API until told to stop."""
    Granian(
        "seguripago.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        # A deploy is told five seconds for the whole, and a request that stopped half way never ends by itself.
        workers_kill_timeout=2,
        respawn_failed_workers=True,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()


def live(*, host: str, port: int, reuse_port: bool = False) -> None:
    """Serve streams until told to stop; open ones are told goodbye, and the browser comes back by itself.

    With `reuse_port` a second process may listen beside this one, so that one is always there while the other is new.
    """
    allow_every_file()
    server = uvicorn.Server(live_config(host, port))
    server.run(sockets=[_shared_socket(host, port)] if reuse_port else None)
    if not server.started:
        sys.exit(STARTUP_FAILED)


def live_config(host: str, port: int) -> uvicorn.Config:
    """How streams are served. Only `SEGURIPAGO_TRUSTED_PROXIES` says whose word about the caller counts: by itself
    uvicorn would believe whoever connects from this machine.
    """
    return uvicorn.Config(
        "seguripago.web.live.app:application",
        host=host,
        port=port,
        proxy_headers=False,
        timeout_graceful_shutdown=1,
        access_log=False,
        log_level="warning",
    )


def _shared_socket(host: str, port: int) -> socket.socket:
    """A socket at an address at which other processes of the same user may listen too."""
    shared = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    shared.bind((host, port))
    return shared


def allow_every_file() -> None:
    """Raise this process's limit of open files to what the machine lets it: every open stream is one."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def worker(*, only: str | None = None) -> None:
    """Run the worker until it is stopped: money in this process, what follows it in a second one that steps aside."""
    # PostgreSQL keeps the plans of a long session. One made while a table was small reads all of it, and would go on
    # doing so for minutes after it has grown; every statement of the worker has its index.
    os.environ["PGOPTIONS"] = f"{os.environ.get('PGOPTIONS', '')} -c enable_seqscan=off -c jit=off".strip()
    from seguripago.config import wiring
    from seguripago.jobs import worker as jobs_worker

    if only == "followers":
        jobs_worker.follow(wiring.listeners())
        return
    if only == "money":
        jobs_worker.carry_money(wiring.listeners())
        return
    with _second_process():
        jobs_worker.carry_money(wiring.listeners())


@contextmanager
def _second_process() -> Iterator[None]:
    """Keep the followers running beside us; whoever dies is started again, and none outlives us."""
    stop = threading.Event()
    command = (sys.executable, "-m", "seguripago.config.command_line", "worker", "--only", "followers")

    def keep() -> None:
        while not stop.is_set():
            # Linux tells the child when this very thread ends, so the thread stays for as long as the child lives.
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=die_with_parent)
            while child.poll() is None and not stop.wait(LOOK_S):
                pass
            child.terminate()
            try:
                child.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            stop.wait(LOOK_S)

    keeper = threading.Thread(target=keep, name="followers")
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join()
