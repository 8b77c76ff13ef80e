"""What the guarantee hears: a confirmed payment, a parcel that arrived."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.commands import Listener
from seguripago.journey.delivery.facts import ShipmentDelivered
from seguripago.journey.payments.facts import PaymentConfirmed
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from .commands import Promise, hold_guarantees, start_inspection


def follow_orders(facts: Sequence[Fact], at: datetime) -> None:
    """Hold what was paid, then start the clocks of what arrived: one batch may carry both facts of one order."""
    paid = [fact for fact in facts if isinstance(fact, PaymentConfirmed)]
    hold_guarantees(
        [Promise(fact.store_id, fact.order_id, Money(fact.centavos, fact.currency)) for fact in paid],
        by=Actor.system(),
        at=at,
    )
    for fact in sorted((one for one in facts if isinstance(one, ShipmentDelivered)), key=lambda one: one.order_id):
        start_inspection(fact.order_id, by=Actor.system(), delivered_at=fact.at)


LISTENERS: tuple[Listener, ...] = (Listener("guarantee.follow", (PaymentConfirmed, ShipmentDelivered), follow_orders),)
