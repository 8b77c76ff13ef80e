"""Hold, start the inspection, accept, release what is due."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection, transaction

from seguripago.foundations.audit.commands import Change, record, record_all
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.delivery.commands import deliver_all, hand_over
from seguripago.journey.delivery.queries import shipments_of
from seguripago.journey.delivery.rules import Says
from seguripago.journey.orders import commands as orders
from seguripago.journey.payments.queries import given_back
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from seguripago.values.refusal import Refusal

from .. import rules
from ..facts import GuaranteeHeld, GuaranteeReleased
from ..models import Guarantee, GuaranteeEvent
from ..rules import (
    Accept,
    EndClock,
    GuaranteeState,
    Hold,
    NotSentYet,
    Standing,
    StartInspection,
    Step,
)
from .keeping import book_released, book_returned, columns, keep, locked, standing_of

BATCH: Final = 200

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Promise:
    """A paid order whose guarantee is to be held, for the amount that was asked."""

    store_id: int
    order_id: int
    amount: Money


@transaction.atomic
def hold_guarantees(promises: Sequence[Promise], *, by: Actor, at: datetime) -> None:
    """Hold the guarantees of paid orders, with folio, key and clocks; an order that has one keeps it."""
    wanted = {promise.order_id: promise for promise in promises}
    held = Guarantee.objects.filter(order_id__in=wanted).values_list("order_id", flat=True)
    for order_id in held:
        del wanted[order_id]
    for store_id in sorted({promise.store_id for promise in wanted.values()}):
        _hold_in_store(store_id, [one for _, one in sorted(wanted.items()) if one.store_id == store_id], by=by, at=at)


@transaction.atomic
def start_inspection(order_id: int, *, by: Actor, delivered_at: datetime) -> None:
    """Start the buyer's days to look; does nothing when the clock runs already.

    What arrives after the guarantee has ended, as a claim may end it, closes the order.
    """
    order = orders.lock_order(order_id)
    guarantee = locked(order_id)
    if guarantee is not None and guarantee.state in rules.ENDED and order.state == "delivered":
        orders.close_order(order_id, by=by, at=delivered_at)
    if guarantee is None or guarantee.state in rules.ENDED or _is_looked_at(guarantee):
        return
    days = guarantee.inspection_days
    ends_at = rules.inspection_ends_at(delivered_at, days)
    event = StartInspection(ends_at, timedelta(days=days))
    keep(guarantee, rules.after(standing_of(guarantee), event), "delivered", by=by, at=delivered_at)
    said = {"inspection_ends_at": ends_at.isoformat(), "is_stopped": guarantee.state == GuaranteeState.CLAIMED}
    record(guarantee.store_id, by, "guarantee.inspection", f"order:{order_id}", said, at=delivered_at)


@transaction.atomic
def accept_delivery(order_id: int, *, by: Actor, at: datetime) -> None:
    """Release the guarantee at once because the buyer says «Recibí todo bien».

    A parcel on its way counts as delivered by the buyer's word. Raises NotSentYet and GuaranteeCannot; a guarantee
    that has ended stays as it is: his word is kept all the same.
    """
    order = orders.lock_order(order_id)
    parcels = shipments_of(order_id)
    if order.kind == "quick" and order.state in {"paid", "preparing"}:
        # Nothing travels: who paid for it says that it was given or done.
        hand_over(order_id, by=by, at=at)
    elif order.state in {"paid", "preparing"} or any(one.state == "preparing" for one in parcels):
        # Something has not left yet, or came back.
        raise NotSentYet(order_id)
    elif not any(one.is_on_the_way or one.delivered_at for one in parcels):
        # What had left came back, and will not be sent again.
        raise NotSentYet(order_id)
    else:
        deliver_all(order_id, says=Says.BUYER, by=by, at=at)
    guarantee = locked(order_id)
    if guarantee is None:
        raise rules.GuaranteeCannot(GuaranteeState.OFFERED, Accept.__name__)
    is_doubted = order.shipping_hold and guarantee.state == GuaranteeState.HELD
    if guarantee.state in rules.ENDED or is_doubted:
        # While a doubt about the money is open nothing is released; the delivery is known all the same.
        return
    event = Accept(given_back(order_id))
    _release(guarantee, rules.after(standing_of(guarantee), event), "accepted", by=by, at=at)


@transaction.atomic
def note_reversal(order_id: int, *, source: str, by: Actor, at: datetime) -> None:
    """Keep that the bank took money of the order back, once; a guarantee that is held stays held."""
    guarantee = locked(order_id)
    if guarantee is None or guarantee.state in rules.ENDED:
        return
    if GuaranteeEvent.objects.filter(guarantee=guarantee, kind="payment_reversed", at=at).exists():
        return
    GuaranteeEvent.objects.create(
        guarantee=guarantee, kind="payment_reversed", at=at, actor_kind=by.kind, actor_name=by.name[:120]
    )
    said = {"number": guarantee.number, "source": source}
    record(guarantee.store_id, by, "guarantee.payment_reversed", f"order:{order_id}", said, at=at)


def release_due(at: datetime) -> int:
    """Release the guarantees whose inspection clock has ended without a claim, a batch at a time. Returns how many.

    One transaction for each: an order that cannot be closed does not keep the others waiting. What is held by a doubt
    about the money is not even looked at.
    """
    due = Guarantee.objects.filter(
        state=GuaranteeState.HELD, inspection_ends_at__lte=at, order__shipping_hold=False
    ).order_by("order_id")
    released, after = 0, 0
    while batch := list(due.filter(order_id__gt=after).values_list("order_id", flat=True)[:BATCH]):
        after = batch[-1]
        for order_id in batch:
            try:
                released += _release_one(order_id, at=at)
            except Refusal as refused:
                log.error("the guarantee of order %s is due and cannot be released: %s", order_id, refused.code)
            except Exception:
                log.exception("the guarantee of order %s was not released", order_id)
    return released


@transaction.atomic
def _release_one(order_id: int, *, at: datetime) -> bool:
    order = orders.lock_order(order_id)
    guarantee = locked(order_id)
    # Between the list and the lock a claim may have stopped the clock, or the buyer may have accepted. While a doubt
    # about the money is open nothing is released.
    if guarantee is None or guarantee.state != GuaranteeState.HELD or order.shipping_hold:
        return False
    event = EndClock(at, given_back(order_id))
    _release(guarantee, rules.after(standing_of(guarantee), event), "clock_ended", by=Actor.system(), at=at)
    return True


def _release(guarantee: Guarantee, standing: Standing, kind: str, *, by: Actor, at: datetime) -> None:
    keep(guarantee, standing, kind, by=by, at=at)
    subject = f"order:{guarantee.order_id}"
    amount = standing.released
    book_released(guarantee, amount, at=at)
    book_returned(guarantee, standing.returned, at=at)
    orders.close_order(guarantee.order_id, by=by, at=at)
    said = {"number": guarantee.number, "why": kind, "centavos": amount.centavos}
    record(guarantee.store_id, by, "guarantee.released", subject, said, at=at)
    publish(
        GuaranteeReleased(
            store_id=guarantee.store_id,
            at=at,
            order_id=guarantee.order_id,
            guarantee_id=guarantee.pk,
            centavos=amount.centavos,
            currency=amount.currency,
        )
    )


def _hold_in_store(store_id: int, promises: Sequence[Promise], *, by: Actor, at: datetime) -> None:
    store = store_by_id(store_id)
    year = rules.local_year(at)
    first = _take_folios(store_id, year, len(promises))
    rows = Guarantee.objects.bulk_create(
        Guarantee(
            store_id=store_id,
            order_id=promise.order_id,
            number=rules.folio(year, first + place),
            key=_key(promise.order_id),
            mode=store.guarantee_mode,
            partner=store.guarantee_partner,
            inspection_days=store.inspection_days,
            held_at=at,
            ship_by=rules.ship_by(at, store.ship_days),
            deliver_by=rules.deliver_by(at, store.ship_days, store.deliver_days),
            next_step=Step.SHIP_SOON.value,
            next_at=rules.ship_by(at, store.ship_days) - timedelta(days=store.remind_days),
            **columns(rules.after(rules.offered(promise.amount.currency), Hold(promise.amount))),
        )
        for place, promise in enumerate(promises)
    )
    GuaranteeEvent.objects.bulk_create(
        GuaranteeEvent(guarantee=row, kind="held", at=at, actor_kind=by.kind, actor_name=by.name[:120]) for row in rows
    )
    record_all(
        [Change(store_id, by, "guarantee.held", f"order:{row.order_id}", {"number": row.number}, at) for row in rows]
    )
    publish(*(GuaranteeHeld(store_id=store_id, at=at, order_id=row.order_id, guarantee_id=row.pk) for row in rows))


def _take_folios(store_id: int, year: int, count: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO guarantee_folio_counter (store_id, year, last) VALUES (%s, %s, %s)
            ON CONFLICT ON CONSTRAINT guarantee_one_counter_a_year
            DO UPDATE SET last = guarantee_folio_counter.last + excluded.last RETURNING last
            """,
            [store_id, year, count],
        )
        return int(cursor.fetchone()[0]) - count + 1


def _key(order_id: int) -> str:
    """Answer what must be known, beside the folio, to read a certificate: not to be guessed, and no dice are thrown."""
    digest = hmac.digest(settings.SEGURIPAGO.main_key, f"guarantee:{order_id}".encode(), hashlib.sha256)
    return base64.b32encode(digest).decode()[:20]


def _is_looked_at(guarantee: Guarantee) -> bool:
    return guarantee.inspection_ends_at is not None or guarantee.inspection_left is not None
