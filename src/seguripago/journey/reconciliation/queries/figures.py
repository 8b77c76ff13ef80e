"""The head of the monitor and the hour's chart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from seguripago.journey.payments.queries import expected_sum
from seguripago.values.money import Money


@dataclass(frozen=True, slots=True)
class Figures:
    """The monitor's head. `automatic_part` is the share of today's judged deposits that needed nobody, in per mille."""

    confirmed_today: Money
    deposits_today: int
    received_last_hour: Money
    deposits_last_hour: int
    expected_two_hours: Money
    expected_count: int
    median_s: float | None
    automatic_per_mille: int | None
    open_cases: int
    cases_due_soon: int
    in_cases: Money

    @property
    def automatic_percent(self) -> str:
        return "" if self.automatic_per_mille is None else f"{self.automatic_per_mille / 10:.1f}"


@dataclass(frozen=True, slots=True)
class Bucket:
    """Five minutes of deposits."""

    starts_at: datetime
    applied: Money
    in_case: Money


def monitor_figures(store_id: int, *, today_from: datetime, at: datetime) -> Figures:
    """The figures of the store's day, which began at `today_from`."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(sum(a.centavos) FILTER (WHERE a.payment_id IS NOT NULL), 0),
                   count(DISTINCT v.deposit_id),
                   count(DISTINCT v.deposit_id) FILTER (WHERE v.kind = 'certain'),
                   percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM a.at - d.received_at))
            FROM verdict v JOIN allocation a ON a.deposit_id = v.deposit_id JOIN deposit d ON d.id = v.deposit_id
            WHERE v.store_id = %s AND v.at >= %s
            """,
            [store_id, today_from],
        )
        applied, judged, certain, median = cursor.fetchone()
        cursor.execute(
            "SELECT coalesce(sum(amount_centavos), 0), count(*) FROM deposit WHERE store_id = %s AND received_at >= %s",
            [store_id, at - timedelta(hours=1)],
        )
        hour_centavos, hour_count = cursor.fetchone()
        cursor.execute(
            """
            SELECT count(*), count(*) FILTER (WHERE due_at < %s), coalesce(sum(amount_centavos), 0)
            FROM reconciliation_case WHERE store_id = %s AND state <> 'done'
            """,
            [at + timedelta(hours=1), store_id],
        )
        cases, due_soon, in_cases = cursor.fetchone()
    expected, expected_count = expected_sum(store_id, at=at, until=at + timedelta(hours=2))
    return Figures(
        confirmed_today=Money(int(applied)),
        deposits_today=judged,
        received_last_hour=Money(int(hour_centavos)),
        deposits_last_hour=hour_count,
        expected_two_hours=expected,
        expected_count=expected_count,
        median_s=None if median is None else float(median),
        automatic_per_mille=None if not judged else certain * 1000 // judged,
        open_cases=cases,
        cases_due_soon=due_soon,
        in_cases=Money(int(in_cases)),
    )


def deposits_by_bucket(store_id: int, *, at: datetime, minutes: int = 5, buckets: int = 12) -> tuple[Bucket, ...]:
    """The last hour in steps of five minutes, the running one last."""
    step = timedelta(minutes=minutes)
    whole = at.replace(second=0, microsecond=0)
    newest_start = whole - timedelta(minutes=whole.minute % minutes)
    starts = [newest_start - step * back for back in reversed(range(buckets))]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT floor(extract(epoch FROM d.received_at - %s) / %s)::int,
                   coalesce(sum(a.centavos) FILTER (WHERE a.payment_id IS NOT NULL), 0),
                   coalesce(sum(a.centavos) FILTER (WHERE a.case_id IS NOT NULL), 0)
            FROM deposit d JOIN allocation a ON a.deposit_id = d.id
            WHERE d.store_id = %s AND d.received_at >= %s GROUP BY 1
            """,
            [starts[0], step.total_seconds(), store_id, starts[0]],
        )
        sums = {slot: (int(applied), int(in_case)) for slot, applied, in_case in cursor.fetchall()}
    return tuple(
        Bucket(start, Money(sums.get(slot, (0, 0))[0]), Money(sums.get(slot, (0, 0))[1]))
        for slot, start in enumerate(starts)
    )
