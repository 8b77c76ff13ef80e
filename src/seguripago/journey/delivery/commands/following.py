"""What a carrier tells of a parcel on its way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from seguripago.foundations.facts.commands import publish
from seguripago.ports.carriers import CarrierEvent, carriers
from seguripago.values.actor import Actor

from ..facts import ShipmentMoved
from ..models import Shipment, ShipmentEvent
from ..rules import ON_THE_WAY, TOLD_BY_CARRIERS, Happened, Move, Says, ShipmentState, after
from .arriving import mark_delivered, mark_returned
from .keeping import audit, keep_event, locked


@transaction.atomic
def take_news(shipment_id: int, told: Sequence[CarrierEvent], *, at: datetime) -> int:
    """Keep what the carrier tells and was not known, the earliest first; answers how much was new.

    A parcel that has arrived or come back stays so, whatever is told later.
    """
    _order, shipment = locked(shipment_id)
    Shipment.objects.filter(pk=shipment_id).update(followed_at=at)
    known = set(ShipmentEvent.objects.filter(shipment=shipment).values_list("key", flat=True))
    news = [one for one in told if f"carrier:{one.key}"[:80] not in known and one.kind in TOLD_BY_CARRIERS]
    carrier = carriers().get(shipment.carrier)
    by = Actor.system(carrier.label if carrier else shipment.carrier)
    count = 0
    for one in sorted(news, key=lambda one: one.at):
        if ShipmentState(shipment.state) not in ON_THE_WAY:
            break
        _take(shipment, one, by=by, at=at)
        shipment.refresh_from_db()
        count += 1
    return count


def _take(shipment: Shipment, one: CarrierEvent, *, by: Actor, at: datetime) -> None:
    key = f"carrier:{one.key}"[:80]
    # A carrier's clock may be ahead of ours, or behind the store's word that it left.
    happened_at = min(max(one.at, shipment.shipped_at or one.at), at)
    if one.kind == Happened.DELIVERED:
        mark_delivered(
            shipment.pk,
            says=Says.CARRIER,
            by=by,
            at=at,
            received_by=one.received_by,
            arrived_at=happened_at,
            place=one.place,
            key=key,
        )
        return
    if one.kind == Happened.RETURNED:
        reason = one.says or by.name
        mark_returned(shipment.pk, reason=reason, says=Says.CARRIER, by=by, at=at, place=one.place, key=key)
        return
    if shipment.state == ShipmentState.SHIPPED:
        shipment.state = after(ShipmentState.SHIPPED, Move.TRAVEL)
        shipment.save(update_fields=["state"])
        audit(shipment, "in_transit", {}, by=by, at=at)
    event = keep_event(
        shipment,
        Happened(one.kind),
        source=Says.CARRIER,
        at=happened_at,
        noted_at=at,
        place=one.place,
        says=one.says,
        key=key,
    )
    publish(
        ShipmentMoved(
            store_id=shipment.store_id,
            at=at,
            order_id=shipment.order_id,
            shipment_id=shipment.pk,
            event_id=event.pk,
        )
    )
