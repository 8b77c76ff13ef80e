"""The clocks of a promise that is kept: reminders, and what a missed deadline opens. Nothing here moves money."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Final

from django.db import transaction

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.journey.orders import commands as orders
from seguripago.values.actor import Actor

from .. import rules
from ..facts import GuaranteeStep
from ..models import Guarantee, GuaranteeEvent
from ..rules import GuaranteeState, Step
from .keeping import locked, plan_step

BATCH: Final = 200
CLOCK: Final = Actor.system("Reloj")

log = logging.getLogger(__name__)


def take_steps(at: datetime) -> int:
    """Remind whom a deadline is near and tell what is late; each guarantee in a transaction of its own. How many."""
    due = Guarantee.objects.filter(state=GuaranteeState.HELD, next_at__lte=at).order_by("next_at", "order_id")
    return sum(_alone(order_id, at=at) for order_id in list(due.values_list("order_id", flat=True)[:BATCH]))


def _alone(order_id: int, *, at: datetime) -> int:
    try:
        return _take(order_id, at=at)
    except Exception:
        # It stays due: the others must not wait behind it.
        log.exception("the step of order %s failed", order_id)
        return 0


@transaction.atomic
def _take(order_id: int, *, at: datetime) -> int:
    order = orders.lock_order(order_id)
    guarantee = locked(order_id)
    if guarantee is None or guarantee.state != GuaranteeState.HELD:
        return 0
    # Who slept through several of them hears the latest only: what is late needs no reminder any more.
    passed: list[tuple[Step, datetime]] = []
    while guarantee.next_at is not None and guarantee.next_at <= at:
        step = Step(guarantee.next_step)
        passed.append((step, guarantee.next_at))
        plan_step(guarantee, step)
    guarantee.save(update_fields=["next_step", "next_at"])
    telling = [(step, moment) for step, moment in passed if rules.concerns(step, order.state)]
    for step, moment in telling[-1:]:
        _tell(guarantee, step, moment, at=at)
    return len(telling[-1:])


def _tell(guarantee: Guarantee, step: Step, moment: datetime, *, at: datetime) -> None:
    due_at = {
        Step.SHIP_SOON: guarantee.ship_by,
        Step.DELIVER_SOON: guarantee.deliver_by,
        Step.INSPECTION_SOON: guarantee.inspection_ends_at,
    }.get(step) or moment
    GuaranteeEvent.objects.create(
        guarantee=guarantee, kind=step.value, at=at, actor_kind=CLOCK.kind, actor_name=CLOCK.name
    )
    said = {"number": guarantee.number, "due_at": due_at.isoformat()}
    record(guarantee.store_id, CLOCK, f"guarantee.{step.value}", f"order:{guarantee.order_id}", said, at=at)
    publish(
        GuaranteeStep(
            store_id=guarantee.store_id,
            at=at,
            order_id=guarantee.order_id,
            guarantee_id=guarantee.pk,
            step=step.value,
            due_at=due_at.isoformat(),
        )
    )
