"""What happens to a claim by itself: a reminder before each deadline, and its default when nobody did anything."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from seguripago.foundations.approvals.queries import open_proposals_of, policies_with_proposals
from seguripago.values.money import Money
from seguripago.values.refusal import Refusal

from ..facts import ClaimEscalated, ClaimReminded
from ..models import Claim, ClaimDecision
from ..refusals import ClaimCannot
from ..rules import WAITS, Default, Outcome, Side, State, Verb
from .closing import carry_out, close, let_go
from .deciding import Verdict, announce_decision, hand_up, keep_decision
from .keeping import CLOCK, Held, held, note, step, tell, wait

BATCH: Final = 100
AGAIN: Final = timedelta(days=1)
POLICY: Final = "claims_unsent_by_itself"
NEVER_SENT: Final = frozenset({"paid", "preparing"})
ANSWERS: Final = ("answered", "offer")

log = logging.getLogger(__name__)


def run_claims(at: datetime) -> int:
    """Remind whom a deadline is near, and let what is overdue happen by itself. Each claim alone; returns how many."""
    open_ones = Claim.objects.exclude(state=State.CLOSED.value)
    near = open_ones.filter(remind_at__lte=at, due_at__gt=at).order_by("remind_at").values_list("pk", flat=True)
    due = open_ones.filter(due_at__lte=at).order_by("due_at").values_list("pk", flat=True)
    done = sum(_alone(claim_id, _remind, at=at) for claim_id in list(near[:BATCH]))
    return done + sum(_alone(claim_id, _default, at=at) for claim_id in list(due[:BATCH]))


def end_claim(order_id: int, *, to_store: Money, to_buyer: Money, at: datetime) -> None:
    """All that was paid went back by another road, and the guarantee with it: there is nothing left to claim."""
    claim_id = Claim.objects.filter(order_id=order_id).exclude(state=State.CLOSED.value).values_list("pk", flat=True)
    for known in claim_id:
        with transaction.atomic():
            there = held(known)
            if there.claim.state != State.CLOSED:
                parts = (to_store, to_buyer)
                close(there, Verb.END, Outcome.GIVEN_BACK, side=Side.CLOCK, by=CLOCK, at=at, parts=parts)
                let_go(there, by=CLOCK, at=at)


def _alone(claim_id: int, act: Callable[[Held, datetime], None], *, at: datetime) -> int:
    try:
        with transaction.atomic():
            there = held(claim_id)
            # Between the list and the lock somebody may have answered, or the claim may have ended.
            if there.claim.due_at is None:
                return 0
            act(there, at)
    except Refusal as refused:
        log.error("claim %s: its default was refused: %s", claim_id, refused.code)
        return _stuck(claim_id, refused.code, at=at)
    except Exception:
        # It stays due, and the oldest: the others must not wait behind it.
        log.exception("claim %s: its default failed", claim_id)
        return 0
    return 1


def _remind(there: Held, at: datetime) -> None:
    claim = there.claim
    if claim.remind_at is None or claim.remind_at > at:
        return
    claim.remind_at = None
    claim.save(update_fields=["remind_at"])
    event = note(claim, "reminded", Side.CLOCK, by=CLOCK, at=at, words=claim.owner, is_public=False)
    tell(ClaimReminded, claim, event, at=at, whom=claim.owner)


def _default(there: Held, at: datetime) -> None:
    claim = there.claim
    if claim.due_at is None or claim.due_at > at:
        return
    match WAITS[State(claim.state)].default:
        case Default.ESCALATE:
            if not _decided_by_policy(there, at=at):
                hand_up(there, Side.CLOCK, by=CLOCK, at=at)
        case Default.HAND_ON:
            _hand_on(there, at=at)
        case Default.CARRY_OUT:
            decision = ClaimDecision.objects.filter(claim=claim).order_by("-turn").first()
            if decision is None:
                raise ClaimCannot(claim.state, Verb.CARRY_OUT)
            carry_out(there, Verb.CARRY_OUT, Outcome.DECIDED, decision, side=Side.CLOCK, by=CLOCK, at=at)
        case Default.LOOK_AGAIN:
            if open_proposals_of(claim.store_id, [there.subject]):
                _wait_again(there, at=at)
            else:
                step(claim, Verb.GIVE_UP, at=at)


def _decided_by_policy(there: Held, *, at: datetime) -> bool:
    """Give all back for what the store neither sent nor answered for, where two people decided so once for all.

    It is a decision like another one: both sides may appeal before anything moves.
    """
    claim = there.claim
    has_left = there.order.state not in NEVER_SENT or there.order.part_sent_at is not None
    if claim.state != State.OPENED or has_left or claim.events.filter(kind__in=ANSWERS).exists():
        return False
    value, authority = policies_with_proposals(claim.store_id).get(POLICY, (0, 0))
    if not value:
        return False
    words = "La tienda no envió el pedido ni respondió a tiempo."
    verdict = Verdict(Money.zero(claim.currency), there.amount, words)
    decision = keep_decision(there, verdict, "policy", authority, by=CLOCK, at=at)
    step(claim, Verb.DECIDE, at=at)
    announce_decision(there, decision, side=Side.CLOCK, is_last=False, by=CLOCK, at=at)
    return True


def _hand_on(there: Held, *, at: datetime) -> None:
    """Nobody decided in time: the store's owner hears of it, and the days begin again."""
    wait(there.claim, Side.OWNER, at=at)
    there.claim.save(update_fields=["owner", "due_at", "remind_at"])
    event = note(there.claim, "handed_on", Side.CLOCK, by=CLOCK, at=at, is_public=False)
    tell(ClaimEscalated, there.claim, event, at=at, by_clock=True, to=Side.OWNER.value)


def _wait_again(there: Held, *, at: datetime) -> None:
    there.claim.due_at, there.claim.remind_at = at + AGAIN, None
    there.claim.save(update_fields=["due_at", "remind_at"])


def _stuck(claim_id: int, code: str, *, at: datetime) -> int:
    """What was decided cannot be done now: the owner hears why, and it is tried again the next day.

    The days to appeal were over: they do not begin again (`deciding.appeal` looks at the owner).
    """
    with transaction.atomic():
        there = held(claim_id)
        if there.claim.due_at is None:
            return 0
        there.claim.owner = Side.OWNER.value
        _wait_again(there, at=at)
        there.claim.save(update_fields=["owner"])
        event = note(there.claim, "stuck", Side.CLOCK, by=CLOCK, at=at, words=code, is_public=False)
        tell(ClaimEscalated, there.claim, event, at=at, by_clock=True, to=Side.OWNER.value)
    return 1
