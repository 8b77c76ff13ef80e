"""What happens by itself to a refund: a reminder, then the next one hears of it. No clock moves money."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.db import transaction

from seguripago.journey.orders import commands as orders
from seguripago.values.actor import Actor

from ..facts import RefundOverdue, RefundReminded
from ..models import Refund
from ..rules import NEXT, Keeper
from .telling import tell
from .waiting import begin

BATCH: Final = 100
CLOCK: Final = Actor.system("Reloj")

log = logging.getLogger(__name__)


def run_refunds(at: datetime) -> int:
    """Remind whom a deadline is near, and hand on what is overdue; each refund alone. Returns how many."""
    near = Refund.objects.filter(remind_at__lte=at).order_by("remind_at").values_list("pk", flat=True)
    done = sum(_alone(pk, _remind, at=at) for pk in list(near[:BATCH]))
    due = Refund.objects.filter(due_at__lte=at).order_by("due_at").values_list("pk", flat=True)
    return done + sum(_alone(pk, _hand_on, at=at) for pk in list(due[:BATCH]))


def _alone(refund_id: int, act: Callable[[Refund, datetime], int], *, at: datetime) -> int:
    try:
        with transaction.atomic():
            order_id = Refund.objects.filter(pk=refund_id).values_list("order_id", flat=True).first()
            if order_id is not None:
                orders.lock_order(order_id)
            return act(Refund.objects.select_for_update(of=("self",)).get(pk=refund_id), at)
    except Exception:
        # It stays due: the others must not wait behind it.
        log.exception("the clock of refund %s failed", refund_id)
        return 0


def _remind(refund: Refund, at: datetime) -> int:
    # Between the list and the lock somebody may have answered; who is late already hears that, and no reminder.
    if refund.remind_at is None or refund.remind_at > at:
        return 0
    refund.remind_at = None
    refund.save(update_fields=["remind_at"])
    if refund.due_at is None or refund.due_at <= at:
        return 0
    said = {"waits_for": refund.waits_for, "keeper": refund.keeper}
    tell(refund, RefundReminded, "refund.reminded", by=CLOCK, at=at, **said)
    return 1


def _hand_on(refund: Refund, at: datetime) -> int:
    if refund.due_at is None or refund.due_at > at:
        return 0
    begin(refund, NEXT[Keeper(refund.keeper)], at=at)
    refund.save(update_fields=["keeper", "due_at", "remind_at"])
    said = {"waits_for": refund.waits_for, "keeper": refund.keeper}
    tell(refund, RefundOverdue, "refund.handed_on", by=CLOCK, at=at, **said)
    return 1
