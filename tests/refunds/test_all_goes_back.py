"""All of the money goes back: what has not left stays, nothing goes back twice, and the books hear of it."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from seguripago.foundations.approvals import commands as approvals
from seguripago.foundations.approvals.commands import ChangedMeanwhile
from seguripago.foundations.approvals.queries import ProposalView, open_proposals_of
from seguripago.journey.claims import commands as claims
from seguripago.journey.claims.rules import OfferKind, Reason
from seguripago.journey.delivery.commands import deliver_all, send_parcel
from seguripago.journey.delivery.rules import OrderNotReadyToShip, Says
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.commands import ShippingHeld
from seguripago.journey.orders.models import Order
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.queries import given_back, payment_of
from seguripago.journey.reconciliation.commands import fail_return, let_shipping_go
from seguripago.journey.reconciliation.models import ReturnInstruction
from seguripago.journey.refunds import commands as refunds
from seguripago.journey.refunds.models import Refund, RefundAccount, RefundLeg
from seguripago.journey.refunds.queries import refundable, refunds_of
from seguripago.journey.refunds.refusals import RefundElsewhere, RefundTooMuch
from seguripago.journey.refunds.rules import RefundReason, RefundState, TransferSource, less_waiting
from seguripago.values.money import Money
from tests.approvals.people import checker, maker, works
from tests.cases.world import broken_truths
from tests.claims.world import LUCIA, Bought, bought, claimed, offered
from tests.money import bank
from tests.orders import builders
from tests.races.together import at_once, until_somebody_waits
from tests.refunds.test_cancel import CLABE, give, no_account, yes
from tests.refunds.test_machine import HUNDRED, Paid, approved, leave, paid, view, waiting
from tests.refunds.world import hear

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
OTHER = "012180015012884670"


def half_sent(at: datetime) -> Paid:
    """Two pieces were paid, one has left."""
    store_id = bank.bank_store()
    sold = bank.sale(at, store_id=store_id, lines=((builders.make_product(store_id, stock=10), 2),))
    total = order(sold.order_id).total
    bank.transfer(sold, total.plain, at=at)
    hear(at)
    found = payment_of(sold.order_id)
    assert found is not None
    there = Paid(store_id, sold.order_id, found.id, total, maker(store_id), checker(store_id))
    send(there, at, {order(sold.order_id).lines[0].id: 1})
    return there


def send(there: Paid | Bought, at: datetime, pieces: dict[int, int] | None = None) -> None:
    by = works(there.store_id, "analyst", "Ana")
    send_parcel(there.order_id, pieces, carrier="dhl", tracking_number="4410887201", by=by, at=at)
    hear(at)


def holders(order_id: int) -> list[str]:
    return list(Order.objects.values_list("shipping_holders", flat=True).get(pk=order_id))


def around(there: Paid) -> Bought:
    """The same order, with the people who decide about claims."""
    people = [works(there.store_id, role, name) for role, name in (("analyst", "Ana"), ("owner", "Olga"))]
    return Bought(there.store_id, there.order_id, there.total, people[0], there.diego, people[1])


def test_of_an_order_half_sent_all_goes_back_the_rest_stays_and_the_books_hear_of_it(at: datetime) -> None:
    there = half_sent(at)
    refund_id = approved(there, there.total, at)
    assert holders(there.order_id) == ["refund"]
    with pytest.raises(ShippingHeld):
        send(there, at)
    leave(there, at)
    assert (view(refund_id).state, given_back(there.order_id)) == (RefundState.CONFIRMED, there.total)
    assert order(there.order_id).state == "shipped", "the buyer has a part of it: it is not cancelled"
    with pytest.raises(OrderNotReadyToShip):
        send(there, at)
    assert broken_truths() == {}


def test_what_a_second_person_sees_says_that_the_rest_stays(at: datetime) -> None:
    there = half_sent(at)
    refund_id = refunds.ask_refund(
        there.order_id, there.total, reason=RefundReason.BY_STORE, note="x", by=there.mariana, at=at
    )
    (proposal,) = approvals_of(there, refund_id)
    assert "Una parte del pedido ya salió: lo que falta no se envía." in proposal.says
    assert (proposal.effects["stops_parcel"], proposal.effects["cancels_order"]) == (True, False)


def approvals_of(there: Paid, refund_id: int) -> list[ProposalView]:
    return list(open_proposals_of(there.store_id, [f"refund:{refund_id}"]).values())


def test_a_claim_that_gives_all_back_keeps_what_has_not_left(at: datetime) -> None:
    there = half_sent(at)
    people = around(there)
    claim_id = claimed(people, at)
    claims.accept_offer(claim_id, offered(people, claim_id, OfferKind.REFUND, there.total, at), by=LUCIA, at=at)
    hear(at)
    assert holders(there.order_id) == ["refund"]
    with pytest.raises(ShippingHeld):
        send(there, at)
    leave(there, at)
    assert given_back(there.order_id) == there.total
    assert broken_truths() == {}


def test_a_part_that_goes_back_stops_nothing(at: datetime) -> None:
    there = half_sent(at)
    approved(there, HUNDRED, at)
    send(there, at)
    assert order(there.order_id).state == "shipped"


def test_what_waits_for_an_account_is_not_given_a_second_time(at: datetime) -> None:
    there = paid(at, payer_account="")
    approved(there, there.total - HUNDRED, at)
    assert refundable(there.order_id) == HUNDRED
    with pytest.raises(RefundTooMuch):
        refunds.ask_refund(
            there.order_id, HUNDRED + Money(1), reason=RefundReason.BY_STORE, note="x", by=there.mariana, at=at
        )
    second = approved(there, HUNDRED, at)
    assert holders(there.order_id) == ["refund"], "with it nothing is left"
    assert refundable(there.order_id) == Money(0)
    assert broken_truths() == {}
    # Whoever writes one more past the machine is seen.
    leg = RefundLeg.objects.filter(refund=second).get()
    leg.pk, leg.place = None, 2
    leg.save(force_insert=True)
    assert "inv_refunded_beyond_paid" in broken_truths()


def test_a_claim_counts_what_waits_for_an_account(at: datetime) -> None:
    there = paid(at, payer_account="")
    send(there, at)
    people = around(there)
    deliver_all(there.order_id, says=Says.CARRIER, by=people.ana, at=at)
    hear(at)
    half = Money(there.total.centavos // 2)
    approved(there, half, at)
    claim_id = claimed(people, at)
    claims.accept_offer(claim_id, offered(people, claim_id, OfferKind.REFUND_PART, half, at), by=LUCIA, at=at)
    hear(at)
    assert [(each.reason, each.amount) for each in refunds_of(there.order_id)] == [(RefundReason.BY_STORE, half)]


def test_what_failed_waits_for_no_other_account_when_its_money_was_given(at: datetime) -> None:
    there = paid(at)
    first = approved(there, there.total, at)
    bank_refuses(there, at)
    assert refundable(there.order_id) == there.total
    approved(there, there.total, at)
    refunds.propose_again(first, other_account=True, by=there.mariana, at=at)
    proposal_id, seen = waiting(there, first)
    with pytest.raises(ChangedMeanwhile, match="ya no admite"):
        refunds.approve_any(proposal_id, seen=seen, by=there.diego, at=at)
    assert broken_truths() == {}


def bank_refuses(there: Paid, at: datetime) -> None:
    fail_return(leave(there, at).pk, reason="Cuenta cancelada", by=there.diego, at=at)
    hear(at)


def test_apart_is_set_first_what_waits_of_the_same_deposit() -> None:
    left = [TransferSource(1, Money(50), None), TransferSource(2, Money(30), None), TransferSource(0, Money(20), None)]

    def lefts(**waits: int) -> list[int]:
        told = less_waiting(left, {int(name[1:]): centavos for name, centavos in waits.items()})
        return [each.left.centavos for each in told]

    assert lefts() == [50, 30, 20]
    assert lefts(d2=30) == [50, 0, 20]
    assert lefts(d2=40) == [40, 0, 20], "what its deposit no longer has is taken of the others"
    assert lefts(d9=100) == [0, 0, 0]
    assert lefts(d9=400) == [0, 0, 0]


def test_the_end_of_a_doubt_lets_nothing_go_that_is_given_back(at: datetime) -> None:
    there = paid(at, payer_account="")
    approved(there, there.total, at)
    hear(at)
    let_shipping_go([there.payment_id], at=at)
    assert holders(there.order_id) == ["refund"]
    orders.hold_shipping(there.order_id, is_held=False, reason="x", by=there.diego, at=at)
    assert broken_truths() == {}
    Order.objects.filter(pk=there.order_id).update(shipping_hold=False, shipping_holders=[])
    assert "inv_refund_lets_parcel_go" in broken_truths()


def test_cancelling_while_a_claim_holds_holds_too(at: datetime) -> None:
    there = bought(at)
    claim_id = claimed(there, at, reason=Reason.OTHER)
    refunds.cancel_order(there.order_id, note="ya no", by=LUCIA, at=at)
    assert holders(there.order_id) == ["claim", "refund"]
    claims.withdraw_claim(claim_id, by=LUCIA, at=at)
    with pytest.raises(ShippingHeld):
        send(there, at)
    (asked,) = refunds_of(there.order_id)
    refunds.take_cancel_back(asked.id, by=LUCIA, at=at)
    assert holders(there.order_id) == []
    send(there, at)
    assert broken_truths() == {}


def test_one_refund_that_comes_to_nothing_lets_go_what_no_other_stops(at: datetime) -> None:
    there = paid(at)
    refunds.cancel_order(there.order_id, note="ya no", by=LUCIA, at=at)
    (asked,) = refunds_of(there.order_id)
    approved(there, there.total, at)
    refunds.take_cancel_back(asked.id, by=LUCIA, at=at)
    assert holders(there.order_id) == ["refund"], "the store gives everything back all the same"
    assert broken_truths() == {}


def test_the_account_that_is_paid_is_the_one_given_last(at: datetime) -> None:
    there, refund_id = no_account(at)
    first = give(refund_id, CLABE, at)
    refunds.propose_account(first, by=there.mariana, at=at)
    proposal_id, seen = waiting(there, refund_id)
    last = give(refund_id, OTHER, at + MINUTE)
    with pytest.raises(ChangedMeanwhile, match="otra cuenta después"):
        refunds.approve_any(proposal_id, seen=seen, by=there.diego, at=at + MINUTE)
    assert ReturnInstruction.objects.count() == 0
    with pytest.raises(RefundElsewhere):
        refunds.propose_account(first, by=there.mariana, at=at + MINUTE)
    refunds.propose_account(last, by=there.mariana, at=at + MINUTE)
    yes(there, refund_id, at + MINUTE)
    assert there.instruction.account == OTHER
    assert broken_truths() == {}
    paid_to = RefundAccount.objects.get(pk=last)
    paid_to.pk, paid_to.state, paid_to.given_at = None, "given", at
    paid_to.save(force_insert=True)
    assert "inv_refund_account_not_newest" in broken_truths()


@pytest.mark.django_db(transaction=True)
def test_who_wants_it_after_all_and_who_approves_wait_for_each_other_in_one_order(at: datetime) -> None:
    there = paid(at)
    refunds.cancel_order(there.order_id, note="x", by=there.mariana, at=at)
    (asked,) = refunds_of(there.order_id)
    proposal_id, seen = waiting(there, asked.id)
    has_lock, is_waited_for = threading.Event(), threading.Event()

    def hand(place: int) -> str:
        if place == 2:
            assert has_lock.wait(10)
            until_somebody_waits()
            is_waited_for.set()
            return "seen"
        if place:
            assert has_lock.wait(10)
            try:
                refunds.take_cancel_back(asked.id, by=there.mariana, at=at)
            except RefundElsewhere:
                return "too late"
            return "taken back"
        with transaction.atomic():
            approvals.lock(proposal_id, at=at, by=there.diego)
            has_lock.set()
            assert is_waited_for.wait(10)
            refunds.approve_any(proposal_id, seen=seen, by=there.diego, at=at)
        return "approved"

    assert at_once(3, hand) == ["approved", "too late", "seen"]
    assert view(asked.id).state is RefundState.APPROVED
    assert Refund.objects.get(pk=asked.id).stopped_parcel
    assert broken_truths() == {}
