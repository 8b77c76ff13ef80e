"""Goods that travel because of a claim: what replaces them, and what comes back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from seguripago.journey.guarantee import commands as guarantee
from seguripago.values.actor import Actor

from ..facts import GoodsSentBack, ReplacementSent
from ..models import ClaimOffer
from ..refusals import OfferGone
from ..rules import OfferKind, Outcome, Side, Verb, move
from .answering import agreed
from .closing import carry_out, close, let_go
from .keeping import held, note, readable, require_buyer, require_staff, step, tell


@transaction.atomic
def send_replacement(claim_id: int, *, carrier: str, tracking_number: str, by: Actor, at: datetime) -> None:
    """Write that what replaces the goods left with a carrier.

    Raises NotYourClaim, ClaimCannot, delivery's UnknownCarrier and TrackingNumberLooksWrong.
    """
    there = held(claim_id)
    require_staff(there.claim, by)
    number = readable(there.claim, carrier, tracking_number)
    there.claim.carrier, there.claim.tracking_number = carrier, number
    step(there.claim, Verb.SEND_REPLACEMENT, at=at)
    said = {"carrier": carrier, "tracking_number": number}
    event = note(there.claim, "replacement_sent", Side.STORE, by=by, at=at, words=number, said=said)
    tell(ReplacementSent, there.claim, event, at=at)


@transaction.atomic
def replacement_came(claim_id: int, *, by: Actor, at: datetime) -> None:
    """The buyer has what replaces the goods: the claim ends, and he has all his days to look at it.

    Raises NotYourClaim, ClaimCannot.
    """
    require_buyer(by)
    there = held(claim_id)
    move(there.claim.state, Verb.REPLACEMENT_CAME)
    note(there.claim, "replacement_came", Side.BUYER, by=by, at=at)
    close(there, Verb.REPLACEMENT_CAME, Outcome.REPLACED, side=Side.BUYER, by=by, at=at)
    guarantee.replace_claimed(there.order.id, by=by, at=at)
    let_go(there, by=by, at=at)


@transaction.atomic
def send_back(claim_id: int, *, carrier: str = "", tracking_number: str = "", by: Actor, at: datetime) -> None:
    """The buyer sent the goods back: with the store's label, or with a carrier of his own.

    Raises NotYourClaim, ClaimCannot, delivery's UnknownCarrier and TrackingNumberLooksWrong.
    """
    require_buyer(by)
    there = held(claim_id)
    if carrier:
        there.claim.carrier, there.claim.tracking_number = carrier, readable(there.claim, carrier, tracking_number)
    step(there.claim, Verb.SEND_BACK, at=at)
    number = there.claim.tracking_number
    event = note(there.claim, "sent_back", Side.BUYER, by=by, at=at, words=number)
    tell(GoodsSentBack, there.claim, event, at=at)


@transaction.atomic
def goods_came_back(claim_id: int, *, by: Actor, at: datetime) -> None:
    """The store has the goods: what it offered for them goes back to the buyer at once.

    Raises NotYourClaim, ClaimCannot, OfferGone, MoneyIsNotHere.
    """
    there = held(claim_id)
    require_staff(there.claim, by)
    move(there.claim.state, Verb.GOODS_CAME_BACK)
    accepted = ClaimOffer.objects.filter(claim=there.claim, state="accepted", kind=OfferKind.RETURN.value)
    offer = accepted.order_by("-turn").first()
    if offer is None:
        raise OfferGone
    note(there.claim, "came_back", Side.STORE, by=by, at=at)
    decision = agreed(there, offer, at=at)
    carry_out(there, Verb.GOODS_CAME_BACK, Outcome.AGREED, decision, side=Side.STORE, by=by, at=at)
