"""Many confirmations at one moment: with the lock one chain, without it the database refuses the second end."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection

from seguripago.journey.orders.queries import order
from seguripago.journey.payments.queries import payment_of
from seguripago.journey.receipts import commands, rules
from seguripago.journey.receipts.commands import ConfirmedPayment, issue_receipts
from seguripago.journey.receipts.models import Receipt, ReceiptCounter
from tests.orders.builders import make_store
from tests.receipts.purchases import confirmed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def payment(order_id: int, at: datetime) -> ConfirmedPayment:
    found, paid = order(order_id), payment_of(order_id)
    assert paid is not None
    return ConfirmedPayment(found.store_id, order_id, paid.id, "spei", found.total, at)


def issue_at_once(wanted: Sequence[ConfirmedPayment], at: datetime) -> list[Exception | None]:
    """What each of several issuers ran into."""

    def issue(one: ConfirmedPayment) -> Exception | None:
        try:
            issue_receipts([one], at=at)
        except DatabaseError as error:
            return error
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(len(wanted)) as pool:
        return list(pool.map(issue, wanted))


def test_with_the_lock_sixteen_issuers_make_one_chain_of_eight(at: datetime) -> None:
    store_id = make_store()
    wanted = [payment(confirmed(at, store_id=store_id), at) for _ in range(8)]
    assert issue_at_once(wanted * 2, at) == [None] * 16
    chain = list(Receipt.objects.filter(store_id=store_id).order_by("place").values_list("place", "prev_hash", "hash"))
    assert [place for place, _, _ in chain] == list(range(1, 9))
    assert [before for _, before, _ in chain] == [rules.FIRST, *(end for _, _, end in chain[:-1])]


def test_without_the_lock_the_second_receipt_of_one_place_is_refused_by_the_database(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_id = make_store()
    wanted = [payment(confirmed(at, store_id=store_id), at) for _ in range(3)]
    issue_receipts(wanted[:1], at=at)
    together = threading.Barrier(2)

    def unlocked(store: int, *, at: datetime) -> ReceiptCounter:
        counter = ReceiptCounter.objects.get(store_id=store)
        together.wait(timeout=10)
        return counter

    monkeypatch.setattr(commands, "_locked_counter", unlocked)
    first, second = issue_at_once(wanted[1:], at)
    assert (first is None) != (second is None)
    assert isinstance(first or second, IntegrityError)
    assert Receipt.objects.filter(store_id=store_id).count() == 2
