"""What the head and the chart of the board show, read no oftener than it is worth.

Adding up a day of 100,000 deposits takes a while, and a board is drawn again with every deposit. What took long to
read is kept for twenty times as long, so that it never costs more than a twentieth of a processor; what is read in an
instant is never kept. The running hour is always read by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any, Final

from seguripago.journey.bank.asking_queries import FeedHeard, feeds_heard
from seguripago.journey.payments.queries import expected_sum
from seguripago.journey.reconciliation.queries import (
    Came,
    Slice,
    Waiting,
    added,
    came,
    median_wait_s,
    slices,
    waiting_cases,
)
from seguripago.values.calendar import MEXICO
from seguripago.values.money import Money
from seguripago.web.kept import Kept

STEP_MINUTES: Final = 5
HOUR_STEPS: Final = 12
FEEDS_S: Final = 10.0
RANGES: Final = ("hora", "hoy", "semana")
WEEK: Final = timedelta(days=7)
PAST_S: Final = 3_600.0
FEW: Final = 10
"""Fewer deposits than this make no percentage worth reading."""


@dataclass(frozen=True, slots=True)
class Head:
    """The figures at the top. `percent` says how many more deposits came today than a week ago until this hour."""

    today: Slice
    hour: Slice
    expected: Money
    expected_count: int
    median_s: float | None
    waiting: Waiting
    percent: int | None = None

    @property
    def fewer(self) -> int:
        return -self.percent if self.percent is not None else 0

    @property
    def automatic_percent(self) -> str:
        return f"{self.today.certain * 1000 // self.today.judged / 10:.1f}" if self.today.judged else ""


@dataclass(frozen=True, slots=True)
class Chart:
    """The bars of a range, the running one last; `points` is what the page's script draws, in centavos.

    `before` is what came in the same minutes a week ago, bar by bar; none for a week, nor when nothing had come.
    """

    range: str
    bars: tuple[Slice, ...]
    before: tuple[Money, ...] = ()

    @property
    def rows(self) -> tuple[tuple[Slice, Money | None], ...]:
        return tuple(zip_longest(self.bars, self.before))

    @property
    def points(self) -> dict[str, Any]:
        return {
            "range": self.range,
            "at": [int(bar.starts_at.timestamp()) for bar in self.bars],
            "applied": [bar.applied.centavos for bar in self.bars],
            "in_case": [bar.in_case.centavos for bar in self.bars],
            "deposits": [bar.deposits for bar in self.bars],
            "before": [each.centavos for each in self.before],
        }


_kept = Kept()


def silent_feeds(store_id: int, *, at: datetime) -> tuple[FeedHeard, ...]:
    """The feeds that should have been heard by now and were not."""
    heard = _kept.read((store_id, "feeds"), lambda: feeds_heard(store_id, at=at), at_least_s=FEEDS_S)
    return tuple(feed for feed in heard if feed.silent_since is not None)


def read(store_id: int, *, at: datetime, span: str = "hora") -> tuple[Head, Chart]:
    """The head and the chart of a range (`hora`, `hoy`, `semana`)."""
    today_from = at.astimezone(MEXICO).replace(hour=0, minute=0, second=0, microsecond=0)
    newest = at.replace(minute=at.minute - at.minute % STEP_MINUTES, second=0, microsecond=0)
    hour_from = newest - timedelta(minutes=STEP_MINUTES * (HOUR_STEPS - 1))
    hour = slices(store_id, since=hour_from, until=newest + timedelta(minutes=STEP_MINUTES), minutes=STEP_MINUTES)
    earlier: tuple[Slice, ...] = ()
    if today_from < hour_from:
        key = (store_id, "today", hour_from)
        earlier = _kept.read(
            key, lambda: slices(store_id, since=today_from, until=hour_from, minutes=STEP_MINUTES)
        )  # fmt: skip
    today = (*earlier, *(part for part in hour if part.starts_at >= today_from))
    expected, count = _kept.read(
        (store_id, "expected"), lambda: expected_sum(store_id, at=at, until=at + timedelta(hours=2))
    )
    before = _week_ago(store_id, today_from)
    head = Head(
        today=added(today, starts_at=today_from),
        hour=added(hour, starts_at=hour_from),
        expected=expected,
        expected_count=count,
        median_s=median_wait_s(store_id),
        waiting=waiting_cases(store_id, at=at),
        percent=_percent(today, before, until=newest),
    )
    bars = _bars(store_id, span, hour, today, today_from)
    return head, Chart(span, bars, _same(bars, before, minutes=60 if span == "hoy" else STEP_MINUTES, span=span))


def _week_ago(store_id: int, today_from: datetime) -> tuple[Came, ...]:
    """The same day a week ago and the hour before it: it is past, so it is read once an hour at most."""
    since, until = today_from - WEEK - timedelta(hours=1), today_from - WEEK + timedelta(days=1)
    return _kept.read(
        (store_id, "week ago", today_from),
        lambda: came(store_id, since=since, until=until, minutes=STEP_MINUTES),
        at_least_s=PAST_S,
    )


def _percent(today: tuple[Slice, ...], before: tuple[Came, ...], *, until: datetime) -> int | None:
    """How many more deposits, in percent, came today until this moment than a week ago; None when there were few."""
    if not today:
        return None
    first = today[0].starts_at - WEEK
    then = sum(each.deposits for each in before if first <= each.starts_at < until - WEEK)
    now = sum(part.deposits for part in today if part.starts_at < until)
    return round((now - then) * 100 / then) if then >= FEW else None


def _same(bars: tuple[Slice, ...], before: tuple[Came, ...], *, minutes: int, span: str) -> tuple[Money, ...]:
    if span == "semana":
        return ()
    by_start = {each.starts_at: each.received for each in before}
    steps = range(0, minutes, STEP_MINUTES)
    found = tuple(
        Money.sum(by_start.get(bar.starts_at - WEEK + timedelta(minutes=step), Money.zero()) for step in steps)
        for bar in bars
    )
    return found if any(each.centavos for each in found) else ()


def _bars(
    store_id: int, span: str, hour: tuple[Slice, ...], today: tuple[Slice, ...], today_from: datetime
) -> tuple[Slice, ...]:
    if span == "hoy":
        steps = 60 // STEP_MINUTES
        return tuple(
            added(today[place : place + steps], starts_at=today[place].starts_at)
            for place in range(0, len(today), steps)
        )
    if span == "semana":
        since = today_from - timedelta(days=6)
        days = _kept.read(
            (store_id, "week", today_from), lambda: slices(store_id, since=since, until=today_from, minutes=24 * 60)
        )
        return (*days, added(today, starts_at=today_from))
    return hour
