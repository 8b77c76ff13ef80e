"""What fails in the lane of the money is tried again by itself: no deposit waits for somebody who types a command."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest

from seguripago.config import wiring
from seguripago.foundations.facts.queries import parked
from seguripago.jobs import clocks
from seguripago.jobs.worker import MoneyLane
from tests.money import bank
from tests.money.refusing import refusing

pytestmark = pytest.mark.django_db


def test_a_deposit_that_could_not_be_judged_is_judged_later(at: datetime) -> None:
    sold = bank.sale(at)
    with refusing("verdict"):
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
