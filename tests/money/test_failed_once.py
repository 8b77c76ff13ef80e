"""What fails in the lane of the money is tried again by itself: no deposit waits for somebody who types a command."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.db import connection

from seguripago.config import wiring
from seguripago.foundations.facts.queries import parked
from seguripago.jobs import clocks
from seguripago.jobs.worker import MoneyLane
from tests.money import bank

pytestmark = pytest.mark.django_db


@contextmanager
def no_verdict_can_be_written() -> Iterator[None]:
    """The database refuses what judging writes, as it does when a disk is full or a deadlock is broken."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE disk_full; END'")
        cursor.execute("CREATE TRIGGER refuse BEFORE INSERT ON verdict FOR EACH ROW EXECUTE FUNCTION refuse()")
        yield
        cursor.execute("DROP TRIGGER refuse ON verdict")
        cursor.execute("DROP FUNCTION refuse()")


def test_a_deposit_that_could_not_be_judged_is_judged_later(at: datetime) -> None:
    sold = bank.sale(at)
    with no_verdict_can_be_written():
        bank.transfer(sold, sold.total.plain, at=at)
    assert [each[0] for each in parked()] == ["reconciliation"]

    lane = MoneyLane(wiring.listeners(), threading.Event())
    for _ in range(3):
        lane._carry_once(reads=True)
    assert not bank.paid_view(sold.order_id).is_confirmed, "the control: the lane alone never takes it up again"

    assert clocks.retry_money(at=at + timedelta(seconds=1)) == 0, "its pause is not over"
    assert clocks.retry_money(at=at + timedelta(minutes=1)) == 1
    assert bank.paid_view(sold.order_id).is_confirmed
    assert parked() == ()
    assert clocks.retry_money in {name for _, clock in clocks.CLOCKS for name in _called(clock)}


def _called(clock: object) -> tuple[object, ...]:
    code = clock.__code__  # type: ignore[attr-defined]
    return tuple(vars(clocks).get(name) for name in code.co_names)
