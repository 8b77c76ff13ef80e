"""The verbs of the parcel: prepare, send, deliver."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.journey.orders import commands as orders
from seguripago.ports.carriers import carriers
from seguripago.values.actor import Actor

from .facts import ShipmentDelivered, ShipmentSent
from .models import Shipment
from .rules import (
    Move,
    ShipmentCannot,
    ShipmentState,
    TrackingNumberLooksWrong,
    UnknownCarrier,
    after,
    require_ready_to_ship,
)


@transaction.atomic
def prepare_shipments(order_ids: Collection[int], *, by: Actor, at: datetime) -> None:
    """Open the parcels of paid orders; one that is open already, or no longer to be sent, stays as it is."""
    paid = [order for order in orders.lock_orders(order_ids).values() if order.state == "paid"]
    Shipment.objects.bulk_create(
        (
            Shipment(store_id=order.store_id, order_id=order.id, state=ShipmentState.PREPARING, prepared_at=at)
            for order in paid
        ),
        ignore_conflicts=True,
    )
    orders.mark_preparing([order.id for order in paid], by=by, at=at)


@transaction.atomic
def ship_order(order_id: int, *, carrier: str, tracking_number: str, by: Actor, at: datetime) -> None:
    """Send the parcel of an order with a carrier's tracking number.

    Raises OrderNotReadyToShip, orders' ShippingHeld, UnknownCarrier, TrackingNumberLooksWrong (with words for the
    person who typed it).
    """
    order = orders.lock_order(order_id)
    require_ready_to_ship(order_id, order.state)
    number = _readable_number(carrier, tracking_number)
    # The listener that prepares parcels may not have come by yet: the store need not wait for it.
    prepare_shipments([order_id], by=by, at=at)
    orders.mark_shipped(order_id, by=by, at=at)
    shipment = Shipment.objects.select_for_update().get(order_id=order_id)
    shipment.state = after(ShipmentState(shipment.state), Move.SEND)
    shipment.carrier, shipment.tracking_number, shipment.shipped_at = carrier, number, at
    shipment.save(update_fields=["state", "carrier", "tracking_number", "shipped_at"])
    said = {"carrier": carrier, "tracking_number": number}
    record(order.store_id, by, "shipment.sent", f"order:{order_id}", said, at=at)
    publish(ShipmentSent(store_id=order.store_id, at=at, order_id=order_id, shipment_id=shipment.pk))


@transaction.atomic
def mark_delivered(order_id: int, *, by: Actor, at: datetime) -> None:
    """Write that the parcel arrived, in the name of whoever says so. Raises ShipmentCannot before it was sent."""
    order = orders.lock_order(order_id)
    shipment = Shipment.objects.select_for_update().filter(order_id=order_id).first()
    if shipment is None:
        raise ShipmentCannot("", Move.DELIVER)
    shipment.state, shipment.delivered_at = after(ShipmentState(shipment.state), Move.DELIVER), at
    shipment.save(update_fields=["state", "delivered_at"])
    orders.mark_delivered(order_id, by=by, at=at)
    record(order.store_id, by, "shipment.delivered", f"order:{order_id}", {}, at=at)
    publish(ShipmentDelivered(store_id=order.store_id, at=at, order_id=order_id, shipment_id=shipment.pk))


def _readable_number(slug: str, typed: str) -> str:
    carrier = carriers().get(slug)
    if carrier is None:
        raise UnknownCarrier(slug)
    number = carrier.clean(typed)
    says = carrier.complaint(number)
    if says:
        raise TrackingNumberLooksWrong(says)
    return number
