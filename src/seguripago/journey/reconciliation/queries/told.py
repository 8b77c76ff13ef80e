"""What a buyer is told of the money that did not simply pay his order."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from seguripago.values.money import Money

from ..models import Case
from ..rules import CaseKind


@dataclass(frozen=True, slots=True)
class Doubt:
    """Money of an order that a person looks at. `is_decided`: two people have decided, it is being carried out.

    `by_card`: a card brought it.
    """

    kind: CaseKind
    amount: Money
    is_decided: bool
    by_card: bool = False


def doubts_of_order(order_id: int) -> tuple[Doubt, ...]:
    """What is open about the money of an order, one for each kind and currency, the oldest first.

    What only an unsigned notice says is no doubt of the buyer's.
    """
    rows = (
        Case.objects.filter(payment__order_id=order_id)
        .exclude(state="done")
        .exclude(kind=CaseKind.CONTRADICTION.value, cause__endswith=":unsigned")
        .order_by("pk")
        .values_list("kind", "state", "cause", "amount_centavos", "currency")
    )
    sums: dict[tuple[str, bool, bool, str], int] = defaultdict(int)
    for kind, state, cause, centavos, currency in rows:
        sums[kind, state == "approved", cause.startswith("charge:"), currency] += centavos
    return tuple(
        Doubt(CaseKind(kind), Money(centavos, currency), is_decided, by_card)
        for (kind, is_decided, by_card, currency), centavos in sums.items()
    )
