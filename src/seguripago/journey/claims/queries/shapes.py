"""A claim as screens, chat and mails read it: frozen, ready to draw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from seguripago.values.money import Money

from ..rules import State, Verb


@dataclass(frozen=True, slots=True)
class ClaimLineView:
    """Pieces of an order's line that the claim is about."""

    order_line_id: int
    name: str
    pieces: int


@dataclass(frozen=True, slots=True)
class OfferView:
    """What the store offered. `state`: open, accepted, refused, replaced (by a better one) or lapsed."""

    id: int
    turn: int
    kind: str
    label: str
    amount: Money
    words: str
    carrier_label: str
    label_number: str
    label_url: str
    made_by: str
    made_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class DecisionView:
    """What was agreed or decided. `way`: agreement, second_person, delay (a lone owner's) or policy."""

    id: int
    turn: int
    way: str
    to_store: Money
    to_buyer: Money
    is_replacement: bool
    reason: str
    proposed_by: str
    decided_by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ClaimFileView:
    """A file that one side showed: its clean copy may be served, as an attachment."""

    id: int
    side: str
    place: int
    filename: str
    kind: str
    size: int
    by_name: str
    kept_at: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim as every screen reads it. `may` holds the rules.Verb that its state allows (roles are the screen's).

    `amount` is what the guarantee answers for; `to_store`, `to_buyer`, `refund` (what was still to be given back) are
    of a closed one. `owner` is waited for until `due_at`: buyer, store, supervisor, owner.
    """

    id: int
    store_id: int
    order_id: int
    number: str
    state: str
    state_label: str
    reason: str
    reason_label: str
    wanted: str
    wanted_label: str
    details: str
    amount: Money
    owner: str
    due_at: datetime | None
    opened_at: datetime
    lines: tuple[ClaimLineView, ...]
    offers: tuple[OfferView, ...]
    decisions: tuple[DecisionView, ...]
    files: tuple[ClaimFileView, ...]
    appealed_at: datetime | None
    appealed_by: str
    carrier_label: str
    tracking_number: str
    tracking_url: str
    outcome: str
    outcome_label: str
    to_store: Money
    to_buyer: Money
    refund: Money
    closed_at: datetime | None
    may: frozenset[str]

    @property
    def is_open(self) -> bool:
        """Say whether it still waits for somebody."""
        return self.state != State.CLOSED

    @property
    def offer(self) -> OfferView | None:
        """Answer the offer that lies on the table."""
        return next((one for one in self.offers if one.state == "open"), None)

    @property
    def decision(self) -> DecisionView | None:
        """Answer the decision that counts."""
        return self.decisions[-1] if self.decisions else None

    @property
    def may_appeal(self) -> bool:
        """Say whether a second decision can still be asked for."""
        return self.appealed_at is None and Verb.APPEAL in self.may


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim in a list."""

    id: int
    order_id: int
    order_number: str
    number: str
    reason_label: str
    wanted_label: str
    state: str
    state_label: str
    owner: str
    due_at: datetime | None
    amount: Money
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClaimEventView:
    """A line of a claim's timeline; `amount` where the step is about money."""

    id: int
    kind: str
    at: datetime
    side: str
    actor_name: str
    words: str
    amount: Money | None
    is_public: bool


@dataclass(frozen=True, slots=True)
class ClaimDoor:
    """Whether the buyer may open a claim now, why, and until when. `is_late`: «No llegó» is one press away."""

    is_open: bool
    reasons: tuple[tuple[str, str], ...]
    is_late: bool
    until: datetime | None
