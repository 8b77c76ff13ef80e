"""Has a stranger's file opened by a process of its own, one a file, which its own limits end when it asks too much.

The process is a module that reads a line of JSON and the file, and writes a line of JSON and bodies. It gets no
database and no secret.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from typing import Any, Final

HANDED_ON: Final = ("PATH", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV")
ONE_ARENA: Final = {"MALLOC_ARENA_MAX": "1"}
"""Each arena takes addresses, and addresses are what a process may have so many of."""


class OpeningFails(Exception):
    """The file cannot be opened, or asks for more than anybody gets. `reason`: a word for whoever looks into it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def ask(program: str, asked: dict[str, Any], body: bytes, *, patience_s: float) -> tuple[dict[str, Any], list[bytes]]:
    """Have a module do what is asked with a file: what it says, and its bodies. Raises OpeningFails."""
    with tempfile.TemporaryFile() as answer:
        _run(program, json.dumps(asked).encode() + b"\n" + body, answer, patience_s)
        answer.seek(0)
        try:
            said = json.loads(answer.readline())
            bodies = [answer.read(length) for length in said["lengths"]]
        except (ValueError, KeyError, TypeError) as trouble:
            raise OpeningFails("ended") from trouble
    if "trouble" in said:
        raise OpeningFails(said["trouble"])
    return said, bodies


def _run(program: str, question: bytes, answer: Any, patience_s: float) -> None:
    environment = {name: os.environ[name] for name in HANDED_ON if name in os.environ} | ONE_ARENA
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            (sys.executable, "-m", program),
            input=question,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=patience_s,
            check=False,
        )
    except (subprocess.TimeoutExpired, OSError) as trouble:
        raise OpeningFails("too_slow") from trouble
    if done.returncode:
        raise OpeningFails("ended")
