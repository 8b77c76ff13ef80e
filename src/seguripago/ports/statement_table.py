"""The lines of a statement that is a table: text with separators or a sheet. What decides money is read or refused.

A row without a day is no movement (totals, page ends) unless it carries an amount; a row with words only continues the
concept above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final

from seguripago.ports.bank_feeds import UnreadLine
from seguripago.ports.statement_layout import BrokenRow, NumberCell, NumberedRow, Row
from seguripago.ports.statement_marks import marks_in
from seguripago.ports.statement_text import (
    account_of,
    centavos_of_number,
    institution_code,
    joined,
    moment_of,
    plain_words,
    read_amount,
    read_clock,
    read_day,
    tracking_key_of,
    words,
)
from seguripago.ports.statements import MAX_CELL, Balance, StatementItem, StatementLine
from seguripago.values.calendar import MEXICO
from seguripago.values.clabe import is_valid
from seguripago.values.money import MXN, Money

_SHEET_EPOCH: Final = date(1899, 12, 30)
_NOTHING: Final = frozenset({"", "-", "--", "—", "n/a"})
_PESOS: Final = frozenset({"", "mxn", "mxp", "mn", "m n", "pesos", "peso", "peso mexicano", "pesos mexicanos", "484"})


class _Refused(Exception):
    """A row that cannot be read with certainty; the reason is for people who look for the row."""


@dataclass(slots=True)
class _Chain:
    """Whether every balance follows from the one before, in one direction or the other."""

    first: tuple[date, int, int] | None = None
    last: tuple[date, int, int] | None = None
    rises: bool = True
    falls: bool = True

    def take(self, day: date, change: int, balance: int | None) -> None:
        """Add a row: what it changed and what the account held beside it."""
        if balance is None:
            self.rises = self.falls = False
            return
        if self.last is not None:
            self.rises &= self.last[2] + change == balance
            self.falls &= balance + self.last[1] == self.last[2]
        self.first = self.first or (day, change, balance)
        self.last = (day, change, balance)

    def balances(self, account: str) -> Iterator[Balance]:
        """Give what the account held at the two ends, if the rows prove it."""
        if self.first is None or self.last is None or not (self.rises or self.falls):
            return
        opening, closing = (self.first, self.last) if self.rises else (self.last, self.first)
        yield Balance(account, opening[0], Money(opening[2] - opening[1]), is_closing=False)
        yield Balance(account, closing[0], Money(closing[2]), is_closing=True)


class TableLines:
    """Reads the rows of one table by its reading; see `look_at_table`."""

    def __init__(self, reading: Mapping[str, Any], *, last_line: int = 0) -> None:
        columns: dict[str, list[int]] = reading["columns"]

        def place(name: str) -> int:
            return int(columns[name][0]) if columns.get(name) else -1

        self.heading_line = int(reading["heading_line"])
        self.width = int(reading["width"])
        self.order = str(reading.get("day_order", "dmy"))
        self.decimals = str(reading.get("decimals", "point"))
        self.signs = str(reading.get("signs", "columns"))
        self.cents = set(reading.get("cents", ()))
        self.shortest_key = int(reading.get("shortest_key", 0))
        self.cut_line = last_line
        self.date, self.value_date, self.time = place("date"), place("value_date"), place("time")
        if self.date < 0:
            self.date = self.value_date
        self.credit, self.debit, self.amount = place("credit"), place("debit"), place("amount")
        self.kind, self.state, self.currency = place("kind"), place("state"), place("currency")
        self.key, self.clabe, self.sender = place("tracking_key"), place("clabe"), place("sending_institution")
        self.payer_name, self.payer_account = place("payer_name"), place("payer_account")
        self.payer_rfc, self.reference, self.bank_id = place("payer_rfc"), place("reference"), place("bank_id")
        self.balance = place("balance")
        self.concepts = [int(each) for each in columns.get("concept", ())]
        self.money = [each for each in (self.credit, self.debit, self.amount) if each >= 0]
        self.chain = _Chain()

    def read(self, rows: Iterator[NumberedRow]) -> Iterator[StatementItem]:
        """Give lines, refusals with their row, and at the end the balances that the rows prove."""
        held: StatementLine | None = None
        for number, row in rows:
            if number <= self.heading_line:
                continue
            item: StatementLine | UnreadLine | None
            try:
                item = self._row(number, row)
            except _Refused as refused:
                self.chain.take(date.min, 0, None)
                item = UnreadLine(number, str(refused))
            if item is None:
                more = self._more(row) if held is not None else ""
                if held is not None and more:
                    held = replace(held, concept=joined([held.concept, more]))
                continue
            if held is not None:
                yield held
                held = None
            if isinstance(item, StatementLine):
                held = item
            else:
                yield item
        if held is not None:
            yield held
        if self.balance >= 0:
            yield from self.chain.balances("")

    def _row(self, number: int, row: Row) -> StatementLine | None:
        width = len(row)
        if isinstance(row, BrokenRow):
            raise _Refused("quote")
        said = row[self.date] if self.date < width else ""
        read = read_day(said, self.order) if type(said) is str else _day_of_number(said)
        if read is None:
            self._refuse_movement_without_day(row, said)
            return None
        if width > self.width and any(str(cell).strip() for cell in row[self.width :]):
            raise _Refused("columns")
        if max(map(len, row)) > MAX_CELL:
            raise _Refused("cell_too_long")
        centavos, is_credit = self._amount(number, row)
        if centavos == 0 and self._opens(row):
            return None
        day, clock = read
        if clock is None and 0 <= self.time < width:
            clock = read_clock(row[self.time])
        settled = moment_of(day, clock)
        if settled is not None and clock is not None and clock.tzinfo is not None:
            day = _local_day(settled)
        if self.balance >= 0:
            held = self._plain_amount(row, self.balance)
            self.chain.take(day, centavos if is_credit else -centavos, held)
        if centavos == 0:
            raise _Refused("amount_zero")
        currency = _currency(row[self.currency]) if 0 <= self.currency < width else MXN
        if 0 <= self.state < width:
            state = row[self.state]
            if not _is_settled(state):
                raise _Refused(f"state:{joined([state], limit=40)}")
        return self._line(number, row, day, settled, Money(centavos, currency), is_credit)

    def _line(
        self, number: int, row: Row, day: date, settled: datetime | None, amount: Money, is_credit: bool
    ) -> StatementLine:
        width = len(row)

        def cell(place: int) -> str:
            return row[place].strip() if 0 <= place < width else ""

        concept = " ".join(filter(None, (cell(each) for each in self.concepts)))
        if concept and not concept.isprintable():
            concept = joined([concept])
        key, clabe = self._key(number, row), ""
        if 0 <= self.clabe < width:
            clabe = account_of(row[self.clabe])
            if len(clabe) == 18 and not is_valid(clabe):
                raise _Refused("clabe")
        sender = institution_code(row[self.sender]) if 0 <= self.sender < width else ""
        payer_account = account_of(row[self.payer_account]) if 0 <= self.payer_account < width else ""
        payer_name, payer_rfc, reference = cell(self.payer_name), cell(self.payer_rfc), cell(self.reference)
        from_words = False
        if not (key and sender and clabe) and concept:
            marks = marks_in(concept)
            if marks:
                from_words = True
                key = key or (
                    "" if self.key >= 0 and cell(self.key) else tracking_key_of(marks.get("tracking_key", ""))
                )
                sender = sender or institution_code(marks.get("sending_institution", ""))
                clabe = clabe or (marks["clabe"] if is_valid(marks.get("clabe", "")) else "")
                payer_account = payer_account or marks.get("payer_account", "")
                payer_name = payer_name or marks.get("payer_name", "")
                reference = reference or marks.get("reference", "")
        if not sender and is_credit and len(payer_account) == 18 and is_valid(payer_account):
            sender = institution_code(payer_account[:3])
        return StatementLine(
            number,
            is_credit,
            day,
            amount,
            key,
            sender,
            clabe,
            "",
            payer_name,
            payer_account,
            payer_rfc,
            concept[:210],
            reference[:40],
            cell(self.bank_id)[:40],
            settled,
            (),
            from_words,
        )

    def _key(self, number: int, row: Row) -> str:
        if not 0 <= self.key < len(row):
            return ""
        said = row[self.key]
        if type(said) is not str:
            return ""  # A number cell has lost its leading zeros: no identity, only a line.
        key = tracking_key_of(said)
        if not key and len(said.strip()) > 30:
            raise _Refused("tracking_key")
        is_last = self.key == len(row) - 1 and number == self.cut_line
        return "" if is_last and len(key) < self.shortest_key else key

    def _amount(self, number: int, row: Row) -> tuple[int, bool]:
        """Give centavos (0: none) and whether they came in."""
        width = len(row)
        if not any(place < width for place in self.money):
            raise _Refused("columns")
        if number == self.cut_line and len(row) - 1 in self.money and self.cents:
            last = row[-1]
            if type(last) is str and last.strip() not in _NOTHING and _decimals(last) not in self.cents:
                raise _Refused("cut_off")
        if self.signs == "columns":
            credit = self._plain_amount(row, self.credit) or 0
            debit = abs(self._plain_amount(row, self.debit) or 0)
            if credit < 0:
                raise _Refused("amount_sign")
            if credit and debit:
                raise _Refused("amount_both")
            return (credit, True) if credit else (debit, False)
        amount = self._plain_amount(row, self.amount)
        if amount is None:
            raise _Refused("amount")
        if self.signs == "signed":
            return abs(amount), amount >= 0
        if self.signs == "kind":
            kind = plain_words(row[self.kind]) if self.kind < width else ""
            is_credit = kind in words()["values"]["credit"]
            if not is_credit and kind not in words()["values"]["debit"]:
                raise _Refused("kind")
            if amount < 0 and is_credit:
                raise _Refused("amount_sign")
            return abs(amount), is_credit
        if amount < 0:
            raise _Refused("amount_sign")
        return amount, self.signs == "credits"

    def _plain_amount(self, row: Row, place: int) -> int | None:
        """Read an amount; None where the cell is empty. Raises _Refused for what is no amount."""
        if not 0 <= place < len(row):
            return None
        said = row[place]
        if type(said) is not str:
            number = centavos_of_number(said.value) if isinstance(said, NumberCell) else None
        elif said.strip() in _NOTHING:
            return None
        else:
            number = read_amount(said, self.decimals)
        if number is None:
            raise _Refused(f"amount:{joined([str(said)], limit=40)}")
        return number

    def _refuse_movement_without_day(self, row: Row, said: str) -> None:
        """A row without a readable day is none of the movements, unless it carries an amount: then it is refused."""
        cells = [cell.strip() for cell in row]
        first = next((cell for cell in cells if cell), "")
        if not first or (self.heading_line and _same_words(cells, row, self.heading_line)):
            return
        start = plain_words(first)
        closing, opening = words()["values"]["closing_words"], words()["values"]["opening_words"]
        if any(start.startswith(word) for word in closing) or any(
            word in plain_words(" ".join(cells[:6])) for word in opening
        ):
            return
        has_amount = any(
            place < len(row) and cells[place] and any(c.isdigit() for c in cells[place]) for place in self.money
        )
        if has_amount:
            raise _Refused(f"date:{joined([said], limit=40)}" if said.strip() else "date")
        if said.strip() and any(c.isdigit() for c in said) and len([cell for cell in cells if cell]) > 2:
            raise _Refused(f"date:{joined([said], limit=40)}")

    def _more(self, row: Row) -> str:
        """Words of a row that only continues the concept above it."""
        filled = [place for place, cell in enumerate(row) if cell.strip()]
        if filled and all(place in self.concepts for place in filled):
            return joined([row[place] for place in filled])
        return ""

    def _opens(self, row: Row) -> bool:
        """A row that only says what the account held."""
        said = plain_words(" ".join(row[place] for place in self.concepts if place < len(row)))
        return any(word in said for word in words()["values"]["opening_words"])


def _same_words(cells: list[str], row: Row, heading_line: int) -> bool:
    """Headings repeated at the top of a page."""
    from seguripago.ports.statement_layout import Layout, proposed

    return Layout(heading_line, tuple(cells), proposed(row)).is_enough


def _decimals(said: str) -> int:
    digits = said.rstrip(" )-+")
    place = max(digits.rfind("."), digits.rfind(","))
    return len(digits) - place - 1 if place >= 0 else 0


def _day_of_number(said: str) -> tuple[date, time | None] | None:
    """A number in a column of days: 20260405, or a sheet's count of days since 1900."""
    value = said.value if isinstance(said, NumberCell) else 0
    if 20_040_000 < value < 21_000_000 and float(value).is_integer():
        return read_day(str(int(value)), "dmy")
    if 38_000 <= value <= 73_000:
        moment = datetime.combine(_SHEET_EPOCH, time()) + timedelta(days=float(value))
        whole = float(value).is_integer()
        return moment.date(), None if whole else moment.replace(microsecond=0).time()
    return None


def _local_day(moment: datetime) -> date:
    return moment.astimezone(MEXICO).date()


@lru_cache(maxsize=256)
def _currency(said: str) -> str:
    plain = plain_words(said)
    if plain in _PESOS:
        return MXN
    if plain in {"dolares", "dls", "dolar", "us", "usd"}:
        return "USD"
    if re.fullmatch(r"[a-z]{3}", plain):
        return plain.upper()
    raise _Refused("currency")


@lru_cache(maxsize=256)
def _is_settled(said: str) -> bool:
    return plain_words(said) in words()["values"]["settled"]
