"""Send the bank details or the link: one transfer payment per order, asked for in one of two ways."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.stores.commands import assign_clabe
from seguripago.foundations.stores.queries import StoreView, store_by_id
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.shapes import LockedOrder
from seguripago.values import order_number
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from ..facts import TransferDetailsSent
from ..models import Instructions, Payment
from ..refusals import AlreadyPaid, NotAccepted, OrderEnded
from ..rules import LINK_HOURS, Clocks, Event, LinkState, Purpose, State, clocks, move
from .link_making import end_links, make_link

PAID_STATES = frozenset({"paid", "preparing", "shipped", "delivered", "closed"})


def send_transfer_details(order_id: int, *, by: Actor, at: datetime) -> int:
    """Give the order its CLABE (once, ever), start the clocks and ask for a transfer. Returns the payment's id.

    Sent again, the same CLABE and clocks stay; a payment link that was sent before is retired.
    Raises NotAccepted, AlreadyPaid, OrderEnded, stores.AccountsExhausted.
    """
    with transaction.atomic():
        order = lock_payable(order_id)
        payment = _transfer_payment(order, channel="spei", at=at)
        end_links([payment.pk], LinkState.SUPERSEDED, why="bank_details", by=by, at=at)
        record(order.store_id, by, "payment.details_sent", f"order:{order_id}", {"payment": payment.pk}, at=at)
        publish(TransferDetailsSent(store_id=order.store_id, at=at, order_id=order_id, payment_id=payment.pk))
    return payment.pk


def send_payment_link(
    order_id: int, *, token: str, purpose: str = "whole", amount: Money | None = None, by: Actor, at: datetime
) -> int:
    """Make a link whose handle is `token` (random, at least 128 bits) and ask for the payment by it.

    A deposit asks for `amount`, all others for what is missing; what is asked for as the whole when a part is there
    already becomes the rest. A link that was sent before is superseded. Returns the payment's id; raises
    DepositOutOfPlace, and as send_transfer_details.
    """
    with transaction.atomic():
        order = lock_payable(order_id, before_the_yes=True)
        payment = _transfer_payment(order, channel="link", at=at)
        make_link(
            payment,
            store_by_id(order.store_id),
            purpose=Purpose(purpose),
            deposit=amount,
            handle=token,
            expires_at=_link_ends_at(order, payment, at),
            by=by,
            at=at,
        )
    return payment.pk


def lock_payable(order_id: int, *, before_the_yes: bool = False) -> LockedOrder:
    """The order, locked, if money may be asked for it.

    `before_the_yes`: a charge without a cart was ticked by whoever made it; its buyer says yes where the link leads.
    """
    order = orders.lock_order(order_id)
    if order.state in PAID_STATES:
        raise AlreadyPaid
    if order.state in {"cancelled", "expired"}:
        raise OrderEnded
    if order.accepted_at is None and not (before_the_yes and order.kind == "quick"):
        raise NotAccepted
    return order


def _transfer_payment(order: LockedOrder, *, channel: str, at: datetime) -> Payment:
    store = store_by_id(order.store_id)
    payment = Payment.objects.select_for_update().filter(order_id=order.id, rail="transfer").first()
    if payment is None:
        times = _clocks(order, store, at)
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
            times = _clocks(order, store, at)
            payment.expires_at, payment.watch_until, payment.monitored_at = times.expires_at, times.watch_until, at
        payment.save()
    orders.extend_expiry(order.id, payment.expires_at, at=at)
    return payment


def _clocks(order: LockedOrder, store: StoreView, at: datetime) -> Clocks:
    """A transfer lasts as the store says; a charge without a cart, the days that it was made for."""
    if order.kind == "quick" and order.expires_at > at:
        return Clocks(order.expires_at, order.expires_at + timedelta(days=store.watch_days))
    return clocks(at, hours=store.transfer_hours, watch_days=store.watch_days)


def _link_ends_at(order: LockedOrder, payment: Payment, at: datetime) -> datetime:
    if order.kind == "quick" and payment.expires_at > at:
        return payment.expires_at
    return max(payment.expires_at, at + timedelta(hours=LINK_HOURS))
