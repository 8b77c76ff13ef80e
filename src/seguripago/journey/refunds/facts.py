"""What refunds announce. Amounts are centavos."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from seguripago.foundations.facts.base import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundFact(Fact):
    """Something happened to a refund; not announced itself. `order_id` is 0 when the money was for no order."""

    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = ("order:{order_id}", "desk:{store_id}", "monitor:{store_id}")

    refund_id: int
    order_id: int
    reason: str
    about: str
    centavos: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundAsked(RefundFact):
    """Somebody asked for money back; two people decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRejected(RefundFact):
    """It was not granted, or whoever asked took it back. `why` in words."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundApproved(RefundFact):
    """Two people decided that the money goes back. `needs_account`: a part of it has no account to go to yet."""

    needs_account: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundInstructed(RefundFact):
    """The bank or the gateway was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundConfirmed(RefundFact):
    """The bank or the gateway has sent all of it; it is booked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundFailed(RefundFact):
    """A part of it did not arrive: a person decides what next. `why` in words."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundAccountGiven(RefundFact):
    """The buyer gave an account for it; two people look whether it is his."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundReminded(RefundFact):
    """A deadline is near: `keeper` (rules.Keeper) is waited for, `waits_for` says for what (rules.Waits)."""

    waits_for: str
    keeper: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOverdue(RefundFact):
    """Nobody answered in time: `keeper` hears of it now, and the days begin again. No money moves."""

    waits_for: str
    keeper: str
