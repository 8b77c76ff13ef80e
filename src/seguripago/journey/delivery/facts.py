from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from seguripago.foundations.facts.base import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentFact(Fact):
    """Something happened to one parcel of an order."""

    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = ("order:{order_id}", "desk:{store_id}")

    order_id: int
    shipment_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentSent(ShipmentFact):
    """A parcel left the store with a carrier and a tracking number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentMoved(ShipmentFact):
    """Something was told of a parcel on its way: where it is, that nobody was at home."""

    event_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentDelivered(ShipmentFact):
    """A parcel is in the buyer's hands, as somebody named has said. `is_last`: nothing of the order is missing."""

    is_last: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentLate(ShipmentFact):
    """A parcel was not sent (`to_send`) or did not arrive (`to_arrive`) by the day that was promised."""

    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentWithheld(ShipmentFact):
    """What was left of an order will not be sent: `reason` in the store's words."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentReturned(ShipmentFact):
    """A parcel came back to the store: what was in it waits to be sent again."""

    reason: str
