"""Count how often each feed is heard, and say once when one is silent for much longer than is usual."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction

from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.commands import publish

from .. import rules
from ..asking_tables import FeedHour, FeedSilence, HeardUntil
from ..facts import FeedHeardAgain, FeedSilent

COUNTED_AFTER = timedelta(seconds=20)
"""Notices are counted once their numbers have no gaps that may still be filled."""
AT_ONCE = 50_000
"""Notices of one transaction: the first count of a store that has kept millions holds nothing for long."""


def count_heard(*, at: datetime, at_once: int = AT_ONCE) -> int:
    """Count the notices that providers sent since the last count, by hour; returns how many. What we asked for
    ourselves says nothing of the provider's side, so it is not counted."""
    heard = 0
    while (more := _count_some(at=at, at_once=at_once)) is not None:
        heard += more
    return heard


def _count_some(*, at: datetime, at_once: int) -> int | None:
    """Count the oldest of them in one transaction; None when there are none."""
    before = at - COUNTED_AFTER
    with transaction.atomic(), connection.cursor() as cursor:
        HeardUntil.objects.bulk_create([HeardUntil(id=1)], ignore_conflicts=True)
        until = HeardUntil.objects.select_for_update().get(id=1)
        cursor.execute(
            """
            SELECT max(id) FROM (
                SELECT id FROM raw_notice WHERE id > %s AND received_at <= %s ORDER BY id LIMIT %s
            ) AS oldest
            """,
            [until.notice_id, before, at_once],
        )
        (last,) = cursor.fetchone()
        if last is None:
            return None
        cursor.execute(
            """
            WITH counted AS (
                SELECT store_id, feed, date_trunc('hour', received_at, 'UTC'), count(*) AS heard, max(received_at)
                FROM raw_notice
                WHERE id > %s AND id <= %s AND received_at <= %s AND authenticity IN ('signed', 'secret')
                GROUP BY 1, 2, 3
            ), written AS (
                INSERT INTO bank_feed_hour (store_id, feed, hour, heard, last_at) SELECT * FROM counted
                ON CONFLICT ON CONSTRAINT feed_hour_once DO UPDATE SET
                    heard = bank_feed_hour.heard + excluded.heard,
                    last_at = greatest(bank_feed_hour.last_at, excluded.last_at)
            )
            SELECT coalesce(sum(heard), 0)::bigint FROM counted
            """,
            [until.notice_id, last, before],
        )
        (heard,) = cursor.fetchone()
        until.notice_id = last
        until.save(update_fields=["notice_id"])
    return int(heard)


def watch_feeds(*, at: datetime) -> int:
    """Open a silence for each feed that should have been heard meanwhile, end those heard again; returns how many."""
    facts: list[Fact] = []
    with transaction.atomic():
        for store_id, feed in FeedHour.objects.values_list("store_id", "feed").distinct().order_by("store_id", "feed"):
            facts.extend(_judge(store_id, feed, at))
        publish(*facts)
    return len(facts)


def _judge(store_id: int, feed: str, at: datetime) -> list[Fact]:
    since = at - timedelta(weeks=rules.WEEKS_BACK)
    rows = list(FeedHour.objects.filter(store_id=store_id, feed=feed, hour__gte=since).order_by("hour"))
    open_one = FeedSilence.objects.select_for_update().filter(store_id=store_id, feed=feed, ended_at=None).first()
    if not rows:
        return []
    last_at = rows[-1].last_at
    if open_one is not None:
        if last_at <= open_one.since:
            return []
        open_one.ended_at = at
        open_one.save(update_fields=["ended_at"])
        return [FeedHeardAgain(store_id=store_id, at=at, feed=feed)]
    if last_at - rows[0].hour < rules.LEAST_HISTORY:
        return []
    usual = rules.usual_hours({row.hour: row.heard for row in rows}, first=rows[0].hour, until=last_at)
    if rules.expected_since(last_at, at, usual) < rules.SILENT_FROM:
        return []
    FeedSilence.objects.create(store_id=store_id, feed=feed, since=last_at, noticed_at=at)
    return [FeedSilent(store_id=store_id, at=at, feed=feed, since=last_at.isoformat(timespec="seconds"))]
