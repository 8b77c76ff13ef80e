"""The one place that knows which room carries out which kind of proposal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

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


def approve(proposal: ProposalView, *, seen: str, by: Actor, at: datetime) -> None:
    """Have it done by the room that owns it. Raises what approvals.grant raises."""
    _room(proposal).approve(proposal.id, seen=seen, by=by, at=at)


def reject(proposal: ProposalView, *, reason: str, by: Actor, at: datetime) -> None:
    """Say no; the room that owns the thing hears of it."""
    _room(proposal).reject(proposal.id, reason=reason, by=by, at=at)


def withdraw(proposal: ProposalView, *, by: Actor, at: datetime) -> None:
    """Take back one's own proposal."""
    _room(proposal).withdraw(proposal.id, by=by, at=at)


def _room(proposal: ProposalView) -> Room:
    return ROOMS[proposal.kind.split(".")[0]]
