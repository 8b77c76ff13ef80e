"""Parcels leave: prepared when the money is confirmed, sent whole or in parts, or handed over by the store itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from seguripago.foundations.facts.commands import publish
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders import queries as orders_read
from seguripago.journey.orders.shapes import LockedOrder
from seguripago.journey.refunds.queries import all_goes_back
from seguripago.ports.carriers import Carrier, printing
from seguripago.values.actor import Actor

from .. import rules
from ..carrying import usable_carriers
from ..facts import ShipmentDelivered, ShipmentSent
from ..models import Shipment, ShipmentLine
from ..rules import (
    BY_HAND,
    Happened,
    LinkLooksWrong,
    Move,
    OrderNotReadyToShip,
    ParcelLeft,
    Says,
    ShipmentState,
    TrackingNumberLooksWrong,
    UnknownCarrier,
    after,
)
from .keeping import audit, keep_event, left_to_send


@transaction.atomic
def prepare_shipments(order_ids: Collection[int], *, by: Actor, at: datetime) -> None:
    """Open the parcels of paid orders; one that is open already, or no longer to be sent, stays as it is."""
    paid = [order for order in orders.lock_orders(order_ids).values() if order.state == "paid"]
    if not paid:
        return
    days = {store_id: store_by_id(store_id).ship_days for store_id in {order.store_id for order in paid}}
    Shipment.objects.bulk_create(
        (_prepared(order, 1, rules.ship_by(order.paid_at or at, days[order.store_id]), at=at) for order in paid),
        ignore_conflicts=True,
    )
    orders.mark_preparing([order.id for order in paid], by=by, at=at)


@transaction.atomic
def send_parcel(
    order_id: int,
    pieces: Mapping[int, int] | None,
    *,
    carrier: str,
    tracking_number: str,
    by: Actor,
    at: datetime,
    tracking_link: str = "",
    parcel: int | None = None,
) -> int:
    """Send a parcel with these pieces, by order line (None: all that is left); answers its id.

    What is left waits in the next parcel; with the last piece the order is shipped. `parcel`: the one that waited when
    the form was drawn; sent twice, with the same carrier and number, it leaves once. Raises ParcelLeft,
    OrderNotReadyToShip, orders' ShippingHeld, PiecesNotThere, UnknownCarrier, TrackingNumberLooksWrong (with words for
    the person who typed it), LinkLooksWrong.
    """
    order = orders.lock_order(order_id)
    company = usable_carriers(store_by_id(order.store_id)).get(carrier)
    if company is None:
        raise UnknownCarrier(carrier)
    number = _readable_number(company, tracking_number, order_id, at=at)
    link = _readable_link(company, tracking_link)
    gone = _gone(parcel, order_id)
    if gone is not None:
        if gone.carrier != carrier or (tracking_number.strip() and gone.tracking_number != number):
            raise ParcelLeft
        return gone.pk
    # The listener that prepares parcels may not have come by yet: the store need not wait for it.
    prepare_shipments([order_id], by=by, at=at)
    shipment = Shipment.objects.select_for_update().filter(order_id=order_id, state=ShipmentState.PREPARING).first()
    if shipment is None or order.state not in rules.READY_TO_SHIP | {"shipped"}:
        raise OrderNotReadyToShip(order_id, order.state)
    if order.shipping_hold or (order.state == "shipped" and all_goes_back(order_id)):
        # What came back of an order whose money all goes back is not sent again.
        raise orders.ShippingHeld(order_id)
    left = left_to_send(order_id)
    chosen = rules.chosen_pieces(left, pieces)
    shipment.state = after(ShipmentState(shipment.state), Move.SEND)
    shipment.carrier, shipment.tracking_number, shipment.tracking_link = carrier, number, link
    shipment.shipped_at = at
    shipment.save(update_fields=["state", "carrier", "tracking_number", "tracking_link", "shipped_at"])
    pack(shipment, chosen)
    keep_event(shipment, Happened.SENT, source=Says.STORE, at=at, noted_at=at)
    if left == chosen:
        if order.state != "shipped":
            orders.mark_shipped(order_id, by=by, at=at)
    else:
        orders.note_part_sent(order_id, by=by, at=at)
        _prepared(order, shipment.position + 1, shipment.ship_by, at=at).save()
    said = {"carrier": carrier, "tracking_number": number, "pieces": sum(chosen.values())}
    audit(shipment, "sent", said, by=by, at=at)
    publish(ShipmentSent(store_id=order.store_id, at=at, order_id=order_id, shipment_id=shipment.pk))
    return shipment.pk


@transaction.atomic
def hand_over(order_id: int, *, by: Actor, at: datetime) -> None:
    """Write that the store gave or did what a charge without a cart was for: no parcel travels. Pressed twice, once.

    Raises orders' NotByHand, ShippingHeld, WrongState.
    """
    order = orders.lock_order(order_id)
    if order.state in {"delivered", "closed"} and order.kind == "quick":
        return
    orders.hand_over(order_id, by=by, at=at)
    # The listener that prepares may not have come by yet, as with a parcel.
    shipment = Shipment.objects.select_for_update().filter(order_id=order_id, state=ShipmentState.PREPARING).first()
    if shipment is None:
        shipment = _prepared(order, 1, rules.ship_by(at, store_by_id(order.store_id).ship_days), at=at)
    give(order, shipment, says=Says.BUYER if by.kind == "buyer" else Says.STORE, by=by, at=at)


def give(order: LockedOrder, shipment: Shipment, *, says: Says, by: Actor, at: datetime) -> None:
    """Write that the store itself gave all that was left, its last parcel; the caller moves the order."""
    shipment.state = after(ShipmentState(shipment.state), Move.HAND_OVER)
    shipment.carrier, shipment.tracking_number = BY_HAND, order.number
    shipment.shipped_at = shipment.delivered_at = at
    shipment.delivered_says = says.value
    shipment.save()
    pack(shipment, left_to_send(order.id))
    keep_event(shipment, Happened.DELIVERED, source=says, at=at, noted_at=at)
    audit(shipment, "handed_over", {}, by=by, at=at)
    publish(ShipmentDelivered(store_id=order.store_id, at=at, order_id=order.id, shipment_id=shipment.pk, is_last=True))


def _gone(shipment_id: int | None, order_id: int) -> Shipment | None:
    """The parcel that waited when the form was drawn, if it has left."""
    if shipment_id is None:
        return None
    found = Shipment.objects.filter(pk=shipment_id, order_id=order_id)
    return found.exclude(state=ShipmentState.PREPARING).first()


def _prepared(order: LockedOrder, position: int, ship_by: datetime, *, at: datetime) -> Shipment:
    return Shipment(
        store_id=order.store_id,
        order_id=order.id,
        position=position,
        state=ShipmentState.PREPARING,
        prepared_at=at,
        ship_by=ship_by,
        promised_to=order.promised_to,
    )


def pack(shipment: Shipment, chosen: Mapping[int, int]) -> None:
    """Write what is in a parcel: how many pieces of each line."""
    # One after another: the database counts each line against what was ordered.
    for order_line_id, quantity in sorted(chosen.items()):
        ShipmentLine.objects.create(shipment=shipment, order_line_id=order_line_id, quantity=quantity)


def _readable_number(company: Carrier, typed: str, order_id: int, *, at: datetime) -> str:
    """Answer the number as it was typed; a carrier that gives numbers itself gives one where none was typed."""
    printer = printing(company)
    if printer is not None and not typed.strip():
        order = orders_read.order(order_id)
        return printer.print_label(store_by_id(order.store_id).postal_code, order.shipping.postal_code, at=at)
    number = company.clean(typed)
    says = company.complaint(number)
    if says:
        raise TrackingNumberLooksWrong(says)
    return number


def _readable_link(company: Carrier, typed: str) -> str:
    """Answer the link that the store typed; a carrier with a page of its own needs none, and takes none."""
    link = "" if company.tracking_url("0") else typed.strip()
    if link and not rules.is_tracking_link(link):
        raise LinkLooksWrong
    return link
