"""Lock orders, always in the order of their ids, before anything is decided about them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.journey.catalogue.rules import Wanted
from seguripago.values.actor import Actor

from ..facts import OrderFact
from ..models import Order, OrderLine
from ..reading import locked
from ..rules import OrderUnknown
from ..shapes import LockedOrder


def lock_order(order_id: int) -> LockedOrder:
    """Lock one order until the transaction ends and say where it is. Raises OrderUnknown."""
    return locked(locked_row(order_id))


def lock_orders(order_ids: Collection[int]) -> dict[int, LockedOrder]:
    """Lock orders by id, in the order of their ids, and say where each is; unknown ids are left out."""
    return {row.pk: locked(row) for row in locked_rows(order_ids)}


def locked_row(order_id: int) -> Order:
    """Lock and load one order. Raises OrderUnknown."""
    row = Order.objects.select_for_update(no_key=True).filter(pk=order_id).first()
    if row is None:
        raise OrderUnknown(order_id)
    return row


def locked_rows(order_ids: Collection[int]) -> list[Order]:
    """Lock and load orders in the order of their ids."""
    return list(Order.objects.select_for_update(no_key=True).filter(pk__in=set(order_ids)).order_by("pk"))


def pieces_of(order_ids: Collection[int]) -> list[Wanted]:
    """Read how many pieces of each product these orders hold; a product comes once for each of them."""
    rows = OrderLine.objects.filter(order_id__in=order_ids).values_list("product_id", "quantity")
    return [Wanted(product_id, quantity) for product_id, quantity in rows]


def announce(
    row: Order, fact: type[OrderFact], action: str, *, by: Actor, at: datetime, said: dict[str, Any] | None = None
) -> None:
    """Publish the fact and write the audit, in the transaction that made it true."""
    publish(fact(store_id=row.store_id, at=at, order_id=row.pk, number=row.number))
    record(row.store_id, by, action, f"order:{row.pk}", said or {}, at=at)
