"""What approvals announce. `about` is the subject of the proposal: `case:12`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from seguripago.foundations.facts.base import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalFact(Fact):
    """Something happened to a proposal; not announced itself."""

    subject: ClassVar[str] = "proposal:{proposal_id}"
    wakes: ClassVar[tuple[str, ...]] = ("monitor:{store_id}",)

    proposal_id: int
    kind: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalMade(ProposalFact):
    """Somebody proposes; `by_delay`: the store must be told, because nobody else could decide."""

    by_delay: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalGranted(ProposalFact):
    """A second person approved, or a lone owner's delay was over; it was done in the same transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalRejected(ProposalFact):
    """A second person said no, or the maker took it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalVoided(ProposalFact):
    """Nothing was done: what it would do has changed, or nobody decided in time."""
