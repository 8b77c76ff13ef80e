"""What the guarantee hears: a confirmed payment, a parcel that arrived, money that went back or was taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.commands import Listener
from seguripago.journey.cards.facts import CardChargebackDecided
from seguripago.journey.delivery.facts import ShipmentDelivered, ShipmentReturned
from seguripago.journey.payments.facts import (
    PaymentChargedBack,
    PaymentConfirmed,
    PaymentRefunded,
    PaymentReversed,
    PaymentWonBack,
    RefundCameBack,
)
from seguripago.journey.refunds.facts import RefundApproved
from seguripago.journey.refunds.rules import RefundReason
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from .commands import (
    Promise,
    carry_out_unsent,
    follow_lost_chargeback,
    follow_refunds,
    hold_guarantees,
    note_reversal,
    start_inspection,
)

# A parcel that came back may belong to an order whose money all went back: it is not sent again.
WENT_BACK: Final = (PaymentRefunded, RefundCameBack, PaymentChargedBack, PaymentWonBack, ShipmentReturned)


def follow_orders(facts: Sequence[Fact], at: datetime) -> None:
    """Hold what was paid, then start the clocks of what arrived: one batch may carry both facts of one order."""
    paid = [fact for fact in facts if isinstance(fact, PaymentConfirmed)]
    hold_guarantees(
        [Promise(fact.store_id, fact.order_id, Money(fact.centavos, fact.currency)) for fact in paid],
        by=Actor.system(),
        at=at,
    )
    arrived = [one for one in facts if isinstance(one, ShipmentDelivered) and one.is_last]
    for fact in sorted(arrived, key=lambda one: one.order_id):
        start_inspection(fact.order_id, by=Actor.system(), delivered_at=fact.at)
    for lost in sorted((one for one in facts if isinstance(one, PaymentReversed)), key=lambda one: one.order_id):
        note_reversal(lost.order_id, source=lost.source, by=Actor.system(), at=lost.at)
    granted = [one for one in facts if isinstance(one, RefundApproved) and one.reason == RefundReason.UNSENT]
    for unsent in sorted(granted, key=lambda one: one.order_id):
        carry_out_unsent(unsent.order_id, about=unsent.about, by=Actor.system(), at=unsent.at)
    for back in sorted((one for one in facts if isinstance(one, WENT_BACK)), key=lambda one: one.order_id):
        follow_refunds(back.order_id, by=Actor.system(), at=back.at)
    lost_for_good = [one for one in facts if isinstance(one, CardChargebackDecided) and one.state == "lost"]
    for decided in sorted(lost_for_good, key=lambda one: one.order_id):
        follow_lost_chargeback(decided.order_id, by=Actor.system(), at=decided.at)


LISTENERS: tuple[Listener, ...] = (
    Listener(
        "guarantee.follow",
        (PaymentConfirmed, ShipmentDelivered, PaymentReversed, RefundApproved, *WENT_BACK, CardChargebackDecided),
        follow_orders,
    ),
)
