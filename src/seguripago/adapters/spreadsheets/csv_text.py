"""CSV as Excel opens it: UTF-8 with its mark, commas, every text in quotes, no text that runs as a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import Final

from seguripago.ports.spreadsheets import Cell, Sheet, is_formula
from seguripago.values.calendar import MEXICO
from seguripago.values.money import Money

PIECE: Final = 65_536
MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class CsvWriter:
    """Several sheets follow one another, each under its name, with an empty line between."""

    slug: str = "csv"
    title: str = "CSV"
    media_type: str = "text/csv; charset=utf-8"
    extension: str = "csv"

    def write(self, sheets: Sequence[Sheet]) -> Iterator[bytes]:
        """Give the file in pieces of some 64 KiB."""
        kept = StringIO(newline="")
        kept.write(MARK)
        # Numbers stay bare: with every text in quotes, a comma or a semicolon inside never makes a new cell.
        out = csv.writer(kept, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
        for place, sheet in enumerate(sheets):
            if len(sheets) > 1:
                out.writerows([[]] if place else [])
                out.writerow([_text(sheet.name)])
            out.writerow([_text(name) for name in sheet.columns])
            for row in sheet.rows:
                out.writerow([_plain(cell) for cell in row])
                if kept.tell() >= PIECE:
                    yield kept.getvalue().encode()
                    kept.seek(0)
                    kept.truncate()
        yield kept.getvalue().encode()


def _plain(cell: Cell) -> str | int | Decimal:
    match cell:
        case None:
            return ""
        case Money():
            return cell.decimal
        case int():
            return cell
        case datetime():
            return cell.astimezone(MEXICO).strftime("%Y-%m-%d %H:%M:%S") if cell.tzinfo else cell.isoformat(" ")
        case date():
            return cell.isoformat()
        case _:
            return _text(cell)


def _text(text: str) -> str:
    """Show the text as it is: an apostrophe first, where a spreadsheet would take it for a formula; no NUL."""
    shown = text.replace("\0", "")
    return f"'{shown}" if is_formula(shown) else shown


ADAPTER: Final = CsvWriter()
