"""Parcels arrive, or come back: in the name of whoever says so."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from seguripago.foundations.facts.commands import publish
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.orders import commands as orders
from seguripago.values.actor import Actor
from seguripago.values.safe_text import clean, mask_secrets

from .. import rules
from ..facts import ShipmentDelivered, ShipmentReturned
from ..models import Shipment
from ..rules import ON_THE_WAY, Happened, Move, ReasonMissing, Says, ShipmentState, after
from .keeping import audit, keep_event, locked
from .sending import give, prepare_shipments

UNDELIVERED: Final = frozenset({"paid", "preparing", "shipped"})


@transaction.atomic
def mark_delivered(
    shipment_id: int,
    *,
    says: Says,
    by: Actor,
    at: datetime,
    received_by: str = "",
    arrived_at: datetime | None = None,
    place: str = "",
    key: str = "",
) -> bool:
    """Write that a parcel arrived, in the name of whoever says so; answers whether nothing of the order is missing now.

    `arrived_at` is when it happened, if that was before it was told. Raises ShipmentCannot before it was sent and when
    it has arrived.
    """
    order, shipment = locked(shipment_id)
    shipment.state = after(ShipmentState(shipment.state), Move.DELIVER)
    shipment.delivered_at = max(arrived_at or at, shipment.shipped_at or at)
    shipment.delivered_says, shipment.received_by = says.value, " ".join(clean(received_by).split())[:120]
    shipment.save(update_fields=["state", "delivered_at", "delivered_says", "received_by"])
    keep_event(shipment, Happened.DELIVERED, source=says, at=shipment.delivered_at, noted_at=at, place=place, key=key)
    is_last = order.state == "shipped" and not _is_anything_missing(order.id)
    if is_last:
        orders.mark_delivered(order.id, by=by, at=at)
    audit(shipment, "delivered", {"says": says.value}, by=by, at=at)
    publish(
        ShipmentDelivered(store_id=order.store_id, at=at, order_id=order.id, shipment_id=shipment.pk, is_last=is_last)
    )
    return is_last


@transaction.atomic
def deliver_all(order_id: int, *, says: Says, by: Actor, at: datetime) -> None:
    """Write that every parcel of an order that is on its way arrived."""
    orders.lock_order(order_id)
    on_the_way = Shipment.objects.filter(order_id=order_id, state__in=ON_THE_WAY).order_by("position")
    for shipment_id in list(on_the_way.values_list("pk", flat=True)):
        mark_delivered(shipment_id, says=says, by=by, at=at)


@transaction.atomic
def deliver_replaced(order_id: int, *, by: Actor, at: datetime) -> None:
    """Write that the buyer has what replaces whatever of the order had not come: nothing is on its way or left to send.

    What never left was handed over by the store. A hold stops nothing that has come already.
    """
    order = orders.lock_order(order_id)
    if order.state not in UNDELIVERED:
        return
    prepare_shipments([order_id], by=by, at=at)
    deliver_all(order_id, says=Says.BUYER, by=by, at=at)
    waiting = Shipment.objects.select_for_update().filter(order_id=order_id, state=ShipmentState.PREPARING).first()
    if waiting is not None:
        give(order, waiting, says=Says.BUYER, by=by, at=at)
        orders.note_replaced(order_id, by=by, at=at)


@transaction.atomic
def mark_returned(
    shipment_id: int, *, reason: str, says: Says, by: Actor, at: datetime, place: str = "", key: str = ""
) -> None:
    """Write that a parcel came back: its pieces wait to be sent again. Raises ReasonMissing, ShipmentCannot."""
    why = " ".join(mask_secrets(reason).split())[:240]
    if not why:
        raise ReasonMissing
    order, shipment = locked(shipment_id)
    shipment.state = after(ShipmentState(shipment.state), Move.RETURN)
    shipment.returned_at, shipment.return_reason = at, why
    shipment.save(update_fields=["state", "returned_at", "return_reason"])
    keep_event(shipment, Happened.RETURNED, source=says, at=at, noted_at=at, place=place, says=why, key=key)
    if not Shipment.objects.filter(order_id=order.id, state=ShipmentState.PREPARING).exists():
        Shipment.objects.create(
            store_id=order.store_id,
            order_id=order.id,
            position=Shipment.objects.filter(order_id=order.id).count() + 1,
            state=ShipmentState.PREPARING,
            prepared_at=at,
            ship_by=rules.ship_by(at, store_by_id(order.store_id).ship_days),
            promised_to=shipment.promised_to,
        )
    audit(shipment, "returned", {"reason": why, "says": says.value}, by=by, at=at)
    publish(ShipmentReturned(store_id=order.store_id, at=at, order_id=order.id, shipment_id=shipment.pk, reason=why))


def _is_anything_missing(order_id: int) -> bool:
    waiting = [ShipmentState.PREPARING, *ON_THE_WAY]
    return Shipment.objects.filter(order_id=order_id, state__in=waiting).exists()
