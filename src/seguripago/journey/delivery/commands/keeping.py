"""What every verb of the parcel does: lock, keep what happened, write the audit."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Sum

from seguripago.foundations.audit.commands import record
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.queries import lines_of
from seguripago.journey.orders.shapes import LockedOrder
from seguripago.values.actor import Actor
from seguripago.values.safe_text import clean

from ..models import Shipment, ShipmentEvent, ShipmentLine
from ..rules import Happened, Says, ShipmentState


def left_to_send(order_id: int) -> dict[int, int]:
    """Answer how many pieces of each line have not left, or came back; lines of which none is left stay out."""
    sent = ShipmentLine.objects.filter(shipment__order_id=order_id).exclude(shipment__state=ShipmentState.RETURNED)
    gone = dict(sent.values_list("order_line_id").annotate(pieces=Sum("quantity")))
    left = {line.id: line.quantity - gone.get(line.id, 0) for line in lines_of([order_id])[order_id]}
    return {line: pieces for line, pieces in left.items() if pieces}


def locked(shipment_id: int) -> tuple[LockedOrder, Shipment]:
    """Lock the order of a parcel, then the parcel. Raises Shipment.DoesNotExist."""
    order_id = Shipment.objects.values_list("order_id", flat=True).get(pk=shipment_id)
    order = orders.lock_order(order_id)
    return order, Shipment.objects.select_for_update().get(pk=shipment_id)


def keep_event(
    shipment: Shipment,
    kind: Happened,
    *,
    source: Says,
    at: datetime,
    noted_at: datetime,
    place: str = "",
    says: str = "",
    key: str = "",
) -> ShipmentEvent:
    """Add what happened to the parcel's history."""
    return ShipmentEvent.objects.create(
        shipment=shipment,
        kind=kind.value,
        at=at,
        noted_at=noted_at,
        place=clean(place)[:120],
        says=clean(says)[:240],
        source=source.value,
        key=key[:80] or kind.value,
    )


def audit(shipment: Shipment, action: str, said: dict[str, object], *, by: Actor, at: datetime) -> None:
    """Write who changed what of a parcel, under its order."""
    whole = {"shipment_id": shipment.pk, "parcel": shipment.position, **said}
    record(shipment.store_id, by, f"shipment.{action}", f"order:{shipment.order_id}", whole, at=at)
