"""A process that `up` looks after leaves nothing of what it started: not when it is stopped, not when it dies."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import psutil
import pytest

from seguripago.config.up_children import Child

# It starts one that hears no request to end, and says its number.
PARENT = """
import subprocess, sys, time
deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
child = subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE, text=True)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(60)
"""


def started(child: Child) -> int:
    """Start it; gives the number of what it started in turn."""
    child.start()
    until = time.monotonic() + 20
    while time.monotonic() < until:
        said = child.log.read_text().split()
        if said and said[-1].isdigit() and psutil.pid_exists(int(said[-1])):
            return int(said[-1])
        time.sleep(0.05)
    raise AssertionError(child.last_words())


def lives(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


@pytest.mark.skipif(sys.platform != "linux", reason="sessions are looked at as Linux shows them")
def test_what_a_dead_one_had_started_is_gone_before_it_starts_again(tmp_path: Path) -> None:
    child = Child("one", (sys.executable, "-c", PARENT), tmp_path / "log")
    first = started(child)
    assert child._process is not None
    os.kill(child._process.pid, signal.SIGKILL)
    child.wait()
    assert lives(first), "it hears nobody: without us it would go on"

    child.start()
    assert not lives(first)
    child.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="sessions are looked at as Linux shows them")
def test_who_stops_takes_along_what_it_started(tmp_path: Path) -> None:
    child = Child("one", (sys.executable, "-c", PARENT), tmp_path / "log")
    first = started(child)
    child.stop()
    assert not lives(first)
