"""The exceptions that wait for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from seguripago.journey.payments.queries import orders_of_payments
from seguripago.values.money import Money

from ..models import Case
from ..rules import CaseKind


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


LABELS = {
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


def open_cases(store_id: int, *, limit: int = 30) -> tuple[CaseRow, ...]:
    rows = list(Case.objects.filter(store_id=store_id).exclude(state="done").order_by("-opened_at", "-pk")[:limit])
    orders_of = orders_of_payments({row.payment_id for row in rows if row.payment_id})
    found = []
    for row in rows:
        label, tone = LABELS[CaseKind(row.kind)]
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
