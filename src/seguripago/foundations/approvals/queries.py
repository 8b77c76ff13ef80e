"""What screens read of proposals and policies."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .models import Proposal, StorePolicy
from .rules import DELAY, Policy, policy_of


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal: what will be done (`effects`, and `says` in Spanish lines), its hash, who proposed and decided.

    `told_at` and `free_at` are of a lone owner's proposal: when the store was told, and when the delay is over.
    """

    id: int
    store_id: int
    kind: str
    subject: str
    effects: dict[str, Any]
    says: tuple[str, ...]
    hash: str
    proposed_by: str
    proposed_by_id: int
    proposed_at: datetime
    expires_at: datetime
    state: str
    decided_by: str
    decided_by_id: int | None
    decided_at: datetime | None
    reason: str
    may_be_delayed: bool
    told_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.state == "open"

    @property
    def free_at(self) -> datetime | None:
        return self.told_at + DELAY if self.may_be_delayed and self.told_at else None


def proposal(store_id: int, proposal_id: int) -> ProposalView | None:
    """A proposal of this store, None for another store's."""
    row = Proposal.objects.filter(store_id=store_id, pk=proposal_id).first()
    return None if row is None else _view(row)


def kind_of(proposal_id: int) -> str:
    """What kind of thing is proposed; empty for a proposal that does not exist."""
    return Proposal.objects.filter(pk=proposal_id).values_list("kind", flat=True).first() or ""


def open_proposals(store_id: int, *, limit: int = 100) -> tuple[ProposalView, ...]:
    """What waits for a second person, the newest first."""
    return _views(Proposal.objects.filter(store_id=store_id, state="open").order_by("-pk")[:limit])


def open_proposals_of(store_id: int, subjects: Collection[str]) -> dict[str, ProposalView]:
    """The open proposal of each subject that has one."""
    rows = Proposal.objects.filter(store_id=store_id, state="open", subject__in=list(subjects))
    return {row.subject: _view(row) for row in rows}


def ripe_proposals(*, at: datetime, limit: int = 50) -> tuple[ProposalView, ...]:
    """Lone owners' proposals whose delay is over: the clock does them."""
    rows = Proposal.objects.filter(state="open", may_be_delayed=True, told_at__lte=at - DELAY, expires_at__gt=at)
    return _views(rows.order_by("pk")[:limit])


def policy(store_id: int) -> Policy:
    """What two people of the store decided once for all; careful defaults otherwise."""
    return policy_of({name: value for name, (value, _) in policies_with_proposals(store_id).items()})


def policies_with_proposals(store_id: int) -> dict[str, tuple[int, int]]:
    """Each decided policy by name: (value, id of the proposal that decided it)."""
    rows = StorePolicy.objects.filter(store_id=store_id).order_by("name", "-pk").distinct("name")
    return {row.name: (row.value, row.proposal_id) for row in rows}


def _views(rows: Any) -> tuple[ProposalView, ...]:
    found: Sequence[Proposal] = list(rows)
    return tuple(_view(row) for row in found)


def _view(row: Proposal) -> ProposalView:
    return ProposalView(
        id=row.pk,
        store_id=row.store_id,
        kind=row.kind,
        subject=row.subject,
        effects=row.effects,
        says=tuple(row.says),
        hash=row.hash,
        proposed_by=row.proposed_by,
        proposed_by_id=row.proposed_by_id,
        proposed_at=row.proposed_at,
        expires_at=row.expires_at,
        state=row.state,
        decided_by=row.decided_by,
        decided_by_id=row.decided_by_id,
        decided_at=row.decided_at,
        reason=row.reason,
        may_be_delayed=row.may_be_delayed,
        told_at=row.told_at,
    )
