"""What cards announce. Amounts are centavos."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from seguripago.foundations.facts.base import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFact(Fact):
    """Something happened to a card charge of an order; not announced itself."""

    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = ("order:{order_id}", "desk:{store_id}", "monitor:{store_id}")

    order_id: int
    payment_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CardChargeOpened(CardFact):
    """The buyer pays with a card: a charge was opened. `installments`: months without interest, 1 for none.

    His own page is not woken: he types in it.
    """

    wakes: ClassVar[tuple[str, ...]] = ("desk:{store_id}", "monitor:{store_id}")

    charge_id: int
    centavos: int
    currency: str
    installments: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CardDeclined(CardFact):
    """The card was not charged. `reason` is the gateway port's code, or cancelled, expired, refused (the call)."""

    reason: str
    charge_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CardMoneyUnplaced(CardFact):
    """A card was charged and the order cannot take the money: it was paid otherwise, it ended, or the amount differs.

    `why` is paid, ended, amount, or excess: a part of it was still missing and was placed, this is the rest. Or
    came_back: a refund (`refund_id`) of a payment that was not whole had been done and did not arrive.
    """

    charge_id: int
    centavos: int
    currency: str
    why: str
    refund_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRefundFact(CardFact):
    """Something happened to a refund of a card charge; not announced itself.

    `apart_centavos`: how much of it was in a case, because no payment could take it.
    """

    charge_id: int
    refund_id: int
    centavos: int
    currency: str
    apart_centavos: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRefundOpened(CardRefundFact):
    """It was decided that money goes back to the card; the gateway is told next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRefunded(CardRefundFact):
    """The gateway has sent the money back to the card; it is booked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRefundFailed(CardRefundFact):
    """The gateway did not send it, or it came back: the money is the store's, and may be refunded again."""

    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargebackFact(CardFact):
    """Something happened to a chargeback; not announced itself. `state` is open, won or lost."""

    charge_id: int
    chargeback_id: int
    state: str
    centavos: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardChargedBack(ChargebackFact):
    """The cardholder's bank took money back; the store may answer with evidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardChargebackDecided(ChargebackFact):
    """The cardholder's bank decided: the store has the money again, or lost it."""
