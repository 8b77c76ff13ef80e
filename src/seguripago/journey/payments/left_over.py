"""What a retired transfer says of the part that it had received."""

from __future__ import annotations

from datetime import datetime

from .facts import PartLeftOver
from .models import Payment


def part_left_over(payment: Payment, why: str, *, at: datetime) -> PartLeftOver:
    """The fact that a person must decide what becomes of the part; `why` is cancelled or paid."""
    return PartLeftOver(
        store_id=payment.store_id,
        at=at,
        order_id=payment.order_id,
        payment_id=payment.pk,
        centavos=payment.received_centavos,
        currency=payment.currency,
        why=why,
    )
