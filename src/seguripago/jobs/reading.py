"""Pictures and bank PDFs are read here, one after another, by a process of their own that lives while it is needed.

The job asks which comprobantes nobody has read, has each one read and keeps what was read. Whatever ends the process —
a file, the machine, a hand — costs that file one more try and then the word `unreadable`; nobody waits for it twice.
A worker that dies in the middle leaves the file unread, and the job finds it again.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from seguripago.jobs.reading_process import HEAD, TOOK, send
from seguripago.journey.evidence.commands import keep_reading
from seguripago.journey.evidence.listeners import QUEUE, READ_JOB
from seguripago.journey.evidence.queries import evidence_file, unread
from seguripago.ports.file_stores import FileMissing
from seguripago.ports.receipt_fields import UNREADABLE
from seguripago.ports.receipt_readers import OCR_SETTING, ReceiptKind, ReceiptReading, Seal

TRIES: Final = 2
PATIENCE_S: Final = 240.0
"""A file that took so long by the clock is given up: the process steps aside for others, so this is generous."""
GONE_S: Final = 5.0
HANDED_ON: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV",
                    "SEGURIPAGO_READING_IDLE_S")  # fmt: skip

READER_GAVE_UP: Final = "reader_gave_up"
FILE_MISSING: Final = "file_missing"

log = logging.getLogger("seguripago.reading")


class ReaderGone(Exception):
    """The process ended, or had to be ended, while it read a file."""


class Reader:
    """The one process. It is started by the first file, ends by itself when idle, and is started again when it died."""

    def __init__(self, command: tuple[str, ...] = (sys.executable, "-m", "seguripago.jobs.reading_process")) -> None:
        self._command = command
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The number of the process, None while there is none."""
        running = self._process
        return running.pid if running is not None and running.poll() is None else None

    def read(self, body: bytes, patience_s: float = PATIENCE_S) -> ReceiptReading:
        """Have a file read; raises ReaderGone. One at a time."""
        with self._turn:
            ends_at = time.monotonic() + patience_s
            try:
                process = self._handed_over(body, ends_at)
                answer = json.loads(_frame(process, ends_at))
            except (OSError, ValueError) as trouble:
                self._end()
                raise ReaderGone(str(trouble)) from trouble
        return ReceiptReading(
            kind=ReceiptKind(answer["kind"]),
            seal=Seal.NONE,
            fields=answer["fields"],
            reasons=tuple(answer["reasons"]),
            confidences=answer["confidences"],
        )

    def reap(self) -> None:
        """See one off that left for idleness; it would stay in the list of processes."""
        if self._turn.acquire(blocking=False):
            try:
                if self.pid is None:
                    self._end()
            finally:
                self._turn.release()

    def stop(self) -> None:
        """End the process, if there is one."""
        with self._turn:
            self._end()

    def _handed_over(self, body: bytes, ends_at: float) -> subprocess.Popen[bytes]:
        """Give the file to the process; one that had just left for idleness is replaced, and that is no failure."""
        fresh = self.pid is None
        process = self._started()
        try:
            assert process.stdin is not None
            send(process.stdin, body)
            if _frame(process, ends_at) == TOOK:
                return process
            raise ValueError("it said something else")
        except (OSError, ValueError):
            if fresh:
                raise
        self._end()
        return self._handed_over(body, ends_at)

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        environment = {name: os.environ[name] for name in HANDED_ON if name in os.environ}
        # Strangers' files are opened there: it gets no database, no key, one thread and small arenas.
        environment[OCR_SETTING] = "on" if settings.SEGURIPAGO.reads_pictures else "off"
        environment |= {"OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2", "PYTHONUNBUFFERED": "1"}
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            self._command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GONE_S)


def _frame(process: subprocess.Popen[bytes], ends_at: float) -> bytes:
    """One frame of the process; raises OSError when it ends or takes too long."""
    length = HEAD.unpack(_bytes(process, HEAD.size, ends_at))[0]
    return _bytes(process, length, ends_at)


def _bytes(process: subprocess.Popen[bytes], count: int, ends_at: float) -> bytes:
    assert process.stdout is not None
    got = b""
    while len(got) < count:
        if not select.select([process.stdout], [], [], max(0.0, ends_at - time.monotonic()))[0]:
            raise TimeoutError("it took too long")
        piece = os.read(process.stdout.fileno(), count - len(got))
        if not piece:
            raise ConnectionResetError("it ended")
        got += piece
    return got


READER: Final = Reader()


@app.task(name=READ_JOB, queue=QUEUE, lock=READ_JOB, queueing_lock=READ_JOB)
def read() -> None:
    """Read until nothing is unread. Running twice, or after another that died in the middle, keeps nothing twice."""
    read_all(READER.read)


@app.periodic(cron="* * * * *")
@app.task(name="evidence.sweep_unread", queue=QUEUE, lock=READ_JOB, queueing_lock="evidence.sweep_unread")
def sweep(timestamp: int) -> None:
    """Take up what a dead worker left."""
    READER.reap()
    read_all(READER.read)


def read_all(reader: Callable[[bytes], ReceiptReading]) -> int:
    """Read every unread comprobante, whose turn it is (`unread`). Gives how many readings were kept.

    Who is next is asked after each: the first file of an order that comes meanwhile waits for one, not for all.
    """
    kept, passed = 0, set[int]()
    while (each := next((each for each in unread(len(passed) + 1) if each not in passed), None)) is not None:
        if keep_reading(each, _reading_of(each, reader), at=timezone.now()):
            kept += 1
        else:
            # Somebody else keeps it, or cannot: the next look is a minute away.
            passed.add(each)
    return kept


def _reading_of(evidence_id: int, reader: Callable[[bytes], ReceiptReading]) -> ReceiptReading:
    """What a clean copy says; a file that ends the reader twice says nothing."""
    try:
        file = evidence_file(evidence_id)
    except FileMissing:
        file = None
    if file is None:
        return _nothing(ReceiptKind.UNKNOWN, FILE_MISSING)
    for turn in range(TRIES):
        try:
            return reader(file.body)
        except ReaderGone as trouble:
            log.warning("evidence %s, try %s: the reader is gone: %s", evidence_id, turn + 1, trouble)
    kind = ReceiptKind.PDF if file.content_type == "application/pdf" else ReceiptKind.IMAGE
    return _nothing(kind, READER_GAVE_UP)


def _nothing(kind: ReceiptKind, reason: str) -> ReceiptReading:
    return ReceiptReading(kind, Seal.NONE, {}, (reason, UNREADABLE))
