"""Place what a card was charged: into the payment, or apart for a person. The gateway has the money already."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.ledger.commands import Journal, post
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.catalogue.commands import OutOfStock
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.shapes import LockedOrder
from seguripago.journey.payments.commands import (
    PAID_STATES,
    Settlement,
    confirm_payments,
    link_is_spent,
    lock_payments,
)
from seguripago.journey.payments.rules import OPEN, Standing, State
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from ..facts import CardMoneyUnplaced
from ..models import CardCharge

GATEWAY: Final = Actor.system("Pasarela de tarjetas")


def place_money(charge: CardCharge, paid: Money, order: LockedOrder, *, at: datetime) -> None:
    """Confirm the payment with what a card was charged; what it does not miss is kept apart for a person.

    Whatever became of the order meanwhile, it is booked and somebody hears of it.
    """
    standing = lock_payments([charge.payment_id])[charge.payment_id]
    why = _why_not(charge, paid, standing, order, at=at)
    placed = Money.zero() if why else min(paid, standing.missing)
    if placed:
        settlement = Settlement(
            charge.payment_id, f"charge:{charge.pk}", placed, at, Account.CARD_GATEWAY, link_id=charge.link_id
        )
        confirm_payments([settlement], by=GATEWAY, at=at)
    if paid > placed:
        _keep_apart(charge, paid - placed, why or "excess", order, at=at)


def _keep_apart(charge: CardCharge, amount: Money, why: str, order: LockedOrder, *, at: datetime) -> None:
    subject = f"order:{order.id}"
    charge.apart_centavos = amount.centavos
    charge.save(update_fields=["apart_centavos"])
    legs = ((Account.CARD_GATEWAY, amount), (Account.SUSPENSE, -amount))
    post(Journal(f"charge:{charge.pk}:unplaced", order.store_id, subject, at, legs))
    said = {"charge": charge.pk, "paid": amount.plain, "why": why}
    record(order.store_id, GATEWAY, "card.money_unplaced", subject, said, at=at)
    publish(
        CardMoneyUnplaced(
            store_id=order.store_id,
            at=at,
            order_id=order.id,
            payment_id=charge.payment_id,
            charge_id=charge.pk,
            centavos=amount.centavos,
            currency=amount.currency,
            why=why,
        )
    )


def _why_not(charge: CardCharge, paid: Money, standing: Standing, order: LockedOrder, *, at: datetime) -> str:
    """Why the payment cannot take the money; empty when it can, an expired order's stock being held again."""
    if order.state in PAID_STATES:
        return "paid"
    if paid != Money(charge.amount_centavos, charge.currency):
        return "amount"
    # A link pays once: what a transfer paid while the card was being asked is not paid by the card too.
    if not standing.missing or (charge.link_id is not None and link_is_spent([charge.link_id])):
        return "paid"
    if standing.state not in {*OPEN, State.EXPIRED} or order.state == "cancelled":
        return "ended"
    if order.state == "expired":
        try:
            with transaction.atomic():
                orders.hold_again(order.id, at=at)
        except (OutOfStock, orders.NeverAccepted):
            return "ended"
    return ""
