"""Decide whatever was proposed about a refund: the refund itself, the account for it, or that it goes out again."""

from __future__ import annotations

from datetime import datetime

from seguripago.foundations.approvals import commands as approvals
from seguripago.foundations.approvals.queries import kind_of
from seguripago.values.actor import Actor

from . import accounts, asking, retrying


def approve_any(proposal_id: int, *, seen: str, by: Actor, at: datetime) -> None:
    """Carry out what was seen, as a second person. Raises what approvals.grant raises."""
    match kind_of(proposal_id):
        case accounts.KIND:
            accounts.approve_account(proposal_id, seen=seen, by=by, at=at)
        case retrying.KIND:
            retrying.approve_again(proposal_id, seen=seen, by=by, at=at)
        case _:
            asking.approve_refund(proposal_id, seen=seen, by=by, at=at)


def reject_any(proposal_id: int, *, reason: str, by: Actor, at: datetime) -> None:
    """Say no, as a second person. Raises what approvals.reject raises."""
    match kind_of(proposal_id):
        case accounts.KIND:
            accounts.reject_account(proposal_id, reason=reason, by=by, at=at)
        case retrying.KIND:
            approvals.reject(proposal_id, reason=reason, by=by, at=at)
        case _:
            asking.reject_refund(proposal_id, reason=reason, by=by, at=at)


def withdraw_any(proposal_id: int, *, by: Actor, at: datetime) -> None:
    """Take back what one proposed oneself. Raises what approvals.withdraw raises."""
    if kind_of(proposal_id) == asking.KIND:
        asking.withdraw_refund(proposal_id, by=by, at=at)
    else:
        approvals.withdraw(proposal_id, by=by, at=at)
