"""What two people decided about a transfer: take up a retired one again, give up a part that never became whole.

Both run in the transaction of the decision. Whoever decided has proved that it was two.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.ledger.commands import Journal, post
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.orders import commands as orders
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from ..facts import PartGivenUp
from ..models import Payment
from ..rules import Event, State, move
from .confirm import OutsideTransaction
from .link_making import return_links


def take_up(payment_id: int, *, by: Actor, at: datetime) -> None:
    """Let a retired transfer take money again, because its order will be honoured after all. Raises rules.WrongMove."""
    payment = _locked(payment_id)
    event = Event.TAKE_UP_PART if payment.received_centavos else Event.TAKE_UP
    payment.state = move(State(payment.state), event).value
    payment.changed_at = at
    payment.save(update_fields=["state", "changed_at"])
    record(payment.store_id, by, "payment.taken_up", f"order:{payment.order_id}", {"payment": payment_id}, at=at)


def give_up_part(payment_id: int, *, source: str, by: Actor, at: datetime) -> Money:
    """Take what arrived of a payment that never became whole back to suspense, from where it is returned.

    `source` is booked once: `case:12`. Returns the amount. Raises rules.WrongMove.
    """
    payment = _locked(payment_id)
    amount = Money(payment.received_centavos, payment.currency)
    payment.state = move(State(payment.state), Event.GIVE_UP_PART).value
    payment.received_centavos, payment.received_at, payment.changed_at = 0, None, at
    payment.save(update_fields=["state", "received_centavos", "received_at", "changed_at"])
    return_links([payment_id], by=by, at=at)
    subject = f"order:{payment.order_id}"
    legs = ((Account.DUE_TO_BUYER, amount), (Account.SUSPENSE, -amount))
    post(Journal(f"{source}:given_up:payment:{payment_id}", payment.store_id, subject, at, legs))
    said = {"payment": payment_id, "amount": amount.plain, "source": source}
    record(payment.store_id, by, "payment.part_given_up", subject, said, at=at)
    publish(
        PartGivenUp(
            store_id=payment.store_id,
            at=at,
            order_id=payment.order_id,
            payment_id=payment_id,
            centavos=amount.centavos,
            currency=amount.currency,
        )
    )
    return amount


def _locked(payment_id: int) -> Payment:
    if not connection.in_atomic_block:
        raise OutsideTransaction
    orders.lock_order(Payment.objects.values_list("order_id", flat=True).get(pk=payment_id))
    return Payment.objects.select_for_update().get(pk=payment_id)
