"""A deposit that was agreed on is named so on the board, and is no exception."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from seguripago.journey.bank.models import Deposit
from seguripago.values.money import Money
from tests.links.asking import asked
from tests.money import bank
from tests.monitor.test_monitor import page_of, row_of
from tests.web.staff import entered

pytestmark = pytest.mark.django_db


def test_deposit_and_rest_are_named_where_they_are_expected_and_where_they_came() -> None:
    at = datetime.now(UTC)
    deal = asked(at, purpose="deposit", amount=Money(50_000))
    area = entered(deal.sold.store_id, "payments")
    expected = page_of(area)
    assert '<span class="bdg brand">Anticipo</span>' in expected
    assert '<span class="num b">$500.00</span>' in expected
    bank.transfer(deal.sold, "500.00", at=at + timedelta(seconds=1))
    deposit = Deposit.objects.get().pk
    told = page_of(area)
    assert "Anticipo" in row_of(told, deposit)
    assert '<span class="bdg brand">Resto</span>' in told
    assert "Nada por aclarar" in told
