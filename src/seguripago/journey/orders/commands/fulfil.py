"""What happens to a paid order until nothing is open any more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import ClassVar, Final

from django.db import connection, transaction

from seguripago.foundations.audit.commands import Change, record, record_all
from seguripago.foundations.facts.commands import publish
from seguripago.values.actor import Actor
from seguripago.values.refusal import Refusal

from ..facts import OrderClosed, OrderDelivered, OrderFact, OrderPreparing, OrderShipped, ShippingHoldChanged
from ..rules import Holder, Kind, State, Verb, move
from .locking import announce, lock_orders, locked_row

PREPARE: Final = "UPDATE shop_order SET state = %s WHERE id = ANY(%s)"


class ShippingHeld(Refusal):
    """A claim or a doubt is open: the order must not leave."""

    code: ClassVar[str] = "SP-121"

    def __init__(self, order_id: int) -> None:
        self.order_id = order_id
        super().__init__(str(order_id))


class NotByHand(Refusal):
    """This order leaves in a parcel: its delivery is the carrier's to tell."""

    code: ClassVar[str] = "SP-226"

    def __init__(self, order_id: int) -> None:
        self.order_id = order_id
        super().__init__(str(order_id))


def mark_preparing(order_ids: Collection[int], *, by: Actor, at: datetime) -> None:
    """Say that the store is packing these orders, in a fixed number of statements. All or none. Raises WrongState."""
    with transaction.atomic():
        rows = lock_orders(order_ids).values()
        for row in rows:
            move(row.state, Verb.PREPARE)
        with connection.cursor() as cursor:
            cursor.execute(PREPARE, [State.PREPARING.value, [row.id for row in rows]])
        publish(*(OrderPreparing(store_id=row.store_id, at=at, order_id=row.id, number=row.number) for row in rows))
        record_all([Change(row.store_id, by, "order.preparing", f"order:{row.id}", {}, at) for row in rows])


def note_part_sent(order_id: int, *, by: Actor, at: datetime) -> None:
    """Keep that a part left while the rest is still to leave: it can no longer be cancelled. Raises ShippingHeld."""
    with transaction.atomic():
        row = locked_row(order_id)
        if row.shipping_hold:
            raise ShippingHeld(order_id)
        if row.part_sent_at is None:
            row.part_sent_at = at
            row.save(update_fields=["part_sent_at"])
            record(row.store_id, by, "order.part_sent", f"order:{order_id}", {}, at=at)


def mark_shipped(order_id: int, *, by: Actor, at: datetime) -> None:
    """Say that the order left the store. Raises ShippingHeld, WrongState."""
    _advance(order_id, Verb.SHIP, OrderShipped, stamp="shipped_at", by=by, at=at)


def mark_delivered(order_id: int, *, by: Actor, at: datetime) -> None:
    """Say that the order is in the buyer's hands. Raises WrongState."""
    _advance(order_id, Verb.DELIVER, OrderDelivered, stamp="delivered_at", by=by, at=at)


def hand_over(order_id: int, *, by: Actor, at: datetime) -> None:
    """Say that the store gave or did what was charged without a cart. Raises NotByHand, ShippingHeld, WrongState."""
    with transaction.atomic():
        row = locked_row(order_id)
        if row.kind != Kind.QUICK:
            raise NotByHand(order_id)
        following = move(row.state, Verb.HAND_OVER)
        if row.shipping_hold:
            raise ShippingHeld(order_id)
        row.state, row.shipped_at, row.delivered_at = following.value, at, at
        row.save(update_fields=["state", "shipped_at", "delivered_at"])
        announce(row, OrderDelivered, "order.handed_over", by=by, at=at)


def note_replaced(order_id: int, *, by: Actor, at: datetime) -> None:
    """Say that what replaces the order, or the rest of it, is in the buyer's hands. Raises WrongState.

    No hold stops it: it has come, and the claim that held it is over.
    """
    with transaction.atomic():
        row = locked_row(order_id)
        verb = Verb.DELIVER if row.state == State.SHIPPED else Verb.HAND_OVER
        row.state, row.shipped_at, row.delivered_at = move(row.state, verb).value, row.shipped_at or at, at
        row.save(update_fields=["state", "shipped_at", "delivered_at"])
        announce(row, OrderDelivered, "order.replaced", by=by, at=at)


def note_rest_unsent(order_id: int, *, is_delivered: bool, by: Actor, at: datetime) -> None:
    """Say that what is left of an order of which a part left will not be sent: all that leaves has left.

    `is_delivered`: what left is in the buyer's hands. No hold stops it, for nothing leaves. Raises WrongState.
    """
    with transaction.atomic():
        row = locked_row(order_id)
        if row.state != State.SHIPPED:
            row.state, row.shipped_at = move(row.state, Verb.SHIP).value, row.part_sent_at or at
        fact: type[OrderFact] = OrderShipped
        if is_delivered:
            row.state, row.delivered_at, fact = move(row.state, Verb.DELIVER).value, at, OrderDelivered
        row.save(update_fields=["state", "shipped_at", "delivered_at"])
        announce(row, fact, "order.rest_unsent", by=by, at=at)


def close_order(order_id: int, *, by: Actor, at: datetime) -> None:
    """Say that nothing is open between buyer and store. Raises WrongState."""
    _advance(order_id, Verb.CLOSE, OrderClosed, stamp="closed_at", by=by, at=at)


def hold_shipping(
    order_id: int, *, is_held: bool, reason: str, by: Actor, at: datetime, holder: Holder = Holder.DOUBT
) -> None:
    """Stop the order from leaving while a claim or a doubt is open, or let it go again.

    Each holder lets go of its own: the order leaves when nobody holds it any more.
    """
    with transaction.atomic():
        row = locked_row(order_id)
        holders = set(row.shipping_holders)
        after = holders | {holder.value} if is_held else holders - {holder.value}
        if after == holders:
            return
        row.shipping_holders, row.shipping_hold = sorted(after), bool(after)
        row.save(update_fields=["shipping_holders", "shipping_hold"])
        action = "order.shipping_held" if is_held else "order.shipping_let_go"
        said = {"reason": reason, "holder": holder.value, "is_held": bool(after)}
        announce(row, ShippingHoldChanged, action, by=by, at=at, said=said)


def _advance(
    order_id: int, verb: Verb, fact: type[OrderFact], *, by: Actor, at: datetime, stamp: str | None = None
) -> None:
    with transaction.atomic():
        row = locked_row(order_id)
        following = move(row.state, verb)
        if verb is Verb.SHIP and row.shipping_hold:
            raise ShippingHeld(order_id)
        row.state = following.value
        if stamp:
            setattr(row, stamp, at)
        row.save(update_fields=["state", *([stamp] if stamp else [])])
        announce(row, fact, f"order.{following.value}", by=by, at=at)
