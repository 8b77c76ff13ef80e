"""Every waiting state has its deadline, its owner, a reminder and a default; none gives money away by guess."""

from __future__ import annotations

from datetime import datetime

import pytest

from seguripago.foundations.approvals.commands import approve_policy, expire_proposals, propose_policy
from seguripago.foundations.approvals.queries import proposal
from seguripago.foundations.facts.models import FactRow
from seguripago.foundations.stores.commands import change_days
from seguripago.journey.claims import commands as claims
from seguripago.journey.claims.models import ClaimDecision
from seguripago.journey.claims.queries import claim_timeline, claims_by_owner
from seguripago.journey.claims.refusals import AppealTooLate
from seguripago.journey.claims.rules import MOVES, WAITS, OfferKind, Reason, State
from seguripago.journey.delivery.commands import send_parcel
from seguripago.journey.orders.models import Order
from seguripago.journey.orders.queries import order
from seguripago.journey.refunds.queries import refunds_of
from seguripago.values.money import Money
from tests.cases.world import broken_truths
from tests.claims.world import (
    DAY,
    HUNDRED,
    LUCIA,
    Bought,
    bought,
    claimed,
    decided,
    delivered,
    offered,
    verdict,
    view,
    waiting,
)
from tests.refunds.world import hear

pytestmark = pytest.mark.django_db


def reminded() -> list[str]:
    rows = FactRow.objects.filter(kind="ClaimReminded").order_by("pk")
    return [row.body["whom"] for row in rows]


def untouched(there: Bought) -> bool:
    return there.guarantee.state == "claimed" and refunds_of(there.order_id) == ()


def test_every_state_that_waits_has_an_owner_a_time_and_a_default() -> None:
    assert set(WAITS) == set(State) - {State.CLOSED}
    assert {here for here, _ in MOVES} == set(WAITS)


def test_a_store_that_does_not_answer_is_reminded_and_then_a_supervisor_looks(at: datetime) -> None:
    there = delivered(at)
    claim_id = claimed(there, at)
    assert view(claim_id).due_at == at + 2 * DAY
    claims.run_claims(at + DAY)
    claims.run_claims(at + DAY)
    assert reminded() == ["store"]
    claims.run_claims(at + 2 * DAY)
    assert (view(claim_id).state, view(claim_id).owner) == ("escalated", "supervisor")
    # Nobody decides: the owner hears of it, again and again, and nothing moves.
    claims.run_claims(at + 5 * DAY)
    assert (view(claim_id).state, view(claim_id).owner) == ("escalated", "owner")
    claims.run_claims(at + 9 * DAY)
    assert claims_by_owner(there.store_id) == {"owner": 1}
    assert untouched(there)
    assert [one.kind for one in claim_timeline(claim_id)] == ["opened", "escalated"]


def test_a_buyer_who_does_not_answer_loses_nothing(at: datetime) -> None:
    there = delivered(at)
    claim_id = claimed(there, at)
    offered(there, claim_id, OfferKind.REFUND_PART, HUNDRED, at)
    claims.run_claims(at + 2 * DAY)
    assert reminded() == ["buyer"]
    claims.run_claims(at + 3 * DAY)
    assert view(claim_id).state == "escalated"
    assert view(claim_id).offers[0].state == "lapsed"
    assert untouched(there)


def test_goods_that_do_not_come_are_a_supervisors_matter(at: datetime) -> None:
    there = delivered(at)
    claim_id = claimed(there, at)
    claims.accept_offer(claim_id, claims.offer_replacement(claim_id, by=there.ana, at=at), by=LUCIA, at=at)
    claims.run_claims(at + 10 * DAY)
    assert view(claim_id).state == "escalated"
    offer = offered(there, claim_id, OfferKind.RETURN, HUNDRED, at + 10 * DAY)
    claims.accept_offer(claim_id, offer, by=LUCIA, at=at + 10 * DAY)
    claims.send_back(claim_id, carrier="dhl", tracking_number="4410887203", by=LUCIA, at=at + 11 * DAY)
    claims.run_claims(at + 21 * DAY)
    assert view(claim_id).state == "escalated"
    assert untouched(there)


def test_a_decision_that_waits_for_its_second_person_is_looked_at_again(at: datetime) -> None:
    there = delivered(at)
    claim_id = claimed(there, at)
    claims.escalate(claim_id, by=LUCIA, at=at)
    claims.propose_decision(claim_id, verdict(there, HUNDRED), by=there.ana, at=at)
    claims.run_claims(at + 3 * DAY)
    assert view(claim_id).state == "proposed"
    assert expire_proposals(at=at + 3 * DAY) == 1
    hear(at + 3 * DAY)
    assert view(claim_id).state == "escalated"
    assert untouched(there)


