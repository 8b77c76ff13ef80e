"""What is left of an order will not be sent: its pieces count as that, and the order goes on without them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from django.db import transaction

from seguripago.foundations.facts.commands import publish
from seguripago.journey.orders import commands as orders
from seguripago.values.actor import Actor

from ..facts import ShipmentWithheld
from ..models import Shipment
from ..rules import ON_THE_WAY, Happened, Move, NothingLeftToSend, ReasonMissing, Says, ShipmentState, after
from .keeping import audit, keep_event, left_to_send
from .sending import pack


class Where(StrEnum):
    """Where the rest of an order is once nothing more of it is sent."""

    ARRIVED = "arrived"
    ON_THE_WAY = "on_the_way"
    WITH_THE_STORE = "with_the_store"
    """Every parcel came back: the buyer has nothing."""


@transaction.atomic
def withhold_rest(order_id: int, *, reason: str, by: Actor, at: datetime) -> Where:
    """Write that what is left of an order of which a part left, or came back, will not be sent.

    The order is then where its other parcels are: delivered, on their way, or all back. No hold stops it, for nothing
    leaves; the shelf is not touched. Raises ReasonMissing and NothingLeftToSend.
    """
    why = " ".join(reason.split())[:240]
    if not why:
        raise ReasonMissing
    order = orders.lock_order(order_id)
    waiting = Shipment.objects.select_for_update().filter(order_id=order_id, state=ShipmentState.PREPARING).first()
    left = left_to_send(order_id)
    has_left = order.state == "shipped" or (order.state == "preparing" and order.part_sent_at is not None)
    if waiting is None or not left or not has_left:
        raise NothingLeftToSend
    waiting.state = after(ShipmentState(waiting.state), Move.WITHHOLD)
    waiting.save(update_fields=["state"])
    pack(waiting, left)
    keep_event(waiting, Happened.UNSENT, source=Says.STORE, at=at, noted_at=at, says=why)
    where = _where(order_id)
    if order.state != "shipped" or where is Where.ARRIVED:
        orders.note_rest_unsent(order_id, is_delivered=where is Where.ARRIVED, by=by, at=at)
    audit(waiting, "unsent", {"reason": why, "pieces": sum(left.values())}, by=by, at=at)
    publish(
        ShipmentWithheld(store_id=order.store_id, at=at, order_id=order_id, shipment_id=waiting.pk, reason=why),
    )
    return where


def _where(order_id: int) -> Where:
    states = set(Shipment.objects.filter(order_id=order_id).values_list("state", flat=True))
    if states & ON_THE_WAY:
        return Where.ON_THE_WAY
    return Where.ARRIVED if ShipmentState.DELIVERED in states else Where.WITH_THE_STORE
