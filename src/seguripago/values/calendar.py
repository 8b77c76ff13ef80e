"""Working days of Mexico: Monday to Friday without the mandatory holidays (Ley Federal del Trabajo, art. 74)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in holidays(day.year)


def add_working_days(day: date, count: int) -> date:
    """The working day that lies `count` working days after `day` (0: the first working day on or after it)."""
    while not is_working_day(day):
        day += timedelta(days=1)
    for _ in range(count):
        day += timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
    return day


@cache
def holidays(year: int) -> frozenset[date]:
    days = {
        date(year, 1, 1),
        _monday(year, 2, 1),
        _monday(year, 3, 3),
        date(year, 5, 1),
        date(year, 9, 16),
        _monday(year, 11, 3),
        date(year, 12, 25),
    }
    # The federal executive changes hands on 1 October every six years since 2024.
    if (year - 2024) % 6 == 0:
        days.add(date(year, 10, 1))
    return frozenset(days)


def _monday(year: int, month: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(7 - first.weekday()) % 7 + 7 * (nth - 1))
