"""The exceptions that wait for a person."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from seguripago.foundations.approvals.queries import ProposalView, open_proposals_of
from seguripago.journey.payments.queries import orders_of_payments
from seguripago.values.money import Money

from ..holdings import targets_of
from ..models import Case
from ..rules import DEFAULTS, CaseKind
from ..rules.actions import Target


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list; `proposal` waits for a second person. A list goes on before its last (opened_at, id).

    `suggestion` is the likeliest order that can still take money, `rivals` how many others are just as likely.
    """

    id: int
    kind: str
    label: str
    tone: str
    amount: Money
    order_number: str
    says: str
    suggestion: str
    rivals: int
    opened_at: datetime
    due_at: datetime
    state: str
    owner: str
    proposal: ProposalView | None


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
    CaseKind.CHARGEBACK: ("Contracargo", "bad"),
}


def open_cases(
    store_id: int,
    *,
    kinds: Collection[str] = (),
    states: Collection[str] = (),
    due_before: datetime | None = None,
    before: tuple[datetime, int] | None = None,
    limit: int = 30,
) -> tuple[CaseRow, ...]:
    """The cases that are not done, newest first: of these kinds and states, due by then, after a page's last place."""
    rows_of = Case.objects.filter(store_id=store_id).exclude(state="done")
    if kinds:
        rows_of = rows_of.filter(kind__in=list(kinds))
    if states:
        rows_of = rows_of.filter(state__in=list(states))
    if due_before is not None:
        rows_of = rows_of.filter(due_at__lt=due_before)
    if before is not None:
        # The first condition is for the index; the second is the place.
        rows_of = rows_of.filter(opened_at__lte=before[0]).filter(Q(opened_at__lt=before[0]) | Q(pk__lt=before[1]))
    rows = list(rows_of.order_by("-opened_at", "-pk")[:limit])
    proposed = [f"case:{row.pk}" for row in rows if row.state == "proposed"]
    proposals = open_proposals_of(store_id, proposed) if proposed else {}
    orders_of = orders_of_payments({row.payment_id for row in rows if row.payment_id})
    wanted = {each["order_number"] for row in rows for each in row.suggestions}
    targets = targets_of(store_id, wanted)
    found = []
    for row in rows:
        label, tone = LABELS[CaseKind(row.kind)]
        still = [each for each in row.suggestions if is_still_open(targets.get(each["order_number"]))]
        order = orders_of.get(row.payment_id) if row.payment_id else None
        found.append(
            CaseRow(
                id=row.pk,
                kind=row.kind,
                label=label,
                tone=tone,
                amount=Money(row.amount_centavos, row.currency),
                order_number=order.number if order else "",
                says=" ".join(map(as_sentence, row.reasons)),
                suggestion=still[0]["order_number"] if still else "",
                rivals=sum(each["score"] == still[0]["score"] for each in still[1:]),
                opened_at=row.opened_at,
                due_at=row.due_at,
                state=row.state,
                owner=row.owner or DEFAULTS[CaseKind(row.kind)].owner,
                proposal=proposals.get(f"case:{row.pk}"),
            )
        )
    return tuple(found)


def is_still_open(target: Target | None) -> bool:
    """Whether an order that was suggested once can take money now."""
    return target is not None and not target.clause


def as_sentence(reason: str) -> str:
    """The reason with an end, for a bank's own words have none."""
    return reason if reason.endswith((".", "!", "?")) else f"{reason}."


def cases_of_order(payment_ids: Sequence[int]) -> tuple[str, ...]:
    """The kinds of open cases of an order's payments: the buyer is told that a person is looking."""
    return tuple(
        Case.objects.filter(payment_id__in=payment_ids)
        .exclude(state="done")
        .order_by("pk")
        .values_list("kind", flat=True)
    )


def kinds_of_cases(case_ids: Collection[int]) -> dict[int, str]:
    """The kind of each case."""
    return dict(Case.objects.filter(pk__in=list(case_ids)).values_list("pk", "kind"))
