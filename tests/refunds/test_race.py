"""Ten thousand refunds at once: never more than was captured. Each truth is tried also with the other one off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from seguripago.journey.cards.commands import open_refund, send_refund
from seguripago.journey.cards.refusals import RefundTooLarge
from seguripago.values.money import Money
from tests.cases.world import broken_truths
from tests.races.together import at_once
from tests.refunds.world import Charged, Loopback, carry, charged, decided

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]

HANDS = 8
ATTEMPTS = 10_000
PARTS = 20


@pytest.fixture
def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """No charge is locked."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)


@contextmanager
def without_guard() -> Iterator[None]:
    """The database no longer counts."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE card_refund DISABLE TRIGGER card_refund_is_counted")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE card_refund CASCADE")
            cursor.execute("ALTER TABLE card_refund ENABLE TRIGGER card_refund_is_counted")


def race(there: Charged, amount: Money, attempts: int, at: datetime) -> tuple[int, int, int]:
    """Many hands ask for the same amount again and again: how many got it, were refused, were stopped by a table."""

    def hand(place: int) -> tuple[int, int, int]:
        got = refused = stopped = 0
        for turn in range(attempts // HANDS):
            try:
                with transaction.atomic():
                    open_refund(
                        there.charge_id,
                        amount,
                        key=f"race-{place}-{turn}",
                        proposal_id=None,
                        reason="Carrera",
                        by=there.diego,
                        at=at,
                    )
                got += 1
            except RefundTooLarge:
                refused += 1
            except IntegrityError:
                stopped += 1
        return got, refused, stopped

    told = at_once(HANDS, hand, seconds=120)
    for each in told:
        if isinstance(each, Exception):
            raise each
    sums = [sum(column) for column in zip(*told, strict=True)]
    return sums[0], sums[1], sums[2]


def asked_for(there: Charged) -> int:
    return sum(each.amount_centavos for each in there.refunds)


def part_of(there: Charged) -> Money:
    return Money(there.total.centavos // PARTS)


def test_of_ten_thousand_refunds_at_once_only_what_was_captured_goes_back(at: datetime, gateway: Loopback) -> None:
    there = charged(at)
    got, refused, stopped = race(there, part_of(there), ATTEMPTS, at)
    assert (got + refused, stopped) == (ATTEMPTS, 0)
    assert asked_for(there) == got * part_of(there).centavos <= there.total.centavos
    assert got == there.total.centavos // part_of(there).centavos

    # Two jobs tell a gateway that caps nothing: each refund once.
    ids = [each.pk for each in there.refunds]
    at_once(2, lambda _: [send_refund(each, at=at) for each in ids], seconds=60)
    assert gateway.calls == got
    assert gateway.gone(there.ref) == asked_for(there)
    assert {each.state for each in there.refunds} == {"done"}
    assert broken_truths() == {}


def test_with_only_the_lock_off_the_database_never_lets_more_go_back(at: datetime, without_locks: None) -> None:
    there = charged(at)
    got, refused, stopped = race(there, part_of(there), 240, at)
    assert asked_for(there) == got * part_of(there).centavos <= there.total.centavos
    assert got + refused + stopped == 240


def test_with_lock_and_guard_off_more_goes_back_than_came(at: datetime, without_locks: None) -> None:
    with without_guard():
        for _ in range(6):
            there = charged(at)
            race(there, part_of(there), 160, at)
            if asked_for(there) > there.total.centavos:
                break
        assert asked_for(there) > there.total.centavos
        assert "inv_card_refunded_too_much" in broken_truths()


def test_with_only_the_guard_off_the_lock_still_holds(at: datetime) -> None:
    with without_guard():
        there = charged(at)
        got, _, _ = race(there, part_of(there), 160, at)
        assert asked_for(there) == got * part_of(there).centavos <= there.total.centavos


def test_many_jobs_at_once_tell_the_gateway_once(at: datetime, gateway: Loopback) -> None:
    there = charged(at)
    decided(there, at, "10")
    at_once(HANDS, lambda _: carry(there, at))
    assert gateway.calls == 1
    assert gateway.gone(there.ref) == 10_00
    assert [each.state for each in there.refunds] == ["done"]
