"""What a clock does about parcels: say once that one is late, ask whether it came, and in the end count it as arrived.

A parcel counts as arrived by the clock only when it was promised, the buyer was asked and did not say no, the carrier
has told nothing since, no doubt is open, and the store's working days after the question are over. The buyer's days to
look begin only then.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from seguripago.foundations.facts.commands import publish
from seguripago.foundations.stores.queries import stores_all
from seguripago.values.actor import Actor
from seguripago.values.calendar import MEXICO, end_of_working_day

from ..facts import ShipmentLate
from ..models import Shipment, ShipmentEvent
from ..rules import ON_THE_WAY, Happened, Late, Move, Says, ShipmentCannot, ShipmentState
from .arriving import mark_delivered
from .keeping import audit, keep_event, locked

BATCH = 200

log = logging.getLogger(__name__)


def watch_parcels(*, at: datetime) -> int:
    """Say of each late parcel that it is late, once of each kind; then deliver what nobody misses. Answers how many."""
    today = at.astimezone(MEXICO).date()
    waiting = Shipment.objects.filter(state=ShipmentState.PREPARING, ship_by__lt=at, order__state="preparing")
    returned = Shipment.objects.filter(
        state=ShipmentState.PREPARING, ship_by__lt=at, order__state="shipped", order__shipping_hold=False
    )
    on_the_way = Shipment.objects.filter(state__in=ON_THE_WAY, promised_to__lt=today)
    told = 0
    for kind, rows in ((Late.TO_SEND, waiting | returned), (Late.TO_ARRIVE, on_the_way)):
        news = rows.filter(~_has(kind.event), order__kind="cart", order__shipping_hold=False).order_by("pk")
        told += sum(_alone(_tell, pk, kind, at=at) for pk in list(news.values_list("pk", flat=True)[:BATCH]))
    return told + _count_as_arrived(at=at)


@transaction.atomic
def say_not_received(shipment_id: int, *, by: Actor, at: datetime) -> None:
    """Keep that the buyer has not got a parcel: no clock counts it as arrived. Said twice, kept once."""
    _order, shipment = locked(shipment_id)
    if shipment.state not in ON_THE_WAY:
        raise ShipmentCannot(shipment.state, Move.DELIVER)
    if shipment.events.filter(kind=Happened.MISSED).exists():
        return
    keep_event(shipment, Happened.MISSED, source=Says.BUYER, at=at, noted_at=at)
    audit(shipment, "missed", {}, by=by, at=at)
    late = ShipmentLate(
        store_id=shipment.store_id, at=at, order_id=shipment.order_id, shipment_id=shipment.pk, kind=Late.MISSED
    )
    publish(late)


def _alone(act: Callable[..., bool], shipment_id: int, about: Late | int, *, at: datetime) -> bool:
    try:
        return act(shipment_id, about, at=at)
    except Exception:
        # It is looked at again the next time: the others must not wait behind it.
        log.exception("parcel %s was not looked after", shipment_id)
        return False


@transaction.atomic
def _tell(shipment_id: int, kind: Late, *, at: datetime) -> bool:
    order, shipment = locked(shipment_id)
    is_late = shipment.state == ShipmentState.PREPARING if kind is Late.TO_SEND else shipment.state in ON_THE_WAY
    if not is_late or order.shipping_hold or shipment.events.filter(kind=kind.event).exists():
        return False
    keep_event(shipment, kind.event, source=Says.CLOCK, at=at, noted_at=at)
    if kind is Late.TO_ARRIVE:
        keep_event(shipment, Happened.ASKED, source=Says.CLOCK, at=at, noted_at=at)
    audit(shipment, "late", {"kind": kind.value}, by=Actor.system("Reloj"), at=at)
    publish(
        ShipmentLate(
            store_id=shipment.store_id, at=at, order_id=shipment.order_id, shipment_id=shipment.pk, kind=kind.value
        )
    )
    return True


def _count_as_arrived(*, at: datetime) -> int:
    count = 0
    for store in stores_all():
        asked = Shipment.objects.filter(_has(Happened.ASKED), store_id=store.id, state__in=ON_THE_WAY)
        quiet = asked.filter(~_has(Happened.MISSED), order__shipping_hold=False).order_by("pk")
        for pk in list(quiet.values_list("pk", flat=True)[:BATCH]):
            count += _alone(_arrive, pk, store.arrival_days, at=at)
    return count


@transaction.atomic
def _arrive(shipment_id: int, days: int, *, at: datetime) -> bool:
    order, shipment = locked(shipment_id)
    events = list(shipment.events.all())
    if shipment.state not in ON_THE_WAY or order.shipping_hold or _last_told(events, days) >= at:
        return False
    mark_delivered(shipment_id, says=Says.CLOCK, by=Actor.system("Reloj"), at=at)
    return True


def _last_told(events: Iterable[ShipmentEvent], days: int) -> datetime:
    """Answer until when is waited: the days after the question, or after the carrier's last word if that was later."""
    if any(one.kind == Happened.MISSED for one in events):
        return datetime.max.replace(tzinfo=MEXICO) - timedelta(days=1)
    told = [one.noted_at for one in events if one.kind == Happened.ASKED or one.source == Says.CARRIER]
    return end_of_working_day(max(told), days)


def _has(kind: Happened) -> Exists:
    return Exists(ShipmentEvent.objects.filter(shipment=OuterRef("pk"), kind=kind.value))