def test_a_replacement_that_was_decided_becomes_the_stores_duty(at: datetime) -> None:
    there = delivered(at)
    claim_id = claimed(there, at)
    claims.escalate(claim_id, by=LUCIA, at=at)
    change = claims.Verdict(Money(0), Money(0), "Que la cambien", is_replacement=True)
    claims.propose_decision(claim_id, change, by=there.ana, at=at)
    found = waiting(there, claim_id)
    claims.approve_decision(found.id, seen=found.hash, by=there.diego, at=at)
    claims.run_claims(at + 3 * DAY)
    assert (view(claim_id).state, view(claim_id).owner) == ("replacing", "store")
    claims.replacement_came(claim_id, by=LUCIA, at=at + 5 * DAY)
    assert there.guarantee.inspection_ends_at == at + 12 * DAY
    assert broken_truths() == {}


def unsent_is_given_back(there: Bought, at: datetime) -> None:
    """Two people decided it once for all."""
    proposal_id = propose_policy(there.store_id, {"claims_unsent_by_itself": 1}, by=there.diego, at=at)
    found = proposal(there.store_id, proposal_id)
    assert found is not None
    approve_policy(proposal_id, seen=found.hash, by=there.olga, at=at)


@pytest.mark.parametrize("is_policy", [False, True])
def test_only_a_policy_of_two_people_gives_back_what_was_never_sent(at: datetime, is_policy: bool) -> None:
    there = bought(at)
    if is_policy:
        unsent_is_given_back(there, at)
    late = there.guarantee.ship_by + DAY
    claim_id = claimed(there, late, reason=Reason.NOT_ARRIVED)
    claims.run_claims(late + 2 * DAY)
    assert view(claim_id).state == ("decided" if is_policy else "escalated")
    assert untouched(there)
    claims.run_claims(late + 5 * DAY)
    hear(late + 5 * DAY)
    if is_policy:
        assert ClaimDecision.objects.get().way == "policy"
        assert sum(one.amount.centavos for one in refunds_of(there.order_id)) == there.total.centavos
        assert order(there.order_id).shipping_hold
    else:
        assert untouched(there)
    assert broken_truths() == {}


def test_the_policy_is_not_for_what_left_in_part(at: datetime) -> None:
    there = bought(at, pieces=2)
    unsent_is_given_back(there, at)
    line = order(there.order_id).lines[0].id
    send_parcel(there.order_id, {line: 1}, carrier="dhl", tracking_number="4410887201", by=there.ana, at=at)
    late = there.guarantee.deliver_by + DAY
    claim_id = claimed(there, late, reason=Reason.NOT_ARRIVED)
    claims.run_claims(late + 2 * DAY)
    assert view(claim_id).state == "escalated"


def test_the_policy_is_not_for_a_store_that_answered(at: datetime) -> None:
    there = bought(at)
    unsent_is_given_back(there, at)
    late = there.guarantee.ship_by + DAY
    claim_id = claimed(there, late, reason=Reason.NOT_ARRIVED)
    offer = offered(there, claim_id, OfferKind.REFUND_PART, HUNDRED, late)
    claims.refuse_offer(claim_id, offer, by=LUCIA, at=late)
    claims.run_claims(late + 2 * DAY)
    assert view(claim_id).state == "escalated"


def test_the_stores_days_count_from_the_next_deadline_on(at: datetime) -> None:
    there = delivered(at)
    claim_id = claimed(there, at)
    change_days(there.store_id, {"answer_days": 9, "decide_days": 9}, by=there.olga, at=at)
    assert view(claim_id).due_at == at + 2 * DAY
    claims.run_claims(at + 2 * DAY)
    assert view(claim_id).due_at == at + 11 * DAY


def test_what_was_decided_waits_while_the_money_is_not_there(at: datetime) -> None:
    there = bought(at)
    late = there.guarantee.ship_by + DAY
    claim_id = claimed(there, late, reason=Reason.NOT_ARRIVED)
    claims.escalate(claim_id, by=LUCIA, at=late)
    decided(there, claim_id, there.total, late)
    # As when the bank took the transfer back: the order waits for its money again.
    Order.objects.filter(pk=there.order_id).update(state="verified", stock_state="held")
    assert claims.run_claims(late + 3 * DAY) == 1
    assert (view(claim_id).state, view(claim_id).owner) == ("decided", "owner")
    assert untouched(there)
    # The days to appeal were over, and do not begin again because the money is not there.
    assert "appeal" not in view(claim_id).may
    with pytest.raises(AppealTooLate):
        claims.appeal(claim_id, words="Quiero otra cosa", by=LUCIA, at=late + 3 * DAY)
    Order.objects.filter(pk=there.order_id).update(state="preparing", stock_state="sold")
    assert claims.run_claims(late + 4 * DAY) == 1
    assert view(claim_id).state == "closed"
