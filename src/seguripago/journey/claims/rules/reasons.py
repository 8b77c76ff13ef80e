"""What a buyer may claim, and when: nobody claims that something did not come before it is late. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from seguripago.values.money import Money
from seguripago.values.safe_text import mask_secrets

from ..refusals import (
    ClaimNeedsWords,
    DecisionNotPossible,
    LinesNotOfOrder,
    NotArrivedYet,
    NotLateYet,
    OfferNotPossible,
)


class Reason(StrEnum):
    """What went wrong."""

    NOT_ARRIVED = "not_arrived"
    DAMAGED = "damaged"
    NOT_AS_ORDERED = "not_as_ordered"
    INCOMPLETE = "incomplete"
    OTHER = "other"


class Wanted(StrEnum):
    """What the buyer would like best: only what the store can offer. Who wants another thing writes it."""

    REPLACE = "replace"
    REFUND = "refund"
    REFUND_PART = "refund_part"
    RETURN = "return"


class OfferKind(StrEnum):
    """What the store offers. A return gives the money back when the goods are back."""

    REPLACE = "replace"
    REFUND = "refund"
    REFUND_PART = "refund_part"
    RETURN = "return"


class Outcome(StrEnum):
    """How a claim ended."""

    WITHDRAWN = "withdrawn"
    AGREED = "agreed"
    DECIDED = "decided"
    REPLACED = "replaced"
    GIVEN_BACK = "given_back"


REASON_LABELS: Final[dict[Reason, str]] = {
    Reason.NOT_ARRIVED: "No llegó",
    Reason.DAMAGED: "Llegó dañado",
    Reason.NOT_AS_ORDERED: "No es lo que pedí",
    Reason.INCOMPLETE: "Llegó incompleto",
    Reason.OTHER: "Otro motivo",
}
WANTED_LABELS: Final[dict[Wanted, str]] = {
    Wanted.REPLACE: "Cambio",
    Wanted.REFUND: "Reembolso total",
    Wanted.REFUND_PART: "Reembolso parcial",
    Wanted.RETURN: "Devolución con guía y reembolso",
}
OFFER_LABELS: Final[dict[OfferKind, str]] = {
    OfferKind.REPLACE: "Cambio",
    OfferKind.REFUND: "Reembolso total",
    OfferKind.REFUND_PART: "Reembolso parcial",
    OfferKind.RETURN: "Devolución con guía; el reembolso sale cuando llegue",
}
OUTCOME_LABELS: Final[dict[Outcome, str]] = {
    Outcome.WITHDRAWN: "La retiraste",
    Outcome.AGREED: "Llegaron a un acuerdo",
    Outcome.DECIDED: "Se resolvió",
    Outcome.REPLACED: "Recibiste el cambio",
    Outcome.GIVEN_BACK: "Tu compra se reembolsó completa",
}
LONGEST_WORDS: Final = 2000
SHORTEST_WORDS: Final = 3
FILES_OF_A_SIDE: Final = 6


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is known of the order's way: its state, what was promised, and whether anything left or came."""

    order_state: str
    ship_by: datetime
    deliver_by: datetime
    has_left: bool
    has_come: bool


def reasons_open(parcel: Parcel, at: datetime) -> frozenset[Reason]:
    """Say which reasons a buyer may give now."""
    found = {Reason.OTHER}
    if is_late(parcel, at) or parcel.has_come or parcel.order_state in {"delivered", "closed"}:
        # Who is told that a parcel came, and has none, must be able to say so.
        found.add(Reason.NOT_ARRIVED)
    if parcel.has_left or parcel.has_come:
        found |= {Reason.DAMAGED, Reason.NOT_AS_ORDERED, Reason.INCOMPLETE}
    return frozenset(found)


def is_late(parcel: Parcel, at: datetime) -> bool:
    """Say whether the store missed one of its two deadlines."""
    return (not parcel.has_left and at > parcel.ship_by) or (not parcel.has_come and at > parcel.deliver_by)


def require_reason(reason: Reason, parcel: Parcel, at: datetime) -> None:
    """Refuse a reason that cannot be true yet. Raises NotLateYet, NotArrivedYet."""
    if reason in reasons_open(parcel, at):
        return
    if reason is Reason.NOT_ARRIVED:
        raise NotLateYet(parcel.deliver_by if parcel.has_left else parcel.ship_by)
    raise NotArrivedYet


def clean_words(words: str, *, may_be_empty: bool = False) -> str:
    """Answer what somebody wrote: trimmed, without secrets and letters that deceive; what is clean stays as it is.

    Raises ClaimNeedsWords for nothing and for a book.
    """
    kept = mask_secrets(words)
    if len(kept) > LONGEST_WORDS or (len(kept) < SHORTEST_WORDS and not (may_be_empty and not kept)):
        raise ClaimNeedsWords(SHORTEST_WORDS, LONGEST_WORDS)
    return kept


def require_lines(wanted: Mapping[int, int], of_order: Mapping[int, int]) -> None:
    """Refuse lines that the order does not have, or more pieces than were bought. Raises LinesNotOfOrder."""
    for line, pieces in wanted.items():
        if not 0 < pieces <= of_order.get(line, 0):
            raise LinesNotOfOrder(line)


def require_offer(kind: OfferKind, amount: Money, held: Money) -> None:
    """Refuse an amount that the kind does not carry. Raises OfferNotPossible."""
    match kind:
        case OfferKind.REPLACE:
            fits = not amount
        case OfferKind.REFUND:
            fits = amount == held
        case OfferKind.REFUND_PART:
            fits = Money.zero(held.currency) < amount < held
        case OfferKind.RETURN:
            fits = Money.zero(held.currency) < amount <= held
    if not fits:
        raise OfferNotPossible(amount, held)


def require_decision(to_store: Money, to_buyer: Money, held: Money, *, is_replacement: bool) -> None:
    """Refuse a decision that does not share exactly what is held; one that replaces shares nothing.

    Raises DecisionNotPossible.
    """
    nothing = Money.zero(held.currency)
    if is_replacement:
        fits = to_store == nothing and to_buyer == nothing
    else:
        fits = to_store >= nothing and to_buyer >= nothing and to_store + to_buyer == held
    if not fits:
        raise DecisionNotPossible(to_store + to_buyer, held)
