"""Keep a notice before it is understood."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection

from seguripago.foundations.facts.wakeups import NOTICES, wake
from seguripago.foundations.stores.doors import door
from seguripago.foundations.stores.feed_settings import FeedSettings
from seguripago.ports import bank_feeds, registry
from seguripago.ports.bank_feeds import Answer, Authenticity, FeedSecrets, HookFeed, RawNoticeIn

KEPT_HEADERS: Final = (
    "content-type",
    "user-agent",
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
    "stripe-signature",
    "digest",
)
KEEP: Final = """
    WITH kept AS (
        INSERT INTO raw_notice (feed, store_id, body, headers, remote_address, authenticity, received_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id
    ), queued AS (
        INSERT INTO raw_notice_unread (notice_id) SELECT id FROM kept
    )
    SELECT id FROM kept
"""


def keep_notice(
    feed: str,
    store_key: str,
    *,
    body: bytes,
    headers: Mapping[str, str],
    remote_address: str,
    address_secret: str = "",
    at: datetime,
) -> Answer | None:
    """Store a genuine notice durably and give the provider's own answer; what is not genuine leaves no trace.

    None when there is no such store, no such feed, or the feed takes no calls. One statement, one commit: answered only
    when durable.
    """
    known = registry.adapters(bank_feeds.FAMILY).get(feed)
    opened = door(store_key, at=at)
    if not isinstance(known, HookFeed) or opened is None:
        return None
    if bank_feeds.only_plays(known) and not settings.SEGURIPAGO.demo:
        # Money that somebody plays is none.
        return None
    adapter = known
    notice = RawNoticeIn(body, headers, remote_address, address_secret, at)
    ours = opened.feeds.get(feed, FeedSettings())
    authenticity = adapter.authentic(notice, FeedSecrets(ours.secrets, ours.allowed_addresses))
    if authenticity is Authenticity.REFUSED or len(body) > bank_feeds.MAX_NOTICE_BYTES:
        return adapter.refused()
    kept = {name: notice.header(name) for name in KEPT_HEADERS if notice.header(name)}
    try:
        _keep(feed, opened.store_id, body, kept, remote_address, authenticity, at)
    except DatabaseError:
        # Our fault, never an order to return the money: the provider sends it again.
        return adapter.unavailable()
    wake(NOTICES)
    return adapter.accepted()


def keep_own(
    feed: str, store_id: int, *, body: bytes, headers: Mapping[str, str], authenticity: Authenticity, at: datetime
) -> int:
    """Keep what we asked a provider ourselves, what was imported, or what two people decided; returns the notice's id.

    Read by the same reader as what comes from outside. Part of the caller's transaction when there is one.
    """
    assert authenticity in bank_feeds.BELIEVED
    pk = _keep(feed, store_id, body, headers, "", authenticity, at)
    wake(NOTICES)
    return pk


def _keep(
    feed: str,
    store_id: int,
    body: bytes,
    headers: Mapping[str, str],
    remote_address: str,
    authenticity: Authenticity,
    at: datetime,
) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            KEEP, [feed, store_id, body, json.dumps(dict(headers)), remote_address[:64], authenticity.value, at]
        )
        return int(cursor.fetchone()[0])
