"""Deposits with what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from seguripago.journey.bank.queries import DepositView, announced_movement, by_movement, newest
from seguripago.journey.payments.queries import orders_of_payments
from seguripago.values.money import Money

from ..models import Allocation, Case
from ..models import Verdict as VerdictRow
from ..rules import CaseKind
from .cases import LABELS

SETTLED = "aclarado"
PART = "parcial"


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
class Outcome:
    """What became of a bank movement: `state` is applied, in_case or announced."""

    state: str
    order_number: str | None
    deposits: int


def live_deposits(store_id: int, *, limit: int = 30) -> tuple[DepositRow, ...]:
    """The newest deposits with what became of them."""
    return deposit_rows(newest(store_id, limit=limit))


def deposit_rows(found: Sequence[DepositView]) -> tuple[DepositRow, ...]:
    """Rows for the board of these deposits, in the order given, with a fixed number of statements."""
    ids = [deposit.id for deposit in found]
    verdicts = {row.pk: row for row in VerdictRow.objects.filter(pk__in=ids)}
    cases: dict[int, str] = {}
    told = Case.objects.filter(deposit_id__in=ids).order_by("pk").values_list("deposit_id", "kind", "state")
    for deposit_id, kind, case_state in told:
        # The newest case that waits for somebody says how the deposit stands; without one, that all is settled.
        if case_state != "done":
            cases[deposit_id] = kind
        else:
            cases.setdefault(deposit_id, SETTLED)
    paid = _paid_by(ids, verdicts)
    orders_of = orders_of_payments(set(paid.values()))
    rows = []
    for deposit in found:
        verdict = verdicts.get(deposit.id)
        order = orders_of.get(paid[deposit.id]) if deposit.id in paid else None
        state, label, tone = _standing(deposit, verdict, cases.get(deposit.id))
        if state == PART and order is not None and order.by_deposit:
            # A part that was agreed on is no exception.
            label = "Anticipo"
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


def outcome_of(store_id: int, *, tracking_key: str, operation_date: date, sending_institution: str) -> Outcome | None:
    """What became of a movement that somebody sent; None while nothing is kept of it or it waits to be judged."""
    found = by_movement(
        store_id, tracking_key=tracking_key, operation_date=operation_date, sending_institution=sending_institution
    )
    if not found:
        told = announced_movement(
            store_id,
            tracking_key=tracking_key,
            operation_date=operation_date,
            sending_institution=sending_institution,
        )
        return Outcome("announced", None, len(told)) if told else None
    rows = deposit_rows(found)
    if any(row.state == "validando" for row in rows):
        return None
    applied = Allocation.objects.filter(deposit_id__in=[row.id for row in rows], payment__isnull=False).exists()
    number = next((row.order_number for row in rows if row.order_number), None)
    return Outcome("applied" if applied else "in_case", number, len(rows))


def _paid_by(ids: Sequence[int], verdicts: dict[int, VerdictRow]) -> dict[int, int]:
    """The payment of each deposit: the one that it was judged to be for, or that a person's decision gave it to."""
    paid = {pk: row.payment_id for pk, row in verdicts.items() if row.payment_id}
    others = [pk for pk in ids if pk in verdicts and pk not in paid]
    if others:
        moved = Allocation.objects.filter(deposit_id__in=others, payment__isnull=False, centavos__gt=0)
        paid |= dict(moved.order_by("pk").values_list("deposit_id", "payment_id"))
    return paid


def _standing(deposit: DepositView, verdict: VerdictRow | None, case_kind: str | None) -> tuple[str, str, str]:
    if verdict is None:
        return "validando", "Validando", "info"
    if deposit.is_returned and case_kind in {None, SETTLED}:
        return "devuelto", "Devuelto", "warn"
    if case_kind == SETTLED:
        return SETTLED, "Aclarado", "ok"
    if case_kind is not None:
        label, tone = LABELS[CaseKind(case_kind)]
        return case_kind, label, tone
    if not verdict.completes:
        return PART, "Parcial", "info"
    return "confirmado", "Confirmado", "ok"
