"""What a comprobante says, typed, each thing with whether it was read for certain. Pure.

A file says things; none of them moves money. What cannot be read as what it should be counts as not said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from seguripago.ports.statement_text import institution_code
from seguripago.values import clabe as clabes
from seguripago.values.calendar import MEXICO, is_banking_day
from seguripago.values.money import Money, UnreadableAmount

SURE: Final = 0.85
"""From so sure a reading on, what a picture says may contradict; below it is only shown to a person."""
LEAST_KEY: Final = 6
"""A shorter tracking key is a scrap of one."""
CONFUSED: Final = str.maketrans(
    {"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "B": "8", "S": "5", "Z": "2", "G": "6"}
)
"""Letters that eyes and machines take for digits, and the other way round."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A comprobante as its room knows it. `is_data`: a CEP, whose fields are letters and no pixels.

    `shown`: in what ways another order showed the same before: seal, file, picture, movement. `doubts`: why its reader
    found it so. `is_at_banxico`: Banxico itself gave us a CEP with this very seal.
    """

    given_at: datetime
    is_data: bool
    seal: str
    fields: Mapping[str, str]
    confidences: Mapping[str, float]
    doubts: tuple[str, ...] = ()
    shown: frozenset[str] = frozenset()
    is_rejected: bool = False
    is_at_banxico: bool = False

    @property
    def is_verified(self) -> bool:
        """Whether the seal is good: by a pinned key, or because Banxico gives the very same."""
        return self.seal == "verified" or (self.seal == "not_verifiable" and self.is_at_banxico)

    def is_sure(self, name: str) -> bool:
        """Whether this field was read for certain."""
        return self.is_data or self.confidences.get(name, 0.0) >= SURE


@dataclass(frozen=True, slots=True)
class Said:
    """What it says, typed. `moment`: day and hour of the credit, where a CEP seals them.

    `clabe_tail`: the last digits, where a bank's app hides the others; they have no control digit.
    """

    key: str
    amount: Money | None
    day: date | None
    moment: datetime | None
    clabe: str
    clabe_tail: str
    bank: str
    unsure: frozenset[str]

    @property
    def is_enough(self) -> bool:
        """Whether a deposit can be looked for at all."""
        return bool(self.key) or self.amount is not None

    def is_sure(self, name: str) -> bool:
        return name not in self.unsure


def said_in(paper: Paper) -> Said:
    """Type what the file says."""
    fields = paper.fields
    key = plain_key(fields.get("tracking_key", ""))
    clabe = re.sub(r"\s", "", fields.get("clabe", ""))
    # The control digit tells a misread account from another one; a CEP may name a card or a telephone instead.
    is_account = paper.is_data or clabes.is_valid(clabe)
    day = _day(fields.get("date", ""))
    names = ("tracking_key", "amount", "date", "clabe", "bank")
    return Said(
        key=key if len(key) >= LEAST_KEY or paper.is_data else "",
        amount=_amount(fields.get("amount", "")),
        day=day,
        moment=_moment(paper, day),
        clabe=clabe if is_account else "",
        clabe_tail="" if is_account and clabe else re.sub(r"\D", "", fields.get("clabe_tail", "")),
        bank=fields.get("bank", "") or institution_code(fields.get("payer_bank", "")),
        unsure=frozenset(name for name in names if not paper.is_sure(name)),
    )


def plain_key(key: str) -> str:
    """A tracking key without case, spaces and hyphens."""
    return re.sub(r"[\s\-]", "", key).upper()


def folded(key: str) -> str:
    """A tracking key in which letters and digits that look alike are the same."""
    return plain_key(key).translate(CONFUSED)


def is_same_day(said: date, operation_date: date, settled_at: datetime) -> bool:
    """Whether somebody may write this day on a transfer: the calendar's or the bank's, one banking day off at most.

    After hours, on weekends and holidays the bank's day is the next one.
    """
    if said == settled_at.astimezone(MEXICO).date():
        return True
    return _banking_day_beside(operation_date, -1) <= said <= _banking_day_beside(operation_date, 1)


def is_to_come(said: date, at: datetime) -> bool:
    """Whether the day lies beyond what a bank may write today: the transfer is scheduled."""
    return said > _banking_day_beside(at.astimezone(MEXICO).date(), 1)


def _banking_day_beside(day: date, step: int) -> date:
    day += timedelta(days=step)
    while not is_banking_day(day):
        day += timedelta(days=step)
    return day


def _amount(text: str) -> Money | None:
    try:
        amount = Money.parse(text)
    except UnreadableAmount:
        return None
    return amount if amount.centavos > 0 else None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    # Sums of days need room on both sides.
    return day if 2000 <= day.year < 2100 else None


def _moment(paper: Paper, day: date | None) -> datetime | None:
    """When a CEP says that the money was credited; the hour of a picture is whatever its bank means by it."""
    if not paper.is_data:
        return None
    credited = _day(paper.fields.get("credited_date", "")) or day
    hour = paper.fields.get("hour", "") or paper.fields.get("time", "")
    if credited is None or not re.fullmatch(r"\d{2}:\d{2}(:\d{2})?", hour, re.ASCII):
        return None
    try:
        return datetime.combine(credited, time.fromisoformat(hour), MEXICO)
    except ValueError:
        return None
