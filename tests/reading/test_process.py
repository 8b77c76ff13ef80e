"""The process that reads: it starts when it is needed, leaves when it is not, and takes nobody with it when it dies."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from bench.receipts.catalogue import draw
from bench.receipts.drawing import paper, words_of
from bench.receipts.looks import LOOKS
from bench.receipts.truth import transfer
from seguripago.adapters.receipt_readers.rapid_ocr.pages import TALLEST, page_pictures
from seguripago.jobs import reading
from seguripago.jobs.reading import Reader, ReaderGone
from seguripago.ports.receipt_readers import ReceiptKind, Seal
from tests.evidence.bombs import street
from tests.evidence.files import picture


def bank_pdf(seed: int = 1) -> tuple[bytes, dict[str, str]]:
    """A bank's PDF with a text layer, and what it tells."""
    dice = random.Random(seed)
    words = words_of(LOOKS[0], transfer(dice, LOOKS[0].bank), dice)
    return paper(LOOKS[0], words), words.told


@pytest.fixture
def reader() -> Iterator[Reader]:
    made = Reader()
    yield made
    made.stop()


def test_it_starts_with_the_first_file_and_serves_the_next_ones(reader: Reader) -> None:
    body, told = bank_pdf()
    assert reader.pid is None
    said = reader.read(body)
    first = reader.pid
    assert (said.kind, said.seal, dict(said.fields)) == (ReceiptKind.PDF, Seal.NONE, told)
    assert set(said.confidences) == set(told)
    assert reader.read(b"%PDF-1.7 nothing").reasons == ("not_a_cep", "pdf_unreadable", "unreadable")
    assert reader.read(b"\x89PNG\r\n\x1a\nnothing").reasons == ("not_a_cep", "picture_unreadable", "unreadable")
    assert reader.read(b"%PDF-" + b"\x00" * 5_000_000).kind is ReceiptKind.PDF
    assert reader.pid == first


def test_it_knows_no_secret_and_steps_aside(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEGURIPAGO_MAIN_KEY", "not-for-strangers")
    reader.read(bank_pdf()[0])
    with open(f"/proc/{reader.pid}/environ", "rb") as told:
        names = {each.split(b"=")[0].decode() for each in told.read().split(b"\0") if each}
    assert names <= {
        *reading.HANDED_ON,
        "SEGURIPAGO_OCR",
        "OMP_NUM_THREADS",
        "MALLOC_ARENA_MAX",
        "PYTHONUNBUFFERED",
        "LC_CTYPE",
    }
    assert os.getpriority(os.PRIO_PROCESS, reader.pid or 0) >= 15


def test_it_leaves_when_idle_and_is_started_again(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEGURIPAGO_READING_IDLE_S", "0.05")
    body, told = bank_pdf()
    reader.read(body)
    left = reader.pid
    until = time.monotonic() + 20
    while reader.pid is not None and time.monotonic() < until:
        time.sleep(0.01)
    assert reader.pid is None
    reader.reap()
    assert dict(reader.read(body).fields) == told
    assert left != reader.pid


def test_one_that_dies_while_it_reads_is_told_and_the_next_file_gets_a_new_one(reader: Reader) -> None:
    body, told = bank_pdf()
    reader.read(body)
    dying = reader.pid or 0
    picture = draw(LOOKS[0], "tuned", 4).body
    threading.Timer(0.15, os.kill, (dying, signal.SIGKILL)).start()
    with pytest.raises(ReaderGone):
        reader.read(picture)
    assert reader.pid is None
    assert dict(reader.read(body).fields) == told


def test_one_that_was_killed_while_it_waited_is_replaced_without_a_word(reader: Reader) -> None:
    body, told = bank_pdf()
    reader.read(body)
    os.kill(reader.pid or 0, signal.SIGKILL)
    assert dict(reader.read(body).fields) == told


def test_one_that_takes_too_long_is_ended(reader: Reader) -> None:
    reader.read(bank_pdf()[0])
    slow = reader.pid or 0
    with pytest.raises(ReaderGone):
        reader.read(draw(LOOKS[0], "tuned", 4).body, patience_s=0.1)
    assert reader.pid is None
    with pytest.raises(ProcessLookupError):
        os.kill(slow, 0)


def test_it_ends_with_the_one_who_asked() -> None:
    """A worker that is killed leaves no reader behind: its pipe ends."""
    program = (
        "import subprocess, sys; pipe = subprocess.PIPE; "
        "command = [sys.executable, '-m', 'seguripago.jobs.reading_process']; "
        "reader = subprocess.Popen(command, stdin=pipe, stdout=pipe); "
        "print(reader.pid, flush=True); sys.stdin.read()"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", program], **pipes) as worker:
        assert worker.stdout is not None
        pid = int(worker.stdout.readline())
        worker.kill()
    until = time.monotonic() + 10
    while time.monotonic() < until and _is_there(pid):
        time.sleep(0.02)
    assert not _is_there(pid)


def _is_there(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be reaped does not."""
    try:
        with open(f"/proc/{pid}/stat") as told:
            return told.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("size", [(4000, 1), (1, 30_000), (4000, 12), (12, 4000)])
def test_a_picture_too_slim_to_hold_a_line_costs_nothing(reader: Reader, size: tuple[int, int]) -> None:
    """The engine would make millions of pixels of it: three gigabytes, and seconds for each."""
    reader.read(picture())
    pid = reader.pid
    before = processor_seconds(pid)
    said = reader.read(picture(size=size))
    assert said.reasons[-1] == "unreadable"
    assert reader.pid == pid
    assert processor_seconds(pid) - before < 1.0
    assert most_megabytes(pid) < 1_000


def test_a_page_as_long_as_a_street_is_drawn_no_longer_than_a_page(reader: Reader) -> None:
    """Five metres of paper: drawn as wide as any page, it would be 28,800 pixels high."""
    body = street((100, 14_400))
    drawn = next(iter(page_pictures(body)))
    assert drawn.height <= TALLEST + 1
    said = reader.read(body)
    assert (said.kind, said.reasons[-1]) == (ReceiptKind.PDF, "unreadable")
    assert most_megabytes(reader.pid) < 1_000


def processor_seconds(pid: int | None) -> float:
    with open(f"/proc/{pid}/stat") as told:
        words = told.read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def most_megabytes(pid: int | None) -> int:
    with open(f"/proc/{pid}/status") as told:
        (line,) = [line for line in told if line.startswith("VmHWM")]
    return int(line.split()[1]) // 1024
