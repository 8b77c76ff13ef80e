"""Send the bank details or the link: one transfer payment per order, asked for in one of two ways."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.stores.commands import assign_clabe
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.shapes import LockedOrder
from seguripago.values import order_number
from seguripago.values.actor import Actor

from ..facts import PaymentLinkSent, TransferDetailsSent
from ..models import Instructions, Link, Payment
from ..refusals import AlreadyPaid, NotAccepted, OrderEnded
from ..rules import LINK_HOURS, Event, State, clocks, move

PAID_STATES = frozenset({"paid", "preparing", "shipped", "delivered", "closed"})


def send_transfer_details(order_id: int, *, by: Actor, at: datetime) -> int:
    """Give the order its CLABE (once, ever), start the clocks and ask for a transfer. Returns the payment's id.

    Sent again, the same CLABE and clocks stay; a payment link that was sent before is retired.
    Raises NotAccepted, AlreadyPaid, OrderEnded, stores.AccountsExhausted.
    """
    with transaction.atomic():
        order = lock_payable(order_id)
        payment = _transfer_payment(order, channel="spei", at=at)
        Link.objects.filter(payment=payment, state__in=["active", "opened"]).update(state="superseded")
        record(order.store_id, by, "payment.details_sent", f"order:{order_id}", {"payment": payment.pk}, at=at)
        publish(TransferDetailsSent(store_id=order.store_id, at=at, order_id=order_id, payment_id=payment.pk))
    return payment.pk


def send_payment_link(order_id: int, *, token: str, by: Actor, at: datetime) -> int:
    """Make a link whose handle is `token` (random, at least 128 bits) and ask for the payment by it.

    A link that was sent before is superseded. Returns the payment's id; raises as send_transfer_details.
    """
    with transaction.atomic():
        order = lock_payable(order_id)
        payment = _transfer_payment(order, channel="link", at=at)
        Link.objects.filter(payment=payment, state__in=["active", "opened"]).update(state="superseded")
        expires_at = max(payment.expires_at, at + timedelta(hours=LINK_HOURS))
        Link.objects.create(payment=payment, store_id=order.store_id, handle=token, made_at=at, expires_at=expires_at)
        record(order.store_id, by, "payment.link_sent", f"order:{order_id}", {"payment": payment.pk}, at=at)
        publish(PaymentLinkSent(store_id=order.store_id, at=at, order_id=order_id, payment_id=payment.pk))
    return payment.pk


def lock_payable(order_id: int) -> LockedOrder:
    """The order, locked, if money may be asked for it."""
    order = orders.lock_order(order_id)
    if order.state in PAID_STATES:
        raise AlreadyPaid
    if order.state in {"cancelled", "expired"}:
        raise OrderEnded
    if order.accepted_at is None:
        raise NotAccepted
    return order


def _transfer_payment(order: LockedOrder, *, channel: str, at: datetime) -> Payment:
    store = store_by_id(order.store_id)
    payment = Payment.objects.select_for_update().filter(order_id=order.id, rail="transfer").first()
    if payment is None:
        times = clocks(at, hours=store.transfer_hours, watch_days=store.watch_days)
        account = assign_clabe(order.store_id)
        payment = Payment.objects.create(
            order_id=order.id,
            store_id=order.store_id,
            rail="transfer",
            channel=channel,
            state=move(State.AWAITING, Event.SEND_DETAILS).value,
            amount_centavos=order.total.centavos,
            currency=order.total.currency,
            expires_at=times.expires_at,
            watch_until=times.watch_until,
            monitored_at=at,
            changed_at=at,
        )
        Instructions.objects.create(
            payment=payment,
            clabe=account.clabe,
            bank=account.bank_label,
            beneficiary=store.legal_name,
            concept=order_number.bare(order.number),
            reference=account.clabe[10:17],
            sent_at=at,
        )
    else:
        was_over = payment.state in {State.EXPIRED.value, State.CANCELLED.value, State.REVERSED.value}
        payment.state = move(State(payment.state), Event.SEND_DETAILS).value
        payment.channel = channel
        payment.changed_at = at
        if was_over:
            times = clocks(at, hours=store.transfer_hours, watch_days=store.watch_days)
            payment.expires_at, payment.watch_until, payment.monitored_at = times.expires_at, times.watch_until, at
        payment.save()
    orders.extend_expiry(order.id, payment.expires_at, at=at)
    return payment
