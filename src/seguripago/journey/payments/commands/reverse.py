"""Undo what a transfer had paid, because the bank took it back: by new postings, and for the order too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from seguripago.foundations.audit.commands import Change, record_all
from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.ledger.commands import Journal, post_all
from seguripago.foundations.ledger.rules import Account
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.orders import commands as orders
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from ..facts import PaymentReversed
from ..models import Link, Payment
from ..rules import Loss, Standing, State, lose, receive
from .confirm import OutsideTransaction, Settlement
from .link_making import return_links


@dataclass(frozen=True, slots=True)
class Undone:
    """An amount that the bank took back from a payment: zero when it never was applied to it.

    `source` is booked once: `deposit:12`. `returned` is the whole transfer, for the buyer's eyes.
    """

    payment_id: int
    source: str
    amount: Money
    returned: Money


@dataclass(frozen=True, slots=True)
class Step:
    """What one payment goes through: what it loses, then what other money of the same buyer fills up."""

    losses: list[Undone]
    refills: list[Settlement]


def lock_payments(payment_ids: Collection[int]) -> dict[int, Standing]:
    """Lock orders and then payments, in the order of their keys, and say where the payments stand."""
    return {pk: _standing(payment) for pk, payment in _locked(payment_ids).items()}


def reverse_payments(undone: Sequence[Undone], *, refills: Sequence[Settlement] = (), by: Actor, at: datetime) -> None:
    """Take amounts back from payments; `refills` is other money, not yet applied, that takes their place at once.

    Runs in the caller's transaction, in which the decision was made. A payment that is no longer whole is no longer
    confirmed; its order, if it has not left, waits for the money again with a new clock. Raises rules.WrongMove.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    steps: dict[int, Step] = defaultdict(lambda: Step([], []))
    for each in undone:
        steps[each.payment_id].losses.append(each)
    for refill in refills:
        steps[refill.payment_id].refills.append(refill)
    payments = _locked(steps)
    journals: list[Journal] = []
    facts: list[Fact] = []
    changes: list[Change] = []
    for pk, payment in payments.items():
        was_confirmed = payment.state == State.CONFIRMED.value
        journals += _take(payment, steps[pk], at=at)
        is_confirmed = payment.state == State.CONFIRMED.value
        if was_confirmed and not is_confirmed:
            _unconfirm(payment, at=at)
        if not is_confirmed and payment.state != State.CANCELLED.value:
            _give_time(payment, at=at)
            facts.append(_fact(payment, steps[pk], unconfirms=was_confirmed, at=at))
        said = {"sources": [each.source for each in steps[pk].losses], "state": payment.state}
        changes.append(Change(payment.store_id, by, "payment.reversed", f"order:{payment.order_id}", said, at))
    Payment.objects.bulk_update(
        payments.values(),
        [
            "state", "exception", "received_centavos", "received_at", "confirmed_at", "confirmed_by", "changed_at",
            "expires_at", "watch_until",
        ],
    )  # fmt: skip
    return_links(list(payments), by=by, at=at)
    post_all(journals)
    record_all(changes)
    publish(*facts)


def _locked(payment_ids: Collection[int]) -> dict[int, Payment]:
    order_ids = Payment.objects.filter(pk__in=list(payment_ids)).values_list("order_id", flat=True)
    orders.lock_orders(set(order_ids))
    rows = Payment.objects.select_for_update().filter(pk__in=list(payment_ids)).order_by("pk")
    return {payment.pk: payment for payment in rows}


def _standing(payment: Payment) -> Standing:
    return Standing(
        payment.pk,
        State(payment.state),
        Money(payment.amount_centavos, payment.currency),
        Money(payment.received_centavos, payment.currency),
    )


def _take(payment: Payment, step: Step, *, at: datetime) -> list[Journal]:
    """Apply the losses and the refills to the row; give their journals."""
    standing = _standing(payment)
    subject = f"order:{payment.order_id}"
    journals = []
    for each in step.losses:
        loss: Loss = lose(standing, each.amount)
        standing = loss.after
        if each.amount:
            legs = ((Account.DUE_TO_BUYER, each.amount), (Account.SUSPENSE, -each.amount))
            name = f"{each.source}:returned:payment:{payment.pk}"
            journals.append(Journal(name, payment.store_id, subject, at, legs))
    for refill in step.refills:
        standing = receive(standing, refill.applied).after
        legs = ((refill.comes_from, refill.applied), (Account.DUE_TO_BUYER, -refill.applied))
        name = f"{refill.source}:payment:{payment.pk}"
        journals.append(Journal(name, payment.store_id, subject, at, legs))
        payment.received_at = refill.received_at
    payment.state = standing.state.value
    payment.received_centavos = standing.received.centavos
    payment.changed_at = at
    if not standing.received:
        payment.received_at = None
    return journals


def _unconfirm(payment: Payment, *, at: datetime) -> None:
    """The payment was whole and is so no longer: what has not left stays, what has left keeps its history."""
    payment.exception = "none"
    if orders.mark_unpaid(payment.order_id, at=at):
        payment.confirmed_at, payment.confirmed_by = None, ""


def _give_time(payment: Payment, *, at: datetime) -> None:
    """Let the buyer pay again: at least as long as the store gives for a transfer, while his order waits."""
    order = orders.lock_order(payment.order_id)
    if order.state != "verified":
        return
    until = at + timedelta(hours=store_by_id(payment.store_id).transfer_hours)
    if until > payment.expires_at:
        payment.watch_until += until - payment.expires_at
        payment.expires_at = until
        Link.objects.filter(payment=payment, state__in=["active", "opened"]).update(expires_at=until)
    orders.extend_expiry(payment.order_id, payment.expires_at, at=at)


def _fact(payment: Payment, step: Step, *, unconfirms: bool, at: datetime) -> Fact:
    return PaymentReversed(
        store_id=payment.store_id,
        at=at,
        order_id=payment.order_id,
        payment_id=payment.pk,
        centavos=sum(each.returned.centavos for each in step.losses),
        missing_centavos=payment.amount_centavos - payment.received_centavos,
        currency=payment.currency,
        source=step.losses[0].source if step.losses else "",
        unconfirms=unconfirms,
    )
