"""Seconds from `seguripago up` to the first page, packages installed: on a machine that never ran it, and again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from bench.report import Figure, median_of
from bench.site import Site, two_free_ports
from seguripago.config.cluster import borrowed
from seguripago.config.up_children import die_with_parent

ROUNDS = 3
PATIENCE_S = 180


def measure(site: Site, *, fast: bool) -> list[Figure]:
    """The first start makes cluster, tables and demo store; the floor is PostgreSQL alone, made or only started."""
    clean, again, made, started = [], [], [], []
    for _ in range(1 if fast else ROUNDS):
        data = Path(tempfile.mkdtemp(prefix="seguripago-first-"))
        data.chmod(0o711)
        try:
            made.append(_postgres(data))
            started.append(_postgres(data))
            clean.append(_first_page(data))
            again.append(_first_page(data))
        finally:
            shutil.rmtree(data, ignore_errors=True)
    count = len(clean)
    return [
        Figure("first_page_s", median_of(clean), "s", "lower", count, median_of(made), "clean, packages installed"),
        Figure("first_page_again_s", median_of(again), "s", "lower", count, median_of(started), "on data that exists"),
    ]


def _first_page(data: Path) -> float:
    port = two_free_ports()
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SEGURIPAGO_", "DJANGO_")) and name not in {"DATABASE_URL", "PORT"}
    } | {"SEGURIPAGO_DATA_DIR": str(data), "PYTHONUNBUFFERED": "1"}
    with (data / "up.log").open("wb") as log:
        start = time.perf_counter()
        up = subprocess.Popen(
            [sys.executable, "-m", "seguripago.config.command_line", "up", "--port", str(port)],
            env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=die_with_parent,
        )  # fmt: skip
        try:
            while not _answers(f"http://127.0.0.1:{port}/"):
                if up.poll() is not None or time.perf_counter() - start > PATIENCE_S:
                    raise RuntimeError("`up` did not come up:\n" + (data / "up.log").read_text()[-2000:])
                time.sleep(0.05)
            return time.perf_counter() - start
        finally:
            up.send_signal(signal.SIGINT)
            up.wait(60)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return bool(answer.status == 200 and answer.read())
    except OSError:
        return False


def _postgres(data: Path) -> float:
    """Seconds of PostgreSQL alone; the second time it is only started."""
    start = time.perf_counter()
    with borrowed(data, "floor"):
        return time.perf_counter() - start
