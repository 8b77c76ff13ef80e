"""Tables that a person opens in a spreadsheet. Asked of a writer by its slug; rows go through one by one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Protocol

from seguripago.values.money import Money

FAMILY: Final = "spreadsheets"

type Cell = str | int | Money | date | datetime | None

# A spreadsheet takes a text that begins like this for a formula (OWASP, CSV injection). The wide forms are what a
# spreadsheet of East Asia makes of them; a blank or an invisible sign before them helps the text through.
_FORMULA: Final = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20\u2212]|[\t\r\n]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table. `rows` is read once. Amounts of several currencies need a column that says which."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Cell]]


class SpreadsheetWriter(Protocol):
    """Writes sheets as the bytes of one file, a piece at a time, never a whole table in memory."""

    slug: str
    title: str
    media_type: str
    extension: str

    def write(self, sheets: Sequence[Sheet]) -> Iterator[bytes]:
        """Give the file in pieces. Money becomes an exact number of two decimals, moments are Mexico's."""
        ...


def is_formula(text: str) -> bool:
    """Say whether a spreadsheet might run this text instead of showing it."""
    return _FORMULA.match(text) is not None
