"""A claim from its first word to its last centavo: agreed, decided, appealed, replaced, returned, withdrawn."""

from __future__ import annotations

from datetime import datetime

import pytest

from seguripago.foundations.approvals.queries import open_proposals_of
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.claims import commands as claims
from seguripago.journey.claims.models import ClaimOffer
from seguripago.journey.claims.queries import claim_door, claim_of, claim_page, claim_timeline, open_claims
from seguripago.journey.claims.refusals import (
    ClaimAlreadyOpen,
    ClaimCannot,
    ClaimNeedsWords,
    LinesNotOfOrder,
    NotArrivedYet,
    NotLateYet,
    NotYourClaim,
    OfferGone,
)
from seguripago.journey.claims.rules import OfferKind, Reason, Wanted
from seguripago.journey.delivery.commands import send_parcel
from seguripago.journey.delivery.queries import shipments_of
from seguripago.journey.guarantee.commands import release_due
from seguripago.journey.guarantee.rules import TooLateToClaim
from seguripago.journey.orders.commands import ShippingHeld, hold_shipping
from seguripago.journey.orders.queries import order
from seguripago.journey.refunds import commands as refunds
from seguripago.journey.refunds.queries import refunds_of
from seguripago.journey.refunds.rules import RefundReason
from seguripago.values.actor import Actor
from tests.cases.world import broken_truths
from tests.claims.world import (
    DAY,
    HUNDRED,
    LUCIA,
    NOTHING,
    bank_pays_back,
    bought,
    claimed,
    delivered,
    offered,
    view,
)
from tests.refunds.world import hear

pytestmark = pytest.mark.django_db


def test_a_part_that_is_offered_and_accepted_goes_back_at_once_and_the_rest_is_the_stores(at: datetime) -> None:
    there = delivered(at)
    claim_id = claimed(there, at + DAY)
    assert there.guarantee.state == "claimed"
    assert release_due(at + 90 * DAY) == 0
    offer = offered(there, claim_id, OfferKind.REFUND_PART, HUNDRED, at + DAY, words="Por el golpe")
    assert view(claim_id).owner == "buyer"
    assert there.money(Account.DUE_TO_STORE) == NOTHING
    claims.accept_offer(claim_id, offer, by=LUCIA, at=at + 2 * DAY)
    hear(at + 2 * DAY)

    closed = view(claim_id)
    assert (closed.state, closed.outcome, closed.to_buyer, closed.refund) == ("closed", "agreed", HUNDRED, HUNDRED)
    assert (there.guarantee.state, there.guarantee.returned_centavos) == ("resolved", HUNDRED.centavos)
    assert there.money(Account.DUE_TO_STORE) == HUNDRED - there.total
    assert there.money(Account.REFUNDS) == -HUNDRED
    assert order(there.order_id).state == "closed"
    (back,) = refunds_of(there.order_id)
    assert (back.amount, back.reason, back.subject) == (HUNDRED, RefundReason.CLAIM, f"claim:{claim_id}")
    bank_pays_back(there, HUNDRED, at + 3 * DAY)
    assert there.money(Account.REFUNDS) == NOTHING
    assert there.money(Account.DUE_TO_STORE) == HUNDRED - there.total
    assert broken_truths() == {}
    said = [event.kind for event in claim_timeline(claim_id)]
    assert said == ["opened", "offer", "offer_accepted", "closed"]


def test_what_is_taken_back_lets_the_clock_go_on_with_the_time_that_was_left(at: datetime) -> None:
    there = delivered(at)
    claim_id = claimed(there, at + 5 * DAY)
    claims.withdraw_claim(claim_id, by=LUCIA, at=at + 20 * DAY)
    assert there.guarantee.inspection_ends_at == at + 22 * DAY
    assert view(claim_id).outcome == "withdrawn"
    again = claimed(there, at + 21 * DAY)
    assert view(again).number == f"{order(there.order_id).number}-R2"
    claims.withdraw_claim(again, by=LUCIA, at=at + 21 * DAY)
    assert release_due(at + 22 * DAY) == 1
    with pytest.raises(TooLateToClaim):
        claimed(there, at + 22 * DAY)
    assert broken_truths() == {}


