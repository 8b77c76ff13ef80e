"""Cancel an order: at once while nobody paid it, by two people while it has not left, never after."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

from django.db import transaction

from seguripago.foundations.approvals.commands import void
from seguripago.foundations.approvals.queries import open_proposals_of
from seguripago.journey.orders import commands as orders
from seguripago.values.actor import Actor
from seguripago.values.safe_text import mask_secrets

from ..models import Refund
from ..refusals import CancelAsked, NothingPaid, RefundElsewhere, TooLateToCancel
from ..rules import LIVE, RefundReason, RefundState
from ..sources import sources_of
from .asking import ask_refund, end_asked, lock_refund
from .legs import stop_parcel

UNPAID: Final = frozenset({"placed", "verified"})
PAID: Final = frozenset({"paid", "preparing"})

type Cancelled = Literal["cancelled", "asked"]


def cancel_order(order_id: int, *, note: str, by: Actor, at: datetime) -> Cancelled:
    """Cancel an order that nobody has paid; of a paid one that has not left, ask for it and stop its parcel.

    The stock is for sale again, links and CLABE ask nobody any more; late money becomes a case. Of a paid one two
    people decide; the order is cancelled when all of the money has gone back. Raises TooLateToCancel, CancelAsked,
    NothingPaid, RefundWithoutWhy and, of a person of the store, AlreadyProposed, NotYourRole.
    """
    with transaction.atomic():
        order = orders.lock_order(order_id)
        # A buyer may write anything here: a card number is masked, it does not keep him from cancelling.
        why = " ".join(mask_secrets(note).split())[:240]
        if order.state in UNPAID:
            orders.cancel_order(order_id, by=by, reason=why or "Cancelado antes de pagar.", at=at)
            return "cancelled"
        if order.state not in PAID or order.part_sent_at is not None:
            raise TooLateToCancel
        mine = Refund.objects.filter(order_id=order_id, reason=RefundReason.CANCELLED.value)
        if mine.filter(state__in=[state.value for state in LIVE]).exists():
            raise CancelAsked
        left = sources_of(order_id).left
        if not left:
            raise NothingPaid
        refund_id = ask_refund(
            order_id,
            left,
            reason=RefundReason.CANCELLED,
            subject=f"cancel:{order_id}:{mine.count() + 1}",
            note=why or "Ya no lo quiero.",
            by=by,
            at=at,
        )
        stop_parcel(Refund.objects.get(pk=refund_id), by=by, at=at)
    return "asked"


def take_cancel_back(refund_id: int, *, by: Actor, at: datetime) -> None:
    """Who asked wants his order after all, before anybody decided. Raises RefundUnknown, RefundElsewhere.

    What waits for a second person is locked before the order, as whoever decides it does.
    """
    with transaction.atomic():
        store_id = Refund.objects.filter(pk=refund_id).values_list("store_id", flat=True).first()
        subject = f"refund:{refund_id}"
        waiting = open_proposals_of(store_id, [subject]).get(subject) if store_id is not None else None
        if waiting is not None:
            void(waiting.id, reason="El comprador ya no quiere cancelar.", at=at)
        refund, _ = lock_refund(refund_id)
        # Not by the name: a person of the store may have the buyer's, and his own may be corrected meanwhile.
        is_his = refund.reason == RefundReason.CANCELLED and (refund.asked_by_kind, refund.asked_by_id) == (
            by.kind,
            by.id,
        )
        if refund.state != RefundState.ASKED or not is_his:
            raise RefundElsewhere(refund.state)
        end_asked(refund, "El comprador ya no quiere cancelar.", by=by, at=at)
