"""The one process that looks at comprobantes: `python -m seguripago.jobs.reading_process`, started by `reading.py`.

A stranger's file is opened here and nowhere else: without a database, without a secret in its environment, stepping
aside for everybody. What it reads from is a pipe; when that ends, or nothing came for a while, it ends too and gives
its memory back. One file gets so many seconds of the processor; then the machine ends this process.

Frames on the pipe are a length (four bytes) and so many bytes: a file comes in, a frame `took` and one of JSON go out.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import signal
import struct
import sys
from typing import IO, Final

from seguripago.adapters.receipt_readers.rapid_ocr import ADAPTER
from seguripago.ports.receipt_readers import MAX_RECEIPT_BYTES, ReceiptReader, ReceiptReading

IDLE_S: Final = 120.0
"""So long after the last file the process waits for another one; then 600 MB are given back."""
CPU_S: Final = 60
"""Seconds of the processor for one file: three pages take ten."""
MOST_MEMORY: Final = 4 * 1024**3
"""Addresses, not memory: a file that wants more is a bomb."""
NICENESS: Final = 15
TOOK: Final = b"took"
HEAD: Final = struct.Struct(">I")


def main() -> int:
    """Read files until the pipe ends or nothing came for a while."""
    _step_aside()
    # Whatever a library prints must not get into the answers.
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    asked = sys.stdin.buffer
    while select.select([asked], [], [], float(os.environ.get("SEGURIPAGO_READING_IDLE_S", IDLE_S)))[0]:
        body = receive(asked)
        if body is None:
            return 0
        send(answers, TOOK)
        signal.setitimer(signal.ITIMER_PROF, CPU_S)
        answer = json.dumps(said(ADAPTER, body)).encode()
        signal.setitimer(signal.ITIMER_PROF, 0)
        send(answers, answer)
    return 0


def said(reader: ReceiptReader, body: bytes) -> dict[str, object]:
    """Read bytes and say it as JSON can."""
    reading: ReceiptReading = reader.read(body, {})
    return {
        "kind": reading.kind.value,
        "fields": dict(reading.fields),
        "confidences": dict(reading.confidences),
        "reasons": list(reading.reasons),
    }


def send(pipe: IO[bytes], body: bytes) -> None:
    """Write one frame, all of it."""
    rest = memoryview(HEAD.pack(len(body)) + body)
    while rest:
        rest = rest[pipe.write(rest) :]
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes | None:
    """Read one frame; None when the pipe ends, also in the middle."""
    head = pipe.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    length = HEAD.unpack(head)[0]
    body = pipe.read(length) if length <= MAX_RECEIPT_BYTES * 4 else b""
    return body if len(body) == length else None


def _step_aside() -> None:
    """Let everybody else go first, with processor and with memory: whoever is ended for want of it, it is this one."""
    # Ctrl-C is for the worker; when it leaves, the pipe ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(max(0, NICENESS - os.nice(0)))
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("800")
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


if __name__ == "__main__":
    raise SystemExit(main())
