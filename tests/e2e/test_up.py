"""`make up` as its user meets it: from nothing to READY, through a crash and Ctrl-C, and again with the same data."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tests.ports import two_free_ports

PROGRAM = (sys.executable, "-m", "seguripago.config.command_line")
PATIENCE_S = 300


class Terminal:
    """A terminal in which somebody types `seguripago up`, on a machine without DATABASE_URL."""

    def __init__(self, data: Path) -> None:
        self.port = two_free_ports()
        self.url = f"http://127.0.0.1:{self.port}/"
        clean = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("SEGURIPAGO_", "DJANGO_", "DATABASE_"))
        }
        self.environment = clean | {"SEGURIPAGO_DATA_DIR": str(data), "PORT": str(self.port)}
        self.data = data
        self.out = data / "terminal"
        self._up: subprocess.Popen[bytes] | None = None

    def up(self) -> str:
        """Type it and read until READY."""
        with self.out.open("wb") as out:
            self._up = subprocess.Popen(
                [*PROGRAM, "up"], env=self.environment, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
            )
        self.wait_for(f"READY {self.url}")
        return self.out.read_text()

    def wait_for(self, words: str) -> None:
        """Read until these words are there."""
        deadline = time.monotonic() + PATIENCE_S
        while words not in self.out.read_text():
            assert time.monotonic() < deadline, f"no {words!r} in:\n{self.out.read_text()}"
            assert self._up is not None
            assert self._up.poll() is None, self.out.read_text()
            time.sleep(0.1)

    def ctrl_c(self) -> int:
        """Press it and wait for the prompt."""
        if self._up is None or self._up.poll() is not None:
            return -1
        self._up.send_signal(signal.SIGINT)
        return self._up.wait(PATIENCE_S)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Type another command in a second terminal."""
        return subprocess.run(
            [*PROGRAM, *words], env=self.environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )

    def processes(self) -> list[psutil.Process]:
        """List everything that belongs to this data folder."""
        found = []
        for process in psutil.process_iter():
            try:
                is_ours = process.environ().get("SEGURIPAGO_DATA_DIR") == str(self.data)
                if is_ours or str(self.data) in " ".join(process.cmdline()):
                    found.append(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
                continue
        return [process for process in found if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]

    def postmaster(self) -> int:
        """Find the database's first process."""
        home = Path(json.loads((self.data / "postgres.json").read_text())["home"])
        return int((home / "data" / "postmaster.pid").read_text().split("\n")[0])

    def worker(self) -> psutil.Process:
        """Find the worker."""
        return next(process for process in self.processes() if process.cmdline()[-1:] == ["worker"])


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    data = Path(tempfile.mkdtemp(prefix="seguripago-up-"))
    data.chmod(0o711)
    opened = Terminal(data)
    yield opened
    opened.ctrl_c()
    shutil.rmtree(data)


def test_up_stands_from_nothing_survives_a_crash_stops_cleanly_and_keeps_the_data(terminal: Terminal) -> None:
    said = terminal.up()
    for person in ("analista@demo.test", "medios@demo.test", "supervisor@demo.test", "tienda@demo.test"):
        assert person in said
    password = json.loads((terminal.data / "demo.json").read_text())["password"]
    assert password in said
    assert httpx.get(terminal.url, follow_redirects=True).status_code == 200
    assert (terminal.data / "demo.json").stat().st_mode & 0o077 == 0

    second = terminal.run("up")
    assert second.returncode == 1
    assert f"puerto {terminal.port} está ocupado" in second.stderr

    first_worker = terminal.worker()
    first_worker.kill()
    terminal.wait_for("trabajador se detuvo")
    deadline = time.monotonic() + PATIENCE_S
    while not [one for one in terminal.processes() if one.cmdline()[-1:] == ["worker"] and one != first_worker]:
        assert time.monotonic() < deadline
        time.sleep(0.1)

    postmaster = terminal.postmaster()
    os.kill(postmaster, signal.SIGKILL)
    terminal.wait_for("la base de datos se detuvo y arrancó de nuevo")
    assert terminal.postmaster() != postmaster
    while httpx.get(f"{terminal.url}readyz").status_code != 200:
        assert time.monotonic() < deadline + PATIENCE_S
        time.sleep(0.1)

    assert terminal.ctrl_c() == 130
    assert not [" ".join(process.cmdline()) for process in terminal.processes()]

    assert password in terminal.up()
    demo = json.loads(terminal.run("demo", "--json").stdout)
    assert demo["new"] is False
    assert json.loads(terminal.run("doctor", "--json").stdout)["faults"] == []
    assert terminal.ctrl_c() == 130
    assert not terminal.processes()
