"""A hundred thousand orders that wait and ten thousand deposits, made once for all tests of plans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from bench.crowd import Crowd, crowd
from tests.money import bank

OPEN = 100_000
DEPOSITS = 10_000
WITH_FACTS = 2_000


@dataclass(frozen=True, slots=True)
class Town:
    """A store with many orders; `talked_of` are orders whose facts are there, too."""

    store_id: int
    many: Crowd
    talked_of: Crowd


@pytest.fixture(scope="module")
def _made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Town]:
    with django_db_blocker.unblock(), transaction.atomic():
        store_id = bank.bank_store()
        talked_of = crowd(store_id, open_payments=WITH_FACTS, deposits=WITH_FACTS, facts=True)
        many = crowd(store_id, open_payments=OPEN, deposits=DEPOSITS, spacing=timedelta(seconds=60))
        with connection.cursor() as cursor:
            # What other tests counted and took back is still in the statistics.
            cursor.execute("ANALYZE verdict, allocation, reconciliation_case")
        yield Town(store_id, many, talked_of)
        transaction.set_rollback(True)


@pytest.fixture
def town(_made: Town, db: None) -> Town:
    """The crowd; what the test does to it is taken back."""
    return _made
