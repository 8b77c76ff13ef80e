"""What screens read about parcels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from seguripago.ports.carriers import carriers

from .models import Shipment
from .rules import ShipmentState


@dataclass(frozen=True, slots=True)
class ShipmentView:
    """The parcel of an order; carrier and number are empty until it is sent."""

    id: int
    order_id: int
    state: str
    carrier: str
    carrier_label: str
    tracking_number: str
    tracking_url: str
    prepared_at: datetime
    shipped_at: datetime | None
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class CarrierChoice:
    """A line of the carriers' drop-down."""

    slug: str
    label: str


def shipment_of(order_id: int) -> ShipmentView | None:
    """Answer the parcel of an order, None before its payment is confirmed."""
    row = Shipment.objects.filter(order_id=order_id).first()
    return _view(row) if row else None


def shipments_to_send(store_id: int, *, limit: int = 200) -> tuple[ShipmentView, ...]:
    """Answer the parcels that wait to be sent, the oldest first."""
    rows = Shipment.objects.filter(store_id=store_id, state=ShipmentState.PREPARING).order_by("prepared_at", "pk")
    return tuple(_view(row) for row in rows[:limit])


def carrier_choices() -> tuple[CarrierChoice, ...]:
    """Answer the carriers of this house, the one without a tracking page last."""
    known = sorted(carriers().values(), key=lambda carrier: (carrier.slug == "manual", carrier.label.casefold()))
    return tuple(CarrierChoice(carrier.slug, carrier.label) for carrier in known)


def _view(row: Shipment) -> ShipmentView:
    carrier = carriers().get(row.carrier) if row.carrier else None
    return ShipmentView(
        id=row.pk,
        order_id=row.order_id,
        state=row.state,
        carrier=row.carrier,
        carrier_label=carrier.label if carrier else row.carrier,
        tracking_number=row.tracking_number,
        tracking_url=carrier.tracking_url(row.tracking_number) if carrier else "",
        prepared_at=row.prepared_at,
        shipped_at=row.shipped_at,
        delivered_at=row.delivered_at,
    )
