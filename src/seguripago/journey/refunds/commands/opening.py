"""Open a refund that two people have decided already: a claim's, a cancelled order's."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from seguripago.journey.orders import commands as orders
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from ..facts import RefundApproved
from ..models import Refund
from ..refusals import RefundTooMuch
from ..rules import RefundReason, RefundState
from ..sources import sources_of
from .legs import leaves_nothing, set_out, stop_parcel
from .telling import tell


class OutsideTransaction(RuntimeError):
    """Opening a refund must be part of the transaction that decided it."""


def open_refund(
    order_id: int,
    amount: Money,
    *,
    reason: RefundReason,
    subject: str,
    proposal_id: int,
    note: str = "",
    asked_by: str = "",
    by: Actor,
    at: datetime,
) -> int:
    """Open a refund of an order's money under a decision of two people; gives its id. Once for `subject`.

    Runs in the transaction of the decision and locks the order first. The gateway and the bank are told once it is
    committed; a part without a known account waits for the buyer's. Raises RefundTooMuch.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    order = orders.lock_order(order_id)
    known = Refund.objects.filter(subject=subject).values_list("pk", flat=True).first()
    if known is not None:
        return known
    refund = Refund.objects.create(
        store_id=order.store_id,
        order_id=order_id,
        subject=subject[:80],
        reason=reason.value,
        amount_centavos=amount.centavos,
        currency=amount.currency,
        state=RefundState.APPROVED.value,
        note=" ".join(note.split())[:240],
        proposal_id=proposal_id,
        asked_by=(asked_by or by.name)[:120],
        asked_at=at,
        approved_by=by.name[:120],
        approved_at=at,
    )
    carry_out(refund, proposal_id=proposal_id, by=by, at=at)
    return refund.pk


def carry_out(refund: Refund, *, proposal_id: int, by: Actor, at: datetime) -> None:
    """Set an approved refund out on its roads, its order locked. Raises RefundTooMuch and what cards raise."""
    assert refund.order_id is not None
    sources = sources_of(refund.order_id, charge_id=refund.charge_id)
    amount = Money(refund.amount_centavos, refund.currency)
    legs = sources.plan(amount)
    if legs is None:
        raise RefundTooMuch(sources.left)
    stops = leaves_nothing(amount, orders.lock_order(refund.order_id))
    waits = set_out(refund, legs, sources, proposal_id=proposal_id, by=by, at=at)
    if stops:
        stop_parcel(refund, by=by, at=at)
    tell(refund, RefundApproved, "refund.approved", by=by, at=at, needs_account=waits)
