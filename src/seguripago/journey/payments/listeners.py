"""What payments hear of the orders: one that was cancelled waits for no money."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.commands import Listener
from seguripago.journey.orders.facts import OrderCancelled

from .commands import retire_payments


def retire_cancelled(facts: Sequence[Fact], at: datetime) -> None:
    """Retire the payments of cancelled orders."""
    retire_payments(sorted({fact.order_id for fact in facts if isinstance(fact, OrderCancelled)}), at=at)


LISTENERS = (Listener("payments.retire", (OrderCancelled,), retire_cancelled),)
