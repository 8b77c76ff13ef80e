"""What the parcel hears: a confirmed payment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.commands import Listener
from seguripago.journey.payments.facts import PaymentConfirmed
from seguripago.values.actor import Actor

from .commands import prepare_shipments


def prepare_paid_orders(facts: Sequence[Fact], at: datetime) -> None:
    """Open the parcels of the orders whose payment was confirmed."""
    paid = {fact.order_id for fact in facts if isinstance(fact, PaymentConfirmed)}
    prepare_shipments(paid, by=Actor.system(), at=at)


LISTENERS: tuple[Listener, ...] = (Listener("delivery.prepare", (PaymentConfirmed,), prepare_paid_orders),)
