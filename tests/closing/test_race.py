"""Closing while others book, and two who close at once: with the lock it holds, without it it goes wrong."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from seguripago.config.command_line_upkeep import check_invariants
from seguripago.foundations.ledger import queries as ledger
from seguripago.foundations.ledger.commands import Journal, post
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.reconciliation.commands import DayAlreadyClosed, close, close_day
from seguripago.journey.reconciliation.models import DayClose, DayCloseEnd
from seguripago.journey.reconciliation.queries import day_view
from seguripago.values.money import Money
from tests.races.together import at_once

from .books import CLERK, DAY, EVENING, NOON, bank

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
SMALL, LARGE = Money(100), Money(7_000)


def booked(name: str, store_id: int, amount: Money) -> None:
    legs = ((Account.BANK, amount), (Account.SUSPENSE, -amount))
    post(Journal(name, store_id, "x", NOON, legs, value_date=DAY))


@contextmanager
def somebody_is_booking(store_id: int) -> Iterator[threading.Event]:
    """A posting takes its number and commits only once the event is set, after a later one has committed."""
    took_number, may_commit, done = threading.Event(), threading.Event(), threading.Event()

    def book_slowly() -> None:
        try:
            with transaction.atomic():
                booked("slow", store_id, LARGE)
                took_number.set()
                may_commit.wait(10)
        finally:
            connection.close()
            done.set()

    slow = threading.Thread(target=book_slowly)
    slow.start()
    assert took_number.wait(10)
    booked("quick", store_id, SMALL)
    try:
        yield may_commit
    finally:
        may_commit.set()
        slow.join(10)


def closed_twice(store_id: int, may_commit: threading.Event) -> tuple[Money, Money]:
    """Close the day while somebody books, then the next; gives what the closes counted, and what the ledger holds."""
    threading.Timer(0.5, may_commit.set).start()
    close_day(store_id, DAY, by=CLERK, at=EVENING)
    may_commit.wait(10)
    deadline = threading.Event()
    while ledger.balance(store_id, Account.BANK) != SMALL + LARGE and not deadline.wait(0.05):
        pass
    close_day(store_id, DAY + timedelta(days=1), by=CLERK, at=EVENING + timedelta(days=1))
    view = day_view(store_id, DAY + timedelta(days=1), at=EVENING)
    return view.closing, ledger.balance(store_id, Account.BANK)


def test_who_books_while_a_day_is_closed_is_in_this_close_or_in_the_next() -> None:
    store_id = bank.bank_store()
    with somebody_is_booking(store_id) as may_commit:
        counted, true = closed_twice(store_id, may_commit)
    assert counted == true == SMALL + LARGE
    assert not any(check_invariants()["rows"].values())


def test_without_waiting_for_the_writers_a_posting_is_in_no_close(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(close, "last_booked_id", ledger.newest_booked_id)
    store_id = bank.bank_store()
    with somebody_is_booking(store_id) as may_commit:
        counted, true = closed_twice(store_id, may_commit)
    assert (counted, true) == (SMALL, SMALL + LARGE), "the slow one had a lower number and committed too late"
    assert check_invariants()["rows"]["inv_day_close_differs_from_ledger"] > 0, "and the invariant sees it"


def two_close(store_id: int) -> list[Any]:
    return at_once(2, lambda _: close_day(store_id, DAY, by=CLERK, at=EVENING))


def test_of_two_who_close_at_once_one_is_told_that_it_is_closed() -> None:
    store_id = bank.bank_store()
    booked("one", store_id, SMALL)
    said = two_close(store_id)
    assert sorted(type(each).__name__ for each in said) == ["DayAlreadyClosed", "int"]
    assert isinstance(next(each for each in said if not isinstance(each, int)), DayAlreadyClosed)
    assert DayClose.objects.count() == 1
    assert not any(check_invariants()["rows"].values())


def test_without_the_lock_only_the_key_keeps_the_chain_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    barrier = threading.Barrier(2, timeout=10)

    def unlocked(store_id: int) -> DayCloseEnd:
        DayCloseEnd.objects.get_or_create(store_id=store_id, defaults={"last_hash": "0" * 64})
        found = DayCloseEnd.objects.get(store_id=store_id)
        barrier.wait()
        return found

    store_id = bank.bank_store()
    booked("one", store_id, SMALL)
    DayCloseEnd.objects.create(store_id=store_id, last_hash="0" * 64)
    monkeypatch.setattr(close, "_locked_end", unlocked)
    said = two_close(store_id)
    assert [type(each) for each in said if not isinstance(each, int)] == [IntegrityError]
    assert DayClose.objects.count() == 1
