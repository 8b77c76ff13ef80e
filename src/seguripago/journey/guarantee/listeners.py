"""What the guarantee hears: a confirmed payment, a parcel that arrived, money that the bank took back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.commands import Listener
from seguripago.journey.delivery.facts import ShipmentDelivered
from seguripago.journey.payments.facts import PaymentConfirmed, PaymentReversed
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from .commands import Promise, hold_guarantees, note_reversal, start_inspection


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
    for lost in sorted((one for one in facts if isinstance(one, PaymentReversed)), key=lambda one: one.order_id):
        note_reversal(lost.order_id, source=lost.source, by=Actor.system(), at=lost.at)


LISTENERS: tuple[Listener, ...] = (
    Listener("guarantee.follow", (PaymentConfirmed, ShipmentDelivered, PaymentReversed), follow_orders),
)
