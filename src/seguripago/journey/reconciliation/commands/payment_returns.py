"""Return money of a payment that became whole by transfer: decided elsewhere by two people, capped and kept here.

Runs in the transaction of the decision; locks are taken order first, then payment. The database counts too: whoever
comes past the lock is stopped by the payment's own row.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import connection

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.journey.orders import commands as orders
from seguripago.journey.payments.commands import lock_payments
from seguripago.journey.payments.queries import orders_of_payments
from seguripago.journey.payments.rules import SETTLED
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from ..facts import ReturnApproved
from ..models import PaymentReturns, ReturnInstruction
from ..paid_back import brought_by_transfers, transfer_parts
from ..rules.actions import Account
from ..rules.returns import PENDING, ReturnState, ReturnTooLarge
from .returning import fact_of, fail_return, lock_return, subject_of


class OutsideTransaction(RuntimeError):
    """Opening a return must be part of the transaction that decided it."""


def open_return(
    payment_id: int,
    amount: Money,
    *,
    to: Account,
    deposit_id: int | None,
    proposal_id: int,
    asked_at: datetime,
    by: Actor,
    at: datetime,
) -> int:
    """Keep that so much of a payment goes back to an account, as an instruction for the bank; gives its id.

    What is on its way and what is done together never pass what transfers brought. Raises ReturnTooLarge.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    standing = lock_payments([payment_id])[payment_id]
    parts = transfer_parts(payment_id) if standing.state in SETTLED else ()
    left = Money.sum((part.left for part in parts), standing.amount.currency)
    if amount.centavos <= 0 or amount.currency != standing.amount.currency or amount.centavos > left.centavos:
        raise ReturnTooLarge(left)
    order = orders.lock_order(orders_of_payments([payment_id])[payment_id].order_id)
    funded = brought_by_transfers(payment_id)
    PaymentReturns.objects.get_or_create(payment_id=payment_id, defaults={"funded_centavos": funded.centavos})
    PaymentReturns.objects.filter(pk=payment_id).exclude(funded_centavos=funded.centavos).update(
        funded_centavos=funded.centavos
    )
    row = ReturnInstruction.objects.create(
        store_id=order.store_id,
        payment_id=payment_id,
        deposit_id=deposit_id or None,
        proposal_id=proposal_id,
        amount_centavos=amount.centavos,
        currency=amount.currency,
        account=to.number,
        institution=to.institution,
        holder=to.holder,
        proof=to.proof,
        asked_at=asked_at,
        approved_at=at,
    )
    said = {"return": row.pk, "amount": amount.plain, "account": row.account, "proposal": proposal_id}
    record(row.store_id, by, "return.approved", subject_of(row), said, at=at)
    publish(fact_of(ReturnApproved, row, at=at))
    return row.pk


def stop_payment_returns(payment_ids: Collection[int], *, reason: str, by: Actor, at: datetime) -> None:
    """Take back what was decided of these payments and not yet told to the bank; it may be decided again."""
    waiting = ReturnInstruction.objects.filter(payment_id__in=list(payment_ids), state=ReturnState.APPROVED.value)
    for return_id in list(waiting.order_by("pk").values_list("pk", flat=True)):
        _, row = lock_return(return_id)
        if row.state == ReturnState.APPROVED:
            fail_return(return_id, reason=reason, by=by, at=at)


def payments_with_returns(payment_ids: Collection[int]) -> set[int]:
    """Those of the payments of which a return is on its way to an account."""
    rows = ReturnInstruction.objects.filter(payment_id__in=list(payment_ids), state__in=PENDING)
    return {payment_id for payment_id in rows.values_list("payment_id", flat=True) if payment_id is not None}
