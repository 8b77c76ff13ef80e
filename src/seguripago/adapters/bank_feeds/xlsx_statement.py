"""Statements as spreadsheets: XLSX, and the older XLS. Numbers are exact centavos, dates are dates.

A sheet is unpacked by us first, only to count: an archive that grows beyond its bounds is refused before anybody reads
it. Cells give what the sheet keeps, so a formula counts as its last result and never runs.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, BinaryIO, Final

import python_calamine

from seguripago.ports.bank_feeds import Listed, Unreadable
from seguripago.ports.statement_evidence import look_at_table
from seguripago.ports.statement_layout import HEAD_ROWS, NumberCell, NumberedRow, find_layout
from seguripago.ports.statement_table import TableLines
from seguripago.ports.statements import Answers, Look, Question, StatementItem, read_whole

LARGEST_UNPACKED: Final = 320 * 1024 * 1024
MOST_PARTS: Final = 2_000
MOST_SHEETS: Final = 60
_ZIP: Final = b"PK\x03\x04"
_OLD: Final = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class XlsxStatement:
    """A spreadsheet."""

    slug: str = "xlsx"
    title: str = "Estado de cuenta en hoja de cálculo (XLSX, XLS)"

    def sniff(self, head: bytes, name: str) -> int:
        """Know a workbook by its first bytes."""
        if head.startswith(_ZIP):
            return 90 if b"xl/" in head or b"[Content_Types]" in head or name.lower().endswith(".xlsx") else 30
        return 80 if head.startswith(_OLD) else 0

    def look(self, file: BinaryIO, answers: Answers) -> Look:
        """Find the sheet with movements; two such sheets are a question."""
        with _workbook(file) as book:
            sheets = [
                name for name in book.sheet_names[:MOST_SHEETS] if find_layout(_head(book.get_sheet_by_name(name)))[1]
            ]
            names = sheets or [name for name in book.sheet_names[:MOST_SHEETS] if _head(book.get_sheet_by_name(name))]
            if not names:
                raise Unreadable("no_table")
            asked = answers.get("sheet")
            if asked not in names and len(names) > 1:
                return Look((Question("sheet", tuple(names)),), {})
            name = str(asked) if asked in names else names[0]
            sheet = book.get_sheet_by_name(name)
            return look_at_table(lambda: rows_of(sheet), answers, {"sheet": name})

    def lines(self, file: BinaryIO, reading: Mapping[str, Any]) -> Iterator[StatementItem]:
        """Read the rows by the reading that `look` gave."""
        with _workbook(file) as book:
            yield from TableLines(reading).read(rows_of(book.get_sheet_by_name(str(reading["sheet"]))))

    def read(self, body: bytes, headers: Mapping[str, str]) -> tuple[Listed, ...]:
        """Read a whole statement as a list; raises Unreadable also for one that leaves questions open."""
        if not self.sniff(body[:4], ""):
            raise Unreadable("no_table")
        return read_whole(self, body)


def rows_of(sheet: python_calamine.CalamineSheet) -> Iterator[NumberedRow]:
    """Give the rows of a sheet as it numbers them; empty ones are left out."""
    first = (sheet.start or (0, 0))[0]
    for place, row in enumerate(sheet.iter_rows(), start=1):
        cells = [_cell(value) for value in row]
        if any(cells):
            yield place + (first if _skips_top(sheet) else 0), cells


def _skips_top(sheet: python_calamine.CalamineSheet) -> bool:
    """Whether the reader leaves out the empty rows above the first cell, so that row numbers must be moved."""
    return sheet.height < sheet.total_height


def _cell(value: object) -> str:
    match value:
        case str():
            return value
        case bool():
            return "sí" if value else "no"
        case int() | float():
            return NumberCell.of(value)
        case datetime():
            plain = value.replace(microsecond=0)
            return plain.date().isoformat() if plain.time() == time() else plain.isoformat(" ")
        case date():
            return value.isoformat()
        case time():
            return value.replace(microsecond=0).isoformat()
        case timedelta():
            return str(value).split(".")[0]
        case _:
            return ""


def _head(sheet: python_calamine.CalamineSheet) -> list[NumberedRow]:
    return list(islice(rows_of(sheet), HEAD_ROWS))


def _workbook(file: BinaryIO) -> python_calamine.CalamineWorkbook:
    file.seek(0)
    head = file.read(8)
    if head.startswith(_ZIP):
        _stays_small(file)
    elif not head.startswith(_OLD):
        raise Unreadable("no_workbook")
    file.seek(0)
    try:
        return python_calamine.CalamineWorkbook.from_filelike(file)
    except python_calamine.PasswordError:
        raise Unreadable("password") from None
    except (python_calamine.CalamineError, OSError, ValueError):
        raise Unreadable("no_workbook") from None


def _stays_small(file: BinaryIO) -> None:
    """Unpack every part to count what it really holds: an archive lies about its sizes if it wants to."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                raise Unreadable("too_large_unpacked")
            left = LARGEST_UNPACKED
            for part in parts:
                left -= _unpacked(file, archive, part, left)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError):
        raise Unreadable("no_workbook") from None


def _unpacked(file: BinaryIO, archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    """Count the bytes of one part; raises Unreadable beyond `left`."""
    if part.flag_bits & 0x1:
        raise Unreadable("password")
    if part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise Unreadable("no_workbook")
    if part.compress_type == zipfile.ZIP_STORED:
        return min(part.file_size, left)
    file.seek(part.header_offset)
    header = file.read(30)
    file.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), io.SEEK_CUR)
    unpacker, count, to_read = zlib.decompressobj(-zlib.MAX_WBITS), 0, part.compress_size
    while to_read > 0 and not unpacker.eof:
        block = file.read(min(65_536, to_read))
        if not block:
            break
        to_read -= len(block)
        while block and not unpacker.eof:
            count += len(unpacker.decompress(block, 1_048_576))
            block = unpacker.unconsumed_tail
            if count > left:
                raise Unreadable("too_large_unpacked")
    return count


ADAPTER: Final = XlsxStatement()
