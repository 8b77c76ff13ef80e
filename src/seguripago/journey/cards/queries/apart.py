"""What screens and decisions read of money that no payment could take."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum

from seguripago.ports import registry
from seguripago.ports.card_gateways import FAMILY
from seguripago.values.money import Money

from ..models import CardCharge, CardRefund, Chargeback
from ..rules.refunds import OUT, RefundState
from .refunds import RefundView, refund_view


@dataclass(frozen=True, slots=True)
class ApartView:
    """What is kept apart of a charge: `left` of it, and `pending` on its way back to the card.

    `why_not` is why it cannot go back now: disputed (its bank took it), whole_only (the gateway gives no part back).
    """

    charge_id: int
    left: Money
    pending: Money
    card: str
    gateway: str
    why_not: str


def kept_apart(charge_id: int) -> ApartView | None:
    """How what is kept apart of a charge stands; None when there is no such charge."""
    row = CardCharge.objects.filter(pk=charge_id).first()
    if row is None:
        return None
    left = row.apart_centavos - row.returning_apart_centavos
    waiting = CardRefund.objects.filter(charge=row, state=RefundState.PENDING.value)
    adapter = registry.adapters(FAMILY).get(row.gateway)
    why_not = ""
    if adapter is None or (left != row.captured_centavos and "partial_refund" not in adapter.capabilities):
        why_not = "whole_only"
    if Chargeback.objects.filter(charge=row, state__in=OUT).exists():
        why_not = "disputed"
    return ApartView(
        charge_id=charge_id,
        left=Money(left, row.currency),
        pending=Money(waiting.aggregate(all=Sum("apart_centavos", default=0))["all"], row.currency),
        card=row.card_label,
        gateway=row.gateway if adapter is None else str(adapter.title),
        why_not=why_not,
    )


def apart_refunds(charge_id: int) -> tuple[RefundView, ...]:
    """What was sent back of what is kept apart of a charge, the first first."""
    rows = CardRefund.objects.filter(charge=charge_id, apart_centavos__gt=0).order_by("pk")
    return tuple(refund_view(row) for row in rows)


def proposal_of_refund(refund_id: int) -> int | None:
    """Whose authority a refund is; None for one made in the gateway's own panel."""
    return CardRefund.objects.values_list("proposal_id", flat=True).get(pk=refund_id)
