"""Pull the day's list of received transfers: it heals whatever a webhook lost. No network inside a transaction."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from django.db import transaction

from seguripago.foundations.stores.queries import feed_settings, feeds_with_credentials
from seguripago.ports import bank_feeds, registry
from seguripago.ports.bank_feeds import Authenticity, DailyList, FeedTrouble, Road

from .. import rules
from ..asking_tables import ListPull
from .keep import keep_own
from .roads import own_headers, why_not

DAYS_KEPT: Final = 10

log = logging.getLogger(__name__)


def pull_due_lists(*, at: datetime) -> int:
    """Pull every list that is due, of every store and feed with credentials; returns how many pages were new.

    The running operation date always; a closed one until it was pulled well after its end, some days back.
    """
    pages = 0
    for store_id, feed in feeds_with_credentials():
        try:
            pages += pull_store_lists(store_id, feed, at=at)
        except Exception:
            # One store's bank must not keep the others' lists from being pulled.
            log.exception("the lists of %s, store %s, were not pulled", feed, store_id)
    return pages


def pull_store_lists(store_id: int, feed: str, *, at: datetime) -> int:
    """Pull the lists of one feed that are due; returns how many pages were new."""
    adapter = registry.adapters(bank_feeds.FAMILY).get(feed)
    if not isinstance(adapter, DailyList):
        return 0
    settings = feed_settings(store_id)[feed]
    if why_not(adapter, settings.credentials):
        return 0
    new = 0
    for day in rules.days_to_pull(at, _good(store_id, feed)):
        before = _pages(store_id, feed, day)
        trouble = pull_list(store_id, feed, day, settings.credentials, at=at)
        new += len(_pages(store_id, feed, day) - before)
        if trouble:
            # The other days would meet the same trouble.
            break
    return new


def pull_list(store_id: int, feed: str, day: date, credentials: Mapping[str, str], *, at: datetime) -> str:
    """Pull one day's list and keep the pages that are not the same as before; returns the trouble, empty when good."""
    adapter: DailyList = registry.adapter(bank_feeds.FAMILY, feed)
    asked = None if day == rules.operation_day(at) else day
    try:
        pages, trouble = adapter.received_list(asked, credentials), ""
    except FeedTrouble as failed:
        pages, trouble = (), f"{type(failed).__name__} {failed}".strip()[:200]
        log.warning("the list of %s of %s, store %s, was not pulled: %s", feed, day, store_id, trouble)
    with transaction.atomic():
        ListPull.objects.bulk_create(
            [ListPull(store_id=store_id, feed=feed, day=day, tried_at=at)], ignore_conflicts=True
        )
        pull = ListPull.objects.select_for_update().get(store_id=store_id, feed=feed, day=day)
        pull.tried_at, pull.trouble = at, trouble
        if not trouble:
            digests = [hashlib.sha256(page).hexdigest() for page in pages]
            for digest, page in zip(digests, pages, strict=True):
                if digest not in pull.digests:
                    keep_own(
                        feed,
                        store_id,
                        body=page,
                        headers=own_headers(Road.LIST),
                        authenticity=Authenticity.FETCHED,
                        at=at,
                    )
            pull.good_at, pull.digests = at, digests
        pull.save(update_fields=["tried_at", "trouble", "good_at", "digests"])
    return trouble


def _good(store_id: int, feed: str) -> dict[date, datetime]:
    rows = ListPull.objects.filter(store_id=store_id, feed=feed, good_at__isnull=False).order_by("-day")[:DAYS_KEPT]
    return {row.day: row.good_at for row in rows if row.good_at is not None}


def _pages(store_id: int, feed: str, day: date) -> set[str]:
    found = ListPull.objects.filter(store_id=store_id, feed=feed, day=day).first()
    return set(found.digests) if found else set()
