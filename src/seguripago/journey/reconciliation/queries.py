"""What the monitor reads: deposits with what became of them, open cases, figures and the hour's chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from seguripago.journey.bank.queries import DepositView, by_movement, newest
from seguripago.journey.payments.queries import expected_sum, orders_of_payments
from seguripago.values.money import Money

from .models import Allocation, Case
from .models import Verdict as VerdictRow
from .rules import CaseKind


@dataclass(frozen=True, slots=True)
class DepositRow:
    """A deposit on the monitor. `tone` is ok, info, warn or bad."""

    id: int
    at: datetime
    bank_name: str
    tracking_key: str
    amount: Money
    order_number: str
    order_id: int | None
    state: str
    state_label: str
    tone: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseRow:
    id: int
    kind: str
    label: str
    tone: str
    amount: Money
    order_number: str
    says: str
    suggestion: str
    opened_at: datetime
    due_at: datetime


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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a bank movement: `state` is applied, in_case or announced."""

    state: str
    order_number: str | None
    deposits: int


_LABELS = {
    CaseKind.EXCESS: ("Excedente", "warn"),
    CaseKind.LATE: ("Fuera de plazo", "warn"),
    CaseKind.PART_EXPIRED: ("Parcial vencido", "warn"),
    CaseKind.DUPLICATE: ("Duplicado", "warn"),
    CaseKind.UNKNOWN: ("Sin pedido", "bad"),
    CaseKind.WRONG_ACCOUNT: ("Otra cuenta", "bad"),
    CaseKind.CONTRADICTION: ("Contradicción", "bad"),
    CaseKind.REVERSED: ("Devuelto por el banco", "bad"),
    CaseKind.UNREADABLE: ("Aviso ilegible", "bad"),
}


def live_deposits(store_id: int, *, limit: int = 30) -> tuple[DepositRow, ...]:
    """The newest deposits with what became of them."""
    return deposit_rows(newest(store_id, limit=limit))


def deposit_rows(found: Sequence[DepositView]) -> tuple[DepositRow, ...]:
    ids = [deposit.id for deposit in found]
    verdicts = {row.pk: row for row in VerdictRow.objects.filter(pk__in=ids)}
    cases: dict[int, str] = {}
    for deposit_id, kind in Case.objects.filter(deposit_id__in=ids).order_by("pk").values_list("deposit_id", "kind"):
        cases[deposit_id] = kind
    orders_of = orders_of_payments({row.payment_id for row in verdicts.values() if row.payment_id})
    rows = []
    for deposit in found:
        verdict = verdicts.get(deposit.id)
        order = orders_of.get(verdict.payment_id) if verdict and verdict.payment_id else None
        state, label, tone = _standing(deposit, verdict, cases.get(deposit.id))
        rows.append(
            DepositRow(
                id=deposit.id,
                at=deposit.received_at,
                bank_name=deposit.bank_name,
                tracking_key=deposit.tracking_key,
                amount=deposit.amount,
                order_number=order.number if order else "",
                order_id=order.order_id if order else None,
                state=state,
                state_label=label,
                tone=tone,
                reasons=tuple(verdict.reasons) if verdict else (),
            )
        )
    return tuple(rows)


def open_cases(store_id: int, *, limit: int = 30) -> tuple[CaseRow, ...]:
    rows = list(Case.objects.filter(store_id=store_id).exclude(state="done").order_by("-opened_at", "-pk")[:limit])
    orders_of = orders_of_payments({row.payment_id for row in rows if row.payment_id})
    found = []
    for row in rows:
        label, tone = _LABELS[CaseKind(row.kind)]
        order = orders_of.get(row.payment_id) if row.payment_id else None
        found.append(
            CaseRow(
                id=row.pk,
                kind=row.kind,
                label=label,
                tone=tone,
                amount=Money(row.amount_centavos, row.currency),
                order_number=order.number if order else "",
                says=" ".join(row.reasons),
                suggestion=row.suggestions[0]["order_number"] if row.suggestions else "",
                opened_at=row.opened_at,
                due_at=row.due_at,
            )
        )
    return tuple(found)


def cases_of_order(payment_ids: Sequence[int]) -> tuple[str, ...]:
    """The kinds of open cases of an order's payments: the buyer is told that a person is looking."""
    return tuple(
        Case.objects.filter(payment_id__in=payment_ids)
        .exclude(state="done")
        .order_by("pk")
        .values_list("kind", flat=True)
    )


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


def outcome_of(store_id: int, *, tracking_key: str, operation_date: date, sending_institution: str) -> Outcome | None:
    """What became of a movement that somebody sent; None while nothing is kept of it or it waits to be judged."""
    found = by_movement(
        store_id, tracking_key=tracking_key, operation_date=operation_date, sending_institution=sending_institution
    )
    if not found:
        return None
    rows = deposit_rows(found)
    if any(row.state == "validando" for row in rows):
        return None
    if any(row.state == "anunciado" for row in rows):
        return Outcome("announced", None, len(rows))
    applied = Allocation.objects.filter(deposit_id__in=[row.id for row in rows], payment__isnull=False).exists()
    number = next((row.order_number for row in rows if row.order_number), None)
    return Outcome("applied" if applied else "in_case", number, len(rows))


def _standing(deposit: DepositView, verdict: VerdictRow | None, case_kind: str | None) -> tuple[str, str, str]:
    if not deposit.has_arrived:
        return "anunciado", "Anunciado", "info"
    if verdict is None:
        return "validando", "Validando", "info"
    if case_kind is not None:
        label, tone = _LABELS[CaseKind(case_kind)]
        return case_kind, label, tone
    if not verdict.completes:
        return "parcial", "Parcial", "info"
    return "confirmado", "Confirmado", "ok"
