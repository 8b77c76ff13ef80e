"""Many hands give back one transfer at once: never more than came. With lock and count off, more.

Each truth is tried also with the other one off.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from seguripago.journey.orders.commands import locking
from seguripago.journey.reconciliation.commands import payment_returns
from seguripago.journey.reconciliation.models import ReturnInstruction
from seguripago.journey.reconciliation.rules.actions import Account
from seguripago.journey.reconciliation.rules.returns import ReturnTooLarge
from seguripago.values.money import Money
from tests.cases.world import broken_truths
from tests.races.together import at_once
from tests.refunds.test_machine import Paid, approved, paid, view

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
HANDS, TURNS, PARTS = 6, 12, 4
TO = Account("012180015012884670", "40012", "LUCIA HERNANDEZ ROBLES")
UNLOCKED = locking.LOCK.replace(" FOR NO KEY UPDATE", "")


def race(there: Paid, proposal_id: int, at: datetime) -> tuple[int, int, int]:
    """How many got a part, were refused, were stopped by a table."""
    part = Money((there.total.centavos - 1) // PARTS)

    def hand(_: int) -> tuple[int, int, int]:
        got = refused = stopped = 0
        for _turn in range(TURNS):
            try:
                with transaction.atomic():
                    payment_returns.open_return(
                        there.payment_id,
                        part,
                        to=TO,
                        deposit_id=None,
                        proposal_id=proposal_id,
                        asked_at=at,
                        by=there.diego,
                        at=at,
                    )
                got += 1
            except ReturnTooLarge:
                refused += 1
            except IntegrityError:
                stopped += 1
        return got, refused, stopped

    told = at_once(HANDS, hand, seconds=60)
    for each in told:
        if isinstance(each, Exception):
            raise each
    sums = [sum(column) for column in zip(*told, strict=True)]
    return sums[0], sums[1], sums[2]


def going(there: Paid) -> int:
    rows = ReturnInstruction.objects.filter(payment_id=there.payment_id).exclude(state="failed")
    return sum(rows.values_list("amount_centavos", flat=True))


def ready(at: datetime) -> tuple[Paid, int]:
    """A paid order, and a decision of two people to act under: its own refund is one centavo."""
    there = paid(at)
    proposal_id = view(approved(there, Money(1), at)).proposal_id
    assert proposal_id is not None
    return there, proposal_id


@pytest.fixture
def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the order nor the payment is locked."""
    monkeypatch.setattr(locking, "LOCK", UNLOCKED)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)


@contextmanager
def without_count() -> Iterator[None]:
    """The database no longer counts."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE return_instruction DISABLE TRIGGER payment_return_is_counted")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE return_instruction, payment_return CASCADE")
            cursor.execute("ALTER TABLE return_instruction ENABLE TRIGGER payment_return_is_counted")


def test_only_what_came_goes_back(at: datetime) -> None:
    there, proposal_id = ready(at)
    got, refused, stopped = race(there, proposal_id, at)
    assert (got, got + refused, stopped) == (PARTS, HANDS * TURNS, 0)
    assert going(there) <= there.total.centavos


def test_with_the_lock_off_the_table_stops_them(at: datetime, without_locks: None) -> None:
    there, proposal_id = ready(at)
    got, refused, stopped = race(there, proposal_id, at)
    assert got + refused + stopped == HANDS * TURNS
    assert going(there) <= there.total.centavos


def test_with_the_count_off_the_lock_still_holds(at: datetime) -> None:
    there, proposal_id = ready(at)
    with without_count():
        race(there, proposal_id, at)
        assert going(there) <= there.total.centavos


def test_with_both_off_more_goes_back_than_came(at: datetime, without_locks: None) -> None:
    there, proposal_id = ready(at)
    with without_count():
        race(there, proposal_id, at)
        assert going(there) > there.total.centavos
        assert "inv_refunded_beyond_paid" in broken_truths()
