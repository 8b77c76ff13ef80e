"""The wall and the reports over a hundred thousand conversations: what is open is read, and what a stretch asks for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from bench.crowd import crowd
from seguripago.journey.assistance.queries.desk import figures
from seguripago.journey.supervision.queries import Asked, late_count, report, today, unseen_whispers, wall
from tests.assistance.builders import Shop, open_shop, start
from tests.plans.looking import watching

TALKS, ORDERS, OPEN = 100_000, 30_000, 200
NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
YEAR = timedelta(days=365)

# Copies of one conversation, a year of them, the newest open: one in five was handed over, one in three was rated and
# is about an order.
COPY = """
    INSERT INTO assistance_conversation ({columns})
    SELECT {values} FROM assistance_conversation c CROSS JOIN generate_series(1, %(talks)s) AS n WHERE c.id = %(model)s
"""
CHANGED = {
    "token_hash": "'copy-' || n",
    "code": "to_char(n, 'FM0000000')",
    "started_at": "%(now)s - (n * interval '315 seconds')",
    "waiting_since": "%(now)s - (n * interval '315 seconds')",
    "last_buyer_at": "%(now)s - (n * interval '315 seconds')",
    "owed_since": "CASE WHEN n <= %(open)s THEN %(now)s - (n * interval '315 seconds') END",
    "state": "CASE WHEN n <= %(open)s THEN 'assigned' ELSE 'resolved' END",
    "led_by": "'analyst'",
    "analyst_id": "%(beto)s",
    "first_answer_by_id": "%(beto)s",
    "first_answer_at": "%(now)s - (n * interval '315 seconds') + (n %% 300) * interval '1 second'",
    "resolved_at": "CASE WHEN n > %(open)s THEN %(now)s - (n * interval '315 seconds') + interval '20 minutes' END",
    "rating": "CASE WHEN n %% 3 = 0 THEN n %% 5 + 1 ELSE 0 END",
    "rated_at": "CASE WHEN n %% 3 = 0 THEN %(now)s - (n * interval '315 seconds') + interval '21 minutes' END",
    "order_id": "CASE WHEN n %% 3 = 0 THEN (%(orders)s::bigint[])[n / 3] END",
    "last_staff_at": "CASE WHEN n > %(open)s THEN %(now)s END",
}
ENTRIES = """
    INSERT INTO assistance_entry
        (conversation_id, seq, kind, author_kind, author_id, author_name, client_id, visibility, closes, body, at)
    SELECT c.id, n, 'text', 'assistant', 0, 'Asistente', gen_random_uuid(), 'all', 0,
           jsonb_build_object('say', CASE WHEN n = 2 AND c.id % 5 = 0 THEN 'handed_over_asked' ELSE 'a' END),
           c.started_at
    FROM assistance_conversation c CROSS JOIN generate_series(1, 3) AS n WHERE c.token_hash LIKE 'copy-%'
"""


@pytest.fixture(scope="module")
def _made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Shop]:
    with django_db_blocker.unblock(), transaction.atomic():
        shop = open_shop()
        model = start(shop, at=NOW)
        crowd(shop.store_id, open_payments=ORDERS)
        with connection.cursor() as cursor:
            cursor.execute("SELECT array_agg(id) FROM shop_order WHERE store_id = %s", [shop.store_id])
            orders = cursor.fetchone()[0]
            cursor.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = 'assistance_conversation'"
            )
            columns = [row[0] for row in cursor.fetchall() if row[0] != "id"]
            values = ", ".join(CHANGED.get(name, f"c.{name}") for name in columns)
            asked = {"talks": TALKS, "open": OPEN, "model": model, "now": NOW, "beto": shop.beto, "orders": orders}
            cursor.execute(COPY.format(columns=", ".join(columns), values=values), asked)
            cursor.execute(ENTRIES)
            # Keys are checked by plans that this connection may have made while these tables were empty.
            cursor.execute("ANALYZE shop_order, assistance_conversation, store, person")
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            cursor.execute("ANALYZE assistance_conversation, assistance_entry, assistance_whisper, assistance_reveal")
        yield shop
        transaction.set_rollback(True)


@pytest.fixture
def shop(_made: Shop, db: None) -> Shop:
    return _made


def test_the_wall_reads_only_what_is_open(shop: Shop) -> None:
    with watching() as seen:
        day = today(shop.store_id, since=NOW - timedelta(hours=12), at=NOW)
        found = wall(shop.store_id, day, at=NOW)
        assert late_count(shop.store_id, at=NOW) == OPEN
        assert unseen_whispers(shop.beto) == ()
    assert seen.faults == []
    assert (found.open, found.late) == (OPEN + 1, OPEN)


@pytest.mark.parametrize("days", [1, 7])
def test_a_report_reads_its_stretch(shop: Shop, days: int) -> None:
    asked = Asked(store_id=shop.store_id, since=NOW - timedelta(days=days), until=NOW)
    with watching() as seen:
        found = report(asked)
    assert seen.faults == []
    assert found.conversations == days * 86_400 // 315
    assert found.answers.span.n == found.conversations


def test_a_month_is_read_whole(shop: Shop) -> None:
    found = report(Asked(store_id=shop.store_id, since=NOW - timedelta(days=30), until=NOW))
    assert found.conversations == 30 * 86_400 // 315


def test_a_year_of_a_hundred_thousand_is_read_whole(shop: Shop) -> None:
    found = report(Asked(store_id=shop.store_id, since=NOW - YEAR - timedelta(days=1), until=NOW))
    assert found.conversations == TALKS
    assert found.paid.orders >= ORDERS
    assert found.handed_over == sum(found.handed_over_why.values()) == TALKS // 5


def test_the_head_of_the_desk_reads_today_and_a_month(shop: Shop) -> None:
    with watching() as seen:
        found = figures(shop.store_id, at=NOW, today=NOW - timedelta(hours=12))
    # A tenth of all orders is that month's: reading them all is the right plan then.
    assert [fault for fault in seen.faults if "shop_order" not in fault.split(" in: ")[0]] == []
    assert found.first_answer_s is not None
    assert found.paid_percent == 0
