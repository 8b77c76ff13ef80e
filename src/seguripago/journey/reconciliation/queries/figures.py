"""The figures of the monitor: what came in, slice by slice, and what is still open.

A slice is some minutes of deposits. Screens add slices up; nobody sums a whole day to draw one number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from seguripago.values.money import Money

NEWEST_FOR_MEDIAN: Final = 500


@dataclass(frozen=True, slots=True)
class Slice:
    """The deposits of some minutes: where their money is, how many were judged, how many of them needed nobody.

    The amounts are pesos: what came in another currency is counted, never added to them.
    """

    starts_at: datetime
    received: Money
    applied: Money
    in_case: Money
    deposits: int
    judged: int
    certain: int


@dataclass(frozen=True, slots=True)
class Came:
    """What came in some minutes, whatever became of it."""

    starts_at: datetime
    received: Money
    deposits: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """The cases that wait for a person: how many, how many of them soon due, and the pesos that they hold."""

    cases: int
    due_soon: int
    held: Money


def slices(store_id: int, *, since: datetime, until: datetime, minutes: int) -> tuple[Slice, ...]:
    """What came from `since` until before `until`, in steps of so many minutes; every step, the empty ones too."""
    step = timedelta(minutes=minutes)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT floor(extract(epoch FROM d.received_at - %(since)s) / %(step)s)::int,
                   coalesce(sum(d.amount_centavos) FILTER (WHERE d.currency = 'MXN'), 0),
                   coalesce(sum(a.applied) FILTER (WHERE d.currency = 'MXN'), 0),
                   coalesce(sum(a.in_case) FILTER (WHERE d.currency = 'MXN'), 0), count(*), count(v.kind),
                   count(*) FILTER (WHERE v.kind = 'certain')
            FROM deposit d
            -- One look by key for each deposit: the tables hold years, the slices some minutes or a day.
            LEFT JOIN LATERAL (SELECT kind FROM verdict WHERE deposit_id = d.id OFFSET 0) v ON true
            LEFT JOIN LATERAL (
                SELECT sum(centavos) FILTER (WHERE payment_id IS NOT NULL) AS applied,
                       sum(centavos) FILTER (WHERE case_id IS NOT NULL) AS in_case
                FROM allocation WHERE deposit_id = d.id
            ) a ON true
            WHERE d.store_id = %(store)s AND d.received_at >= %(since)s AND d.received_at < %(until)s
            GROUP BY 1
            """,
            {"since": since, "until": until, "step": step.total_seconds(), "store": store_id},
        )
        sums = {row[0]: [int(each) for each in row[1:]] for row in cursor.fetchall()}
    found: list[Slice] = []
    while (start := since + step * len(found)) < until:
        received, applied, in_case, count, judged, certain = sums.get(len(found), [0] * 6)
        found.append(Slice(start, Money(received), Money(applied), Money(in_case), count, judged, certain))
    return tuple(found)


def came(store_id: int, *, since: datetime, until: datetime, minutes: int) -> tuple[Came, ...]:
    """What came from `since` until before `until`, in steps of so many minutes: cheaper than slices, for comparing."""
    step = timedelta(minutes=minutes)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT floor(extract(epoch FROM received_at - %(since)s) / %(step)s)::int,
                   coalesce(sum(amount_centavos) FILTER (WHERE currency = 'MXN'), 0), count(*)
            FROM deposit WHERE store_id = %(store)s AND received_at >= %(since)s AND received_at < %(until)s
            GROUP BY 1
            """,
            {"since": since, "until": until, "step": step.total_seconds(), "store": store_id},
        )
        sums = {place: (int(received), count) for place, received, count in cursor.fetchall()}
    found: list[Came] = []
    while (start := since + step * len(found)) < until:
        received, count = sums.get(len(found), (0, 0))
        found.append(Came(start, Money(received), count))
    return tuple(found)


def added(parts: Sequence[Slice], *, starts_at: datetime) -> Slice:
    """Several slices as one."""
    return Slice(
        starts_at,
        Money.sum(part.received for part in parts),
        Money.sum(part.applied for part in parts),
        Money.sum(part.in_case for part in parts),
        sum(part.deposits for part in parts),
        sum(part.judged for part in parts),
        sum(part.certain for part in parts),
    )


def median_wait_s(store_id: int) -> float | None:
    """The median of the seconds between notice and verdict, over the newest deposits; None without any."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM v.at - d.received_at))
            FROM (SELECT id, received_at FROM deposit WHERE store_id = %s
                  ORDER BY received_at DESC, id DESC LIMIT %s) d
            CROSS JOIN LATERAL (SELECT at FROM verdict WHERE deposit_id = d.id OFFSET 0) v
            """,
            [store_id, NEWEST_FOR_MEDIAN],
        )
        (median,) = cursor.fetchone()
    return None if median is None else max(0.0, float(median))


def waiting_cases(store_id: int, *, at: datetime) -> Waiting:
    """The store's open cases in three numbers."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*), count(*) FILTER (WHERE due_at < %s),
                   coalesce(sum(amount_centavos) FILTER (WHERE currency = 'MXN'), 0)
            FROM reconciliation_case WHERE store_id = %s AND state <> 'done'
            """,
            [at + timedelta(hours=1), store_id],
        )
        cases, due_soon, held = cursor.fetchone()
    return Waiting(cases, due_soon, Money(int(held)))


def waiting_by_kind(store_id: int) -> dict[str, int]:
    """How many cases of each kind wait for a person."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, count(*) FROM reconciliation_case WHERE store_id = %s AND state <> 'done' GROUP BY 1",
            [store_id],
        )
        return dict(cursor.fetchall())