def test_a_replacement_ends_the_claim_when_it_came_and_is_looked_at_anew(at: datetime) -> None:
    there = delivered(at)
    claim_id = claimed(there, at)
    offer = claims.offer_replacement(claim_id, words="Te mandamos otra", by=there.ana, at=at)
    claims.accept_offer(claim_id, offer, by=LUCIA, at=at)
    claims.send_replacement(claim_id, carrier="dhl", tracking_number="4410887202", by=there.ana, at=at + DAY)
    assert view(claim_id).tracking_number == "4410887202"
    claims.replacement_came(claim_id, by=LUCIA, at=at + 4 * DAY)
    assert (there.guarantee.state, there.guarantee.inspection_ends_at) == ("held", at + 11 * DAY)
    assert refunds_of(there.order_id) == ()
    assert release_due(at + 11 * DAY) == 1
    assert broken_truths() == {}


def test_a_return_gives_the_money_back_when_the_goods_are_back(at: datetime) -> None:
    there = delivered(at)
    claim_id = claimed(there, at)
    offer = offered(there, claim_id, OfferKind.RETURN, there.total, at, carrier="dhl", label_number="4410887209")
    claims.accept_offer(claim_id, offer, by=LUCIA, at=at)
    assert (view(claim_id).state, refunds_of(there.order_id)) == ("returning", ())
    claims.send_back(claim_id, by=LUCIA, at=at + DAY)
    with pytest.raises(ClaimCannot):
        claims.withdraw_claim(claim_id, by=LUCIA, at=at + DAY)
    with pytest.raises(NotYourClaim):
        claims.goods_came_back(claim_id, by=LUCIA, at=at + 3 * DAY)
    claims.goods_came_back(claim_id, by=there.ana, at=at + 3 * DAY)
    assert view(claim_id).refund == there.total
    assert broken_truths() == {}


def test_who_refuses_an_offer_hears_from_the_store_again(at: datetime) -> None:
    there = delivered(at)
    claim_id = claimed(there, at)
    first = offered(there, claim_id, OfferKind.REFUND_PART, HUNDRED, at)
    claims.refuse_offer(claim_id, first, words="Es muy poco", by=LUCIA, at=at)
    assert (view(claim_id).state, view(claim_id).owner) == ("opened", "store")
    with pytest.raises(OfferGone):
        claims.accept_offer(claim_id, first, by=LUCIA, at=at)
    second = offered(there, claim_id, OfferKind.REFUND, there.total, at)
    third = offered(there, claim_id, OfferKind.REFUND_PART, HUNDRED, at)
    assert {row.pk: row.state for row in ClaimOffer.objects.all()} == {
        first: "refused", second: "replaced", third: "open"
    }  # fmt: skip
    claims.escalate(claim_id, by=LUCIA, at=at)
    with pytest.raises(OfferGone):
        claims.accept_offer(claim_id, third, by=LUCIA, at=at)


def test_nobody_claims_that_it_did_not_come_before_it_is_late(at: datetime) -> None:
    there = bought(at)
    with pytest.raises(NotLateYet):
        claimed(there, at, reason=Reason.NOT_ARRIVED)
    with pytest.raises(NotArrivedYet):
        claimed(there, at, reason=Reason.DAMAGED)
    assert there.guarantee.state == "held"
    late = there.guarantee.ship_by + DAY / 24
    assert claim_door(there.order_id, at=late).is_late
    # One press: nothing has to be written.
    claim_id = claims.open_claim(
        there.order_id, reason=Reason.NOT_ARRIVED, wanted=Wanted.REFUND, by=LUCIA, at=late
    )  # fmt: skip
    assert claim_door(there.order_id, at=late).is_open is False
    with pytest.raises(ClaimAlreadyOpen):
        claimed(there, late)
    with pytest.raises(ShippingHeld):
        send_parcel(there.order_id, None, carrier="dhl", tracking_number="4410887201", by=there.ana, at=late)
    offer = offered(there, claim_id, OfferKind.REFUND, there.total, late)
    claims.accept_offer(claim_id, offer, by=LUCIA, at=late)
    hear(late)
    assert order(there.order_id).shipping_hold
    bank_pays_back(there, there.total, late + DAY)
    assert order(there.order_id).state == "cancelled"
    assert broken_truths() == {}


def test_a_claim_lets_go_of_its_own_hold_only(at: datetime) -> None:
    there = bought(at)
    hold_shipping(there.order_id, is_held=True, reason="duda", by=there.diego, at=at)
    claim_id = claimed(there, at, reason=Reason.OTHER)
    claims.withdraw_claim(claim_id, by=LUCIA, at=at)
    assert order(there.order_id).shipping_hold
    hold_shipping(there.order_id, is_held=False, reason="duda", by=there.diego, at=at)
    assert not order(there.order_id).shipping_hold


