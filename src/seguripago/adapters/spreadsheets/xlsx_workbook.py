"""XLSX by XlsxWriter, in constant memory: texts are texts, amounts are numbers to the centavo."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any, Final

import xlsxwriter

from seguripago.ports.spreadsheets import Cell, Sheet
from seguripago.values.calendar import MEXICO
from seguripago.values.money import Money

PIECE: Final = 65_536
ROWS_A_SHEET: Final = 1_048_575
LONGEST_TEXT: Final = 32_767
LONGEST_NAME: Final = 31
# A workbook keeps doubles: up to here every centavo is exact; a larger amount is written as text.
MOST_CENTAVOS: Final = 10**15 - 1
OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_numbers": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
}
LOOKS: Final = {
    "head": {"bold": True, "bg_color": "#EFF8F5", "font_color": "#0D6456", "bottom": 1, "bottom_color": "#A9D5CA"},
    "money": {"num_format": "#,##0.00"},
    "day": {"num_format": "dd/mm/yyyy"},
    "moment": {"num_format": "dd/mm/yyyy hh:mm:ss"},
}


@dataclass(frozen=True, slots=True)
class XlsxWriter:
    """Rows go to a file on disk as they come; a sheet that is full goes on in the next one."""

    slug: str = "xlsx"
    title: str = "Excel (XLSX)"
    media_type: str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    extension: str = "xlsx"

    def write(self, sheets: Sequence[Sheet]) -> Iterator[bytes]:
        """Give the file in pieces, once all rows were read."""
        with TemporaryDirectory() as folder, TemporaryFile(dir=folder) as kept:
            book = xlsxwriter.Workbook(kept, {**OPTIONS, "tmpdir": folder})
            looks = {name: book.add_format(look) for name, look in LOOKS.items()}
            for sheet in sheets:
                _fill(book, sheet, looks)
            book.close()
            kept.seek(0)
            while piece := kept.read(PIECE):
                yield piece


def _fill(book: Any, sheet: Sheet, looks: dict[str, Any]) -> None:
    taken = 0
    page, row = _page(book, sheet, looks, taken), 1
    for cells in sheet.rows:
        if row > ROWS_A_SHEET:
            taken += 1
            page, row = _page(book, sheet, looks, taken), 1
        for column, cell in enumerate(cells):
            _put(page, row, column, cell, looks)
        row += 1


def _page(book: Any, sheet: Sheet, looks: dict[str, Any], taken: int) -> Any:
    """Open a page with its head; a workbook's names have 31 characters and none of []:*?/\\."""
    ending = f" {taken + 1}" if taken else ""
    name = "".join("-" if sign in "[]:*?/\\'" else sign for sign in sheet.name)
    page = book.add_worksheet(f"{name[: LONGEST_NAME - len(ending)]}{ending}")
    page.freeze_panes(1, 0)
    for column, title in enumerate(sheet.columns):
        page.set_column(column, column, max(12, min(40, len(title) + 4)))
    for column, title in enumerate(sheet.columns):
        page.write_string(0, column, title, looks["head"])
    return page


def _put(page: Any, row: int, column: int, cell: Cell, looks: dict[str, Any]) -> None:
    match cell:
        case None | "":
            return
        case Money() if abs(cell.centavos) <= MOST_CENTAVOS:
            page.write_number(row, column, cell.decimal, looks["money"])
        case Money():
            page.write_string(row, column, cell.plain)
        case int() if abs(cell) <= MOST_CENTAVOS:
            page.write_number(row, column, cell)
        case datetime():
            local = cell.astimezone(MEXICO).replace(tzinfo=None) if cell.tzinfo else cell
            page.write_datetime(row, column, local, looks["moment"])
        case date():
            page.write_datetime(row, column, cell, looks["day"])
        case _:
            # Always a text, whatever it begins with: a workbook runs only what is written as a formula.
            page.write_string(row, column, str(cell).replace("\0", "")[:LONGEST_TEXT])


ADAPTER: Final = XlsxWriter()
