"""What payments announce. Amounts are centavos."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from seguripago.foundations.facts.base import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFact(Fact):
    """Something happened to the payment of an order; not announced itself."""

    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = ("order:{order_id}", "desk:{store_id}", "monitor:{store_id}")

    order_id: int
    payment_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferDetailsSent(PaymentFact):
    """The buyer was told where to transfer; from now on the transfer is monitored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentLinkSent(PaymentFact):
    """The buyer was sent a payment link; details that were sent before are retired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferClaimed(PaymentFact):
    """The buyer says «Ya transferí»; it moves no money."""

    claim_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockExtended(PaymentFact):
    """The buyer has more time, because the bank makes him wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialReceived(PaymentFact):
    """A part of the amount arrived and was applied."""

    received_centavos: int
    missing_centavos: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentConfirmed(PaymentFact):
    """The whole amount arrived. `tracking_key` is empty for cards."""

    channel: str
    centavos: int
    currency: str
    source: str
    tracking_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentExpired(PaymentFact):
    """The buyer's time ended without money; the CLABE is still watched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentReversed(PaymentFact):
    """The bank took back a transfer that counted for the order. `unconfirms`: it had been paid and is so no longer."""

    centavos: int
    missing_centavos: int
    currency: str
    source: str
    unconfirms: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PartGivenUp(PaymentFact):
    """Two people decided to return what had arrived of a payment that never became whole."""

    centavos: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartLeftOver(PaymentFact):
    """A transfer was retired that had received a part. `why` is cancelled (its order) or paid (by another way)."""

    centavos: int
    currency: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardDeclined(PaymentFact):
    """The card was not charged; `reason` is the gateway port's code."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardMoneyUnplaced(PaymentFact):
    """A card was charged and the order cannot take the money: it was paid otherwise, it ended, or the amount differs.

    `why` is paid, ended or amount.
    """

    charge_id: int
    centavos: int
    currency: str
    why: str
