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
    """The buyer was sent a payment link; details that were sent before are retired. `purpose`: rules.Purpose."""

    link_id: int = 0
    purpose: str = "whole"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentLinkEnded(PaymentFact):
    """A link asks nobody any more without having been paid. `state` is expired, revoked or superseded."""

    link_id: int
    state: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentLinkOpened(PaymentFact):
    """A person looked at a link for the first time; what chat apps fetch by themselves is no person."""

    link_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositConfirmed(PaymentFact):
    """A deposit arrived as it was asked for; the rest has a link and a clock of its own until `rest_until` (ISO)."""

    link_id: int
    centavos: int
    received_centavos: int
    missing_centavos: int
    currency: str
    rest_link_id: int
    rest_until: str


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
class PaymentRefunded(PaymentFact):
    """Money of the payment was given back. `is_whole`: it had become whole, and now all of it has gone back."""

    centavos: int
    currency: str
    source: str
    is_whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundCameBack(PaymentFact):
    """A refund that had been done did not arrive: the store has the money again."""

    centavos: int
    currency: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentChargedBack(PaymentFact):
    """The cardholder's bank took money back; whether it stays there is not decided yet."""

    centavos: int
    currency: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentWonBack(PaymentFact):
    """What a cardholder's bank had taken is the payment's again."""

    centavos: int
    currency: str
    source: str
