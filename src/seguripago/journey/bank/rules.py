"""The identity of a bank movement, and which notices are believed. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from seguripago.ports.bank_feeds import BELIEVED, Authenticity
from seguripago.values.calendar import MEXICO, add_working_days, is_working_day


def identity(owner_account: str, sending_institution: str, tracking_key: str, operation_date: date) -> str:
    """One bank movement has one identity, by whatever road it is heard of. The feed is no part of it."""
    return f"{owner_account}|{sending_institution}|{plain_key(tracking_key)}|{operation_date:%Y%m%d}"


def plain_key(tracking_key: str) -> str:
    """Tracking keys are compared without case and surrounding space: banks print them either way."""
    return tracking_key.strip().upper()


def owner_account(clabe: str, prefixes: Sequence[str]) -> tuple[str, bool]:
    """The account of the store that a CLABE stands for (its prefix), and whether it is the store's at all."""
    for prefix in prefixes:
        if clabe.startswith(prefix):
            return prefix, True
    return clabe[:18], False


def is_believed(authenticity: Authenticity, *, accepts_unsigned: bool) -> bool:
    """Whose word makes money move. Unsigned notices announce, unless two people of the store decided otherwise."""
    return authenticity in BELIEVED or (authenticity is Authenticity.SECRET and accepts_unsigned)


def plain_text(text: str, limit: int) -> str:
    """A text from the outside without control, bidi and zero-width characters, cut to the column."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())[:limit]
    shown = "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
    return re.sub(r"\s+", " ", shown).strip()[:limit]


# Asking providers.

CUT_OFF: Final = time(18, 0)
"""From then on SPEI dates payments with the next working day (seen in CEPs: credited 18:33, dated the day after)."""
SETTLED_AFTER: Final = timedelta(hours=3)
"""A closed day's list is pulled until one pull lies this long after the cut-off: late states are in it by then."""
DAYS_BACK: Final = 3
PATIENCE_S: Final = (20, 60, 120, 300, 900, 1800)
SLOW_S: Final = 3600
ENQUIRY_ENDS: Final = timedelta(hours=24)
"""Then an announcement that nobody confirmed, or a hint that led nowhere, is a case for a person."""


def operation_day(at: datetime) -> date:
    """The operation date that SPEI writes on a payment that settles now."""
    local = at.astimezone(MEXICO)
    return add_working_days(local.date() + timedelta(days=1 if local.time() >= CUT_OFF else 0), 0)


def days_to_pull(at: datetime, pulled: Mapping[date, datetime]) -> tuple[date, ...]:
    """The operation dates whose list is due: the running one, and closed ones not pulled well after their end.

    `pulled`: when each date's list was last pulled with success.
    """
    running = operation_day(at)
    days, day = [running], running
    while len(days) <= DAYS_BACK:
        day -= timedelta(days=1)
        if is_working_day(day):
            days.append(day)
    return tuple(day for day in days if day == running or not _is_settled(day, pulled.get(day)))


def _is_settled(day: date, pulled_at: datetime | None) -> bool:
    closed_at = datetime.combine(day, CUT_OFF, MEXICO)
    return pulled_at is not None and pulled_at >= closed_at + SETTLED_AFTER


def patience(tries: int, *, wanted_s: int = 0) -> timedelta:
    """How long to wait after so many tries; a provider may want more."""
    usual = PATIENCE_S[tries - 1] if 0 < tries <= len(PATIENCE_S) else SLOW_S
    return timedelta(seconds=max(usual, wanted_s))


# Hearing feeds.

SILENT_FROM: Final = 7
"""Notices that should have come meanwhile: with seven expected, none at all is chance once in a thousand times."""
WEEKS_BACK: Final = 4
LEAST_HISTORY: Final = timedelta(days=7)


def kind_of_hour(hour: datetime) -> tuple[bool, int]:
    """Hours are alike that have the same place in a working day, or in a day of rest."""
    local = hour.astimezone(MEXICO)
    return is_working_day(local.date()), local.hour


def usual_hours(heard: Mapping[datetime, int], *, first: datetime, until: datetime) -> dict[tuple[bool, int], float]:
    """How many notices come in each kind of hour, on average, from `first` until `until`; hours without any count."""
    sums: dict[tuple[bool, int], int] = {}
    counts: dict[tuple[bool, int], int] = {}
    hour = first.replace(minute=0, second=0, microsecond=0)
    while hour < until:
        kind = kind_of_hour(hour)
        sums[kind] = sums.get(kind, 0) + heard.get(hour, 0)
        counts[kind] = counts.get(kind, 0) + 1
        hour += timedelta(hours=1)
    return {kind: sums[kind] / counts[kind] for kind in sums}


def expected_since(last_at: datetime, at: datetime, usual: Mapping[tuple[bool, int], float]) -> float:
    """How many notices should have come between two moments, by what is usual at those hours."""
    expected, moment = 0.0, last_at
    while moment < at:
        ends = min(moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1), at)
        expected += usual.get(kind_of_hour(moment), 0.0) * ((ends - moment) / timedelta(hours=1))
        moment = ends
    return expected
