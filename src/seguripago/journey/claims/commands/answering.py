"""The store answers and offers; the buyer accepts, or does not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from seguripago.foundations.approvals import commands as approvals
from seguripago.foundations.approvals.commands import Asked, ChangedMeanwhile, deciding, grant
from seguripago.foundations.approvals.queries import ProposalView, proposal
from seguripago.foundations.approvals.rules import EVERYBODY, Json
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from seguripago.values.refusal import Refusal

from ..facts import ClaimAnswered, OfferAccepted, OfferMade, OfferRefused
from ..models import ClaimDecision, ClaimOffer
from ..refusals import OfferGone
from ..rules import OFFER_LABELS, OfferKind, Outcome, Side, Verb, clean_words, move, require_offer
from .closing import carry_out, require_road
from .keeping import Held, end_offers, held, note, readable, require_buyer, require_staff, said_already, step, tell

OFFER: str = "claim.offer"


@dataclass(frozen=True, slots=True)
class MoneyOffer:
    """What the store wants to offer. A return carries a label: the carrier and its number, where there is one."""

    kind: OfferKind
    amount: Money
    words: str = ""
    carrier: str = ""
    label_number: str = ""


@transaction.atomic
def answer(claim_id: int, *, words: str, by: Actor, at: datetime) -> None:
    """Answer without an offer: the buyer may take the claim back or have it decided.

    Raises NotYourClaim, ClaimNeedsWords, ClaimCannot.
    """
    there = held(claim_id)
    require_staff(there.claim, by)
    said = clean_words(words)
    if said_already(there.claim, Side.STORE, said, at=at):
        return
    step(there.claim, Verb.ANSWER, at=at)
    event = note(there.claim, "answered", Side.STORE, by=by, at=at, words=said)
    tell(ClaimAnswered, there.claim, event, at=at)


@transaction.atomic
def offer_replacement(claim_id: int, *, words: str = "", by: Actor, at: datetime) -> int:
    """Offer to replace what is wrong; no money moves. Its id; the same offer again is the one on the table.

    Raises NotYourClaim, ClaimNeedsWords, ClaimCannot.
    """
    there = held(claim_id)
    require_staff(there.claim, by)
    said = clean_words(words, may_be_empty=True)
    same = ClaimOffer.objects.filter(claim=there.claim, state="open", kind=OfferKind.REPLACE.value, words=said)
    if (known := same.values_list("pk", flat=True).first()) is not None:
        return known
    offer = MoneyOffer(OfferKind.REPLACE, Money.zero(there.claim.currency), said)
    return _make(there, offer, None, by=by, at=at)


@transaction.atomic
def propose_offer(claim_id: int, offer: MoneyOffer, *, by: Actor, at: datetime) -> int:
    """Propose to offer money; the buyer sees it when a second person has approved exactly that. The proposal's id.

    Raises OfferNotPossible, ClaimNeedsWords, ClaimCannot, cards' OnlyWhole, delivery's UnknownCarrier and
    TrackingNumberLooksWrong, and what approvals.propose raises.
    """
    there = held(claim_id)
    effects = _effects(there, offer)
    says = [f"{OFFER_LABELS[offer.kind]}: {offer.amount} de {there.amount}.", f"Reclamación {there.claim.number}."]
    if offer.label_number:
        says.append(f"Guía {effects['label']}.")
    asked = Asked(there.claim.store_id, OFFER, there.subject, effects, tuple(says), EVERYBODY)
    proposal_id = approvals.propose(asked, by=by, at=at)
    words = str(effects["words"])
    note(there.claim, "offer_proposed", Side.STORE, by=by, at=at, words=words, amount=offer.amount, is_public=False)
    return proposal_id


def approve_offer(proposal_id: int, *, seen: str, by: Actor, at: datetime) -> int:
    """Approve as a second person exactly the offer that was seen: it is made to the buyer. Its id.

    Raises what approvals.grant raises; ChangedMeanwhile where the claim takes no offer any more.
    """
    with deciding(proposal_id, at=at):
        asked = approvals.lock(proposal_id, at=at, by=by, kinds=(OFFER,))
        there, offer = held(asked.effects["claim"]), _offer_in(asked)
        try:
            effects = _effects(there, offer)
        except Refusal as refusal:
            raise ChangedMeanwhile(f"La reclamación ya no admite esta oferta ({refusal.code}).") from refusal
        grant(proposal_id, seen=seen, effects_now=effects, by=by, at=at)
        return _make(there, offer, asked, by=by, at=at)


@transaction.atomic
def accept_offer(claim_id: int, offer_id: int, *, by: Actor, at: datetime) -> None:
    """The buyer accepts: money is given back at once, goods are replaced or come back first.

    Raises NotYourClaim, OfferGone, ClaimCannot, MoneyIsNotHere.
    """
    require_buyer(by)
    there = held(claim_id)
    offer = _on_the_table(there, offer_id)
    amount = Money(offer.centavos, offer.currency)
    verb = {
        OfferKind.REPLACE: Verb.AGREE_REPLACEMENT,
        OfferKind.RETURN: Verb.AGREE_RETURN,
        OfferKind.REFUND: Verb.AGREE,
        OfferKind.REFUND_PART: Verb.AGREE,
    }[OfferKind(offer.kind)]
    move(there.claim.state, verb)
    offer.state, offer.ended_at = "accepted", at
    offer.save(update_fields=["state", "ended_at"])
    event = note(there.claim, "offer_accepted", Side.BUYER, by=by, at=at, amount=amount)
    tell(OfferAccepted, there.claim, event, at=at, offer_id=offer.pk)
    if verb is Verb.AGREE:
        carry_out(there, verb, Outcome.AGREED, agreed(there, offer, at=at), side=Side.BUYER, by=by, at=at)
        return
    if verb is Verb.AGREE_RETURN:
        there.claim.carrier, there.claim.tracking_number = offer.carrier, offer.label_number
    step(there.claim, verb, at=at)


@transaction.atomic
def refuse_offer(claim_id: int, offer_id: int, *, words: str = "", by: Actor, at: datetime) -> None:
    """The buyer does not want it: the store's turn again. Raises NotYourClaim, OfferGone, ClaimCannot."""
    require_buyer(by)
    there = held(claim_id)
    offer = _on_the_table(there, offer_id)
    said = clean_words(words, may_be_empty=True)
    step(there.claim, Verb.REFUSE, at=at)
    end_offers(there.claim, "refused", at=at)
    event = note(there.claim, "offer_refused", Side.BUYER, by=by, at=at, words=said)
    tell(OfferRefused, there.claim, event, at=at, offer_id=offer.pk)


