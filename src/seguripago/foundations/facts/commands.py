"""Announce facts, give them their numbers, and let listeners read them in batches."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction

from seguripago.values.json_text import json_text

from .base import Fact
from .models import ParkedFact
from .wakeups import WORKER, wake

NUMBERING_LOCK: Final = 0x5E60_FAC7
BATCH: Final = 500
FIRST_PAUSE_S: Final = 2
LONGEST_PAUSE_S: Final = 3600

ANNOUNCE: Final = """
    WITH announced AS (
        INSERT INTO fact (kind, store_id, subject, body, at)
        SELECT kind, store_id, subject, body, at
        FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::jsonb[], %s::timestamptz[])
             WITH ORDINALITY AS given (kind, store_id, subject, body, at, place)
        ORDER BY place RETURNING id, kind, store_id
    )
    INSERT INTO fact_unnumbered (fact_id, kind, store_id) SELECT id, kind, store_id FROM announced
"""
NUMBER: Final = """
    WITH taken AS (DELETE FROM fact_unnumbered RETURNING fact_id, kind, store_id)
    INSERT INTO fact_order (fact_id, kind, store_id)
    SELECT fact_id, kind, store_id FROM taken ORDER BY fact_id RETURNING kind
"""

log = logging.getLogger(__name__)


class OutsideTransaction(RuntimeError):
    """A fact was announced outside the transaction that makes it true."""


@dataclass(frozen=True, slots=True)
class Listener:
    """A named reader of some kinds of facts. `digest(facts, at)` runs inside a transaction and must bear repetition."""

    name: str
    facts: tuple[type[Fact], ...]
    digest: Callable[[Sequence[Fact], datetime], None]


def publish(*facts: Fact) -> None:
    """Announce facts in the caller's transaction and wake who looks at their topics after the commit.

    One statement; the facts get their ids in the order given. Refuses to run outside a transaction.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction(facts[0].__class__.__name__ if facts else "")
    if not facts:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            ANNOUNCE,
            [
                [type(fact).__name__ for fact in facts],
                [fact.store_id for fact in facts],
                [fact.subject_key() for fact in facts],
                [json_text(fact.to_json()) for fact in facts],
                [fact.at for fact in facts],
            ],
        )
    wake(WORKER, *{topic for fact in facts for topic in fact.topics()})


def number_facts() -> frozenset[str]:
    """Give committed facts their place in the one order; returns the kinds that were numbered.

    Nothing is numbered when another process is at it: that one wakes its own listeners.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [NUMBERING_LOCK])
        if not cursor.fetchone()[0]:
            return frozenset()
        cursor.execute(NUMBER)
        return frozenset(row[0] for row in cursor.fetchall())


def listen_once(listener: Listener, *, at: datetime) -> int:
    """Let a listener digest its next batch of unread facts; effects and cursor commit together.

    Returns how many facts were read. A batch that fails is retried one by one; a fact that fails alone is
    parked with its error, and later facts of the same subject wait behind it.
    """
    try:
        with transaction.atomic():
            return _digest_batch(listener, at=at)
    except Exception:
        log.exception("%s: a batch failed, now one by one", listener.name)
    with transaction.atomic():
        return _digest_batch(listener, at=at, one_by_one=True)


def retry_parked(listener: Listener, *, at: datetime, force: bool = False) -> int:
    """Give parked facts of the listener another chance when their pause is over. Returns how many went through."""
    healed = 0
    due = ParkedFact.objects.filter(listener=listener.name).select_related("fact").order_by("seq")
    blocked: set[str] = set()
    for parked in due:
        if parked.subject in blocked:
            continue
        if parked.next_try_at is not None and parked.next_try_at > at and not force:
            blocked.add(parked.subject)
            continue
        try:
            with transaction.atomic():
                ParkedFact.objects.select_for_update().get(pk=parked.pk)
                listener.digest([_fact(parked.fact.kind, parked.fact.body)], at)
                parked.delete()
            healed += 1
        except ParkedFact.DoesNotExist:
            continue
        except Exception as error:
            log.exception("%s: fact %s failed again", listener.name, parked.fact_id)
            pause = min(FIRST_PAUSE_S * 2 ** min(parked.attempts, 12), LONGEST_PAUSE_S)
            ParkedFact.objects.filter(pk=parked.pk).update(
                attempts=parked.attempts + 1, next_try_at=at + timedelta(seconds=pause), error=repr(error)[:2000]
            )
            blocked.add(parked.subject)
    return healed


def _digest_batch(listener: Listener, *, at: datetime, one_by_one: bool = False) -> int:
    kinds = [cls.__name__ for cls in listener.facts]
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM fact_cursor WHERE listener = %s FOR UPDATE SKIP LOCKED", [listener.name])
        row = cursor.fetchone()
        if row is None:
            # Either another process holds the cursor, or this listener is new and reads from the beginning.
            cursor.execute(
                "INSERT INTO fact_cursor (listener, seq) VALUES (%s, 0) ON CONFLICT (listener) DO NOTHING",
                [listener.name],
            )
            if not cursor.rowcount:
                return 0
            row = (0,)
        cursor.execute(
            """
            SELECT o.seq, o.fact_id, f.kind, f.subject, f.body, p.listener IS NOT NULL
            FROM fact_order o JOIN fact f ON f.id = o.fact_id
            LEFT JOIN LATERAL (
                SELECT listener FROM fact_parked WHERE listener = %s AND subject = f.subject LIMIT 1
            ) p ON true
            WHERE o.seq > %s AND o.kind = ANY(%s) ORDER BY o.seq LIMIT %s
            """,
            [listener.name, row[0], kinds, BATCH],
        )
        unread = cursor.fetchall()
        if not unread:
            return 0
        cursor.execute("UPDATE fact_cursor SET seq = %s WHERE listener = %s", [unread[-1][0], listener.name])
    waiting = [entry for entry in unread if entry[5]]
    _park(listener, waiting, error="", at=at)
    ready = [entry for entry in unread if not entry[5]]
    if one_by_one:
        _digest_each(listener, ready, at=at)
    elif ready:
        listener.digest([_fact(kind, body) for _, _, kind, _, body, _ in ready], at)
    return len(unread)


def _digest_each(listener: Listener, entries: Sequence[tuple[Any, ...]], *, at: datetime) -> None:
    poisoned: set[str] = set()
    for entry in entries:
        _, fact_id, kind, subject, body, _ = entry
        if subject in poisoned:
            _park(listener, [entry], error="", at=at)
            continue
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                listener.digest([_fact(kind, body)], at)
                # A deferred constraint must fail here, with this fact, and not at the commit of all of them.
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        except Exception as error:
            log.exception("%s: fact %s is parked", listener.name, fact_id)
            _park(listener, [entry], error=repr(error)[:2000], at=at)
            poisoned.add(subject)


def _park(listener: Listener, entries: Sequence[tuple[Any, ...]], *, error: str, at: datetime) -> None:
    ParkedFact.objects.bulk_create(
        (
            ParkedFact(
                listener=listener.name,
                fact_id=fact_id,
                seq=seq,
                subject=subject,
                error=error,
                parked_at=at,
                next_try_at=at + timedelta(seconds=FIRST_PAUSE_S) if error else None,
            )
            for seq, fact_id, _, subject, _, _ in entries
        ),
        ignore_conflicts=True,
    )


def _fact(kind: str, body: Any) -> Fact:
    if isinstance(body, str):
        body = json.loads(body)
    return Fact.kinds[kind].from_json(body)
