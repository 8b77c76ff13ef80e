"""Has a stranger's PDF opened by a process of its own, one a file, which its own limits end when it asks too much.

pdfium is not made for threads, and what a page asks for is known only when it was given: never open one in here.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from .opening import OpeningFails, ask

AT_ONCE: Final = 2
WAIT_S: Final = 8.0
"""So long a request waits for its turn before it says «in a few minutes»."""
CPU_S: Final = 3.0
"""Seconds of the processor for one file: a page takes a tenth of one."""
PATIENCE_S: Final = 20.0
"""The same by the clock, where everybody else is busy too."""


class PdfFails(Exception):
    """The file cannot be opened, or asks for more than anybody gets. `reason`: a word for whoever looks into it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PdfBusy(Exception):
    """As many as may be are open at this moment."""


@dataclass(frozen=True, slots=True)
class PdfWords:
    """What a PDF's first pages say, and what its codes say."""

    texts: tuple[str, ...]
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """How large a page may be drawn: a scale, and a picture that it never exceeds."""

    scale: float
    widest: int
    tallest: int


def drawn_pages(body: bytes, frame: Frame, *, first: int = 0, most: int = 1, is_grey: bool = False) -> list[bytes]:
    """Pages as PNG, counted from 0; raises PdfFails and PdfBusy."""
    size = {"scale": frame.scale, "widest": frame.widest, "tallest": frame.tallest}
    return _opened(body, {"what": "draw", **size, "first": first, "most": most, "is_grey": is_grey})[1]


def words_of(body: bytes, *, most: int) -> PdfWords:
    """What the first pages say; raises PdfFails and PdfBusy."""
    said = _opened(body, {"what": "words", "most": most})[0]
    return PdfWords(tuple(said["texts"]), tuple(said["codes"]))


def runs_of(body: bytes, *, most: int) -> tuple[str, list[tuple[int, float, float, str]]]:
    """The text, and each piece of it as page, left, middle, text; raises PdfFails and PdfBusy."""
    said = _opened(body, {"what": "runs", "most": most})[0]
    return said["text"], [(int(page), left, middle, text) for page, left, middle, text in said["runs"]]


def _opened(body: bytes, asked: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    with _turn():
        try:
            return ask("seguripago.ports.pdf_process", {**asked, "cpu_s": CPU_S}, body, patience_s=PATIENCE_S)
        except OpeningFails as trouble:
            raise PdfFails(trouble.reason) from trouble


_TURNS: Final = threading.BoundedSemaphore(AT_ONCE)


@contextmanager
def _turn() -> Iterator[None]:
    if not _TURNS.acquire(timeout=WAIT_S):
        raise PdfBusy
    try:
        yield
    finally:
        _TURNS.release()
