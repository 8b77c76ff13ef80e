"""What claims announce. Whoever listens re-reads the claim: facts say *look*."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from seguripago.foundations.facts.base import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFact(Fact):
    """Something happened to a claim; not announced itself. `event_id`: the entry of its timeline."""

    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = ("order:{order_id}", "desk:{store_id}", "monitor:{store_id}")

    order_id: int
    claim_id: int
    event_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimOpened(ClaimFact):
    """The buyer says that something is wrong; the guarantee's clock stands still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimAnswered(ClaimFact):
    """The store answered without an offer: the buyer may take the claim back or have it decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimNoted(ClaimFact):
    """One side added words or a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferMade(ClaimFact):
    """The store offers something; an offer of money was approved by a second person before."""

    offer_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferAccepted(ClaimFact):
    """The buyer accepts the offer."""

    offer_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRefused(ClaimFact):
    """The buyer does not want the offer: the store's turn again."""

    offer_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacementSent(ClaimFact):
    """What replaces the claimed goods left the store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsSentBack(ClaimFact):
    """The buyer sent the goods back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimEscalated(ClaimFact):
    """A supervisor has to look. `by_clock`: because a deadline passed. `to`: supervisor, or owner."""

    by_clock: bool
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimReminded(ClaimFact):
    """A deadline is near for `whom`: store, buyer, supervisor or owner."""

    whom: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDecided(ClaimFact):
    """Two people decided. Until the appeal window ends nothing moves; `is_last`: after an appeal, there is none."""

    decision_id: int
    is_last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimAppealed(ClaimFact):
    """One side asks for a second decision."""

    side: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimClosed(ClaimFact):
    """The claim ended. `outcome`: withdrawn, agreed, decided, replaced, given_back."""

    outcome: str
    to_store_centavos: int
    to_buyer_centavos: int
    currency: str
