"""The one door to "paid". Transfers, links, cards, statement lines and resolved cases all enter here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

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
from ..left_over import part_left_over
from ..models import Payment
from ..rules import Event, LinkState, Standing, State, move, receive
from .deposits import begin_rests
from .details import PAID_STATES
from .link_making import end_links, pay_links, refuse_spent

CANDIDATES: Final = """
    SELECT i.clabe, i.payment_id, p.order_id
    FROM transfer_instructions i JOIN payment p ON p.id = i.payment_id WHERE i.clabe = ANY(%s)
"""
ORDERS_OF: Final = "SELECT DISTINCT order_id FROM payment WHERE id = ANY(%s)"
LOCK: Final = """
    SELECT id, order_id, store_id, channel, state, exception, amount_centavos, received_centavos, currency, expires_at,
           watch_until
    FROM payment WHERE id = ANY(%s) ORDER BY id FOR UPDATE
"""
APPLY: Final = """
    UPDATE payment SET state = now.state, exception = now.exception, received_centavos = now.received,
        received_at = now.received_at, confirmed_at = coalesce(now.confirmed_at, payment.confirmed_at),
        confirmed_by = coalesce(nullif(now.confirmed_by, ''), payment.confirmed_by), changed_at = now.changed_at
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::text[],
        %s::timestamptz[]) AS now(id, state, exception, received, received_at, confirmed_at, confirmed_by, changed_at)
    WHERE payment.id = now.id
"""
RIVALS: Final = """
    SELECT id FROM payment
    WHERE order_id = ANY(%s) AND id <> ALL(%s) AND state IN ('awaiting', 'monitored', 'partly_paid', 'reversed')
    ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class Settlement:
    """An amount that arrived for a payment, at most what it misses. `source` is booked once: `deposit:12`, `charge:5`.

    `exception` (excess, late) stays on the payment. `link_id` is the link that it was paid through: a link pays once.
    """

    payment_id: int
    source: str
    applied: Money
    received_at: datetime
    comes_from: Account
    tracking_key: str = ""
    exception: str = "none"
    link_id: int | None = None


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
    shipping_hold: bool = False


@dataclass(slots=True)
class Locked:
    """A payment under its lock, as the settlements of one call change it."""

    order_id: int
    store_id: int
    channel: str
    exception: str
    expires_at: datetime
    watch_until: datetime
    standing: Standing
    received_at: datetime | None = None
    confirmed_at: datetime | None = None
    confirmed_by: str = ""


class OutsideTransaction(RuntimeError):
    """Confirming must be part of the transaction that decided it."""


def lock_candidates(clabes: Collection[str]) -> dict[str, Candidate]:
    """The payments that the CLABEs belong to, orders and then payments locked in key order."""
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, [list(clabes)])
        owners = {clabe: (payment_id, order_id) for clabe, payment_id, order_id in cursor.fetchall()}
    if not owners:
        return {}
    locked = orders.lock_orders({order_id for _, order_id in owners.values()})
    payments = _lock({payment_id for payment_id, _ in owners.values()})
    return {
        clabe: Candidate(
            clabe=clabe,
            payment_id=payment_id,
            order_id=order_id,
            order_number=locked[order_id].number,
            order_state=locked[order_id].state,
            store_id=payment.store_id,
            state=payment.standing.state,
            amount=payment.standing.amount,
            received=payment.standing.received,
            expires_at=payment.expires_at,
            watch_until=payment.watch_until,
            shipping_hold=locked[payment.order_id].shipping_hold,
        )
        for clabe, (payment_id, order_id) in owners.items()
        for payment in (payments[payment_id],)
    }


