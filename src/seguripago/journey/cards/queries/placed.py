"""What cards brought of a payment, and what of it may still go back to each of them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, Sum

from seguripago.ports import registry
from seguripago.ports.card_gateways import FAMILY
from seguripago.values.money import MXN, Money

from ..models import CardCharge, Chargeback
from ..rules.charges import ChargeState
from ..rules.refunds import OUT


@dataclass(frozen=True, slots=True)
class CardPart:
    """So much of a charge its payment has and the card may get back. `whole_only`: the gateway gives no part of it."""

    charge_id: int
    payment_id: int
    left: Money
    card: str
    gateway: str
    whole_only: bool


def placed_of_payment(payment_id: int) -> Money:
    """What cards brought of a payment, whatever of it went back since."""
    rows = CardCharge.objects.filter(payment_id=payment_id, state=ChargeState.PAID.value)
    placed = rows.aggregate(all=Sum(F("captured_centavos") - F("apart_centavos") - F("elsewhere_centavos"), default=0))
    currency = rows.values_list("currency", flat=True).first()
    return Money(placed["all"], currency or MXN)


def card_parts(order_id: int) -> tuple[CardPart, ...]:
    """What may still go back to the cards that paid an order, the oldest charge first; not what a bank has taken."""
    rows = CardCharge.objects.filter(payment__order_id=order_id, state=ChargeState.PAID.value).order_by("pk")
    disputed = set(Chargeback.objects.filter(charge__in=rows, state__in=OUT).values_list("charge_id", flat=True))
    parts = []
    for row in rows:
        left = (
            row.captured_centavos
            - row.elsewhere_centavos
            - row.apart_centavos
            - (row.returning_centavos - row.returning_apart_centavos)
        )
        if left <= 0 or row.pk in disputed:
            continue
        adapter = registry.adapters(FAMILY).get(row.gateway)
        gives_parts = adapter is not None and "partial_refund" in adapter.capabilities
        parts.append(
            CardPart(
                charge_id=row.pk,
                payment_id=row.payment_id,
                left=Money(left, row.currency),
                card=row.card_label,
                gateway=row.gateway if adapter is None else str(adapter.title),
                whole_only=not gives_parts,
            )
        )
    return tuple(parts)
