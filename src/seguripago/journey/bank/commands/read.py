"""Read kept notices in batches: each becomes deposits, attestations or an alarm, in one transaction."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from psycopg.errors import DeadlockDetected, DiskFull, LockNotAvailable, OutOfMemory, QueryCanceled

from seguripago.foundations.facts.commands import publish
from seguripago.foundations.stores.queries import prefixes, store_by_id
from seguripago.ports import bank_feeds, registry
from seguripago.ports.bank_feeds import (
    Arrived,
    Authenticity,
    FeedTrouble,
    Hint,
    Listed,
    NotADeposit,
    Returned,
    UnreadLine,
)

from .. import rules
from ..facts import HookToVerify, MovementHinted, NoticeUnreadable
from .movements import Heard, heard, keep_movements

TAKE: Final = """
    DELETE FROM raw_notice_unread WHERE notice_id IN (
        SELECT notice_id FROM raw_notice_unread ORDER BY notice_id LIMIT %s FOR UPDATE SKIP LOCKED
    ) RETURNING notice_id
"""
KEPT: Final = """
    SELECT id, feed, store_id, body, headers, authenticity, received_at FROM raw_notice WHERE id = ANY(%s) ORDER BY id
"""
NOTE: Final = """
    INSERT INTO notice_reading (notice_id, outcome, reason, read_at)
    SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::timestamptz[])
"""

VERIFICATION: Final = "verification:"
PASSES: Final = (DeadlockDetected, LockNotAvailable, QueryCanceled, DiskFull, OutOfMemory)
"""The database's troubles of the moment: what met one is read again, and never called unreadable."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class House:
    """What a batch needs of a store, read once."""

    prefixes: tuple[str, ...]
    accepts_unsigned: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """A notice as it was kept."""

    id: int
    feed: str
    store_id: int
    body: bytes
    headers: Mapping[str, str]
    authenticity: Authenticity
    received_at: datetime


@dataclass(slots=True)
class Reading:
    """What came of reading one notice: outcome is deposits, nothing or unreadable."""

    notice: Taken
    movements: list[Heard]
    outcome: str
    reason: str = ""
    hints: bool = False
    code: str = ""


def read_notices(limit: int = 500, *, at: datetime) -> int:
    """Read up to `limit` unread notices; returns how many. A batch that fails is retried one by one.

    Raises what the database says that passes by itself: nothing was read then.
    """
    try:
        with transaction.atomic():
            return _read_batch(limit, at=at)
    except Exception:
        log.exception("a batch of notices failed, now one by one")
    with transaction.atomic():
        return _read_batch(1, at=at, alarm_on_failure=True)


def house_of(store_id: int) -> House:
    """The account prefixes of a store, and whether its people decided to believe unsigned notices."""
    own = tuple(each.prefix for each in prefixes(store_id))
    return House(own, store_by_id(store_id).accepts_unsigned_notices)


def _read_batch(limit: int, *, at: datetime, alarm_on_failure: bool = False) -> int:
    notices = _take(limit)
    if not notices:
        return 0
    houses = {store_id: house_of(store_id) for store_id in {notice.store_id for notice in notices}}
    readings = [_understand(notice, houses[notice.store_id]) for notice in notices]
    movements = [each for reading in readings for each in reading.movements]
    if not alarm_on_failure:
        keep_movements(movements, at=at)
    else:
        try:
            with transaction.atomic():
                keep_movements(movements, at=at)
        except Exception as error:
            if isinstance(error.__cause__, PASSES):
                raise
            log.exception("notice %s is kept raw and unread", notices[0].id)
            readings[0].outcome, readings[0].reason = "unreadable", repr(error)
    _note(readings, at=at)
    hinted = [each.notice for each in readings if each.hints]
    publish(*(MovementHinted(store_id=notice.store_id, at=at, notice_id=notice.id) for notice in hinted))
    asked = [each for each in readings if each.code]
    publish(
        *(HookToVerify(store_id=each.notice.store_id, at=at, feed=each.notice.feed, code=each.code) for each in asked)
    )
    unreadable = [reading for reading in readings if reading.outcome == "unreadable"]
    if unreadable:
        publish(
            *(
                NoticeUnreadable(
                    store_id=each.notice.store_id, at=at, notice_id=each.notice.id, reason=each.reason[:200]
                )
                for each in unreadable
            )
        )
    return len(notices)


def _take(limit: int) -> list[Taken]:
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [limit])
        # Two statements: a join would read the whole table of notices whenever its statistics are old.
        cursor.execute(KEPT, [[row[0] for row in cursor.fetchall()]])
        return [
            Taken(
                pk,
                feed,
                store_id,
                bytes(body),
                json.loads(headers) if isinstance(headers, str) else headers,
                Authenticity(authenticity),
                received_at,
            )
            for pk, feed, store_id, body, headers, authenticity, received_at in cursor.fetchall()
        ]


def _note(readings: Sequence[Reading], *, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            NOTE,
            [
                [each.notice.id for each in readings],
                [each.outcome for each in readings],
                [each.reason[:2000] for each in readings],
                [at] * len(readings),
            ],
        )


def _understand(notice: Taken, house: House) -> Reading:
    """What a notice says, with the outcome of reading it and, when it cannot be read, why."""
    adapter: bank_feeds.BankFeed = registry.adapter(bank_feeds.FAMILY, notice.feed)
    try:
        said = adapter.read(notice.body, notice.headers)
    except FeedTrouble as trouble:
        return Reading(notice, [], "unreadable", str(trouble))
    except Exception as error:
        # Nobody foresaw it: a person hears of it, and the notices behind it are read.
        log.exception("notice %s is kept raw and unread", notice.id)
        return Reading(notice, [], "unreadable", repr(error)[:2000])
    believed = rules.is_believed(notice.authenticity, accepts_unsigned=house.accepts_unsigned)
    movements = [_heard(notice, each, house, believed) for each in said if isinstance(each, Arrived | Returned)]
    unread = [f"{each.position}: {each.reason}" for each in said if isinstance(each, UnreadLine)]
    if unread:
        # The other lines of the list are not lost for it.
        return Reading(notice, movements, "unreadable", "; ".join(unread))
    hints = any(isinstance(each, Hint) for each in said)
    return Reading(notice, movements, "deposits" if movements else "nothing", hints=hints, code=_code(said))


def _code(said: Sequence[Listed]) -> str:
    """What a provider wants typed into its panel to believe that a hook's address is ours; mostly nothing."""
    words = (each.reason for each in said if isinstance(each, NotADeposit))
    return next((word.removeprefix(VERIFICATION) for word in words if word.startswith(VERIFICATION)), "")


def _heard(notice: Taken, movement: Arrived | Returned, house: House, believed: bool) -> Heard:
    return heard(
        movement.deposit,
        store_id=notice.store_id,
        notice_id=notice.id,
        feed=notice.feed,
        received_at=notice.received_at,
        prefixes=house.prefixes,
        believed=believed,
        returned=movement.reason if isinstance(movement, Returned) else None,
    )
