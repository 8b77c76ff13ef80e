"""How a claim ends: nothing more to claim, goods replaced, or the money shared as it was agreed or decided."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from seguripago.journey.cards.refusals import OnlyWhole
from seguripago.journey.guarantee import commands as guarantee
from seguripago.journey.guarantee.queries import guarantee_of
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.rules import Holder
from seguripago.journey.payments.queries import refunded
from seguripago.journey.refunds.commands import open_refund
from seguripago.journey.refunds.queries import has_road, refundable, refunds_of
from seguripago.journey.refunds.rules import RefundReason
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from ..facts import ClaimClosed
from ..models import Claim, ClaimDecision
from ..refusals import MoneyIsNotHere
from ..rules import Outcome, Side, Verb
from .keeping import CLOCK, Held, end_offers, held, note, step, tell, void_proposals

UNPAID: Final = frozenset({"placed", "verified"})
SHARED: Final = (Outcome.AGREED.value, Outcome.DECIDED.value)


def close(
    there: Held,
    verb: Verb,
    outcome: Outcome,
    *,
    side: Side,
    by: Actor,
    at: datetime,
    parts: tuple[Money, Money] | None = None,
    refund: Money | None = None,
) -> None:
    """Write the end of a claim: what lay on the table and what waited for a second person ends with it."""
    claim = there.claim
    claim.outcome = outcome.value
    if parts is not None:
        claim.to_store_centavos, claim.to_buyer_centavos = (part.centavos for part in parts)
    claim.refund_centavos = refund.centavos if refund else 0
    step(claim, verb, at=at)
    end_offers(claim, "lapsed", at=at)
    void_proposals(there, "La reclamación terminó.", at=at)
    to_store, to_buyer = parts or (Money.zero(claim.currency),) * 2
    said = {"outcome": outcome.value, "to_store": to_store.plain, "to_buyer": to_buyer.plain}
    event = note(claim, "closed", side, by=by, at=at, words=outcome.value, amount=to_buyer, said=said)
    tell(
        ClaimClosed,
        claim,
        event,
        at=at,
        outcome=outcome.value,
        to_store_centavos=to_store.centavos,
        to_buyer_centavos=to_buyer.centavos,
        currency=claim.currency,
    )


def let_go(there: Held, *, by: Actor, at: datetime) -> None:
    """Let the parcel leave as far as this claim is concerned."""
    reason = there.subject
    orders.hold_shipping(there.order.id, is_held=False, reason=reason, by=by, at=at, holder=Holder.CLAIM)


def carry_out(
    there: Held, verb: Verb, outcome: Outcome, decision: ClaimDecision, *, side: Side, by: Actor, at: datetime
) -> None:
    """Share the money as it was decided: the guarantee ends with the two amounts, and what is the buyer's goes back.

    What the store gave back by another road meanwhile counts. What is on its way already is not sent twice, nor is what
    a cardholder's bank holds: that is opened if the store wins it back (`give_missing`). Raises ClaimCannot,
    MoneyIsNotHere.
    """
    claim, order_id = there.claim, there.order.id
    promise = guarantee_of(order_id)
    if there.order.state in UNPAID or promise is None:
        raise MoneyIsNotHere
    if decision.is_replacement:
        step(claim, Verb.CARRY_OUT_REPLACEMENT, at=at)
        note(claim, "to_replace", side, by=by, at=at)
        return
    to_buyer = max(Money(decision.to_buyer_centavos, claim.currency), refunded(order_id))
    to_store = there.amount - to_buyer
    refund = missing(there, to_buyer)
    close(there, verb, outcome, side=side, by=by, at=at, parts=(to_store, to_buyer), refund=refund)
    guarantee.resolve(order_id, to_store=to_store, to_buyer=to_buyer, by=by, at=at)
    if refund:
        _open(there, refund, decision, there.subject, by=by, at=at)
    let_go(there, by=by, at=at)


def missing(there: Held, to_buyer: Money) -> Money:
    """What is still to be given back for the buyer to have so much: neither gone, nor on its way, nor with his bank."""
    left = refundable(there.order.id)
    return min(max(to_buyer - (there.amount - left), Money.zero(there.claim.currency)), left)


def require_road(there: Held, to_buyer: Money) -> None:
    """Refuse, before anybody promises it, what a gateway that gives back whole charges only could not pay.

    Raises cards' OnlyWhole.
    """
    amount = missing(there, to_buyer)
    if amount and not has_road(there.order.id, amount):
        raise OnlyWhole


def give_missing(order_id: int, *, at: datetime) -> None:
    """Open what was agreed or decided and is not on its way: the bank had it, and the store won it back."""
    last = Claim.objects.filter(order_id=order_id, outcome__in=SHARED).order_by("-turn").values_list("pk", flat=True)
    with transaction.atomic():
        for claim_id in last[:1]:
            there = held(claim_id)
            decision = ClaimDecision.objects.filter(claim=there.claim).order_by("-turn")[0]
            if amount := missing(there, Money(decision.to_buyer_centavos, decision.currency)):
                times = sum(one.reason == RefundReason.CLAIM for one in refunds_of(order_id))
                subject = f"{there.subject}:won:{times + 1}"
                _open(there, amount, decision, subject, by=CLOCK, at=at)


def _open(there: Held, amount: Money, decision: ClaimDecision, subject: str, *, by: Actor, at: datetime) -> None:
    open_refund(
        there.order.id,
        amount,
        reason=RefundReason.CLAIM,
        subject=subject,
        proposal_id=decision.proposal_id,
        note=f"Reclamación {there.claim.number}",
        asked_by=decision.proposed_by,
        by=by,
        at=at,
    )
