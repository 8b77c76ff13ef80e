"""A refund that a second person grants while the buyer accepts a claim's offer of the same money: it goes back once.

Locks are taken proposal, order, payment, guarantee, claim. With none of them both give it: the database must refuse.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import DatabaseError
from django.db.models import QuerySet

from seguripago.foundations.approvals.queries import open_proposals_of
from seguripago.foundations.facts import wakeups
from seguripago.journey.claims import commands as claims
from seguripago.journey.claims.rules import OfferKind
from seguripago.journey.orders.commands import locking
from seguripago.journey.refunds import commands as refunds
from seguripago.journey.refunds.commands import opening
from seguripago.journey.refunds.queries import refunds_of
from seguripago.journey.refunds.rules import LIVE, RefundReason, RefundState
from seguripago.journey.refunds.sources import Sources
from seguripago.values.money import Money
from tests.cases.world import broken_truths
from tests.claims.world import LUCIA, Bought, claimed, delivered, offered
from tests.races.together import at_once
from tests.refunds.world import hear

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture(autouse=True)
def quiet_bell() -> Iterator[None]:
    """Hang up the connection of the wake-ups, so that the test database can be dropped."""
    yield
    for bell in wakeups._bells.values():
        bell.close()
    wakeups._bells.clear()


def race(at: datetime) -> tuple[Bought, list[Any]]:
    """All of an order's money is asked for by the store, and offered in a claim: both are granted at once."""
    there = delivered(at)
    claim_id = claimed(there, at)
    offer_id = offered(there, claim_id, OfferKind.REFUND, there.total, at)
    refund_id = refunds.ask_refund(
        there.order_id, there.total, reason=RefundReason.BY_STORE, note="Cortesía", by=there.olga, at=at
    )
    subject = f"refund:{refund_id}"
    asked = open_proposals_of(there.store_id, [subject])[subject]

    def hand(place: int) -> None:
        if place:
            claims.accept_offer(claim_id, offer_id, by=LUCIA, at=at)
        else:
            refunds.approve_any(asked.id, seen=asked.hash, by=there.diego, at=at)

    return there, list(at_once(2, hand))


def granted(there: Bought) -> Money:
    """What is on its way or went back, by whatever decision."""
    given = LIVE - {RefundState.ASKED} | {RefundState.CONFIRMED}
    return sum((one.amount for one in refunds_of(there.order_id) if one.state in given), Money(0))


def test_what_two_give_back_at_once_goes_back_once(at: datetime) -> None:
    for _ in range(3):
        there, answers = race(at)
        assert not [one for one in answers if isinstance(one, DatabaseError)]
        hear(at)
        assert granted(there) == there.total
        assert broken_truths() == {}


def test_without_the_locks_both_give_it_and_the_database_refuses(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    together = threading.Barrier(2)
    read = opening.sources_of

    def meeting(order_id: int, **of: Any) -> Sources:
        found = read(order_id, **of)
        together.wait(timeout=20)
        return found

    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)
    monkeypatch.setattr(locking, "LOCK", locking.LOCK.replace("FOR NO KEY UPDATE", ""))
    monkeypatch.setattr(opening, "sources_of", meeting)
    there, answers = race(at)
    assert [one for one in answers if isinstance(one, DatabaseError)] or granted(there) > there.total
