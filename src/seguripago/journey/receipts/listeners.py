"""What receipts hear: a payment was confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.commands import Listener
from seguripago.journey.payments.facts import PaymentConfirmed
from seguripago.values.money import Money

from .commands import ConfirmedPayment, issue_receipts


def issue_for_confirmed(facts: Sequence[Fact], at: datetime) -> None:
    """Issue a receipt for every confirmed payment of the batch, in the order in which they were confirmed."""
    issue_receipts(
        [
            ConfirmedPayment(
                store_id=fact.store_id,
                order_id=fact.order_id,
                payment_id=fact.payment_id,
                channel=fact.channel,
                amount=Money(fact.centavos, fact.currency),
                confirmed_at=fact.at,
                tracking_key=fact.tracking_key,
            )
            for fact in facts
            if isinstance(fact, PaymentConfirmed)
        ],
        at=at,
    )


LISTENERS: tuple[Listener, ...] = (Listener("receipts.issue", (PaymentConfirmed,), issue_for_confirmed),)
