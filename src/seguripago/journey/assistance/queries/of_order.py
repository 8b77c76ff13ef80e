"""Which conversations an order has had."""

from __future__ import annotations

from collections.abc import Collection

from ..models import Conversation


def conversations_of_order(store_id: int, order_id: int) -> tuple[int, ...]:
    """The conversations of an order in this store, the first first."""
    rows = Conversation.objects.filter(store_id=store_id, order_id=order_id).order_by("pk")
    return tuple(rows.values_list("pk", flat=True))


def newest_talks(store_id: int, order_ids: Collection[int]) -> dict[int, int]:
    """The newest conversation of each of these orders in this store, in one query; orders without one are left out."""
    rows = Conversation.objects.filter(store_id=store_id, order_id__in=list(order_ids)).order_by("pk")
    return {order_id: pk for pk, order_id in rows.values_list("pk", "order_id") if order_id is not None}


def orders_attended(store_id: int, user_id: int) -> frozenset[int]:
    """The orders whose conversation this analyst is responsible for."""
    rows = Conversation.objects.filter(store_id=store_id, analyst_id=user_id, order_id__isnull=False)
    return frozenset(order_id for order_id in rows.values_list("order_id", flat=True) if order_id is not None)


def is_attended(store_id: int, order_id: int, user_id: int) -> bool:
    """Whether this analyst is responsible for a conversation of the order."""
    return Conversation.objects.filter(store_id=store_id, order_id=order_id, analyst_id=user_id).exists()
