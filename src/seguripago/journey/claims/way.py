"""How far an order is on its way, as the rules of claims ask it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from seguripago.journey.delivery.queries import shipments_of
from seguripago.journey.orders.queries import order_state

from .rules import Parcel

HAS_LEFT: Final = frozenset({"shipped", "delivered", "closed"})
HAS_COME: Final = frozenset({"delivered", "closed"})


def parcel_of(order_id: int, *, ship_by: datetime, deliver_by: datetime) -> Parcel:
    """Answer what the rules ask of an order's way."""
    state, parcels = order_state(order_id), shipments_of(order_id)
    return Parcel(
        order_state=state,
        ship_by=ship_by,
        deliver_by=deliver_by,
        has_left=state in HAS_LEFT or any(one.shipped_at is not None for one in parcels),
        has_come=state in HAS_COME or any(one.delivered_at is not None for one in parcels),
    )
