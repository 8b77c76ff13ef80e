"""Whether an order's conversation may be forgotten: only when order, guarantee and refunds are over."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from seguripago.journey.guarantee import queries as guarantee
from seguripago.journey.orders import queries as orders
from seguripago.journey.refunds import queries as refunds

LIVING: Final = ("placed", "verified", "paid", "preparing", "shipped", "delivered")
HELD: Final = ("held", "claimed")


def living(order_ids: Collection[int]) -> frozenset[int]:
    """The orders that are not over, whose guarantee is not, or whose money is still to go back."""
    unfinished = {pk for pk, order in orders.orders_by_id(order_ids).items() if order.state in LIVING}
    promised = {pk for pk, held in guarantee.guarantees_of(order_ids).items() if held.state in HELD}
    return frozenset(unfinished | promised) | refunds.orders_with_refunds(order_ids, only_unfinished=True)
