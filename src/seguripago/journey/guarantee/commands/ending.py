"""How a promise ends with what went back, and its order with it."""

from __future__ import annotations

from datetime import datetime

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.journey.delivery.queries import shipments_of
from seguripago.journey.orders import commands as orders
from seguripago.values.actor import Actor

from .. import rules
from ..facts import GuaranteeResolved
from ..models import Guarantee
from ..rules import GiveBack, Standing
from .keeping import book_returned, keep, standing_of


def end_given_back(guarantee: Guarantee, why: str, *, by: Actor, at: datetime) -> None:
    """All that was paid is the buyer's again, by a refund or by his bank: `why` is refunded or charged_back."""
    # An open claim hears of it by the fact: there is nothing left to claim.
    standing = rules.after(standing_of(guarantee), GiveBack())
    keep(guarantee, standing, why, by=by, at=at)
    book_returned(guarantee, standing.returned, at=at)
    said = {"number": guarantee.number, "centavos": standing.returned.centavos}
    record(guarantee.store_id, by, f"guarantee.{why}", f"order:{guarantee.order_id}", said, at=at)
    publish_resolved(guarantee, standing, why, at=at)
    close_if_over(guarantee, by=by, at=at)


def close_if_over(guarantee: Guarantee, *, by: Actor, at: datetime) -> None:
    """Close the order of a promise that has ended, once nothing of it is to be sent or on its way."""
    order = orders.lock_order(guarantee.order_id)
    if guarantee.state not in rules.ENDED or order.state not in {"shipped", "delivered"}:
        return
    parcels = shipments_of(order.id)
    if order.state == "delivered" or not any(one.is_on_the_way or one.state == "preparing" for one in parcels):
        orders.close_order(order.id, by=by, at=at)


def publish_resolved(guarantee: Guarantee, standing: Standing, why: str, *, at: datetime) -> None:
    """Announce the two amounts that the promise ended with."""
    publish(
        GuaranteeResolved(
            store_id=guarantee.store_id,
            at=at,
            order_id=guarantee.order_id,
            guarantee_id=guarantee.pk,
            why=why,
            to_store_centavos=standing.released.centavos,
            to_buyer_centavos=standing.returned.centavos,
            currency=guarantee.currency,
        )
    )
