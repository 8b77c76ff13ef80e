"""What a deposit begins when it has come: the rest's clock, and the rest's link, made by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from seguripago.foundations.facts.base import Fact
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.orders import commands as orders
from seguripago.values.actor import Actor

from ..facts import DepositConfirmed, PartialReceived
from ..models import Payment
from ..rules import Purpose, State, next_handle
from .link_making import ReachedLink, make_link


def begin_rests(reached: Sequence[ReachedLink], facts: Sequence[Fact], *, by: Actor, at: datetime) -> list[Fact]:
    """Ask for the rest of the payments whose deposit has come; payments and orders are locked.

    Gives the facts to publish: a deposit that came is announced as such, no longer as a part of something. One that
    came together with everything else begins nothing.
    """
    said = list(facts)
    for link in reached:
        if link.purpose is not Purpose.DEPOSIT:
            continue
        payment = Payment.objects.get(pk=link.payment_id)
        if payment.state == State.PARTLY_PAID.value:
            fact = _begin_rest(link, payment, by=by, at=at)
            said = [*_without_last_part(said, payment.pk), fact]
    return said


def _begin_rest(link: ReachedLink, payment: Payment, *, by: Actor, at: datetime) -> DepositConfirmed:
    store = store_by_id(payment.store_id)
    until = max(payment.expires_at, at + timedelta(hours=store.transfer_hours))
    payment.watch_until += until - payment.expires_at
    payment.expires_at = until
    payment.save(update_fields=["expires_at", "watch_until"])
    orders.extend_expiry(payment.order_id, until, at=at)
    rest = make_link(
        payment,
        store,
        purpose=Purpose.REST,
        deposit=None,
        handle=next_handle(link.handle, "rest"),
        expires_at=until,
        by=by,
        at=at,
    )
    return DepositConfirmed(
        store_id=payment.store_id,
        at=at,
        order_id=payment.order_id,
        payment_id=payment.pk,
        link_id=link.id,
        centavos=link.amount_centavos,
        received_centavos=payment.received_centavos,
        missing_centavos=payment.amount_centavos - payment.received_centavos,
        currency=payment.currency,
        rest_link_id=rest.pk,
        rest_until=until.isoformat(),
    )


def _without_last_part(facts: Sequence[Fact], payment_id: int) -> list[Fact]:
    """Leave out what the settlement that reached the deposit said of itself."""
    places = [
        place for place, fact in enumerate(facts) if isinstance(fact, PartialReceived) and fact.payment_id == payment_id
    ]
    return [fact for place, fact in enumerate(facts) if place != (places[-1] if places else -1)]
