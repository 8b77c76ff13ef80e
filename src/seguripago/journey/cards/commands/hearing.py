"""Webhooks: a signed notice is kept, once, and leads to a look at the charge. Nothing that it says is believed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Final

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from seguripago.foundations.stores.queries import store_by_hook_key
from seguripago.ports import card_gateways
from seguripago.ports.card_gateways import GatewayEvent as Hint

from ..accounts import gateway, gateways, hook_accounts
from ..models import CardCharge, GatewayEvent
from ..rules.charges import HINT_KEPT, IN_FLIGHT, NOTICE_KEPT, ChargeState, pause
from .following import follow_charge
from .settling import settle

LONGEST_NOTICE: Final = 1_000_000
BATCH: Final = 1_000
JOB: Final = "cards.settle_doubts"

log = logging.getLogger(__name__)


def hear_gateway(
    slug: str, store_key: str, *, body: bytes, headers: Mapping[str, str], query: Mapping[str, str], at: datetime
) -> bool:
    """Keep a signed notice and have the charge looked at; one that was kept before does nothing.

    False for whatever is not signed, all alike: another store's, an unknown gateway's, a forged or an old one.
    """
    store = store_by_hook_key(store_key)
    if store is None or slug not in gateways() or len(body) > LONGEST_NOTICE:
        return False
    hint = _signed(slug, store.id, body, headers, query, at=at)
    if hint is None:
        return False
    concerns = bool(hint.ref or hint.key)
    event = GatewayEvent(
        gateway=slug,
        event_id=hint.event_id[:120],
        store_id=store.id,
        type=hint.type[:60],
        ref=hint.ref[:120],
        key=hint.key[:80],
        state="waiting" if concerns else "looked",
        ask_at=at if concerns else None,
        occurred_at=hint.occurred_at,
        received_at=at,
    )
    with transaction.atomic():
        GatewayEvent.objects.bulk_create([event], ignore_conflicts=True)
    if hints_waiting(at=at):
        send_for_doubts()
    return True


def send_for_doubts() -> None:
    """Have the gateways asked; a job that waits already asks about this too."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task(JOB, queue="cards", lock=JOB, queueing_lock=JOB).defer()


def hints_waiting(*, at: datetime) -> bool:
    """Whether some notice has not led to a look yet."""
    return GatewayEvent.objects.filter(state="waiting", ask_at__lte=at).exists()


def look_at_hints(*, at: datetime, limit: int = 50) -> int:
    """Look at the charges that notices are about; one about a charge that we do not know is tried again for a day."""
    due = GatewayEvent.objects.filter(state="waiting", ask_at__lte=at).order_by("ask_at")[:limit]
    for event in due:
        charge = _charge_of(event)
        is_done = charge is not None and _look(charge, at=at)
        is_over = at - event.received_at >= HINT_KEPT
        _keep(event, "looked" if is_done else "unknown" if is_over else "waiting", charge, at=at)
    return len(due)


def forget_notices(*, at: datetime) -> int:
    """Delete notices that came more than 90 days ago, at most a thousand; returns how many.

    One that waits for its look stays, and so does one whose charge has no end yet. Who replays a forgotten one gets
    one more look at its charge, and it is known again.
    """
    old = GatewayEvent.objects.filter(state__in=["looked", "unknown"], received_at__lt=at - NOTICE_KEPT)
    oldest = old.exclude(charge__state__in=IN_FLIGHT).order_by("received_at").values_list("pk", flat=True)[:BATCH]
    return GatewayEvent.objects.filter(pk__in=list(oldest)).delete()[0]


def _look(charge: CardCharge, *, at: datetime) -> bool:
    """Ask about a charge, whatever its state: refunds and chargebacks come after an end. False: there was no answer."""
    try:
        if charge.state == ChargeState.PAID:
            return follow_charge(charge.pk, at=at)
        # One in flight is asked about again by itself.
        settle(charge, at=at)
    except Exception:
        # One bad charge must not keep the other notices waiting.
        log.exception("card charge %s was hinted at and not read", charge.pk)
        return False
    return True


def _signed(
    slug: str, store_id: int, body: bytes, headers: Mapping[str, str], query: Mapping[str, str], *, at: datetime
) -> Hint | None:
    for theirs in hook_accounts(store_id, slug, at=at):
        try:
            return gateway(slug).parse_webhook(body, headers, query, theirs)
        except card_gateways.GatewayTrouble:
            continue
    return None


def _charge_of(event: GatewayEvent) -> CardCharge | None:
    """The charge that a notice names, by the gateway's name for it or by our key where its answer was lost."""
    rows = CardCharge.objects.filter(gateway=event.gateway, store_id=event.store_id)
    found = rows.filter(ref=event.ref).first() if event.ref else None
    return found or (rows.filter(key=event.key).first() if event.key else None)


def _keep(event: GatewayEvent, state: str, charge: CardCharge | None, *, at: datetime) -> None:
    event.state, event.charge = state, charge
    event.asks += 1
    event.ask_at = at + pause(event.asks) if state == "waiting" else None
    event.save(update_fields=["state", "charge", "asks", "ask_at"])
