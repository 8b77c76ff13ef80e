"""Refunds and chargebacks of a card charge: their states, the cap, and what the gateway's answer means. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from seguripago.ports.card_gateways import RefundResult
from seguripago.values.money import Money


class RefundState(StrEnum):
    """Where a refund is. It is asked for by a proposal; from `pending` on it is a row of its own."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


class RefundEvent(StrEnum):
    """What moves a refund."""

    FINISH = "finish"
    FAIL = "fail"


REFUND_MOVES: Final[dict[tuple[RefundState, RefundEvent], RefundState]] = {
    (RefundState.PENDING, RefundEvent.FINISH): RefundState.DONE,
    (RefundState.PENDING, RefundEvent.FAIL): RefundState.FAILED,
    # It left, and the cardholder's bank sent it back: the card was closed.
    (RefundState.DONE, RefundEvent.FAIL): RefundState.FAILED,
    # The gateway had not heard of it for so long that it was given up, and then it had.
    (RefundState.FAILED, RefundEvent.FINISH): RefundState.DONE,
}
COUNTED: Final = frozenset({RefundState.PENDING, RefundState.DONE})
"""What counts against the cap: done, or perhaps done."""


class DisputeState(StrEnum):
    """Where a chargeback is: the cardholder's bank has the money while it is open, and when it was lost."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


DISPUTE_MOVES: Final[frozenset[tuple[DisputeState, DisputeState]]] = frozenset(
    {
        (DisputeState.OPEN, DisputeState.WON),
        (DisputeState.OPEN, DisputeState.LOST),
        # Arbitration: a bank that lost asks again, and a store that lost is heard again.
        (DisputeState.WON, DisputeState.OPEN),
        (DisputeState.WON, DisputeState.LOST),
        (DisputeState.LOST, DisputeState.OPEN),
        (DisputeState.LOST, DisputeState.WON),
    }
)
OUT: Final = frozenset({DisputeState.OPEN, DisputeState.LOST})
"""The store does not have the money."""

GIVEN_UP_AFTER: Final = timedelta(minutes=10)
"""So long after it was sent, what the gateway has not heard of never arrived: a call ends within seconds."""


def move_refund(state: str, event: RefundEvent) -> RefundState | None:
    """The state that follows, None when the table knows no such move."""
    return REFUND_MOVES.get((RefundState(state), event))


def move_dispute(state: str, to: str) -> DisputeState | None:
    """The state that follows; None when it is there already."""
    here, there = DisputeState(state), DisputeState(to)
    return there if (here, there) in DISPUTE_MOVES else None


def left_to_refund(captured: Money, counted: Money) -> Money:
    """What may still be asked for: captured, less what is done or may be done."""
    return captured - counted


def part_kept_apart(amount: Money, apart: Money, placed: Money) -> Money:
    """How much of a refund that somebody made elsewhere is of what no payment took; `placed` is what one may give.

    Exactly what is kept apart is that; what the payment covers is the payment's; beyond it what is apart goes first.
    """
    if amount == apart:
        return apart
    return Money.zero(amount.currency) if amount <= placed else min(apart, amount)


@dataclass(frozen=True, slots=True)
class Ours:
    """A refund as we keep it. `sent`: the gateway may know of it."""

    id: int
    key: str
    ref: str
    amount: Money
    state: RefundState
    sent: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What the gateway says of one of ours."""

    refund_id: int
    says: RefundResult


@dataclass(frozen=True, slots=True)
class Reading:
    """`told` of ours; `unknown`: refunds of the gateway that none of ours is, made in its own panel."""

    told: tuple[Told, ...]
    unknown: tuple[RefundResult, ...]


def compare(ours: Sequence[Ours], theirs: Sequence[RefundResult], *, refunded: Money) -> Reading:
    """Say which of the gateway's refunds is which of ours: by our key, by its name, else by the amount.

    By the amount only for one whose answer was lost, where the gateway gives no keys back: two of one amount are alike.
    `refunded` is the gateway's own sum: all that some gateways tell.
    """
    if not theirs and refunded:
        return Reading(_by_sum(ours, refunded), ())
    by_key = {each.key: each for each in ours if each.sent}
    by_ref = {each.ref: each for each in ours if each.ref}
    told: list[Told] = []
    rest: list[RefundResult] = []
    for says in theirs:
        known = by_key.get(says.key) if says.key else None
        known = known or by_ref.get(says.ref)
        if known is None:
            rest.append(says)
        else:
            told.append(Told(known.id, says))
    found = {each.refund_id for each in told}
    waiting = [each for each in ours if each.sent and not each.ref and each.id not in found]
    unknown = []
    for says in rest:
        alike = None
        if not says.key and says.status != "failed":
            alike = next((each for each in waiting if each.amount == says.amount and _may_be(each)), None)
        if alike is None:
            unknown.append(says)
        else:
            waiting.remove(alike)
            told.append(Told(alike.id, says))
    return Reading(tuple(told), tuple(unknown))


def _by_sum(ours: Sequence[Ours], refunded: Money) -> tuple[Told, ...]:
    """Those in doubt that the sum has room for, the oldest first."""
    room = refunded - Money.sum((each.amount for each in ours if each.state is RefundState.DONE), refunded.currency)
    told = []
    for each in ours:
        if each.sent and _may_be(each) and each.amount <= room:
            room -= each.amount
            told.append(Told(each.id, RefundResult(each.ref, "", each.amount, "done", each.key)))
    return tuple(told)


def _may_be(each: Ours) -> bool:
    return each.state is RefundState.PENDING
