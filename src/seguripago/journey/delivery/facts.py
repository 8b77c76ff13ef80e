from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from seguripago.foundations.facts.base import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentSent(Fact):
    """A parcel left the store with a carrier and a tracking number."""

    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = ("order:{order_id}", "desk:{store_id}")

    order_id: int
    shipment_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentDelivered(Fact):
    """A parcel is in the buyer's hands, as somebody named has said."""

    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = ("order:{order_id}", "desk:{store_id}")

    order_id: int
    shipment_id: int
