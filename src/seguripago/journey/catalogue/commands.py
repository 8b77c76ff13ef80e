"""The verbs of the shelf: add a product, count it, take pieces for an order, give them back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from seguripago.foundations.audit.commands import record
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from .models import Product
from .rules import OutOfStock as OutOfStock
from .rules import ProductNotPossible as ProductNotPossible
from .rules import QuantityNotPossible as QuantityNotPossible
from .rules import Short as Short
from .rules import StockBelowPromises as StockBelowPromises
from .rules import Wanted as Wanted
from .rules import fold, gathered, require_sellable

# A counter moves only if all lines can: rows are locked in the order of their ids, judged as they are after the wait,
# and written in the same statement. `available` and `promised` come from the locked rows, never from the snapshot.
GUARD: Final = "NOT EXISTS (SELECT 1 FROM judged WHERE judged.quantity > judged.movable)"
_MOVE: Final = """
WITH wanted AS (SELECT * FROM unnest(%(ids)s::bigint[], %(quantities)s::int[]) AS w(id, quantity)),
locked AS MATERIALIZED (
    SELECT p.* FROM product p WHERE p.store_id = %(store_id)s AND p.id = ANY(%(ids)s::bigint[]) ORDER BY p.id FOR UPDATE
),
judged AS MATERIALIZED (
    SELECT w.id, w.quantity, l.sku, l.name, l.picture, l.price_centavos, l.iva_bp, l.warranty_days, l.lead_days_min,
           l.lead_days_max, l.sat_product_key, l.sat_unit_key, coalesce({movable}, 0) AS movable
    FROM wanted w LEFT JOIN locked l USING (id)
),
moved AS (
    UPDATE product p SET {change} FROM judged j WHERE p.id = j.id AND {guard} RETURNING p.id
)
SELECT j.*, (SELECT count(*) FROM moved) FROM judged j ORDER BY j.id
"""
_LEFT: Final = "greatest(l.stock - l.reserved - l.sold, 0)"
RESERVE: Final = _MOVE.format(
    movable=f"CASE WHEN l.is_listed OR %(unlisted)s THEN {_LEFT} ELSE 0 END",
    change="reserved = p.reserved + j.quantity",
    guard=GUARD,
)
RELEASE: Final = _MOVE.format(movable="l.reserved", change="reserved = p.reserved - j.quantity", guard=GUARD)
SELL: Final = _MOVE.format(
    movable="l.reserved", change="reserved = p.reserved - j.quantity, sold = p.sold + j.quantity", guard=GUARD
)
TAKE_BACK: Final = _MOVE.format(movable="l.sold", change="sold = p.sold - j.quantity", guard=GUARD)


class CountersDisagree(RuntimeError):
    """More pieces were to be released or sold than are promised: the books of orders and catalogue differ."""


@dataclass(frozen=True, slots=True)
class ReservedLine:
    """What was reserved of a product, with the terms it was reserved under: an order freezes them."""

    product_id: int
    quantity: int
    sku: str
    name: str
    picture: str
    unit_price: Money
    iva_bp: int
    warranty_days: int
    lead_days_min: int
    lead_days_max: int
    sat_product_key: str
    sat_unit_key: str


def add_product(
    store_id: int,
    *,
    sku: str,
    slug: str,
    name: str,
    kind: str,
    price: Money,
    stock: int,
    warranty_days: int,
    lead_days_min: int,
    lead_days_max: int,
    sat_product_key: str,
    sat_unit_key: str = "H87",
    summary: str = "",
    picture: str = "",
    iva_bp: int = 1600,
) -> int:
    """Put a product on the shelf; returns its id. One that is there already (same sku) stays as it is.

    Raises ProductNotPossible.
    """
    require_sellable(
        price_centavos=price.centavos,
        warranty_days=warranty_days,
        lead_days_min=lead_days_min,
        lead_days_max=lead_days_max,
    )
    product, _ = Product.objects.get_or_create(
        store_id=store_id,
        sku=sku,
        defaults={
            "slug": slug,
            "name": name,
            "kind": kind,
            "summary": summary,
            "picture": picture,
            "search": fold(f"{name} {kind} {summary} {sku}"),
            "price_centavos": price.centavos,
            "iva_bp": iva_bp,
            "stock": stock,
            "warranty_days": warranty_days,
            "lead_days_min": lead_days_min,
            "lead_days_max": lead_days_max,
            "sat_product_key": sat_product_key,
            "sat_unit_key": sat_unit_key,
        },
    )
    return product.pk


def set_stock(store_id: int, product_id: int, stock: int, *, by: Actor, at: datetime) -> None:
    """Write what the store counted: pieces on hand plus those already sold. Raises StockBelowPromises."""
    if stock < 0:
        raise QuantityNotPossible(stock)
    with transaction.atomic():
        product = Product.objects.select_for_update().get(store_id=store_id, pk=product_id)
        if stock < product.reserved + product.sold:
            raise StockBelowPromises(product.reserved + product.sold)
        said = {"from": product.stock, "to": stock}
        Product.objects.filter(pk=product_id).update(stock=stock)
        record(store_id, by, "product.counted", f"product:{product_id}", said, at=at)


def set_price(store_id: int, product_id: int, price: Money, *, by: Actor, at: datetime) -> None:
    """Change the price, IVA contained; orders that were placed keep theirs. Raises ProductNotPossible."""
    if price.centavos <= 0:
        raise ProductNotPossible("El precio debe ser mayor que cero.")
    with transaction.atomic():
        product = Product.objects.select_for_update().get(store_id=store_id, pk=product_id)
        said = {"from": product.price_centavos, "to": price.centavos}
        Product.objects.filter(pk=product_id).update(price_centavos=price.centavos)
        record(store_id, by, "product.priced", f"product:{product_id}", said, at=at)


def set_listed(store_id: int, product_id: int, *, is_listed: bool, by: Actor, at: datetime) -> None:
    """Show the product on the shelf, or take it off; orders that hold it keep it."""
    with transaction.atomic():
        Product.objects.filter(store_id=store_id, pk=product_id).update(is_listed=is_listed)
        record(store_id, by, "product.listed", f"product:{product_id}", {"is_listed": is_listed}, at=at)


def reserve(store_id: int, wanted: Sequence[Wanted], *, even_unlisted: bool = False) -> tuple[ReservedLine, ...]:
    """Promise the pieces to an order, all or none, in one statement; returns the terms of each product, by id.

    Raises OutOfStock with every short line; products of other stores and unlisted ones count as none left.
    """
    lines = gathered(wanted)
    rows = _move(RESERVE, store_id, lines, unlisted=even_unlisted)
    short = [Short(row[0], row[3] or "", row[1], row[12]) for row in rows if row[1] > row[12]]
    if short:
        raise OutOfStock(short)
    _require_all_moved(rows)
    return tuple(
        ReservedLine(
            row[0], row[1], row[2], row[3], row[4], Money(row[5]), row[6], row[7], row[8], row[9], row[10], row[11]
        )
        for row in rows
    )


def release(store_id: int, lines: Sequence[Wanted]) -> None:
    """Give reserved pieces back to the shelf."""
    _require_all_moved(_move(RELEASE, store_id, gathered(lines)))


def sell_reserved(store_id: int, lines: Sequence[Wanted]) -> None:
    """Turn reserved pieces into sold ones: they were paid."""
    _require_all_moved(_move(SELL, store_id, gathered(lines)))


def take_back_sold(store_id: int, lines: Sequence[Wanted]) -> None:
    """Give sold pieces back to the shelf: the order was cancelled before it left."""
    _require_all_moved(_move(TAKE_BACK, store_id, gathered(lines)))


def _move(statement: str, store_id: int, lines: Sequence[Wanted], **more: bool) -> list[tuple[Any, ...]]:
    if not lines:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                "store_id": store_id,
                "ids": [line.product_id for line in lines],
                "quantities": [line.quantity for line in lines],
                **more,
            },
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _require_all_moved(rows: Sequence[tuple[Any, ...]]) -> None:
    if rows and rows[0][-1] != len(rows):
        raise CountersDisagree([(row[0], row[1], row[12]) for row in rows])
