"""What screens and operators ask about facts."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection


def order_version(order_ids: Collection[int]) -> dict[int, int]:
    """How many facts each order has: grows by one with every commit that concerns the order."""
    subjects = {f"order:{order_id}": order_id for order_id in order_ids}
    if not subjects:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject, count(*) FROM fact WHERE subject = ANY(%s) GROUP BY subject", [list(subjects)])
        counted = dict(cursor.fetchall())
    return {order_id: counted.get(subject, 0) for subject, order_id in subjects.items()}


def store_version(store_ids: Collection[int]) -> dict[int, int]:
    """The number of the newest fact of each store."""
    if not store_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT s.id, coalesce((SELECT seq FROM fact_order o WHERE o.store_id = s.id ORDER BY seq DESC LIMIT 1), 0)
            FROM unnest(%s::bigint[]) AS s(id)
            """,
            [list(store_ids)],
        )
        return dict(cursor.fetchall())


def parked() -> tuple[tuple[str, int, str], ...]:
    """Facts that wait for a person: (listener, fact id, error)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT listener, fact_id, error FROM fact_parked WHERE error <> '' ORDER BY seq LIMIT 500")
        return tuple(cursor.fetchall())
