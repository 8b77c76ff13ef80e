"""Give back what a payment received, and follow what a cardholder's bank takes back. Whoever sends money calls this.

All run in the transaction of whoever knows it from the gateway or the bank; locks are taken order first, then payment.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.db import connection

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.ledger.commands import Journal, post
from seguripago.foundations.ledger.queries import booked_by
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.shapes import LockedOrder
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from ..facts import PaymentChargedBack, PaymentRefunded, PaymentWonBack, RefundCameBack
from ..models import Payment
from ..rules import SETTLED, Standing, State, lose
from ..rules.refunds import Settled, contest, refund, take_refund_back, win_back
from .confirm import OutsideTransaction
from .link_making import return_links

NOT_SENT: Final = frozenset({"paid", "preparing"})


def refund_payment(
    payment_id: int,
    amount: Money,
    *,
    source: str,
    comes_from: Account,
    by: Actor,
    day: date | None = None,
    at: datetime,
) -> None:
    """Take an amount that was given back out of the payment; `source` is booked once: `card_refund:7`.

    What became whole stays confirmed in history and is refunded, wholly or in part; refunded wholly, an order that has
    not left is cancelled and its pieces are for sale again; one of which a part left is not, for the buyer has it. What
    never became whole misses the amount again. `day` is the bank's. Raises rules.WrongMove.
    """
    order, payment = _locked(payment_id)
    if State(payment.state) in SETTLED:
        _keep(payment, refund(_settled(payment), amount), at=at)
        legs = ((Account.REFUNDS, amount), (comes_from, -amount))
        name = f"{source}:refunded"
    else:
        standing = lose(_standing(payment), amount).after
        payment.state, payment.received_centavos, payment.changed_at = standing.state, standing.received.centavos, at
        payment.save(update_fields=["state", "received_centavos", "changed_at"])
        return_links([payment_id], by=by, at=at)
        legs = ((Account.DUE_TO_BUYER, amount), (comes_from, -amount))
        name = f"{source}:payment:{payment_id}"
    subject = f"order:{order.id}"
    post(Journal(name, payment.store_id, subject, at, legs, value_date=day))
    said = {"source": source, "amount": amount.plain, "state": str(payment.state)}
    record(payment.store_id, by, "payment.refunded", subject, said, at=at)
    is_whole = payment.state == State.REFUNDED
    publish(
        PaymentRefunded(
            store_id=payment.store_id,
            at=at,
            order_id=order.id,
            payment_id=payment_id,
            centavos=amount.centavos,
            currency=amount.currency,
            source=source,
            is_whole=is_whole,
        )
    )
    if is_whole and order.state in NOT_SENT and order.part_sent_at is None:
        # Whoever asked for it said why; of what nobody asked for only the money tells.
        orders.cancel_order(order.id, by=by, reason=order.cancel_reason or "Reembolso total.", at=at)


def take_back_refund(
    payment_id: int, amount: Money, *, source: str, comes_from: Account, by: Actor, at: datetime
) -> bool:
    """Book a refund back that had been done and did not arrive: the store has the money again, and owes it still.

    Answers whether the payment counts it again. Of one that was not whole when it was refunded the money waits in
    suspense, whatever became of it since: other money may have taken its place. A person decides about it.
    """
    order, payment = _locked(payment_id)
    owed, subject = Account.SUSPENSE, f"order:{order.id}"
    counts = bool(booked_by(f"{source}:refunded", Account.REFUNDS, currency=amount.currency))
    if counts:
        _keep(payment, take_refund_back(_settled(payment), amount), at=at)
        owed = Account.REFUNDS
    post(Journal(f"{source}:came_back", payment.store_id, subject, at, ((comes_from, amount), (owed, -amount))))
    said = {"source": source, "amount": amount.plain, "state": str(payment.state)}
    record(payment.store_id, by, "payment.refund_came_back", subject, said, at=at)
    publish(
        RefundCameBack(
            store_id=payment.store_id,
            at=at,
            order_id=order.id,
            payment_id=payment_id,
            centavos=amount.centavos,
            currency=amount.currency,
            source=source,
        )
    )
    return counts


def charge_back(payment_id: int, amount: Money, *, source: str, by: Actor, at: datetime) -> bool:
    """A cardholder's bank took the amount back. Answers whether the payment counts it: it must have become whole."""
    order, payment = _locked(payment_id)
    if State(payment.state) not in SETTLED:
        return False
    _keep(payment, contest(_settled(payment), amount), at=at)
    _say(payment, order, PaymentChargedBack, "payment.charged_back", amount, source, by=by, at=at)
    return True


def win_payment_back(payment_id: int, amount: Money, *, source: str, by: Actor, at: datetime) -> None:
    """The store won: what `charge_back` counted is the payment's again. Raises rules.WrongMove."""
    order, payment = _locked(payment_id)
    _keep(payment, win_back(_settled(payment), amount), at=at)
    _say(payment, order, PaymentWonBack, "payment.won_back", amount, source, by=by, at=at)


def _say(
    payment: Payment,
    order: LockedOrder,
    fact: type[PaymentChargedBack | PaymentWonBack],
    action: str,
    amount: Money,
    source: str,
    *,
    by: Actor,
    at: datetime,
) -> None:
    said = {"source": source, "amount": amount.plain, "state": str(payment.state)}
    record(payment.store_id, by, action, f"order:{order.id}", said, at=at)
    publish(
        fact(
            store_id=payment.store_id,
            at=at,
            order_id=order.id,
            payment_id=payment.pk,
            centavos=amount.centavos,
            currency=amount.currency,
            source=source,
        )
    )


def _keep(payment: Payment, settled: Settled, *, at: datetime) -> None:
    payment.state = settled.state.value
    payment.refunded_centavos, payment.contested_centavos = settled.refunded.centavos, settled.contested.centavos
    payment.changed_at = at
    payment.save(update_fields=["state", "refunded_centavos", "contested_centavos", "changed_at"])


def _settled(payment: Payment) -> Settled:
    return Settled(
        State(payment.state),
        Money(payment.amount_centavos, payment.currency),
        Money(payment.refunded_centavos, payment.currency),
        Money(payment.contested_centavos, payment.currency),
    )


def _standing(payment: Payment) -> Standing:
    return Standing(
        payment.pk,
        State(payment.state),
        Money(payment.amount_centavos, payment.currency),
        Money(payment.received_centavos, payment.currency),
    )


def _locked(payment_id: int) -> tuple[LockedOrder, Payment]:
    if not connection.in_atomic_block:
        raise OutsideTransaction
    order = orders.lock_order(Payment.objects.values_list("order_id", flat=True).get(pk=payment_id))
    return order, Payment.objects.select_for_update().get(pk=payment_id)
