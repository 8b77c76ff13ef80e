"""Money of a case goes one way: to its card, to an order, or back in the panel. Each truth also without one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from seguripago.journey.cards.commands import open_refund
from seguripago.journey.cards.commands.apart import take_apart
from seguripago.journey.cards.commands.following import follow_charge
from seguripago.journey.cards.models import CardCharge
from seguripago.journey.cards.refusals import ApartGone, RefundTooLarge
from seguripago.journey.reconciliation import commands as cases
from tests.cases.world import House, approve, broken_truths, the_case
from tests.races.together import at_once
from tests.refunds.world import Charged, Loopback, carry, charged, charged_twice, hear

from .test_unplaced import FIFTY, again, panel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
HANDS = 8
TURNS = 10


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


def race(there: Charged, at: datetime) -> int:
    """Hands that send all of it back and hands that give it to a payment: how many of them got it."""

    def hand(place: int) -> int:
        got = 0
        for turn in range(TURNS):
            try:
                with transaction.atomic():
                    if place % 2:
                        take_apart(there.charge_id, FIFTY, payment_id=None)
                    else:
                        open_refund(
                            there.charge_id,
                            FIFTY,
                            key=f"race-{place}-{turn}",
                            proposal_id=None,
                            reason="Carrera",
                            is_apart=True,
                            by=there.diego,
                            at=at,
                        )
                got += 1
            except (RefundTooLarge, ApartGone, IntegrityError):
                continue
        return got

    told = at_once(HANDS, hand, seconds=60)
    for each in told:
        if isinstance(each, Exception):
            raise each
    return sum(told)


def gone(there: Charged) -> int:
    """Centavos that left what was kept apart: to the card, or elsewhere."""
    charge = CardCharge.objects.get(pk=there.charge_id)
    return charge.elsewhere_centavos + sum(each.apart_centavos for each in there.refunds)


def test_of_many_at_once_one_gets_it(at: datetime) -> None:
    there = charged(at, over=FIFTY)
    assert race(there, at) == 1
    assert gone(there) == FIFTY.centavos


def test_with_only_the_lock_off_the_database_never_lets_it_go_twice(at: datetime, without_locks: None) -> None:
    there = charged(at, over=FIFTY)
    race(there, at)
    assert gone(there) == FIFTY.centavos


def test_with_only_the_guard_off_the_lock_still_holds(at: datetime) -> None:
    with without_guard():
        there = charged(at, over=FIFTY)
        assert race(there, at) == 1
        assert gone(there) == FIFTY.centavos


def test_with_lock_and_guard_off_it_goes_twice(at: datetime, without_locks: None) -> None:
    with without_guard():
        for _ in range(6):
            there = charged(at, over=FIFTY)
            race(there, at)
            if gone(there) > FIFTY.centavos:
                break
        assert gone(there) > FIFTY.centavos
        assert "inv_card_apart_returned_too_much" in broken_truths()


@pytest.mark.parametrize("is_part", [True, False])
def test_the_panel_and_two_people_at_once_send_it_back_once(at: datetime, gateway: Loopback, is_part: bool) -> None:
    there = charged(at, over=FIFTY) if is_part else charged_twice(at)[1]
    hear(at)
    case = the_case(there.store_id)
    made = cases.propose_return_to_card(case.id, by=there.mariana, at=at)
    panel(gateway, there, case.held)

    def hand(place: int) -> None:
        if place:
            follow_charge(there.charge_id, at=at)
        else:
            approve(House(there.store_id, there.mariana, there.diego), made, at)

    at_once(HANDS, hand)
    carry(there, at)
    hear(at)
    assert (gateway.calls, gateway.gone(there.ref)) == (0, case.held.centavos)
    assert again(case).state == "done"
    assert broken_truths() == {}
