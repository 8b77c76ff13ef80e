"""A notice that contradicts a known movement comes twenty times in one batch: one case, and the batch does not fail."""

from __future__ import annotations

from datetime import datetime

import pytest

from seguripago.journey.bank.models import Deposit
from seguripago.journey.reconciliation.queries import open_cases
from tests.money import bank

pytestmark = pytest.mark.django_db


def test_a_contradiction_told_twenty_times_in_one_batch_is_one_case(
    at: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    sold = bank.sale(at)
    first = bank.notice(sold.store_id, clabe=sold.clabe, amount=sold.total.plain, at=at, tracking_key="DICE1")
    other = bank.notice(sold.store_id, clabe=sold.clabe, amount="1.00", at=at, tracking_key="DICE1")
    assert bank.deliver(sold.store_id, first, at=at) == 200
    bank.turn(at)
    for _ in range(20):
        assert bank.deliver(sold.store_id, other, at=at) == 200
    bank.turn(at)
    assert Deposit.objects.count() == 1
    assert [case.kind for case in open_cases(sold.store_id)] == ["contradiction"]
    assert "a batch failed" not in caplog.text
    assert bank.paid_view(sold.order_id).is_confirmed
