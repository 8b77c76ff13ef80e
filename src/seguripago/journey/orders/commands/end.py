"""How an order ends without being kept: cancelled, or its time over. And how its time is made longer."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Final

from django.db import transaction

from seguripago.foundations.audit.commands import Change, record_all
from seguripago.foundations.facts.commands import publish
from seguripago.journey.catalogue.commands import release, take_back_sold
from seguripago.values.actor import Actor

from ..facts import OrderCancelled, OrderClockExtended, OrderExpired
from ..models import Order
from ..rules import State, StockState, Verb, WrongState, move
from .locking import announce, locked_row, pieces_of

BATCH: Final = 500
_OPEN: Final = (State.PLACED.value, State.VERIFIED.value)


def extend_expiry(order_id: int, until: datetime, *, at: datetime, by: Actor | None = None) -> None:
    """Let the order wait for its money until then; a clock is never shortened. Raises WrongState."""
    with transaction.atomic():
        row = locked_row(order_id)
        move(row.state, Verb.EXTEND)
        if until <= row.expires_at:
            return
        row.expires_at = until
        row.save(update_fields=["expires_at"])
        said = {"until": until.isoformat()}
        announce(row, OrderClockExtended, "order.clock_extended", by=by or Actor.system(), at=at, said=said)


def cancel_order(order_id: int, *, by: Actor, reason: str, at: datetime) -> None:
    """Cancel an order of which nothing has left, and put its stock back on the shelf. Raises WrongState."""
    with transaction.atomic():
        row = locked_row(order_id)
        following = move(row.state, Verb.CANCEL)
        if row.part_sent_at is not None:
            raise WrongState(State(row.state), Verb.CANCEL)
        give_back = take_back_sold if row.stock_state == StockState.SOLD else release
        give_back(row.store_id, pieces_of([order_id]))
        said = {"from": row.state, "reason": reason}
        row.state, row.stock_state = following.value, StockState.RELEASED.value
        row.ended_at, row.cancel_reason = at, reason[:240]
        row.save(update_fields=["state", "stock_state", "ended_at", "cancel_reason"])
        announce(row, OrderCancelled, "order.cancelled", by=by, at=at, said=said)


def keep_cancel_reason(order_id: int, reason: str) -> None:
    """Keep in its buyer's words why a paid order is to be cancelled once its money is back; "" when it goes on."""
    with transaction.atomic():
        row = locked_row(order_id)
        row.cancel_reason = reason[:240]
        row.save(update_fields=["cancel_reason"])


def expire_orders(at: datetime) -> int:
    """End orders whose time is over and put their stock back on the shelf, at most 500; returns how many.

    Who knows of money for an order keeps its clock running with extend_expiry. Orders that somebody has locked wait for
    the next round.
    """
    with transaction.atomic():
        due = Order.objects.select_for_update(skip_locked=True, no_key=True).filter(state__in=_OPEN, expires_at__lte=at)
        rows = sorted(due.order_by("expires_at")[:BATCH], key=lambda row: row.pk)
        by_store: dict[int, list[int]] = defaultdict(list)
        for row in rows:
            move(row.state, Verb.EXPIRE)
            by_store[row.store_id].append(row.pk)
        for store_id in sorted(by_store):
            release(store_id, pieces_of(by_store[store_id]))
        Order.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=State.EXPIRED.value, stock_state=StockState.RELEASED.value, ended_at=at
        )
        publish(*(OrderExpired(store_id=row.store_id, at=at, order_id=row.pk, number=row.number) for row in rows))
        who = Actor.system("Reloj")
        record_all([Change(row.store_id, who, "order.expired", f"order:{row.pk}", {}, at) for row in rows])
    return len(rows)
