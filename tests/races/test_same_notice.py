"""The same notice fifty times at once: one deposit, one payment. With the unique key gone it must go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from django.db import connection

from seguripago.journey.bank.commands import read_notices
from seguripago.journey.bank.models import Deposit, RawNotice
from seguripago.journey.reconciliation.queries import open_cases
from tests.money import bank
from tests.races.together import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]

TIMES = 50
READERS = 8


def storm(at: datetime) -> bank.Sale:
    """Fifty deliveries of one notice at once, then eight readers that each take one notice at a time."""
    sold = bank.sale(at)
    sent = bank.notice(sold.store_id, clabe=sold.clabe, amount=sold.total.plain, at=at)
    statuses = at_once(TIMES, lambda _: bank.deliver(sold.store_id, sent, at=at))
    assert statuses == [200] * TIMES

    def read(_: int) -> None:
        while read_notices(1, at=at):
            pass

    assert at_once(READERS, read) == [None] * READERS
    bank.turn(at)
    return sold


def test_the_same_notice_fifty_times_at_once_is_one_deposit(at: datetime) -> None:
    sold = storm(at)

    assert RawNotice.objects.count() == TIMES
    assert Deposit.objects.count() == 1
    assert open_cases(sold.store_id) == ()
    payment = bank.paid_view(sold.order_id)
    assert payment.is_confirmed
    assert payment.received == sold.total


def test_without_the_unique_key_the_storm_makes_more_than_one_deposit(at: datetime) -> None:
    with without_unique_key():
        storm(at)
        assert Deposit.objects.count() > 1


@contextmanager
def without_unique_key() -> Iterator[None]:
    name = "deposit_one_per_bank_movement"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE deposit DROP CONSTRAINT {name}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            # The rows of the failed world must go before the key can come back.
            tables = "deposit, raw_notice, payment, posting, fact, verdict, reconciliation_case"
            cursor.execute(f"TRUNCATE {tables} CASCADE")
            cursor.execute(f"ALTER TABLE deposit ADD CONSTRAINT {name} UNIQUE (store_id, identity)")