def agreed(there: Held, offer: ClaimOffer, *, at: datetime) -> ClaimDecision:
    """Write what both sides agreed on, under the proposal that two people approved."""
    decided = proposal(there.claim.store_id, offer.proposal_id or 0)
    assert decided is not None
    return ClaimDecision.objects.create(
        claim=there.claim,
        turn=ClaimDecision.objects.filter(claim=there.claim).count() + 1,
        way="agreement",
        to_store_centavos=offer.of_centavos - offer.centavos,
        to_buyer_centavos=offer.centavos,
        of_centavos=offer.of_centavos,
        currency=offer.currency,
        proposal_id=decided.id,
        proposed_by_id=decided.proposed_by_id,
        proposed_by=decided.proposed_by,
        decided_by_id=decided.decided_by_id,
        decided_by=decided.decided_by,
        at=at,
    )


def _make(there: Held, offer: MoneyOffer, asked: ProposalView | None, *, by: Actor, at: datetime) -> int:
    claim = there.claim
    step(claim, Verb.OFFER, at=at)
    end_offers(claim, "replaced", at=at)
    row = ClaimOffer.objects.create(
        claim=claim,
        turn=ClaimOffer.objects.filter(claim=claim).count() + 1,
        kind=offer.kind.value,
        centavos=offer.amount.centavos,
        of_centavos=claim.of_centavos,
        currency=claim.currency,
        words=offer.words.strip(),
        carrier=offer.carrier,
        label_number=readable(claim, offer.carrier, offer.label_number) if offer.carrier else "",
        proposal_id=asked.id if asked else None,
        made_by=asked.proposed_by if asked else by.name[:120],
        made_at=at,
    )
    said = {"offer": row.pk, "kind": row.kind, "proposal": row.proposal_id}
    event = note(claim, "offer", Side.STORE, by=by, at=at, words=row.words, amount=offer.amount, said=said)
    tell(OfferMade, claim, event, at=at, offer_id=row.pk)
    return row.pk


def _effects(there: Held, offer: MoneyOffer) -> dict[str, Json]:
    """What the proposal would do now. Raises ClaimCannot, OfferNotPossible, ClaimNeedsWords, OnlyWhole."""
    move(there.claim.state, Verb.OFFER)
    require_offer(offer.kind, offer.amount, there.amount)
    require_road(there, offer.amount)
    return {
        "claim": there.claim.pk,
        "kind": offer.kind.value,
        "centavos": offer.amount.centavos,
        "of": there.amount.centavos,
        "currency": there.claim.currency,
        "words": clean_words(offer.words, may_be_empty=True),
        "carrier": offer.carrier,
        "label": readable(there.claim, offer.carrier, offer.label_number) if offer.carrier else "",
    }


def _offer_in(asked: ProposalView) -> MoneyOffer:
    effects = asked.effects
    amount = Money(effects["centavos"], effects["currency"])
    return MoneyOffer(OfferKind(effects["kind"]), amount, effects["words"], effects["carrier"], effects["label"])


def _on_the_table(there: Held, offer_id: int) -> ClaimOffer:
    offer = ClaimOffer.objects.select_for_update().filter(claim=there.claim, pk=offer_id, state="open").first()
    if offer is None:
        raise OfferGone
    return offer
