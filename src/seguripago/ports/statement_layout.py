"""Which column of a table means what: proposed by the words of its headings, corrected by a person, remembered.

Shared by the formats that are tables (text and sheets). Pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from seguripago.ports.statement_text import plain_words, words
from seguripago.ports.statements import Column

FIELDS: Final = (
    "date", "value_date", "time", "credit", "debit", "amount", "kind", "state", "tracking_key", "clabe",
    "sending_institution", "payer_name", "payer_account", "payer_rfc", "concept", "reference", "currency", "balance",
    "bank_id",
)  # fmt: skip
SEVERAL: Final = frozenset({"concept"})
"""Fields that may take several columns, joined in their order."""
HEAD_ROWS: Final = 120
WIDEST: Final = 200
_SAYS_WHO_PAID: Final = ("ordenante", "origen", "emisor", "remitente", "contraparte", "pagador")

type Row = Sequence[str]
type NumberedRow = tuple[int, Row]


class NumberCell(str):
    """A cell that a sheet keeps as a number: the text is for reading, `value` is exact. Leading zeros are lost."""

    __slots__ = ("value",)
    value: float | int

    @classmethod
    def of(cls, value: float | int) -> NumberCell:
        whole = isinstance(value, int) or value.is_integer()
        # Above 15 digits a sheet has already rounded: an account in such a cell is not what was typed.
        text = "" if abs(value) >= 1e15 else str(int(value)) if whole else repr(value)
        cell = cls(text)
        cell.value = value
        return cell


class BrokenRow(tuple[str, ...]):
    """A row that its format cannot take apart: it is refused, and the rows after it are not lost for it."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """The heading's line (0: none), the headings, and the columns of each field."""

    heading_line: int
    headings: tuple[str, ...]
    columns: Mapping[str, tuple[int, ...]]

    @property
    def is_enough(self) -> bool:
        """Tell whether a day and an amount can be read from it."""
        return bool(
            ("date" in self.columns or "value_date" in self.columns)
            and ("amount" in self.columns or "credit" in self.columns or "debit" in self.columns)
        )

    @property
    def says_who_paid(self) -> bool:
        """Tell whether some column is about whoever sent the money, as only lists of received transfers have."""
        about = {place for field in ("payer_name", "payer_account", "payer_rfc", "sending_institution")
                 for place in self.columns.get(field, ())}  # fmt: skip
        if not self.headings:
            return bool(about)
        return any(word in plain_words(self.headings[place]) for place in about for word in _SAYS_WHO_PAID)

    @property
    def fingerprint(self) -> str:
        """Name the shape of the table by its headings; a table without any has no name and is not remembered."""
        if not any(self.headings):
            return ""
        shape = "|".join(plain_words(heading) for heading in self.headings)
        return hashlib.sha256(shape.encode()).hexdigest()[:32]


def find_layout(rows: Iterable[NumberedRow]) -> tuple[Layout, int]:
    """Find the row of headings among the first rows, with the number of fields that it names (0: none found)."""
    best, score, widest = Layout(0, (), {}), 0, 0
    words: Row = ()
    for line, row in rows:
        widest = max(widest, len(row))
        if len(row) > max(2, len(words)) and all(cell.strip() and not any(c.isdigit() for c in cell) for cell in row):
            words = _trimmed(row)
        if not 2 <= len(row) <= WIDEST:
            continue
        layout = Layout(line, tuple(_trimmed(row)), proposed(row))
        if layout.is_enough and len(layout.columns) > score:
            best, score = layout, len(layout.columns)
    if score:
        return best, score
    # Words that we do not know are shown to the person as headings; the row itself is none of the movements.
    shown = (
        [*words, *[""] * (min(widest, WIDEST) - len(words))] if len(words) >= widest - 1 else [""] * min(widest, WIDEST)
    )
    return Layout(0, tuple(shown[:WIDEST]), {}), 0


def proposed(headings: Row) -> dict[str, tuple[int, ...]]:
    """Propose what each column means by its heading's words; the stronger word wins a field."""
    known = _fields_by_word()
    wanted: dict[str, list[tuple[int, int]]] = {}
    for place, heading in enumerate(headings[:WIDEST]):
        if len(heading) > 60:
            continue
        for rank, field in known.get(_bare_heading(heading), ()):
            wanted.setdefault(field, []).append((rank, place))
    columns: dict[str, tuple[int, ...]] = {}
    for field, places in wanted.items():
        ordered = sorted(places)
        chosen = ordered if field in SEVERAL else ordered[:1]
        columns[field] = tuple(sorted(place for _, place in chosen))
    if "credit" in columns or "debit" in columns:
        columns.pop("amount", None)
        columns.pop("kind", None)
    return columns


def told(columns: Mapping[str, Any], width: int) -> dict[str, tuple[int, ...]]:
    """Take a person's mapping (field -> columns, as JSON), without what does not exist."""
    found: dict[str, tuple[int, ...]] = {}
    for field, places in columns.items():
        many = places if isinstance(places, list | tuple) else [places]
        good = tuple(place for place in many if isinstance(place, int) and 0 <= place < min(width, WIDEST))
        if field in FIELDS and good:
            found[field] = good if field in SEVERAL else good[:1]
    return found


def columns_shown(layout: Layout, sample: Sequence[Row]) -> tuple[Column, ...]:
    """Show a table's columns to a person, with a few cells of each."""
    takes = {place: field for field, places in layout.columns.items() for place in places}
    return tuple(
        Column(
            place,
            heading,
            takes.get(place, ""),
            tuple(str(row[place])[:60] for row in sample if place < len(row) and str(row[place]).strip())[:3],
        )
        for place, heading in enumerate(layout.headings)
    )


def _trimmed(row: Row) -> list[str]:
    cells = [str(cell).strip() for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _bare_heading(heading: str) -> str:
    """`Abono (MXN)`, `Depósitos $` and `*Abono` are one heading."""
    said = plain_words(heading.replace("(", " ").replace(")", " "))
    for tail in (" mxn", " mn", " m n", " en pesos", " pesos"):
        said = said.removesuffix(tail)
    return said.strip("-+ ") or said


@cache
def _fields_by_word() -> dict[str, list[tuple[int, str]]]:
    found: dict[str, list[tuple[int, str]]] = {}
    for field, names in words()["headings"].items():
        for rank, name in enumerate(names):
            found.setdefault(name, []).append((rank, field))
    return found
