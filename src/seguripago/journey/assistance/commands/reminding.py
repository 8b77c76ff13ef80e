"""Remind the buyer of an unpaid order: at half of its term and two hours before its end, never more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from seguripago.foundations.facts.commands import publish
from seguripago.foundations.staffing import queries as staffing
from seguripago.foundations.stores import queries as stores
from seguripago.journey.orders import queries as orders
from seguripago.journey.payments import queries as payments

from .. import rules
from ..facts import PaymentReminded
from ..models import Conversation, Reminder
from . import words
from .alone import one_by_one
from .thread import ASSISTANT, append, lock

BATCH: Final = 500
LAST: Final = timedelta(hours=2)
TALKING: Final = timedelta(minutes=30)
REMEMBERED: Final = timedelta(days=15)


def remind_unpaid(at: datetime) -> int:
    """Remind every buyer who is due, in the open conversation about the order or else by mail; how many were.

    Not of an order whose transfer was announced or has begun to come, nor while somebody talks with the buyer.
    """
    told = list(Reminder.objects.filter(at__gt=at - REMEMBERED).values_list("order_id", "step"))
    longest = max((store.transfer_hours for store in stores.stores_all()), default=0)
    due = orders.nearly_over(
        at,
        last=LAST,
        horizon=timedelta(hours=longest) / 2,
        but_stores=staffing.stores_without_reminders(),
        but_half={order_id for order_id, _step in told},
        but_last={order_id for order_id, step in told if step == "last"},
        limit=BATCH,
    )
    ids = [order_id for order_id, _step in due]
    found = set(ids) - _begun(ids) - _talking(ids, at=at)
    return one_by_one([each for each in due if each[0] in found], lambda each: _remind(*each, at=at))


def _talking(order_ids: list[int], *, at: datetime) -> set[int]:
    since, open_talks = at - TALKING, Conversation.objects.exclude(state=rules.RESOLVED)
    rows = open_talks.filter(order_id__in=order_ids).values_list("order_id", "last_buyer_at", "last_staff_at")
    return {
        order_id
        for order_id, buyer_at, staff_at in rows
        if order_id is not None and max(buyer_at, staff_at or buyer_at) > since
    }


def _begun(order_ids: list[int]) -> set[int]:
    """The orders whose transfer was announced, or has begun to come."""
    paying = payments.payments_of(order_ids)
    return {pk for pk, payment in paying.items() if payment.claimed_at is not None or payment.received}


def _remind(order_id: int, step: str, *, at: datetime) -> bool:
    with transaction.atomic():
        talks = Conversation.objects.filter(order_id=order_id).exclude(state=rules.RESOLVED).order_by("-pk")
        talk_id = talks.values_list("pk", flat=True).first()
        talk = None if talk_id is None else lock(talk_id)
        # Looked at again behind the conversation's lock: after «Pago confirmado» nobody is asked to pay.
        order = orders.orders_by_id([order_id]).get(order_id)
        if order is None or not order.is_open or _begun([order_id]):
            return False
        _row, is_first = Reminder.objects.get_or_create(order_id=order_id, step=step, defaults={"at": at})
        if not is_first:
            return False
        if talk is None:
            publish(PaymentReminded(store_id=order.store_id, at=at, order_id=order.id, step=step))
            return True
        append(
            talk,
            kind="text",
            author=ASSISTANT,
            body={"text": words.reminder(order, step, at=at), "say": f"reminder_{step}"},
            client_id=rules.stable_uuid("reminder", order.id, step),
            at=at,
        )
        return True
