"""Working days of Mexico: Monday to Friday without the mandatory holidays (Ley Federal del Trabajo, art. 74)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

MEXICO: Final = ZoneInfo("America/Mexico_City")
"""The clock that banks, stores and screens go by."""
OUR_YEARS: Final = range(2000, 2100)


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


def end_of_working_day(start: datetime, count: int) -> datetime:
    """The last second, in Mexico City, of the working day that lies `count` working days after `start`."""
    day = add_working_days(start.astimezone(MEXICO).date(), count)
    return datetime.combine(day, time(23, 59, 59), MEXICO)


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


@cache
def bank_holidays(year: int) -> dict[date, str]:
    """The days on which banks are closed besides weekends, each with its name: those of the labour law and those that
    the CNBV's yearly list adds (Maundy Thursday, Good Friday, 2 November, 12 December). The list of a year may differ.
    """
    easter = _easter(year)
    named = {
        date(year, 1, 1): "Año Nuevo",
        _monday(year, 2, 1): "Constitución",
        _monday(year, 3, 3): "Natalicio de Benito Juárez",
        easter - timedelta(days=3): "Jueves Santo",
        easter - timedelta(days=2): "Viernes Santo",
        date(year, 5, 1): "Día del Trabajo",
        date(year, 9, 16): "Independencia",
        date(year, 11, 2): "Día de Muertos",
        _monday(year, 11, 3): "Revolución",
        date(year, 12, 12): "Virgen de Guadalupe",
        date(year, 12, 25): "Navidad",
    }
    for day in holidays(year):
        named.setdefault(day, "Transmisión del Poder Ejecutivo")
    return dict(sorted(named.items()))


def is_banking_day(day: date) -> bool:
    """Whether banks are open: the days that can be operation dates of SPEI."""
    return day.weekday() < 5 and day not in bank_holidays(day.year)


def _easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Jones, Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def read_day(text: str) -> date:
    """Read a day as addresses write it, `2026-11-22`. Raises ValueError, also for a day of another age: days are
    counted on from here, and the calendar has an end.
    """
    day = date.fromisoformat(text)
    if day.year not in OUR_YEARS:
        raise ValueError(text)
    return day
