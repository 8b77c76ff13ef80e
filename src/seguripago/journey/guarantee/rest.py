"""What is left of an order to send, what it is worth, and what of that is still owed to the buyer."""

from __future__ import annotations

from dataclasses import dataclass

from seguripago.journey.delivery.queries import ParcelLine, shipments_of
from seguripago.journey.orders.queries import order as read_order
from seguripago.journey.payments.queries import paid_by
from seguripago.journey.refunds.queries import refundable
from seguripago.values.money import Money


@dataclass(frozen=True, slots=True)
class Rest:
    """The pieces that are left to send; `value` is theirs, and all of the order's where nothing of it stays with the
    buyer. `owed`: what of the value neither went back nor is on its way.
    """

    lines: tuple[ParcelLine, ...]
    value: Money
    owed: Money


def rest_of(order_id: int) -> Rest | None:
    """Answer what is left to send of an order; None when nothing is.

    A piece is worth what its line asked for it; the shipping fee goes back only with all of the order. What went back
    for whatever reason counts first for what is not sent: a claim may still say otherwise while the promise stands.
    """
    parcels = shipments_of(order_id)
    lines = next((one.lines for one in parcels if one.state == "preparing"), ())
    if not lines:
        return None
    order, left = read_order(order_id), refundable(order_id)
    prices = {line.id: line.unit_price for line in order.lines}
    has_something = any(one.state == "delivered" or one.is_on_the_way for one in parcels)
    value = order.total
    if has_something:
        value = Money.sum((prices[line.order_line_id] * line.quantity for line in lines), order.total.currency)
    nothing = Money.zero(order.total.currency)
    if paid_by(order_id) is None:
        return Rest(lines, value, nothing)
    return Rest(lines, value, min(left, max(nothing, value - (order.total - left))))
