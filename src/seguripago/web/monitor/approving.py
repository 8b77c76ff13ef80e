"""The one place that knows which room carries out which kind of proposal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from django.http import Http404

from seguripago.foundations.approvals import commands as approvals
from seguripago.foundations.approvals.queries import ProposalView
from seguripago.journey.bank.commands import approve_capture
from seguripago.journey.claims.commands import approve_claim, reject_claim, take_claim_back
from seguripago.journey.reconciliation.commands import approve_case, approve_return, reject_case, withdraw_case
from seguripago.journey.refunds.commands import approve_any, reject_any, withdraw_any
from seguripago.values.actor import Actor


class Approve(Protocol):
    """Carry out what was seen, as a second person."""

    def __call__(self, proposal_id: int, *, seen: str, by: Actor, at: datetime) -> None: ...


class Reject(Protocol):
    """Say no, as a second person."""

    def __call__(self, proposal_id: int, *, reason: str, by: Actor, at: datetime) -> None: ...


class Withdraw(Protocol):
    """Take back what one proposed oneself."""

    def __call__(self, proposal_id: int, *, by: Actor, at: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Room:
    """Who executes a kind of proposal."""

    approve: Approve
    reject: Reject = approvals.reject
    withdraw: Withdraw = approvals.withdraw


# By the start of the kind: `case.apply`, `return.confirm`, `refund.open`, `claim.offer`, `bank.cep`, `store.policy`.
ROOMS: Final[dict[str, Room]] = {
    "case": Room(approve_case, reject_case, withdraw_case),
    "return": Room(approve_return),
    "refund": Room(approve_any, reject_any, withdraw_any),
    "claim": Room(approve_claim, reject_claim, take_claim_back),
    "bank": Room(approve_capture),
    "store": Room(approvals.approve_for_store),
}


def decide(proposal: ProposalView, decision: str, said: Mapping[str, str], *, by: Actor, at: datetime) -> None:
    """Have the room that owns it approve, reject or withdraw a proposal, with the form's `seen` hash or `reason`.

    Raises Http404 for any other decision, and what the room refuses.
    """
    room = ROOMS[proposal.kind.split(".")[0]]
    match decision:
        case "approve":
            room.approve(proposal.id, seen=said.get("seen", "")[:64], by=by, at=at)
        case "reject":
            room.reject(proposal.id, reason=said.get("reason", "").strip()[:240], by=by, at=at)
        case "withdraw":
            room.withdraw(proposal.id, by=by, at=at)
        case _:
            raise Http404
