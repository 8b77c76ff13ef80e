"""Lock orders, always in the order of their ids, before anything is decided about them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from django.db import connection

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.journey.catalogue.rules import Wanted
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from seguripago.values.steps import Preference

from ..facts import OrderFact
from ..models import Order
from ..rules import OrderUnknown
from ..shapes import LockedOrder

LOCK: Final = """
    SELECT id, store_id, number, state, stock_state, preference, total_centavos, buyer_name, accepted_at, expires_at,
           access_token, shipping_hold, kind, part_sent_at, promised_to, paid_at,
           cancel_reason
    FROM shop_order WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
"""
PIECES: Final = "SELECT product_id, quantity FROM shop_order_line WHERE order_id = ANY(%s) AND product_id IS NOT NULL"


def lock_order(order_id: int) -> LockedOrder:
    """Lock one order until the transaction ends and say where it is. Raises OrderUnknown."""
    found = lock_orders([order_id])
    if not found:
        raise OrderUnknown(order_id)
    return found[order_id]


def lock_orders(order_ids: Collection[int]) -> dict[int, LockedOrder]:
    """Lock orders by id, in the order of their ids, and say where each is; unknown ids are left out."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [list(order_ids)])
        return {
            pk: LockedOrder(pk, store_id, number, state, stock_state, Preference(preference), Money(centavos), *more)
            for pk, store_id, number, state, stock_state, preference, centavos, *more in cursor.fetchall()
        }


def locked_row(order_id: int) -> Order:
    """Lock and load one order. Raises OrderUnknown."""
    row = Order.objects.select_for_update(no_key=True).filter(pk=order_id).first()
    if row is None:
        raise OrderUnknown(order_id)
    return row


def pieces_of(order_ids: Collection[int]) -> list[Wanted]:
    """Read how many pieces of each product these orders hold; a product comes once for each of them.

    A line without a product holds nothing of the shelf.
    """
    with connection.cursor() as cursor:
        cursor.execute(PIECES, [list(order_ids)])
        return [Wanted(product_id, quantity) for product_id, quantity in cursor.fetchall()]


def announce(
    row: Order, fact: type[OrderFact], action: str, *, by: Actor, at: datetime, said: dict[str, Any] | None = None
) -> None:
    """Publish the fact and write the audit, in the transaction that made it true."""
    publish(fact(store_id=row.store_id, at=at, order_id=row.pk, number=row.number))
    record(row.store_id, by, action, f"order:{row.pk}", said or {}, at=at)
