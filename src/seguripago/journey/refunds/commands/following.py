"""Move refunds by what gateway and bank say of their legs; what others sent back appears in the same machine."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from seguripago.foundations.approvals.queries import proposal
from seguripago.journey.cards.facts import CardRefundFact
from seguripago.journey.cards.queries.refunds import made_refund
from seguripago.journey.orders import commands as orders
from seguripago.journey.reconciliation.facts import ReturnFact
from seguripago.journey.reconciliation.queries import return_view
from seguripago.journey.reconciliation.queries.case_page import case_of_charge
from seguripago.journey.reconciliation.queries.cases import kinds_of_cases
from seguripago.values.actor import Actor

from ..facts import RefundApproved, RefundConfirmed, RefundFailed, RefundInstructed
from ..models import Refund, RefundLeg
from ..reading import failure_of, leg_state, legs_of
from ..rules import LegState, RefundEvent, RefundReason, RefundState, Road, move, reason_of_case, state_of
from ..rules.states import MOVES
from .legs import let_parcel_go
from .telling import tell
from .waiting import wait

ROADS: Final = Actor.system("Banco y pasarela")
EVENTS: Final = {
    RefundState.INSTRUCTED: RefundEvent.INSTRUCT,
    RefundState.CONFIRMED: RefundEvent.CONFIRM,
    RefundState.FAILED: RefundEvent.FAIL,
}


def follow_roads(cards: Collection[CardRefundFact], returns: Collection[ReturnFact], *, at: datetime) -> None:
    """Move the refunds whose legs these facts are about; what has no refund yet gets one. Harmless when repeated."""
    for card in {fact.refund_id: fact for fact in cards}.values():
        if not RefundLeg.objects.filter(card_refund=card.refund_id).exists():
            _adopt_card(card, at=at)
    for back in {fact.return_id: fact for fact in returns}.values():
        if not RefundLeg.objects.filter(instruction=back.return_id).exists():
            _adopt_return(back, at=at)
    touched = Q(card_refund__in=[fact.refund_id for fact in cards])
    touched |= Q(instruction__in=[fact.return_id for fact in returns])
    rows = RefundLeg.objects.filter(touched).values_list("refund_id", "refund__order_id")
    with transaction.atomic():
        orders.lock_orders({order_id for _, order_id in rows if order_id is not None})
        for refund_id in sorted({refund_id for refund_id, _ in rows}):
            settle(refund_id, at=at)


def settle(refund_id: int, *, at: datetime) -> None:
    """Let a refund be where its living legs are, and say so when that is news. Its order is locked.

    What a gateway refused whole is the store's again, as the goods are: what the refund had stopped may leave.
    """
    with transaction.atomic():
        refund = Refund.objects.select_for_update(of=("self",)).get(pk=refund_id)
        legs = legs_of([refund_id])
        following = state_of([leg_state(leg) for leg in legs])
        event = EVENTS.get(following)
        if event is None or following == refund.state or (RefundState(refund.state), event) not in MOVES:
            wait(refund, at=at)
            return
        refund.state = move(refund.state, event).value
        refund.words = failure_of(legs)[:240]
        refund.instructed_at = refund.instructed_at or at
        refund.ended_at = at if following in {RefundState.CONFIRMED, RefundState.FAILED} else None
        refund.save(update_fields=["state", "words", "instructed_at", "ended_at"])
        match following:
            case RefundState.INSTRUCTED:
                tell(refund, RefundInstructed, "refund.instructed", by=ROADS, at=at)
            case RefundState.CONFIRMED:
                tell(refund, RefundConfirmed, "refund.confirmed", by=ROADS, at=at)
            case RefundState.FAILED:
                tell(refund, RefundFailed, "refund.failed", by=ROADS, at=at, why=refund.words)
                if all(leg.road == Road.CARD.value and leg_state(leg) is LegState.FAILED for leg in legs):
                    let_parcel_go(refund, by=ROADS, at=at)


def _adopt_card(fact: CardRefundFact, *, at: datetime) -> None:
    made = made_refund(fact.refund_id)
    case_id, reason = None, RefundReason.BY_STORE
    if fact.apart_centavos:
        case_id = case_of_charge(fact.store_id, fact.charge_id)
        reason = _reason_of(case_id)
    if made.proposal_id is None:
        reason = RefundReason.PANEL
    refund = Refund(
        subject=f"card_refund:{fact.refund_id}",
        order_id=fact.order_id,
        case_id=case_id,
        reason=reason.value,
        note=made.reason[:240],
        proposal_id=made.proposal_id,
        asked_by=(made.asked_by or made.approved_by)[:120],
        asked_at=made.made_at,
        approved_by=made.approved_by[:120],
        approved_at=made.made_at,
    )
    leg = RefundLeg(road=Road.CARD.value, charge_id=fact.charge_id, card_refund_id=fact.refund_id)
    _adopt(refund, leg, fact, at=at)


def _adopt_return(fact: ReturnFact, *, at: datetime) -> None:
    made = return_view(fact.store_id, fact.return_id)
    assert made is not None
    asked = proposal(fact.store_id, made.proposal_id)
    assert asked is not None
    case_id = fact.case_id or None
    refund = Refund(
        subject=f"return:{fact.return_id}",
        order_id=fact.order_id or None,
        case_id=case_id,
        reason=_reason_of(case_id).value,
        note=f"Del caso {case_id}." if case_id else "",
        proposal_id=made.proposal_id,
        asked_by=asked.proposed_by[:120],
        asked_at=made.asked_at,
        approved_by=asked.decided_by[:120],
        approved_at=made.approved_at,
    )
    leg = RefundLeg(road=Road.SPEI.value, deposit_id=made.deposit_id, instruction_id=fact.return_id)
    _adopt(refund, leg, fact, at=at)


def _adopt(refund: Refund, leg: RefundLeg, fact: CardRefundFact | ReturnFact, *, at: datetime) -> None:
    """Write what was decided elsewhere; somebody who does so at the same time waits for the order's lock, or loses."""
    with transaction.atomic():
        if refund.order_id is not None:
            orders.lock_order(refund.order_id)
        if Refund.objects.filter(subject=refund.subject).exists():
            return
        refund.store_id, refund.state = fact.store_id, RefundState.APPROVED.value
        refund.amount_centavos, refund.currency = fact.centavos, fact.currency
        refund.save()
        leg.refund, leg.place, leg.amount_centavos = refund, 1, fact.centavos
        leg.save()
        tell(refund, RefundApproved, "refund.approved", by=ROADS, at=at, needs_account=False)


def _reason_of(case_id: int | None) -> RefundReason:
    return RefundReason.OTHER if case_id is None else reason_of_case(kinds_of_cases([case_id])[case_id])
