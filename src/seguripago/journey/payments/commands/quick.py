"""«Cobro rápido»: the charge and its link, both or neither."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.shapes import PlaceQuickOrder
from seguripago.values.actor import Actor

from ..models import Link
from ..rules import Purpose
from .details import send_payment_link


def make_quick_charge(store_id: int, asked: PlaceQuickOrder, *, token: str, by: Actor, at: datetime) -> int:
    """Make a charge without a cart and the link that asks for it; returns the order's id, the same for the same key.

    A repeated request makes no second link. Raises as orders.place_quick_order and send_payment_link.
    """
    with transaction.atomic():
        order_id = orders.place_quick_order(store_id, asked, by=by, at=at)
        orders.lock_order(order_id)
        if not Link.objects.filter(payment__order=order_id).exists():
            send_payment_link(order_id, token=token, purpose=Purpose.QUICK, by=by, at=at)
    return order_id
