"""What an order expects by transfer, whatever became of its payment: for the room that judges comprobantes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from seguripago.values.money import Money

from .models import Instructions, Link, Payment
from .rules import SETTLED, Purpose, State


@dataclass(frozen=True, slots=True)
class Expected:
    """The transfer of an order. `asked`: the parts that links asked for. `by_card`: a card paid the order."""

    payment_id: int
    order_id: int
    amount: Money
    received: Money
    clabe: str
    beneficiary: str
    concept: str
    expires_at: datetime
    watch_until: datetime
    asked: tuple[Money, ...]
    is_settled: bool
    by_card: bool


def expected_of(order_ids: Collection[int]) -> dict[int, Expected]:
    """The transfer of each order; a card's payment stands in where there is none. Three statements."""
    rows = list(Payment.objects.filter(order_id__in=list(order_ids)).order_by("rail", "pk"))
    by_card = {row.order_id for row in rows if row.rail == "card" and State(row.state) in SETTLED}
    # «transfer» comes after «card»: it stays where both are.
    chosen = {row.order_id: row for row in rows}
    ids = [row.pk for row in chosen.values()]
    told = {row.pk: row for row in Instructions.objects.filter(pk__in=ids)}
    parts: dict[int, list[Money]] = defaultdict(list)
    asked = Link.objects.filter(payment_id__in=ids).exclude(purpose=Purpose.WHOLE.value)
    for payment_id, centavos in asked.values_list("payment_id", "amount_centavos"):
        parts[payment_id].append(Money(centavos))
    return {
        order_id: Expected(
            payment_id=row.pk,
            order_id=order_id,
            amount=Money(row.amount_centavos, row.currency),
            received=Money(row.received_centavos, row.currency),
            clabe=told[row.pk].clabe if row.pk in told else "",
            beneficiary=told[row.pk].beneficiary if row.pk in told else "",
            concept=told[row.pk].concept if row.pk in told else "",
            expires_at=row.expires_at,
            watch_until=row.watch_until,
            asked=tuple(parts[row.pk]),
            is_settled=row.rail == "transfer" and State(row.state) in SETTLED,
            by_card=order_id in by_card,
        )
        for order_id, row in chosen.items()
    }
