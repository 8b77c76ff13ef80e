"""The ledger: every journal sums to zero, is booked once, and is never changed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from seguripago.foundations.ledger.commands import Journal, Unbalanced, post, post_all
from seguripago.foundations.ledger.models import Posting
from seguripago.foundations.ledger.queries import balance, balances, postings_of
from seguripago.foundations.ledger.rules import Account, sums_to_zero
from seguripago.values.money import Money

db = pytest.mark.django_db


def journal(name: str, centavos: int, at: datetime, *, store_id: int = 1, back: int | None = None) -> Journal:
    back = centavos if back is None else back
    legs = ((Account.BANK, Money(centavos)), (Account.SUSPENSE, Money(-back)))
    return Journal(name, store_id, "deposit:1", at, legs)


@given(st.lists(st.integers(-(10**12), 10**12).filter(bool), min_size=1), st.integers(-5, 5))
def test_only_legs_that_cancel_out_are_balanced(amounts: list[int], off: int) -> None:
    legs = [(Account.BANK, Money(amount)) for amount in amounts]
    legs.append((Account.SUSPENSE, Money(off - sum(amounts))))
    assert sums_to_zero(legs) == (off == 0)


def test_currencies_do_not_balance_one_another() -> None:
    assert not sums_to_zero([(Account.BANK, Money(5)), (Account.SUSPENSE, Money(-5, "USD"))])
    assert not sums_to_zero([])


@db
def test_an_unbalanced_journal_is_refused_and_nothing_of_its_batch_is_booked(at: datetime) -> None:
    with pytest.raises(Unbalanced, match="second"):
        post_all([journal("first", 100, at), journal("second", 100, at, back=99)])
    assert not Posting.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_whoever_goes_around_the_code_is_refused_at_the_commit(at: datetime) -> None:
    insert = """
        INSERT INTO posting (journal, leg, store_id, account, centavos, currency, subject, at)
        VALUES ('by hand', 0, 1, 'bank', 500, 'MXN', 'deposit:1', %s)
    """

    def by_hand() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(insert, [at])
            cursor.execute("SELECT count(*) FROM posting")
            assert cursor.fetchone() == (1,), "it is refused by the deferred trigger, not before"

    with pytest.raises(IntegrityError, match="journal by hand does not sum to zero"):
        by_hand()
    assert not Posting.objects.exists()


@db
@pytest.mark.parametrize("change", ["UPDATE posting SET centavos = centavos * 2", "DELETE FROM posting"])
def test_what_is_booked_stays(at: datetime, change: str) -> None:
    post(journal("deposit:1:arrived", 100, at))
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert balance(1, Account.BANK) == Money(100)


@db
def test_a_name_is_booked_once(at: datetime) -> None:
    post(journal("deposit:1:arrived", 100, at))
    with pytest.raises(IntegrityError, match="posting_journal_once"), transaction.atomic():
        post(journal("deposit:1:arrived", 100, at))
    assert Posting.objects.count() == 2


@db
def test_balances_are_sums_as_of_a_time_and_of_one_store(at: datetime) -> None:
    hour = timedelta(hours=1)
    post_all([journal("a", 100, at), journal("b", 250, at + hour), journal("c", 7, at, store_id=2)])
    assert balance(1, Account.BANK, at=at - hour) == Money.zero()
    assert balance(1, Account.BANK, at=at) == Money(100)
    assert balance(1, Account.BANK) == Money(350)
    assert balance(1, Account.BANK, currency="USD") == Money.zero("USD")
    assert balances(1) == {"bank": Money(350), "suspense": Money(-350)}
    assert balances(2) == {"bank": Money(7), "suspense": Money(-7)}
    assert [(row.journal, row.amount) for row in postings_of(2, "deposit:1")] == [("c", Money(7)), ("c", Money(-7))]
