"""Who cannot agree has it decided: one person proposes, another approves exactly that; it may be appealed once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from seguripago.foundations.approvals import commands as approvals
from seguripago.foundations.approvals.commands import Asked, ChangedMeanwhile, deciding, grant
from seguripago.foundations.approvals.queries import ProposalView, open_proposals_of, proposal
from seguripago.foundations.approvals.rules import CHECKERS, EVERYBODY, Json
from seguripago.foundations.people.queries import members
from seguripago.journey.orders import commands as orders
from seguripago.journey.payments.queries import given_back
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from seguripago.values.refusal import Refusal
from seguripago.values.safe_text import mask_secrets

from ..facts import ClaimAppealed, ClaimDecided, ClaimEscalated
from ..models import Claim, ClaimDecision
from ..refusals import AppealedAlready, AppealTooLate, ClaimCannot
from ..rules import (
    Outcome,
    Side,
    State,
    Verb,
    allows,
    clean_words,
    move,
    require_decision,
    require_other_checker,
    require_other_maker,
)
from .answering import OFFER, approve_offer
from .closing import carry_out, require_road
from .keeping import Held, end_offers, held, locked, note, side_of, step, tell

DECISION: str = "claim.decision"
KIND: str = "claim."


@dataclass(frozen=True, slots=True)
class Verdict:
    """How somebody wants a claim to end: two amounts that are all that is held, or a replacement and no amount."""

    to_store: Money
    to_buyer: Money
    reason: str
    is_replacement: bool = False


@transaction.atomic
def escalate(claim_id: int, *, words: str = "", by: Actor, at: datetime) -> None:
    """Have a supervisor decide; either side may ask for it. Raises NotYourClaim, ClaimNeedsWords, ClaimCannot."""
    there = held(claim_id)
    side = side_of(there.claim, by)
    hand_up(there, side, words=clean_words(words, may_be_empty=True), by=by, at=at)


def hand_up(there: Held, side: Side, *, words: str = "", by: Actor, at: datetime) -> None:
    """Move the claim to the supervisor; what lies on the table lies there no more. Raises ClaimCannot."""
    step(there.claim, Verb.ESCALATE, at=at)
    end_offers(there.claim, "lapsed", at=at)
    event = note(there.claim, "escalated", side, by=by, at=at, words=words)
    to = Side.SUPERVISOR.value
    tell(ClaimEscalated, there.claim, event, at=at, by_clock=side is Side.CLOCK, to=to)


@transaction.atomic
def propose_decision(claim_id: int, verdict: Verdict, *, by: Actor, at: datetime) -> int:
    """Propose how the claim ends; nothing happens until another person approves exactly that. The proposal's id.

    Raises ClaimCannot, DecisionNotPossible, ClaimNeedsWords, DecideAgainByOthers, cards' OnlyWhole, and what
    approvals.propose raises.
    """
    there = held(claim_id)
    effects = _effects(there, verdict)
    step(there.claim, Verb.PROPOSE, at=at)
    if there.claim.appealed_at is not None and by.id is not None:
        makers = [one.user_id for one in members(there.claim.store_id) if one.role in EVERYBODY]
        require_other_maker(by.id, _first_people(there.claim), makers)
    words = str(effects["reason"])
    says = _says(there, verdict, words)
    asked = Asked(there.claim.store_id, DECISION, there.subject, effects, says, EVERYBODY)
    proposal_id = approvals.propose(asked, by=by, at=at)
    amount = None if verdict.is_replacement else verdict.to_buyer
    note(there.claim, "proposed", Side.SUPERVISOR, by=by, at=at, words=words, amount=amount, is_public=False)
    return proposal_id


def approve_decision(proposal_id: int, *, seen: str, by: Actor, at: datetime) -> None:
    """Approve as a second person exactly what was seen. The first decision waits for an appeal, the second is done.

    One transaction; locks the proposal, then order → claim. Raises what approvals.grant raises (ChangedMeanwhile leaves
    the proposal void and the claim where it was), DecideAgainByOthers, MoneyIsNotHere.
    """
    subject = ""
    try:
        with deciding(proposal_id, at=at):
            asked = approvals.lock(proposal_id, at=at, by=by, kinds=(DECISION,))
            subject = asked.subject
            there, verdict = held(asked.effects["claim"]), _verdict_in(asked)
            if there.claim.state not in {State.PROPOSED, State.REVIEWED}:
                raise ChangedMeanwhile("La reclamación ya no espera esta decisión.")
            if there.claim.appealed_at is not None and by.id is not None:
                checkers = [one.user_id for one in members(there.claim.store_id) if one.role in CHECKERS]
                require_other_checker(by.id, asked.proposed_by_id, _first_people(there.claim), checkers)
            try:
                effects = _effects(there, verdict)
            except Refusal as refusal:
                raise ChangedMeanwhile(f"La reclamación ya no admite esta decisión ({refusal.code}).") from refusal
            grant(proposal_id, seen=seen, effects_now=effects, by=by, at=at)
            _decide(there, verdict, proposal_id, by=by, at=at)
    except ChangedMeanwhile:
        release_claim(subject, at=at)
        raise


def approve_claim(proposal_id: int, *, seen: str, by: Actor, at: datetime) -> None:
    """Approve what was proposed about a claim, offer or decision: for lists that hold both, and for the clock."""
    with transaction.atomic():
        asked = approvals.lock(proposal_id, at=at, kinds=(KIND,))
    if asked.kind == OFFER:
        approve_offer(proposal_id, seen=seen, by=by, at=at)
    else:
        approve_decision(proposal_id, seen=seen, by=by, at=at)


def reject_claim(proposal_id: int, *, reason: str, by: Actor, at: datetime) -> None:
    """Say no as a second person; the claim waits for another proposal. Raises what approvals.reject raises."""
    with transaction.atomic():
        asked = approvals.lock(proposal_id, at=at, kinds=(KIND,))
        approvals.reject(proposal_id, reason=reason, by=by, at=at)
        there = held(asked.effects["claim"])
        words = mask_secrets(reason)[:240]
        note(there.claim, "rejected", Side.SUPERVISOR, by=by, at=at, words=words, is_public=False)
        _back(there, at=at)


def take_claim_back(proposal_id: int, *, by: Actor, at: datetime) -> None:
    """Take back what one proposed oneself. Raises what approvals.withdraw raises."""
    with transaction.atomic():
        asked = approvals.lock(proposal_id, at=at, kinds=(KIND,))
        approvals.withdraw(proposal_id, by=by, at=at)
        _back(held(asked.effects["claim"]), at=at)


def release_claim(subject: str, *, at: datetime) -> None:
    """Let a claim be decided again whose proposal ended without anything being done; harmless when repeated."""
    claim_id = int(subject.removeprefix("claim:"))
    with transaction.atomic():
        order_id = Claim.objects.values_list("order_id", flat=True).get(pk=claim_id)
        there = Held(orders.lock_order(order_id), locked(claim_id))
        if not open_proposals_of(there.claim.store_id, [subject]):
            _back(there, at=at)


@transaction.atomic
def appeal(claim_id: int, *, words: str, by: Actor, at: datetime) -> None:
    """Ask for a second decision, by other people where the store has them; once, by either side, in its days.

    Raises NotYourClaim, ClaimNeedsWords, AppealedAlready, AppealTooLate, ClaimCannot.
    """
    there = held(claim_id)
    claim, side, said = there.claim, side_of(there.claim, by), clean_words(words)
    move(claim.state, Verb.APPEAL)
    if claim.appealed_at is not None:
        raise AppealedAlready
    # Once its days were over the claim waits for somebody else, whatever keeps it from being carried out.
    if claim.due_at is not None and (claim.due_at <= at or claim.owner != Side.BUYER):
        raise AppealTooLate(min(claim.due_at, at))
    claim.appealed_at, claim.appealed_by = at, side.value
    step(claim, Verb.APPEAL, at=at)
    event = note(claim, "appealed", side, by=by, at=at, words=said)
    tell(ClaimAppealed, claim, event, at=at, side=side.value)


def keep_decision(
    there: Held, verdict: Verdict, way: str, proposal_id: int, *, by: Actor, at: datetime
) -> ClaimDecision:
    """Write what was decided, under the proposal that gives the right to it."""
    made = proposal(there.claim.store_id, proposal_id)
    assert made is not None
    is_policy = way == "policy"
    return ClaimDecision.objects.create(
        claim=there.claim,
        turn=_turn(there.claim),
        way=way,
        to_store_centavos=verdict.to_store.centavos,
        to_buyer_centavos=verdict.to_buyer.centavos,
        of_centavos=there.claim.of_centavos,
        currency=there.claim.currency,
        is_replacement=verdict.is_replacement,
        reason=verdict.reason.strip(),
        proposal_id=proposal_id,
        proposed_by_id=None if is_policy else made.proposed_by_id,
        proposed_by="" if is_policy else made.proposed_by,
        decided_by_id=by.id,
        decided_by=by.name[:120],
        at=at,
    )


def announce_decision(
    there: Held, decision: ClaimDecision, *, side: Side, is_last: bool, by: Actor, at: datetime
) -> None:
    """Tell both sides what was decided."""
    amount = None if decision.is_replacement else Money(decision.to_buyer_centavos, decision.currency)
    said = {"decision": decision.pk, "proposal": decision.proposal_id, "to_store": decision.to_store_centavos}
    event = note(there.claim, "decided", side, by=by, at=at, words=decision.reason, amount=amount, said=said)
    tell(ClaimDecided, there.claim, event, at=at, decision_id=decision.pk, is_last=is_last)


def _decide(there: Held, verdict: Verdict, proposal_id: int, *, by: Actor, at: datetime) -> None:
    made = proposal(there.claim.store_id, proposal_id)
    assert made is not None
    way = "delay" if by.id is None or by.id == made.proposed_by_id else "second_person"
    decision = keep_decision(there, verdict, way, proposal_id, by=by, at=at)
    is_last = there.claim.state == State.REVIEWED
    if not is_last:
        step(there.claim, Verb.DECIDE, at=at)
    announce_decision(there, decision, side=Side.SUPERVISOR, is_last=is_last, by=by, at=at)
    if is_last:
        carry_out(there, Verb.CARRY_OUT, Outcome.DECIDED, decision, side=Side.SUPERVISOR, by=by, at=at)


def _effects(there: Held, verdict: Verdict) -> dict[str, Json]:
    """What the proposal would do now. Raises DecisionNotPossible, ClaimNeedsWords, ClaimCannot, OnlyWhole."""
    claim = there.claim
    if not (allows(claim.state, Verb.PROPOSE) or claim.state in {State.PROPOSED, State.REVIEWED}):
        raise ClaimCannot(claim.state, Verb.PROPOSE)
    require_decision(verdict.to_store, verdict.to_buyer, there.amount, is_replacement=verdict.is_replacement)
    require_road(there, verdict.to_buyer)
    return {
        "claim": claim.pk,
        "turn": _turn(claim),
        "is_appeal": claim.appealed_at is not None,
        "to_store": verdict.to_store.centavos,
        "to_buyer": verdict.to_buyer.centavos,
        "of": claim.of_centavos,
        "currency": claim.currency,
        "is_replacement": verdict.is_replacement,
        "reason": clean_words(verdict.reason),
    }


def _says(there: Held, verdict: Verdict, words: str) -> tuple[str, ...]:
    if verdict.is_replacement:
        lines = ["La tienda cambia lo reclamado; no se mueve dinero."]
    else:
        lines = [f"Para el comprador: {verdict.to_buyer}.", f"Para la tienda: {verdict.to_store}."]
    before = given_back(there.order.id)
    if before:
        lines.append(f"De eso, el comprador ya recibió {before}.")
    lines.append(f"Reclamación {there.claim.number}, de {there.amount}.")
    if there.claim.appealed_at is not None:
        lines.append("Es la segunda decisión: se cumple al aprobarla.")
    return (*lines, f"Motivo: {words}")


def _verdict_in(asked: ProposalView) -> Verdict:
    effects = asked.effects
    currency = effects["currency"]
    return Verdict(
        Money(effects["to_store"], currency),
        Money(effects["to_buyer"], currency),
        effects["reason"],
        effects["is_replacement"],
    )


def _turn(claim: Claim) -> int:
    return ClaimDecision.objects.filter(claim=claim).count() + 1


def _first_people(claim: Claim) -> frozenset[int]:
    """Who proposed and who approved what was appealed."""
    rows = ClaimDecision.objects.filter(claim=claim).values_list("proposed_by_id", "decided_by_id")
    return frozenset(person for pair in rows for person in pair if person is not None)


def _back(there: Held, *, at: datetime) -> None:
    """A decision that was proposed and not made: the claim waits for another one."""
    if allows(there.claim.state, Verb.GIVE_UP):
        step(there.claim, Verb.GIVE_UP, at=at)