def confirm_payments(settlements: Sequence[Settlement], *, by: Actor, at: datetime) -> None:
    """Apply amounts to payments; those that become whole are confirmed, their orders paid, their rivals retired.

    Runs inside the caller's transaction, in which the decision was made. Several settlements of one payment are
    applied in the order given. Raises rules.WrongMove when a payment takes no such amount, LinkSpent when a link is
    used that was paid before.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    if not settlements:
        return
    ids = sorted({settlement.payment_id for settlement in settlements})
    # Orders before payments, always. Which order a payment is for never changes, so it may be read before the lock.
    locked = orders.lock_orders(_orders_of(ids))
    payments = _lock(ids)
    refuse_spent([settlement.link_id for settlement in settlements if settlement.link_id is not None])
    journals: list[Journal] = []
    facts: list[Fact] = []
    changes: list[Change] = []
    confirmed: list[Locked] = []
    for settlement in settlements:
        payment = payments[settlement.payment_id]
        if _apply(payment, settlement, by=by, at=at):
            confirmed.append(payment)
        journals.append(_journal(payment, settlement, at=at))
        facts.append(_fact(payment, settlement, at=at))
        said = {"source": settlement.source, "applied": settlement.applied.plain, "state": payment.standing.state}
        changes.append(Change(payment.store_id, by, "payment.received", f"order:{payment.order_id}", said, at))
    _keep(list(payments.values()), at=at)
    by_link = [pk for pk, payment in payments.items() if payment.channel == "link"]
    if by_link:
        reached, paid = pay_links(by_link, by=by, at=at)
        changes += paid
        facts = begin_rests(reached, facts, by=by, at=at)
    _retire_rivals(confirmed, by=by, at=at)
    post_all(journals)
    if confirmed:
        # An order that had left when the bank took its money back is paid once more by new money; its state stays.
        waiting = [p.order_id for p in confirmed if locked[p.order_id].state not in PAID_STATES]
        orders.mark_paid(waiting, at=at)
    record_all(changes)
    publish(*facts)


def _orders_of(ids: Collection[int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(ORDERS_OF, [list(ids)])
        return [row[0] for row in cursor.fetchall()]


def _lock(ids: Collection[int]) -> dict[int, Locked]:
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [list(ids)])
        return {
            pk: Locked(
                order_id,
                store_id,
                channel,
                exception,
                expires_at,
                watch_until,
                Standing(pk, State(state), Money(amount, currency), Money(received, currency)),
            )
            for (
                pk,
                order_id,
                store_id,
                channel,
                state,
                exception,
                amount,
                received,
                currency,
                expires_at,
                watch_until,
            ) in cursor.fetchall()
        }


def _apply(payment: Locked, settlement: Settlement, *, by: Actor, at: datetime) -> bool:
    effect = receive(payment.standing, settlement.applied)
    payment.standing = effect.after
    payment.received_at = settlement.received_at
    if settlement.exception != "none":
        payment.exception = settlement.exception
    if effect.completes:
        payment.confirmed_at = at
        payment.confirmed_by = "Área de Medios de Pago" if by.kind == "system" else by.name
    return effect.completes


def _keep(payments: Sequence[Locked], *, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            APPLY,
            [
                [payment.standing.payment_id for payment in payments],
                [payment.standing.state.value for payment in payments],
                [payment.exception for payment in payments],
                [payment.standing.received.centavos for payment in payments],
                [payment.received_at for payment in payments],
                [payment.confirmed_at for payment in payments],
                [payment.confirmed_by for payment in payments],
                [at] * len(payments),
            ],
        )


def _journal(payment: Locked, settlement: Settlement, *, at: datetime) -> Journal:
    return Journal(
        f"{settlement.source}:payment:{payment.standing.payment_id}",
        payment.store_id,
        f"order:{payment.order_id}",
        at,
        ((settlement.comes_from, settlement.applied), (Account.DUE_TO_BUYER, -settlement.applied)),
    )


def _fact(payment: Locked, settlement: Settlement, *, at: datetime) -> Fact:
    standing = payment.standing
    if standing.state is not State.CONFIRMED:
        return PartialReceived(
            store_id=payment.store_id,
            at=at,
            order_id=payment.order_id,
            payment_id=standing.payment_id,
            received_centavos=standing.received.centavos,
            missing_centavos=standing.missing.centavos,
        )
    return PaymentConfirmed(
        store_id=payment.store_id,
        at=at,
        order_id=payment.order_id,
        payment_id=standing.payment_id,
        channel=payment.channel,
        centavos=standing.amount.centavos,
        currency=standing.amount.currency,
        source=settlement.source,
        tracking_key=settlement.tracking_key,
    )


def _retire_rivals(confirmed: Sequence[Locked], *, by: Actor, at: datetime) -> None:
    """Confirming one rail retires the other one of the order; money that still comes by it is a duplicate."""
    if not confirmed:
        return
    ids = [payment.standing.payment_id for payment in confirmed]
    with connection.cursor() as cursor:
        cursor.execute(RIVALS, [[payment.order_id for payment in confirmed], ids])
        rivals = [row[0] for row in cursor.fetchall()]
    if not rivals:
        return
    for rival in Payment.objects.select_for_update().filter(pk__in=rivals).order_by("pk"):
        rival.state = move(State(rival.state), Event.RETIRE).value
        rival.changed_at = at
        rival.save(update_fields=["state", "changed_at"])
        if rival.received_centavos:
            publish(part_left_over(rival, "paid", at=at))
    end_links(rivals, LinkState.SUPERSEDED, why="paid_otherwise", by=by, at=at)
