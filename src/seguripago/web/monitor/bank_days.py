"""The bank's days: SPEI moves money at every hour, but each transfer bears the date of a banking day.

From 18:00 on, and on days that are none, a transfer bears the next banking day: so say the CEPs that we know (one of
18:33 bears the following day). Weekends and the bank holidays of `values.calendar` are no banking days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from seguripago.values.calendar import MEXICO, bank_holidays, is_banking_day

CUT: Final = time(18, 0)


@dataclass(frozen=True, slots=True)
class Standing:
    """The operation date of a transfer made now, and when the next date begins."""

    at: datetime
    operation_date: date
    next_date: date
    changes_at: datetime


@dataclass(frozen=True, slots=True)
class Day:
    date: date
    is_today: bool
    is_banking: bool
    holiday: str


@dataclass(frozen=True, slots=True)
class Month:
    """A month in weeks that begin on Monday; None where the week belongs to its neighbour."""

    first: date
    weeks: tuple[tuple[Day | None, ...], ...]
    holidays: tuple[Day, ...]


def operation_date(at: datetime) -> date:
    """The banking day that a transfer of this moment bears."""
    local = at.astimezone(MEXICO)
    return _banking(local.date() + timedelta(days=1) if local.time() >= CUT else local.date())


def standing(at: datetime) -> Standing:
    bears = operation_date(at)
    changes_at = datetime.combine(bears, CUT, MEXICO)
    return Standing(at, bears, _banking(bears + timedelta(days=1)), changes_at)


def year(at: datetime) -> tuple[Month, ...]:
    """The twelve months of the running year."""
    today = at.astimezone(MEXICO).date()
    return tuple(_month(date(today.year, number, 1), today) for number in range(1, 13))


def _month(first: date, today: date) -> Month:
    days = tuple(_days(first, today))
    cells: list[Day | None] = [None] * first.weekday() + list(days)
    cells += [None] * (-len(cells) % 7)
    weeks = tuple(tuple(cells[place : place + 7]) for place in range(0, len(cells), 7))
    return Month(first, weeks, tuple(day for day in days if day.holiday))


def _days(first: date, today: date) -> Iterator[Day]:
    day = first
    while day.month == first.month:
        yield Day(day, day == today, is_banking_day(day), bank_holidays(day.year).get(day, ""))
        day += timedelta(days=1)


def _banking(day: date) -> date:
    while not is_banking_day(day):
        day += timedelta(days=1)
    return day
