"""What happens to a paid order until nothing is open any more."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import transaction

from seguripago.values.actor import Actor
from seguripago.values.refusal import Refusal

from ..facts import OrderClosed, OrderDelivered, OrderFact, OrderPreparing, OrderShipped, ShippingHoldChanged
from ..rules import Verb, move
from .locking import announce, locked_row


class ShippingHeld(Refusal):
    """A claim or a doubt is open: the order must not leave."""

    code: ClassVar[str] = "SP-121"

    def __init__(self, order_id: int) -> None:
        self.order_id = order_id
        super().__init__(str(order_id))


def mark_preparing(order_id: int, *, by: Actor, at: datetime) -> None:
    """Say that the store is packing the order. Raises WrongState."""
    _advance(order_id, Verb.PREPARE, OrderPreparing, by=by, at=at)


def mark_shipped(order_id: int, *, by: Actor, at: datetime) -> None:
    """Say that the order left the store. Raises ShippingHeld, WrongState."""
    _advance(order_id, Verb.SHIP, OrderShipped, stamp="shipped_at", by=by, at=at)


def mark_delivered(order_id: int, *, by: Actor, at: datetime) -> None:
    """Say that the order is in the buyer's hands. Raises WrongState."""
    _advance(order_id, Verb.DELIVER, OrderDelivered, stamp="delivered_at", by=by, at=at)


def close_order(order_id: int, *, by: Actor, at: datetime) -> None:
    """Say that nothing is open between buyer and store. Raises WrongState."""
    _advance(order_id, Verb.CLOSE, OrderClosed, stamp="closed_at", by=by, at=at)


def hold_shipping(order_id: int, *, is_held: bool, reason: str, by: Actor, at: datetime) -> None:
    """Stop the order from leaving while a claim or a doubt is open, or let it go again."""
    with transaction.atomic():
        row = locked_row(order_id)
        if row.shipping_hold == is_held:
            return
        row.shipping_hold = is_held
        row.save(update_fields=["shipping_hold"])
        action = "order.shipping_held" if is_held else "order.shipping_let_go"
        announce(row, ShippingHoldChanged, action, by=by, at=at, said={"reason": reason})


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
