"""What the store will not send: its money goes back by two people, and nothing of it leaves meanwhile."""

from __future__ import annotations

from datetime import datetime

from seguripago.journey.orders import commands as orders
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from ..models import Refund
from ..refusals import UnsentAsked
from ..rules import RefundReason, RefundState
from .asking import ask_refund
from .legs import let_parcel_go, stop_parcel


def ask_for_unsent(order_id: int, amount: Money, *, note: str, by: Actor, at: datetime) -> int:
    """Ask that the money of what will not be sent goes back, and hold that; gives the refund's id. The order is locked.

    Raises UnsentAsked while one is not decided, RefundTooMuch, RefundWithoutWhy, NotYourRole.
    """
    asked = Refund.objects.filter(order_id=order_id, reason=RefundReason.UNSENT.value)
    if asked.filter(state=RefundState.ASKED.value).exists():
        raise UnsentAsked
    subject = f"unsent:{order_id}:{asked.count() + 1}"
    refund_id = ask_refund(order_id, amount, reason=RefundReason.UNSENT, subject=subject, note=note, by=by, at=at)
    stop_parcel(Refund.objects.get(pk=refund_id), by=by, at=at)
    return refund_id


def let_rest_go(order_id: int, *, by: Actor, at: datetime) -> None:
    """Nothing is left to send of an order: no refund holds what is not there any more."""
    orders.lock_order(order_id)
    for refund in Refund.objects.select_for_update(of=("self",)).filter(order_id=order_id, stopped_parcel=True):
        let_parcel_go(refund, by=by, at=at)
