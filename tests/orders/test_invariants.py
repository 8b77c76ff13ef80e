"""Every inv_* view of these rooms is empty after an honest day, and shows the row that a crooked one left."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection

from seguripago.journey.orders import commands
from tests.orders.builders import BETO, BUYER, INVOICE, LUCIA, ROMA, make_product, make_store, paid, placed, verified

pytestmark = pytest.mark.django_db
VIEWS = (
    "inv_product_promises_within_stock",
    "inv_product_counters_match_orders",
    "inv_order_total_is_its_lines",
    "inv_order_acceptance_has_six_checks",
    "inv_order_has_every_pre_invoice",
    "inv_order_line_of_its_store",
    "inv_order_lines_of_its_kind",
)


def broken() -> set[str]:
    with connection.cursor() as cursor:
        found = set()
        for view in VIEWS:
            cursor.execute(f"SELECT count(*) FROM {view}")
            if cursor.fetchone()[0]:
                found.add(view)
    return found


def spoil(statement: str, *, without: str = "") -> None:
    with connection.cursor() as cursor:
        if without:
            table, name = without.split(":")
            if table == "shop_order_line":
                cursor.execute(f"DROP TRIGGER {name} ON {table}")
            else:
                cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        cursor.execute(statement)


def honest_day(at: datetime) -> int:
    store = make_store()
    product = make_product(store, stock=20)
    lines = ((product, 2),)
    placed(at, store_id=store, lines=lines)
    commands.correct_details(placed(at, store_id=store, lines=lines), BUYER, INVOICE, ROMA, by=BETO, at=at)
    commands.cancel_order(paid(at, store_id=store, lines=lines), by=LUCIA, reason="", at=at)
    late = verified(at, store_id=store, lines=lines)
    commands.expire_orders(at + timedelta(days=2))
    commands.hold_again(late, at=at + timedelta(days=3))
    commands.mark_paid([late], at=at + timedelta(days=3))
    return paid(at, store_id=store, lines=lines)


def test_an_honest_day_breaks_nothing(at: datetime) -> None:
    honest_day(at)
    assert broken() == set()


@pytest.mark.parametrize(
    ("statement", "without", "view"),
    [
        ("UPDATE product SET sold = stock + 1", "product:product_promises_within_stock", VIEWS[0]),
        ("UPDATE product SET reserved = reserved + 1", "", VIEWS[1]),
        ("UPDATE product SET sold = sold - 1", "", VIEWS[1]),
        (
            "UPDATE shop_order SET subtotal_centavos = subtotal_centavos - 1, total_centavos = total_centavos - 1",
            "",
            VIEWS[2],
        ),
        ("UPDATE shop_order_check SET confirmed_at = NULL, confirmed_by = '' WHERE item = 'data'", "", VIEWS[3]),
        ("UPDATE shop_order SET pre_invoice_version = pre_invoice_version + 1", "", VIEWS[4]),
        (
            "UPDATE shop_order_line SET product_id = NULL, quantity = 1, subtotal_centavos = unit_centavos",
            "shop_order_line:order_line_free_only_in_quick",
            VIEWS[6],
        ),
    ],
)
def test_a_crooked_row_is_shown(at: datetime, statement: str, without: str, view: str) -> None:
    honest_day(at)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    spoil(statement, without=without)
    assert view in broken()


def test_a_line_of_another_stores_product_is_shown(at: datetime) -> None:
    order_id = honest_day(at)
    stranger = make_product(make_store())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    spoil(f"UPDATE shop_order_line SET product_id = {stranger} WHERE order_id = {order_id}")
    assert "inv_order_line_of_its_store" in broken()
