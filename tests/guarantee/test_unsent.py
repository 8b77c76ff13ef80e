"""What will not be sent: the rest of an order ends, its money goes back by two people, and the promise ends once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.db.models import QuerySet

from seguripago.journey.cards.commands import follow_charge
from seguripago.journey.delivery.commands import mark_delivered, mark_returned, send_parcel, withholding
from seguripago.journey.delivery.commands import sending as of_sending
from seguripago.journey.delivery.queries import shipments_of
from seguripago.journey.delivery.rules import NothingLeftToSend, ReasonMissing, Says
from seguripago.journey.guarantee.commands import accept_delivery, release_due, will_not_send
from seguripago.journey.guarantee.models import Guarantee, GuaranteeEvent
from seguripago.journey.guarantee.queries import rest_of
from seguripago.journey.guarantee.rules import BankDecides, ClaimIsOpen, NotSentYet
from seguripago.journey.orders.commands import ShippingHeld, locking
from seguripago.journey.orders.queries import order
from seguripago.journey.refunds import commands as refunds
from seguripago.journey.refunds.queries import refunds_of
from seguripago.journey.refunds.refusals import CancelAsked, UnsentAsked
from seguripago.journey.refunds.rules import RefundReason, RefundState
from seguripago.values.money import Money
from seguripago.values.refusal import Refusal
from tests.approvals.people import works
from tests.cases.world import broken_truths
from tests.claims.world import LUCIA, claimed
from tests.races.together import at_once
from tests.refunds.test_all_goes_back import around, half_sent, holders, send
from tests.refunds.test_chargebacks import dismissed, told
from tests.refunds.test_machine import Paid, approved, leave, waiting
from tests.refunds.world import Loopback, charged, hear

pytestmark = pytest.mark.django_db
WHY = "El proveedor ya no lo fabrica"
DAY = timedelta(days=1)


def promise(there: Paid) -> tuple[str, int, int]:
    row = Guarantee.objects.get(order_id=there.order_id)
    assert row.held_centavos + row.released_centavos + row.returned_centavos == row.funded_centavos
    ends = GuaranteeEvent.objects.filter(guarantee=row, is_terminal=True).count()
    assert ends == (row.held_centavos == 0)
    return row.state, row.released_centavos, row.returned_centavos


def state(there: Paid) -> str:
    return order(there.order_id).state


def says_no(there: Paid, at: datetime) -> str:
    return will_not_send(there.order_id, reason=WHY, by=there.mariana, at=at)


def yes(there: Paid, at: datetime) -> int:
    """Diego approves what was asked of the rest; everybody hears of it."""
    (asked,) = [one for one in refunds_of(there.order_id) if one.state is RefundState.ASKED]
    proposal_id, seen = waiting(there, asked.id)
    refunds.approve_any(proposal_id, seen=seen, by=there.diego, at=at)
    hear(at)
    return asked.id


def arrive(there: Paid, at: datetime) -> None:
    for parcel in shipments_of(there.order_id):
        if parcel.is_on_the_way:
            mark_delivered(parcel.id, says=Says.CARRIER, by=there.diego, at=at)
    hear(at)


def come_back(there: Paid, at: datetime) -> None:
    for parcel in shipments_of(there.order_id):
        if parcel.is_on_the_way:
            mark_returned(parcel.id, reason="Nadie abrió", says=Says.CARRIER, by=there.diego, at=at)
    hear(at)


def test_a_part_arrived_and_two_people_give_the_rest_back(at: datetime) -> None:
    there = half_sent(at)
    arrive(there, at)
    piece = order(there.order_id).lines[0].unit_price
    rest = rest_of(there.order_id)
    assert rest is not None
    assert ([line.quantity for line in rest.lines], rest.value, rest.owed) == ([1], piece, piece)

    assert says_no(there, at) == "asked"
    assert holders(there.order_id) == ["refund"]
    with pytest.raises(ShippingHeld):
        send(there, at)
    with pytest.raises(UnsentAsked):
        says_no(there, at)
    assert state(there) == "preparing", "one person alone decides nothing that costs money"
    yes(there, at)
    assert (state(there), holders(there.order_id)) == ("delivered", [])
    assert [one.state for one in shipments_of(there.order_id)] == ["delivered", "unsent"]
    (refund,) = refunds_of(there.order_id)
    assert (refund.reason, refund.amount, refund.note) == (RefundReason.UNSENT, piece, WHY)
    leave(there, at)
    assert release_due(at + 8 * DAY) == 1
    assert promise(there) == ("released", (there.total - piece).centavos, piece.centavos)
    assert state(there) == "closed"
    assert broken_truths() == {}


def test_what_went_back_already_is_not_given_twice_and_one_person_says_so(at: datetime) -> None:
    there = half_sent(at)
    approved(there, order(there.order_id).lines[0].unit_price, at)
    leave(there, at)
    assert says_no(there, at) == "done"
    assert state(there) == "shipped", "a part is on its way"
    assert len(refunds_of(there.order_id)) == 1
    arrive(there, at)
    assert state(there) == "delivered"
    accept_delivery(there.order_id, by=LUCIA, at=at)
    assert promise(there)[0] == "released"
    assert state(there) == "closed"
    assert broken_truths() == {}


def test_who_does_not_grant_it_lets_the_rest_leave(at: datetime) -> None:
    there = half_sent(at)
    says_no(there, at)
    (asked,) = refunds_of(there.order_id)
    refunds.reject_any(waiting(there, asked.id)[0], reason="Sí lo tenemos", by=there.diego, at=at)
    hear(at)
    assert holders(there.order_id) == []
    send(there, at)
    assert state(there) == "shipped"
    assert says_no_again_asks_nothing(there, at)


def says_no_again_asks_nothing(there: Paid, at: datetime) -> bool:
    with pytest.raises(NothingLeftToSend):
        says_no(there, at)
    return rest_of(there.order_id) is None


@pytest.mark.parametrize("arrives", ["before", "after"])
def test_half_sent_and_all_given_back_ends(at: datetime, arrives: str) -> None:
    there = half_sent(at)
    if arrives == "before":
        arrive(there, at)
    approved(there, there.total, at)
    leave(there, at)
    if arrives == "after":
        assert state(there) == "shipped"
        arrive(there, at)
    assert (state(there), holders(there.order_id)) == ("closed", [])
    assert promise(there) == ("resolved", 0, there.total.centavos)
    assert broken_truths() == {}


@pytest.mark.parametrize("comes_back", ["before", "after"])
def test_a_parcel_that_came_back_and_all_given_back_ends(at: datetime, comes_back: str) -> None:
    there = half_sent(at)
    send(there, at)
    if comes_back == "before":
        come_back(there, at)
    approved(there, there.total, at)
    if comes_back == "before":
        with pytest.raises(ShippingHeld):
            send(there, at)
    leave(there, at)
    if comes_back == "after":
        assert state(there) == "shipped"
        come_back(there, at)
    assert state(there) == "closed"
    assert promise(there) == ("resolved", 0, there.total.centavos)
    assert broken_truths() == {}


def test_of_an_order_that_came_back_whole_all_is_owed_and_nobody_accepts_nothing(at: datetime) -> None:
    there = half_sent(at)
    send(there, at)
    come_back(there, at)
    rest = rest_of(there.order_id)
    assert rest is not None
    assert rest.owed == there.total, "the shipping fee too"
    says_no(there, at)
    yes(there, at)
    with pytest.raises(NotSentYet):
        accept_delivery(there.order_id, by=LUCIA, at=at)
    assert (state(there), promise(there)[0]) == ("shipped", "held")
    leave(there, at)
    assert (state(there), promise(there)) == ("closed", ("resolved", 0, there.total.centavos))
    assert broken_truths() == {}


def test_what_comes_back_while_it_waits_is_decided_too(at: datetime) -> None:
    there = half_sent(at)
    says_no(there, at)
    come_back(there, at)
    yes(there, at)
    assert [one.state for one in shipments_of(there.order_id)] == ["returned", "preparing"], "more is owed now"
    assert holders(there.order_id) == ["refund"]
    assert says_no(there, at) == "asked"
    yes(there, at)
    assert sum((one.amount for one in refunds_of(there.order_id)), Money(0)) == there.total
    leave_all(there, at)
    assert (state(there), promise(there)[0]) == ("closed", "resolved")
    assert broken_truths() == {}


def leave_all(there: Paid, at: datetime) -> None:
    from seguripago.journey.reconciliation import commands as bank_side
    from seguripago.journey.reconciliation.models import ReturnInstruction

    bank_side.make_return_file(there.store_id, by=there.diego, at=at)
    for row in ReturnInstruction.objects.filter(payment_id=there.payment_id, state="instructed"):
        amount = Money(row.amount_centavos)
        bank_side.confirm_return(row.pk, amount=amount, says="estado", by=there.diego, at=at)
    hear(at)


def test_a_claim_or_a_bank_decides_first_and_a_reason_is_asked_for(at: datetime, gateway: Loopback) -> None:
    there = half_sent(at)
    with pytest.raises(ReasonMissing):
        will_not_send(there.order_id, reason="  ", by=there.mariana, at=at)
    claimed(around(there), at)
    with pytest.raises(ClaimIsOpen):
        says_no(there, at)
    card = charged(at)
    hear(at)
    told(gateway, card, "open", at)
    with pytest.raises(BankDecides):
        will_not_send(card.order_id, reason=WHY, by=card.mariana, at=at)


def test_never_sent_it_is_a_cancellation_of_two_people(at: datetime) -> None:
    card = charged(at)
    hear(at)
    assert will_not_send(card.order_id, reason=WHY, by=card.mariana, at=at) == "asked"
    assert [one.reason for one in refunds_of(card.order_id)] == [RefundReason.CANCELLED]
    with pytest.raises(CancelAsked):
        will_not_send(card.order_id, reason=WHY, by=card.mariana, at=at)


def test_never_sent_and_taken_by_the_bank_for_good_it_is_cancelled_at_once(at: datetime, gateway: Loopback) -> None:
    card = charged(at)
    hear(at)
    told(gateway, card, "lost", at)
    dismissed(card, at)
    assert order(card.order_id).shipping_hold
    assert will_not_send(card.order_id, reason=WHY, by=card.mariana, at=at) == "done"
    hear(at)
    row = Guarantee.objects.get(order_id=card.order_id)
    assert (order(card.order_id).state, row.state, row.returned_centavos) == (
        "cancelled", "resolved", card.total.centavos,
    )  # fmt: skip
    follow_charge(card.charge_id, at=at)
    hear(at)
    assert broken_truths() == {}


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_a_parcel_that_leaves_against_who_says_that_it_will_not(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the order locked one of them wins; with nothing locked both have read, and the database must step in."""

    def ready() -> Paid:
        there = half_sent(at)
        approved(there, order(there.order_id).lines[0].unit_price, at)
        leave(there, at)
        return there

    def race(there: Paid) -> list[Any]:
        by = works(there.store_id, "analyst", "Ana")

        def parcel() -> object:
            return send_parcel(there.order_id, None, carrier="dhl", tracking_number="4410887201", by=by, at=at)

        both: tuple[Callable[[], object], Callable[[], object]] = (parcel, lambda: says_no(there, at))
        return list(at_once(2, lambda place: both[place]()))

    there, loose = ready(), ready()
    first = race(there)
    assert not [one for one in first if isinstance(one, DatabaseError)]
    assert len([one for one in first if isinstance(one, Refusal)]) == 1
    hear(at)
    assert broken_truths() == {}

    together = threading.Barrier(2)
    read = of_sending.left_to_send

    def meeting(order_id: int) -> dict[int, int]:
        found = read(order_id)
        together.wait(timeout=20)
        return found

    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)
    monkeypatch.setattr(locking, "LOCK", locking.LOCK.replace("FOR NO KEY UPDATE", ""))
    monkeypatch.setattr(of_sending, "left_to_send", meeting)
    monkeypatch.setattr(withholding, "left_to_send", meeting)
    answers = race(loose)
    assert [one for one in answers if isinstance(one, DatabaseError)] or broken_truths() != {}
