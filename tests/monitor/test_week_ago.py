"""What a day is compared with: the same minutes a week ago, in pesos, as an index gives them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seguripago.journey.reconciliation.queries import came
from seguripago.values.money import Money
from seguripago.web.monitor import figures
from tests.money import bank

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 11, 18, 3, tzinfo=UTC)
WEEK = timedelta(days=7)


def many(sold: bank.Sale, count: int, *, at: datetime) -> None:
    for _ in range(count):
        bank.deliver(sold.store_id, bank.notice(sold.store_id, clabe=sold.clabe, amount="10.00", at=at), at=at)
    bank.turn(at)


def test_today_is_compared_with_the_same_minutes_of_a_week_ago() -> None:
    sold = bank.sale(NOON - WEEK - timedelta(hours=3))
    many(sold, 10, at=NOON - WEEK - timedelta(minutes=20))
    many(sold, 5, at=NOON - WEEK + timedelta(minutes=40))
    many(sold, 12, at=NOON - timedelta(minutes=8))
    head, chart = figures.read(sold.store_id, at=NOON)
    assert head.percent == 20, "what came later that day is not yet to be compared"
    assert len(chart.before) == len(chart.bars)
    assert Money.sum(chart.before) == Money(100_00)
    assert [bar.starts_at for bar, before in chart.rows if before] == [NOON - timedelta(minutes=23)]
    _, day = figures.read(sold.store_id, at=NOON, span="hoy")
    assert Money.sum(day.before) == Money(150_00), "of a whole hour, also of the running one"
    _, week = figures.read(sold.store_id, at=NOON, span="semana")
    assert week.before == ()


def test_a_handful_makes_no_percentage() -> None:
    sold = bank.sale(NOON - WEEK - timedelta(hours=3))
    many(sold, 3, at=NOON - WEEK - timedelta(minutes=20))
    head, _ = figures.read(sold.store_id, at=NOON)
    assert head.percent is None


def test_the_past_is_asked_once() -> None:
    sold = bank.sale(NOON)
    figures.read(sold.store_id, at=NOON)
    with CaptureQueriesContext(connection) as asked:
        figures.read(sold.store_id, at=NOON + timedelta(minutes=7))
    assert not [each for each in asked.captured_queries if "2026-03-04" in each["sql"]]


def test_every_step_is_there_also_the_empty_ones() -> None:
    sold = bank.sale(NOON)
    many(sold, 2, at=NOON)
    steps = came(sold.store_id, since=NOON - timedelta(minutes=10), until=NOON + timedelta(minutes=5), minutes=5)
    assert [(each.received, each.deposits) for each in steps] == [
        (Money.zero(), 0),
        (Money.zero(), 0),
        (Money(20_00), 2),
    ]
