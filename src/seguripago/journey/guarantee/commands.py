"""The verbs of the guarantee: hold, start the inspection, accept, release what is due."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from seguripago.foundations.audit.commands import Change, record, record_all
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.ledger.commands import Journal, post
from seguripago.foundations.ledger.rules import Account
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.delivery.commands import mark_delivered
from seguripago.journey.delivery.queries import shipment_of
from seguripago.journey.orders import commands as orders
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from seguripago.values.refusal import Refusal

from . import rules
from .facts import GuaranteeHeld, GuaranteeReleased
from .models import Guarantee, GuaranteeEvent
from .rules import Accept, EndClock, GuaranteeState, Hold, NotSentYet, Standing, StartInspection

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
    """Start the buyer's days to look; does nothing when the clock runs already or the guarantee has ended."""
    guarantee = _locked(order_id)
    if guarantee is None or guarantee.state != GuaranteeState.HELD or guarantee.inspection_ends_at is not None:
        return
    days = store_by_id(guarantee.store_id).inspection_days
    ends_at = rules.inspection_ends_at(delivered_at, days)
    _keep(guarantee, rules.after(_standing(guarantee), StartInspection(ends_at)), "delivered", by=by, at=delivered_at)
    said = {"inspection_ends_at": ends_at.isoformat()}
    record(guarantee.store_id, by, "guarantee.inspection", f"order:{order_id}", said, at=delivered_at)


@transaction.atomic
def accept_delivery(order_id: int, *, by: Actor, at: datetime) -> None:
    """Release the guarantee at once because the buyer says «Recibí todo bien».

    A parcel on its way counts as delivered by the buyer's word. Raises NotSentYet and GuaranteeCannot; a guarantee
    that was released already stays as it is.
    """
    order = orders.lock_order(order_id)
    shipment = shipment_of(order_id)
    if shipment is None or shipment.state not in {"shipped", "in_transit", "delivered"}:
        raise NotSentYet(order_id)
    if shipment.state != "delivered":
        mark_delivered(order_id, by=by, at=at)
    guarantee = _locked(order_id)
    if guarantee is None:
        raise rules.GuaranteeCannot(GuaranteeState.OFFERED, Accept.__name__)
    if guarantee.state == GuaranteeState.RELEASED or order.shipping_hold:
        # While a doubt about the money is open nothing is released; the delivery is known all the same.
        return
    _release(guarantee, rules.after(_standing(guarantee), Accept()), "accepted", by=by, at=at)


@transaction.atomic
def note_reversal(order_id: int, *, source: str, by: Actor, at: datetime) -> None:
    """Keep that the bank took money of the order back, once; a guarantee that is held stays held."""
    guarantee = _locked(order_id)
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
    """Release every guarantee whose inspection clock has ended without a claim. Returns how many.

    One transaction for each: an order that cannot be closed does not keep the others waiting.
    """
    due = Guarantee.objects.filter(state=GuaranteeState.HELD, inspection_ends_at__lte=at).order_by("order_id")
    released = 0
    for order_id in due.values_list("order_id", flat=True):
        try:
            released += _release_one(order_id, at=at)
        except Refusal as refused:
            log.error("the guarantee of order %s is due and cannot be released: %s", order_id, refused.code)
    return released


@transaction.atomic
def _release_one(order_id: int, *, at: datetime) -> bool:
    order = orders.lock_order(order_id)
    guarantee = _locked(order_id)
    # Between the list and the lock a claim may have stopped the clock, or the buyer may have accepted. While a doubt
    # about the money is open nothing is released.
    if guarantee is None or guarantee.state != GuaranteeState.HELD or order.shipping_hold:
        return False
    _release(guarantee, rules.after(_standing(guarantee), EndClock(at)), "clock_ended", by=Actor.system(), at=at)
    return True


def _release(guarantee: Guarantee, standing: Standing, kind: str, *, by: Actor, at: datetime) -> None:
    _keep(guarantee, standing, kind, by=by, at=at)
    subject = f"order:{guarantee.order_id}"
    amount = standing.released
    # The journal's name is booked once, ever: a second release of the same guarantee cannot commit.
    legs = ((Account.DUE_TO_BUYER, amount), (Account.DUE_TO_STORE, -amount))
    post(Journal(f"guarantee:{guarantee.pk}:released", guarantee.store_id, subject, at, legs))
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
            held_at=at,
            ship_by=rules.ship_by(at, store.ship_days),
            deliver_by=rules.deliver_by(at, store.ship_days, store.deliver_days),
            **_columns(rules.after(rules.offered(promise.amount.currency), Hold(promise.amount))),
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


def _locked(order_id: int) -> Guarantee | None:
    return Guarantee.objects.select_for_update().filter(order_id=order_id).first()


def _keep(guarantee: Guarantee, standing: Standing, kind: str, *, by: Actor, at: datetime) -> None:
    ended = standing.state in rules.ENDED
    columns = _columns(standing)
    for name, value in columns.items():
        setattr(guarantee, name, value)
    if ended:
        guarantee.released_at = at
    guarantee.save(update_fields=[*columns, "released_at"])
    GuaranteeEvent.objects.create(
        guarantee=guarantee,
        kind=kind,
        at=at,
        actor_kind=by.kind,
        actor_name=by.name[:120],
        released_centavos=standing.released.centavos if ended else 0,
        returned_centavos=standing.returned.centavos if ended else 0,
        is_terminal=ended,
    )


def _standing(row: Guarantee) -> Standing:
    return Standing(
        state=GuaranteeState(row.state),
        funded=Money(row.funded_centavos, row.currency),
        held=Money(row.held_centavos, row.currency),
        released=Money(row.released_centavos, row.currency),
        returned=Money(row.returned_centavos, row.currency),
        inspection_ends_at=row.inspection_ends_at,
    )


def _columns(standing: Standing) -> dict[str, object]:
    return {
        "state": standing.state.value,
        "currency": standing.funded.currency,
        "funded_centavos": standing.funded.centavos,
        "held_centavos": standing.held.centavos,
        "released_centavos": standing.released.centavos,
        "returned_centavos": standing.returned.centavos,
        "inspection_ends_at": standing.inspection_ends_at,
    }
