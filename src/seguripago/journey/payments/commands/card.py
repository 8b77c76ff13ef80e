"""Ask for the whole order by card. Who charges the card stands above and comes back through `confirm_payments`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from seguripago.values.money import Money

from ..models import Payment
from ..rules import CARD_MINUTES, Event, State, move
from .details import lock_payable


@dataclass(frozen=True, slots=True)
class AskedCard:
    """The locked payment that a card is to be charged for, and what it misses."""

    payment_id: int
    order_id: int
    store_id: int
    buyer_name: str
    amount: Money


def ask_card(order_id: int, *, at: datetime) -> AskedCard:
    """Open the order's card payment, or open it again, and lock it until the caller's transaction ends.

    Where a part has come by transfer, such as a deposit, the card is asked for the rest of that payment.
    Raises NotAccepted, AlreadyPaid, OrderEnded.
    """
    with transaction.atomic():
        order = lock_payable(order_id)
        begun = (
            Payment.objects.select_for_update()
            .filter(order_id=order_id, rail="transfer", state=State.PARTLY_PAID.value)
            .first()
        )
        if begun is not None:
            return _asked(begun, order.buyer_name)
        until = at + timedelta(minutes=CARD_MINUTES)
        payment, _ = Payment.objects.select_for_update().get_or_create(
            order_id=order_id,
            rail="card",
            defaults={
                "store_id": order.store_id,
                "channel": "card",
                "state": State.AWAITING.value,
                "amount_centavos": order.total.centavos,
                "currency": order.total.currency,
                "expires_at": until,
                "watch_until": until,
                "changed_at": at,
            },
        )
        payment.state = move(State(payment.state), Event.SEND_DETAILS).value
        payment.expires_at = payment.watch_until = until
        payment.changed_at = at
        payment.save()
    return _asked(payment, order.buyer_name)


def _asked(payment: Payment, buyer_name: str) -> AskedCard:
    missing = Money(payment.amount_centavos - payment.received_centavos, payment.currency)
    return AskedCard(payment.pk, payment.order_id, payment.store_id, buyer_name, missing)
