"""The way to one's claim, by mail to the order's own address: what `/reclamar/` promises to whoever proves himself."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.types import JSONValue

from seguripago.foundations.audit.commands import record
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.queries import order as read_order
from seguripago.values.actor import Actor

from .. import rules
from ..models import Mail
from .write import claim_door_mail

WAY_JOB: Final = "mail.way_to_claim"
WHO: Final = Actor.system("Página de reclamaciones")
PAUSE: Final = timedelta(minutes=2)


def ask_way_to_claim(order_ids: Collection[int]) -> None:
    """Have the way to these orders written by a job; for none too, so that whoever asks waits as long."""
    asked: JSONValue = [*sorted(order_ids)]
    app.configure_task(WAY_JOB, queue="mail").defer(order_ids=asked)


@transaction.atomic
def mail_way_to_claim(order_id: int, *, at: datetime) -> None:
    """Write the mail with the way to the order's claim; a job that runs twice, or who presses twice, writes one."""
    orders.lock_order(order_id)
    order = read_order(order_id)
    is_new = Mail.objects.filter(order_id=order_id, template="claim_door", at__gt=at - PAUSE).exists()
    if is_new or not order.buyer.email:
        return
    key = rules.fact_key("WayToClaimAsked", {"order": order_id, "at": at.isoformat()}, "claim_door")
    claim_door_mail(order, store_by_id(order.store_id), key=key, at=at).save()
    record(order.store_id, WHO, "mail.way_to_claim", f"order:{order_id}", {}, at=at)
