"""What payments announce. Amounts are centavos."""

from dataclasses import dataclass
from typing import ClassVar

from seguripago.foundations.facts.base import Fact

_WAKES = ("order:{order_id}", "desk:{store_id}", "monitor:{store_id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferDetailsSent(Fact):
    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = _WAKES

    order_id: int
    payment_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentLinkSent(Fact):
    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = _WAKES

    order_id: int
    payment_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferClaimed(Fact):
    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = _WAKES

    order_id: int
    payment_id: int
    claim_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockExtended(Fact):
    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = _WAKES

    order_id: int
    payment_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialReceived(Fact):
    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = _WAKES

    order_id: int
    payment_id: int
    received_centavos: int
    missing_centavos: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentConfirmed(Fact):
    """`tracking_key` is empty for cards."""

    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = _WAKES

    order_id: int
    payment_id: int
    channel: str
    centavos: int
    currency: str
    source: str
    tracking_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentExpired(Fact):
    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = _WAKES

    order_id: int
    payment_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CardDeclined(Fact):
    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = _WAKES

    order_id: int
    payment_id: int
    reason: str
