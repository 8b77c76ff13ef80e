"""One order, a card and a transfer: refunds of both race refunds of each. Never more than either brought.

Each truth is tried also with the other one off.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from seguripago.journey.cards.commands import open_refund as open_card_refund
from seguripago.journey.cards.models import CardRefund
from seguripago.journey.cards.refusals import RefundTooLarge
from seguripago.journey.orders.commands import locking
from seguripago.journey.reconciliation.commands import payment_returns
from seguripago.journey.reconciliation.models import ReturnInstruction
from seguripago.journey.reconciliation.rules.returns import ReturnTooLarge
from seguripago.journey.refunds import commands as refunds
from seguripago.journey.refunds.models import Refund, RefundLeg
from seguripago.journey.refunds.refusals import RefundTooMuch
from seguripago.journey.refunds.rules import RefundReason
from seguripago.values.money import Money
from tests.cases.world import broken_truths
from tests.races.together import at_once
from tests.refunds.mixed import DEPOSIT, Mixed, mixed
from tests.refunds.test_machine import approved, view
from tests.refunds.test_race import without_guard
from tests.refunds.test_transfer_race import TO, UNLOCKED, without_count
from tests.refunds.world import hear

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
HANDS, TURNS = 6, 12
CENT = Money(1)


def race(there: Mixed, proposal_id: int, at: datetime) -> tuple[int, int, int]:
    """Hands that refund both parts at once, the card alone and the transfer alone; got, refused, stopped by a table."""
    both = Money(there.paid.total.centavos // 4)
    people: dict[str, Any] = {"proposal_id": proposal_id, "by": there.paid.diego, "at": at}

    def once(place: int, turn: int) -> None:
        subject = f"race-{place}-{turn}"
        match place % 3:
            case 0:
                refunds.open_refund(
                    there.paid.order_id, both, reason=RefundReason.CLAIM, subject=subject, note="x", **people
                )
            case 1:
                part = Money(there.by_card.centavos // 8)
                open_card_refund(there.card.charge_id, part, key=subject, reason="Carrera", **people)
            case _:
                part = Money(DEPOSIT.centavos // 8)
                payment_returns.open_return(there.paid.payment_id, part, to=TO, deposit_id=None, asked_at=at, **people)

    def hand(place: int) -> tuple[int, int, int]:
        got = refused = stopped = 0
        for turn in range(TURNS):
            try:
                with transaction.atomic():
                    once(place, turn)
                got += 1
            except (RefundTooMuch, RefundTooLarge, ReturnTooLarge):
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


def going(there: Mixed) -> tuple[int, int]:
    """What is on its way to the card, and by transfer."""
    cards = CardRefund.objects.filter(charge=there.card.charge_id).exclude(state="failed")
    banks = ReturnInstruction.objects.filter(payment_id=there.paid.payment_id).exclude(state="failed")
    return (
        sum(cards.values_list("amount_centavos", flat=True)),
        sum(banks.values_list("amount_centavos", flat=True)),
    )


def assert_within(there: Mixed) -> None:
    to_card, by_transfer = going(there)
    assert to_card <= there.by_card.centavos
    assert by_transfer <= DEPOSIT.centavos


def ready(at: datetime) -> tuple[Mixed, int]:
    """A mixed payment, and a decision of two people to act under: its own refund is one centavo."""
    there = mixed(at)
    proposal_id = view(approved(there.paid, CENT, at)).proposal_id
    assert proposal_id is not None
    return there, proposal_id


@pytest.fixture
def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither order, payment nor charge is locked."""
    monkeypatch.setattr(locking, "LOCK", UNLOCKED)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)


@contextmanager
def without_counts() -> Iterator[None]:
    """The database counts neither road."""
    with ExitStack() as off:
        off.enter_context(without_guard())
        off.enter_context(without_count())
        yield


def test_neither_road_gives_more_than_it_brought(at: datetime) -> None:
    there, proposal_id = ready(at)
    got, refused, stopped = race(there, proposal_id, at)
    assert (got + refused, stopped) == (HANDS * TURNS, 0)
    assert got >= 3
    assert_within(there)
    hear(at)
    # Each refund is the sum of its legs: none took one road and lost the other.
    for each in Refund.objects.filter(order=there.paid.order_id):
        legs = RefundLeg.objects.filter(refund=each).values_list("amount_centavos", flat=True)
        assert sum(legs) == each.amount_centavos
    assert broken_truths() == {}


def test_with_the_locks_off_the_tables_stop_them(at: datetime, without_locks: None) -> None:
    there, proposal_id = ready(at)
    got, refused, stopped = race(there, proposal_id, at)
    assert got + refused + stopped == HANDS * TURNS
    assert_within(there)


def test_with_the_counts_off_the_locks_still_hold(at: datetime) -> None:
    there, proposal_id = ready(at)
    with without_counts():
        race(there, proposal_id, at)
        assert_within(there)


def test_with_both_off_more_goes_back_than_came(at: datetime, without_locks: None) -> None:
    with without_counts():
        for _ in range(6):
            there, proposal_id = ready(at)
            race(there, proposal_id, at)
            to_card, by_transfer = going(there)
            if to_card > there.by_card.centavos or by_transfer > DEPOSIT.centavos:
                break
        assert to_card > there.by_card.centavos or by_transfer > DEPOSIT.centavos
        assert {"inv_refunded_beyond_paid", "inv_card_refunded_too_much"} & set(broken_truths())
