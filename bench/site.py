"""The program as production runs it: pages under granian, streams under uvicorn, a worker, a durable PostgreSQL."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
from django.db import connection

READY_S = 60


@dataclass(frozen=True, slots=True)
class Site:
    """Where it listens and which processes it is."""

    host: str
    web_port: int
    live_port: int
    web_pid: int
    live_pid: int
    worker_pid: int
    store_slug: str

    def cpu_s(self, pid: int) -> float:
        """Processor seconds of a process and its children so far."""
        process = psutil.Process(pid)
        total = 0.0
        for one in (process, *process.children(recursive=True)):
            times = one.cpu_times()
            total += times.user + times.system
        return total

    def rss_kib(self, pid: int) -> float:
        process = psutil.Process(pid)
        return sum(one.memory_info().rss for one in (process, *process.children(recursive=True))) / 1024


@contextmanager
def running(*, web_workers: int = 2, web_threads: int = 4) -> Iterator[Site]:
    """Start everything against a fresh database and stop it again."""
    with ExitStack() as stack:
        data = Path(tempfile.mkdtemp(prefix="seguripago-bench-"))
        # The server's user passes through it; else the cluster would lie elsewhere and stay: eleven gigabytes.
        data.chmod(0o711)
        stack.callback(shutil.rmtree, data, ignore_errors=True)
        web_port, live_port = free_port(), free_port()
        os.environ |= {
            "SEGURIPAGO_DEMO": "1",
            "SEGURIPAGO_SECRET_KEY": secrets.token_urlsafe(48),
            "SEGURIPAGO_DEMO_PASSWORD": secrets.token_hex(8),
            "SEGURIPAGO_DATA_DIR": str(data),
            "DJANGO_SETTINGS_MODULE": "seguripago.config.settings",
            "PORT": str(web_port),
        }
        if not os.environ.get("DATABASE_URL"):
            from seguripago.config.cluster import borrowed

            os.environ["DATABASE_URL"] = stack.enter_context(borrowed(data, "postgres-bench", durable=True))
        _site_ready(stack, data, web_port, live_port, web_workers, web_threads)
        from seguripago.config.up_children import Child

        own = (sys.executable, "-m", "seguripago.config.command_line")
        children = {
            "web": Child(
                "web",
                (*own, "web", "--port", str(web_port), "--workers", str(web_workers), "--threads", str(web_threads)),
                data / "web.log",
            ),
            "live": Child("live", (*own, "live", "--port", str(live_port)), data / "live.log"),
            "worker": Child("worker", (*own, "worker"), data / "worker.log"),
        }
        for child in children.values():
            child.start()
            stack.callback(child.stop)
        _wait(f"http://127.0.0.1:{web_port}/readyz", children)
        _wait(f"http://127.0.0.1:{live_port}/live/", children, any_answer=True)
        time.sleep(2)
        pids = {name: _pid(child) for name, child in children.items()}
        yield Site("127.0.0.1", web_port, live_port, pids["web"], pids["live"], pids["worker"], "sierra-alta")


@contextmanager
def with_fresh_streams(site: Site) -> Iterator[Site]:
    """The site with a process of streams that has held none yet: memory that was given back would hide what is new."""
    from seguripago.config.up_children import Child

    port = free_port()
    command = (sys.executable, "-m", "seguripago.config.command_line", "live", "--port", str(port))
    child = Child("streams", command, Path(os.environ["SEGURIPAGO_DATA_DIR"]) / "fresh-live.log")
    child.start()
    try:
        _wait(f"http://127.0.0.1:{port}/live/", {}, any_answer=True)
        time.sleep(2)
        yield replace(site, live_port=port, live_pid=_pid(child))
    finally:
        child.stop()


def _site_ready(stack: ExitStack, data: Path, web_port: int, live_port: int, workers: int, threads: int) -> None:
    """Tables and the demo store, in this process, which later prepares the world of each measure."""
    import django

    django.setup()
    from django.core.management import call_command

    from seguripago.config import wiring
    from seguripago.foundations.facts.wakeups import hang_up

    wiring.connect()
    call_command("migrate", verbosity=0)
    from seguripago.jobs import demo

    demo.run()
    stack.callback(hang_up)


def _pid(child: object) -> int:
    process = child._process  # type: ignore[attr-defined]
    return int(process.pid)


def _wait(url: str, children: dict[str, object], *, any_answer: bool = False) -> None:
    until = time.monotonic() + READY_S
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except urllib.error.HTTPError:
            if any_answer:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise RuntimeError(f"{url} does not answer")


def free_port() -> int:
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port < 32768:
            return port
        port = 20000 + secrets.randbelow(12000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port


def two_free_ports() -> int:
    """A port whose neighbour is free too."""
    while True:
        port = free_port()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port + 1)):
                return port


def postmaster() -> int:
    """The process of which every PostgreSQL server process is a child."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(psutil.Process(cursor.fetchone()[0]).ppid())
