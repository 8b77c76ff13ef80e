"""What payments hear of the orders: one that was cancelled waits for no money, one that changed needs another link."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.commands import Listener
from seguripago.journey.orders.facts import OrderCancelled, OrderCorrected

from .commands import retire_payments, supersede_changed


def retire_cancelled(facts: Sequence[Fact], at: datetime) -> None:
    """Retire the payments of cancelled orders."""
    retire_payments(sorted({fact.order_id for fact in facts if isinstance(fact, OrderCancelled)}), at=at)


def supersede_links(facts: Sequence[Fact], at: datetime) -> None:
    """End the links of orders that have another version of their PRE-FACTURA now."""
    supersede_changed(sorted({fact.order_id for fact in facts if isinstance(fact, OrderCorrected)}), at=at)


LISTENERS = (
    Listener("payments.retire", (OrderCancelled,), retire_cancelled),
    Listener("payments.supersede_links", (OrderCorrected,), supersede_links),
)
