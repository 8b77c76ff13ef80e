"""The one door to "paid". Transfers, links, cards, statement lines and resolved cases all enter here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from seguripago.foundations.audit.commands import Change, record_all
from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.ledger.commands import Journal, post_all
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.orders import commands as orders
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from ..facts import PartialReceived, PaymentConfirmed
from ..models import Instructions, Link, Payment
from ..rules import OPEN, Event, Standing, State, move, receive


@dataclass(frozen=True, slots=True)
class Settlement:
    """An amount that arrived for a payment, at most what it misses. `source` is booked once: `deposit:12`, `charge:5`.

    `exception` (excess, late) stays on the payment.
    """

    payment_id: int
    source: str
    applied: Money
    received_at: datetime
    comes_from: Account
    tracking_key: str = ""
    exception: str = "none"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A locked payment that a CLABE belongs to, with its order."""

    clabe: str
    payment_id: int
    order_id: int
    order_number: str
    order_state: str
    store_id: int
    state: State
    amount: Money
    received: Money
    expires_at: datetime
    watch_until: datetime


class OutsideTransaction(RuntimeError):
    """Confirming must be part of the transaction that decided it."""


def lock_candidates(clabes: Collection[str]) -> dict[str, Candidate]:
    """The payments that the CLABEs belong to, orders and then payments locked in key order."""
    owners = dict(Instructions.objects.filter(clabe__in=list(clabes)).values_list("clabe", "payment_id"))
    if not owners:
        return {}
    order_ids = list(Payment.objects.filter(pk__in=owners.values()).values_list("order_id", flat=True))
    locked = orders.lock_orders(order_ids)
    payments = {
        payment.pk: payment
        for payment in Payment.objects.select_for_update().filter(pk__in=owners.values()).order_by("pk")
    }
    return {
        clabe: Candidate(
            clabe=clabe,
            payment_id=payment.pk,
            order_id=payment.order_id,
            order_number=locked[payment.order_id].number,
            order_state=locked[payment.order_id].state,
            store_id=payment.store_id,
            state=State(payment.state),
            amount=Money(payment.amount_centavos, payment.currency),
            received=Money(payment.received_centavos, payment.currency),
            expires_at=payment.expires_at,
            watch_until=payment.watch_until,
        )
        for clabe, payment_id in owners.items()
        for payment in (payments[payment_id],)
    }


def confirm_payments(settlements: Sequence[Settlement], *, by: Actor, at: datetime) -> None:
    """Apply amounts to payments; those that become whole are confirmed, their orders paid, their rivals retired.

    Runs inside the caller's transaction, in which the decision was made. Several settlements of one payment are
    applied in the order given. Raises rules.WrongMove when a payment takes no such amount.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    if not settlements:
        return
    ids = sorted({settlement.payment_id for settlement in settlements})
    order_ids = sorted(Payment.objects.filter(pk__in=ids).values_list("order_id", flat=True))
    orders.lock_orders(order_ids)
    payments = {p.pk: p for p in Payment.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    journals: list[Journal] = []
    facts: list[Fact] = []
    changes: list[Change] = []
    confirmed: list[Payment] = []
    for settlement in settlements:
        payment = payments[settlement.payment_id]
        if _apply(payment, settlement, by=by, at=at):
            confirmed.append(payment)
        journals.append(_journal(payment, settlement, at=at))
        facts.append(_fact(payment, settlement, at=at))
        said = {"source": settlement.source, "applied": settlement.applied.plain, "state": payment.state}
        changes.append(Change(payment.store_id, by, "payment.received", f"order:{payment.order_id}", said, at))
    Payment.objects.bulk_update(
        payments.values(),
        ["state", "exception", "received_centavos", "received_at", "confirmed_at", "confirmed_by", "changed_at"],
    )
    _retire_rivals(confirmed, at=at)
    post_all(journals)
    if confirmed:
        orders.mark_paid([payment.order_id for payment in confirmed], at=at)
    record_all(changes)
    publish(*facts)


def _apply(payment: Payment, settlement: Settlement, *, by: Actor, at: datetime) -> bool:
    standing = Standing(
        payment.pk,
        State(payment.state),
        Money(payment.amount_centavos, payment.currency),
        Money(payment.received_centavos, payment.currency),
    )
    effect = receive(standing, settlement.applied)
    payment.state = effect.after.state.value
    payment.received_centavos = effect.after.received.centavos
    payment.received_at = settlement.received_at
    payment.changed_at = at
    if settlement.exception != "none":
        payment.exception = settlement.exception
    if effect.completes:
        payment.confirmed_at = at
        payment.confirmed_by = "Área de Medios de Pago" if by.kind == "system" else by.name
    return effect.completes


def _journal(payment: Payment, settlement: Settlement, *, at: datetime) -> Journal:
    return Journal(
        f"{settlement.source}:payment:{payment.pk}",
        payment.store_id,
        f"order:{payment.order_id}",
        at,
        ((settlement.comes_from, settlement.applied), (Account.DUE_TO_BUYER, -settlement.applied)),
    )


def _fact(payment: Payment, settlement: Settlement, *, at: datetime) -> Fact:
    if payment.state != State.CONFIRMED.value:
        return PartialReceived(
            store_id=payment.store_id,
            at=at,
            order_id=payment.order_id,
            payment_id=payment.pk,
            received_centavos=payment.received_centavos,
            missing_centavos=payment.amount_centavos - payment.received_centavos,
        )
    return PaymentConfirmed(
        store_id=payment.store_id,
        at=at,
        order_id=payment.order_id,
        payment_id=payment.pk,
        channel=payment.channel,
        centavos=payment.amount_centavos,
        currency=payment.currency,
        source=settlement.source,
        tracking_key=settlement.tracking_key,
    )


def _retire_rivals(confirmed: Sequence[Payment], *, at: datetime) -> None:
    """Confirming one rail retires the other one of the order; money that still comes by it is a duplicate."""
    if not confirmed:
        return
    Link.objects.filter(payment__in=confirmed, state__in=["active", "opened"]).update(state="paid")
    rivals = list(
        Payment.objects.select_for_update()
        .filter(order_id__in=[p.order_id for p in confirmed], state__in=[state.value for state in OPEN])
        .exclude(pk__in=[p.pk for p in confirmed])
        .order_by("pk")
    )
    for rival in rivals:
        rival.state = move(State(rival.state), Event.RETIRE).value
        rival.changed_at = at
    if rivals:
        Payment.objects.bulk_update(rivals, ["state", "changed_at"])
        Link.objects.filter(payment__in=rivals, state__in=["active", "opened"]).update(state="revoked")
