"""Statements as text with separators: comma, semicolon, tab or bar; in UTF-8, UTF-16, Windows or Latin letters.

Rows above the headings and totals below are told apart from movements; a quote that nobody closes costs its own row
and not the rest of the file.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO, Final

from seguripago.ports.bank_feeds import Listed, Unreadable
from seguripago.ports.statement_evidence import look_at_table
from seguripago.ports.statement_layout import HEAD_ROWS, BrokenRow, NumberedRow, Row, find_layout
from seguripago.ports.statement_letters import BLOCK, WIDE_MARKS, encoding_of
from seguripago.ports.statement_table import TableLines
from seguripago.ports.statements import (
    HEAD_BYTES,
    MAX_CELL,
    Answers,
    Look,
    StatementItem,
    read_whole,
)

SEPARATORS: Final = (",", ";", "\t", "|")
LONGEST_ROW: Final = 40
"""Lines of text that one row may span; more means that a quote was never closed."""
LONGEST_LINE: Final = 1_048_576
_NOT_TEXT: Final = (
    b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff", b"{", b"[", b"<"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CsvStatement:
    """Text with separators."""

    slug: str = "csv"
    title: str = "Estado de cuenta en texto (CSV, TSV)"

    def sniff(self, head: bytes, name: str) -> int:
        """Take any text that has a separator on several lines."""
        if not head.strip() or head.lstrip().startswith(_NOT_TEXT) or head.startswith((b":20:", b"{1:")):
            return 0
        wide = head.startswith(WIDE_MARKS)
        if b"\0" in head and not wide:
            return 0
        lines = head.replace(b"\0", b"").splitlines()[:HEAD_ROWS]
        found = max(sum(1 for line in lines if separator.encode() in line) for separator in SEPARATORS)
        named = name.lower().endswith((".csv", ".tsv", ".txt", ".psv"))
        return (40 if found >= 2 else 10 if named else 0) + (20 if named and found >= 2 else 0)

    def look(self, file: BinaryIO, answers: Answers) -> Look:
        """Look at the whole text: its letters, its separator, then the table in it."""
        encoding = encoding_of(file)
        separator = separator_of(file, encoding)
        reading = {"encoding": encoding, "separator": separator, "cut_line": _cut_line(file, encoding)}
        return look_at_table(lambda: rows_of(file, encoding, separator), answers, reading)

    def lines(self, file: BinaryIO, reading: Mapping[str, Any]) -> Iterator[StatementItem]:
        """Read the rows by the reading that `look` gave."""
        rows = rows_of(file, str(reading["encoding"]), str(reading["separator"]))
        return TableLines(reading, last_line=int(reading.get("cut_line", 0))).read(rows)

    def read(self, body: bytes, headers: Mapping[str, str]) -> tuple[Listed, ...]:
        """Read a whole statement as a list; raises Unreadable also for one that leaves questions open."""
        if not self.sniff(body[:HEAD_BYTES], ""):
            raise Unreadable("no_table")
        return read_whole(self, body)


def separator_of(file: BinaryIO, encoding: str) -> str:
    """Choose the separator under which the first rows have the most headings that we know, else the most cells."""
    best, score = ",", -1
    for separator in SEPARATORS:
        head = list(islice(rows_of(file, encoding, separator), HEAD_ROWS))
        named = find_layout(head)[1]
        cells = sum(len(row) - 1 for _, row in head if len(row) > 1)
        if named * 10_000 + cells > score and cells:
            best, score = separator, named * 10_000 + cells
    return best


def rows_of(file: BinaryIO, encoding: str, separator: str) -> Iterator[NumberedRow]:
    """Give the rows with the line on which each begins; empty ones are left out."""
    with _text(file, encoding) as text:
        feed = _Feed(text)
        while not feed.is_done:
            reader = csv.reader(feed, delimiter=separator)
            while True:
                row: Row | None
                try:
                    row = next(reader, None)
                except csv.Error:
                    row = BrokenRow(("",))
                if row is None:
                    break
                held = feed.held
                if held and _never_closed(held, is_end=feed.is_done, too_long=feed.is_stuck):
                    begins = feed.line - len(held) + 1
                    yield begins, BrokenRow((held[0][:MAX_CELL],))
                    feed.push_back(held[1:])
                    break
                begins = feed.line - len(held) + 1
                feed.held = []
                if row:
                    yield begins, row


def _never_closed(held: list[str], *, is_end: bool, too_long: bool) -> bool:
    """A row over several lines whose quotes are odd in number was never closed."""
    return too_long or (is_end and sum(line.count('"') for line in held) % 2 == 1)


class _Feed:
    """Lines of text for the reader, remembered until their row is whole, so that a broken row can be left behind."""

    def __init__(self, text: io.TextIOBase) -> None:
        self._text = text
        self._again: deque[str] = deque()
        self.line = 0
        self.held: list[str] = []
        self.is_done = False
        self.is_stuck = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.held) >= LONGEST_ROW:
            self.is_stuck = True
            raise StopIteration
        if self._again:
            said = self._again.popleft()
        else:
            said = self._text.readline(LONGEST_LINE)
            if not said:
                self.is_done = True
                raise StopIteration
        self.line += 1
        self.held.append(said)
        return said

    def push_back(self, lines: list[str]) -> None:
        """Give lines again: they belong to rows of their own."""
        self._again.extendleft(reversed(lines))
        self.line -= len(lines)
        self.held = []
        self.is_done = self.is_stuck = False


@contextmanager
def _text(file: BinaryIO, encoding: str) -> Iterator[io.TextIOWrapper]:
    file.seek(0)
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_LINE))
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    try:
        yield text
    finally:
        # The file is the caller's: only the letters are ours.
        text.detach()


def _cut_line(file: BinaryIO, encoding: str) -> int:
    """The last line's number when the file ends without an end of line: it may have been cut; else 0."""
    file.seek(0, io.SEEK_END)
    if not file.tell():
        return 0
    file.seek(-1, io.SEEK_END)
    if encoding == "utf-16" or file.read(1) in b"\r\n":
        return 0
    file.seek(0)
    count = 1
    while block := file.read(BLOCK):
        count += block.count(b"\n")
    return count


ADAPTER: Final = CsvStatement()
