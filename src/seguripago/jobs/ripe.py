"""Lone owners' proposals whose delay is over: the room that owns the thing does what nobody took back."""

from __future__ import annotations

import logging
from datetime import datetime

from seguripago.foundations.approvals.commands import approve_for_store
from seguripago.foundations.approvals.queries import ProposalView, ripe_proposals
from seguripago.journey.bank.commands import approve_capture
from seguripago.journey.claims.commands import approve_claim
from seguripago.journey.reconciliation.commands import approve_case, approve_return
from seguripago.journey.refunds.commands import approve_any
from seguripago.values.actor import Actor
from seguripago.values.refusal import Refusal

CLOCK = Actor.system("Reloj")

log = logging.getLogger("seguripago.clocks")


def do_ripe_proposals(*, at: datetime) -> int:
    """Do them one by one; what has changed meanwhile is void, what is refused waits for a person. Returns how many."""
    done = 0
    for proposal in ripe_proposals(at=at):
        try:
            _do(proposal, at=at)
            done += 1
        except Refusal as refusal:
            log.warning("proposal %s was not done by the clock: %s %s", proposal.id, refusal.code, refusal)
        except Exception:
            log.exception("proposal %s failed; the others are done", proposal.id)
    return done


def _do(proposal: ProposalView, *, at: datetime) -> None:
    room, _, _ = proposal.kind.partition(".")
    approve = {
        "case": approve_case,
        "return": approve_return,
        "refund": approve_any,
        "bank": approve_capture,
        "store": approve_for_store,
        "claim": approve_claim,
    }[room]
    approve(proposal.id, seen=proposal.hash, by=CLOCK, at=at)
