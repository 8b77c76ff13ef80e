"""What this room announces. Whoever listens re-reads the order: facts say *look*."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from seguripago.foundations.facts.base import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFact(Fact):
    """Something happened to an order; not announced itself."""

    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = ("order:{order_id}", "desk:{store_id}", "monitor:{store_id}")

    order_id: int
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlaced(OrderFact):
    """An order was placed and its stock is held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPreferenceChanged(OrderFact):
    """The buyer or an analyst chose another way to pay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChecked(OrderFact):
    """The six checks were looked at and found something new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecksTicked(OrderFact):
    """Some of the six checks are confirmed, others are still open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecksConfirmed(OrderFact):
    """All six checks of an order are confirmed: the confirmation can be shown to the buyer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationAccepted(OrderFact):
    """The buyer accepted the confirmation: bank details or link may be sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionAsked(OrderFact):
    """The buyer says that something in the confirmation is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCorrected(OrderFact):
    """The order's details changed and a new version of its PRE-FACTURA exists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderClockExtended(OrderFact):
    """The order waits longer for its money."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRevived(OrderFact):
    """The stock of an order that had ended is held again, because its money came late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPaid(OrderFact):
    """The order is paid; its stock is sold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPaymentLost(OrderFact):
    """The bank took the order's money back before it left: it waits for its payment again, its stock is held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPreparing(OrderFact):
    """The store is packing the order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderShipped(OrderFact):
    """The order left the store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDelivered(OrderFact):
    """The order is in the buyer's hands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderClosed(OrderFact):
    """Nothing is open any more between buyer and store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCancelled(OrderFact):
    """The order was cancelled; its stock is back on the shelf."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderExpired(OrderFact):
    """The buyer's time ended without money; the stock is back on the shelf."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingHoldChanged(OrderFact):
    """Shipping was stopped or let go, because a claim or a doubt was opened or closed."""
