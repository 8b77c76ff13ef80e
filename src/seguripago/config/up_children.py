"""One process that `up` looks after: started apart from the terminal, written to a log, ended for certain."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

GONE_S = 2.0
GRACE_S = 8
SHORT_LIFE_S = 10
SETTLED_S = 2.5
LONGEST_PAUSE_S = 15
DIE_WITH_PARENT = 1


class Child:
    """A command, its log and, while it runs, its process."""

    def __init__(self, name: str, command: Sequence[str], log: Path) -> None:
        self.name = name
        self.command = tuple(command)
        self.log = log
        self.exit_code: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._born = 0.0
        self._died = 0.0
        self._short_lives = 0

    def start(self) -> None:
        """Start it in a session of its own: Ctrl-C in the terminal reaches `up` alone, which then stops everyone.

        What a dead one had started goes first: it would live on beside the new one.
        """
        if self._process is not None:
            self._end_the_rest()
        with self.log.open("wb" if self._process is None else "ab") as out:
            self._process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                start_new_session=True, preexec_fn=die_with_parent,
            )  # fmt: skip
        self._born, self._died = time.monotonic(), 0.0

    def is_alive(self) -> bool:
        """Say whether it runs; remembers when it was first seen dead."""
        if self._process is None:
            return False
        self.exit_code = self._process.poll()
        if self.exit_code is not None and not self._died:
            self._died = time.monotonic()
            self._short_lives = self._short_lives + 1 if self._died - self._born < SHORT_LIFE_S else 0
        return self.exit_code is None

    def has_settled(self) -> bool:
        """Say whether it has lived long enough to have read its settings and found its database."""
        return self.is_alive() and time.monotonic() - self._born >= SETTLED_S

    def may_start_again(self) -> bool:
        """Say whether a dead one has waited long enough: at once the first time, longer when it keeps dying young."""
        pause = 0.0 if self._short_lives <= 1 else min(2.0 ** (self._short_lives - 2), LONGEST_PAUSE_S)
        return time.monotonic() - self._died >= pause

    def wait(self) -> int:
        """Wait for its end and give its exit code."""
        assert self._process is not None, "start it first"
        return self._process.wait()

    def ask_to_stop(self) -> None:
        """Ask it to end."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def stop(self) -> None:
        """End it and everything that it started: politely first, then by force."""
        if self._process is None:
            return
        self.ask_to_stop()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE_S)
        self._end_the_rest()

    def _end_the_rest(self) -> None:
        """End whoever of its session is left, and see them gone; usually nobody is."""
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            until = time.monotonic() + GONE_S
            while time.monotonic() < until:
                os.killpg(self._process.pid, 0)
                time.sleep(0.02)
        self._process.wait()

    def last_words(self) -> str:
        """Give the end of its log."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-25:])
        except FileNotFoundError:
            return ""


def die_with_parent() -> None:
    """Linux: should the parent be killed, its children are told to end."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGTERM)