def test_what_the_buyer_says_is_read_before_it_is_kept(at: datetime) -> None:
    there = delivered(at)
    line = order(there.order_id).lines[0]
    for details, lines, refusal in (
        ("", {}, ClaimNeedsWords),
        ("x" * 2001, {}, ClaimNeedsWords),
        ("Roto", {line.id: line.quantity + 1}, LinesNotOfOrder),
        ("Roto", {line.id + 99: 1}, LinesNotOfOrder),
    ):
        with pytest.raises(refusal):
            claims.open_claim(
                there.order_id,
                reason=Reason.DAMAGED,
                wanted=Wanted.REPLACE,
                details=details,
                lines=lines,
                by=LUCIA,
                at=at,
            )
    assert there.guarantee.state == "held"
    claim_id = claims.open_claim(
        there.order_id,
        reason=Reason.DAMAGED,
        wanted=Wanted.REPLACE,
        details="Roto",
        lines={line.id: 1},
        by=LUCIA,
        at=at,
    )
    assert [(one.order_line_id, one.pieces) for one in view(claim_id).lines] == [(line.id, 1)]
    with pytest.raises(NotYourClaim):
        claims.answer(claim_id, words="Hola", by=Actor.staff(999_999, "Nadie"), at=at)
    claims.answer(claim_id, words="¿Nos mandas fotos?", by=there.ana, at=at)
    claims.add_words(claim_id, words="Ahí van", by=LUCIA, at=at)
    assert view(claim_id).state == "answered"
    assert [row.id for row in open_claims(there.store_id)] == [claim_id]
    assert claim_page(there.store_id, view(claim_id).number) == claim_of(there.order_id)
    assert claim_page(there.store_id + 1, view(claim_id).number) is None


def test_all_that_goes_back_by_another_road_ends_the_claim(at: datetime) -> None:
    there = delivered(at)
    claim_id = claimed(there, at)
    refund_id = refunds.ask_refund(
        there.order_id, there.total, reason=RefundReason.BY_STORE, note="De una vez", by=there.olga, at=at
    )
    subject = f"refund:{refund_id}"
    found = open_proposals_of(there.store_id, [subject])[subject]
    refunds.approve_any(found.id, seen=found.hash, by=there.diego, at=at)
    bank_pays_back(there, there.total, at + DAY)
    hear(at + DAY)
    assert (view(claim_id).outcome, there.guarantee.state) == ("given_back", "resolved")
    assert there.money(Account.REFUNDS) == there.money(Account.DUE_TO_STORE) == NOTHING
    assert broken_truths() == {}


def test_what_is_on_its_way_back_already_is_not_sent_twice(at: datetime) -> None:
    there = delivered(at)
    claim_id = claimed(there, at)
    refund_id = refunds.ask_refund(
        there.order_id, HUNDRED, reason=RefundReason.BY_STORE, note="Cortesía", by=there.olga, at=at
    )
    subject = f"refund:{refund_id}"
    found = open_proposals_of(there.store_id, [subject])[subject]
    refunds.approve_any(found.id, seen=found.hash, by=there.diego, at=at)
    offer = offered(there, claim_id, OfferKind.REFUND, there.total, at)
    claims.accept_offer(claim_id, offer, by=LUCIA, at=at)
    assert view(claim_id).refund == there.total - HUNDRED
    assert sum(one.amount.centavos for one in refunds_of(there.order_id)) == there.total.centavos


@pytest.mark.parametrize("pieces_sent", [0, 1])
def test_what_replaces_an_order_that_never_left_brings_it_to_its_end(at: datetime, pieces_sent: int) -> None:
    there = bought(at, pieces=2)
    if pieces_sent:
        line = order(there.order_id).lines[0].id
        send_parcel(there.order_id, {line: 1}, carrier="dhl", tracking_number="4410887201", by=there.ana, at=at)
    late = there.guarantee.deliver_by + DAY
    claim_id = claimed(there, late, reason=Reason.NOT_ARRIVED)
    hold_shipping(there.order_id, is_held=True, reason="duda", by=there.ana, at=late)
    claims.accept_offer(claim_id, claims.offer_replacement(claim_id, by=there.ana, at=late), by=LUCIA, at=late)
    claims.replacement_came(claim_id, by=LUCIA, at=late)
    hear(late)
    assert (order(there.order_id).state, there.guarantee.state) == ("delivered", "held")
    assert {one.state for one in shipments_of(there.order_id)} == {"delivered"}
    assert there.guarantee.inspection_ends_at == late + 7 * DAY
    assert release_due(late + 8 * DAY) == 0, "a doubt about the money is open"
    hold_shipping(there.order_id, is_held=False, reason="duda", by=there.ana, at=late)
    assert release_due(late + 8 * DAY) == 1
    assert order(there.order_id).state == "closed"
    assert broken_truths() == {}
