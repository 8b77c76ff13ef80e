"""Write down a change in its own transaction; number and chain what has committed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from django.db import connection, transaction

from seguripago.values.actor import Actor
from seguripago.values.json_text import json_text

from . import rules
from .models import AuditEntry, AuditSeal

SEALER_LOCK: Final = 0x5E60_A0D1
BATCH: Final = 2000
WRITE_DOWN: Final = """
    WITH written AS (
        INSERT INTO audit_entry (store_id, actor_kind, actor_id, actor_name, action, subject, said, at)
        SELECT store_id, actor_kind, actor_id, actor_name, action, subject, said, at
        FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::jsonb[],
                    %s::timestamptz[])
             WITH ORDINALITY AS given (store_id, actor_kind, actor_id, actor_name, action, subject, said, at, place)
        ORDER BY place RETURNING id
    )
    INSERT INTO audit_unsealed (entry_id) SELECT id FROM written
"""


TAKE: Final = """
    DELETE FROM audit_unsealed
    WHERE entry_id IN (SELECT entry_id FROM audit_unsealed ORDER BY entry_id LIMIT %s) RETURNING entry_id
"""
READ: Final = """
    SELECT id, store_id, actor_kind, actor_id, actor_name, action, subject, said::text, at
    FROM audit_entry WHERE id = ANY(%s) ORDER BY id
"""
SEAL: Final = """
    INSERT INTO audit_seal (entry_id, hash)
    SELECT entry_id, hash FROM unnest(%s::bigint[], %s::text[]) WITH ORDINALITY AS given (entry_id, hash, place)
    ORDER BY place
"""


class Entry(NamedTuple):
    """An entry as the sealer reads it."""

    pk: int
    store_id: int
    actor_kind: str
    actor_id: int | None
    actor_name: str
    action: str
    subject: str
    said: Any
    at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the audit: `subject` like `order:12`, `said` the facts that a reader needs."""

    store_id: int
    actor: Actor
    action: str
    subject: str
    said: Mapping[str, Any]
    at: datetime


class OutsideTransaction(RuntimeError):
    """A change was written down outside the transaction that makes it."""


def record(store_id: int, actor: Actor, action: str, subject: str, said: Mapping[str, Any], *, at: datetime) -> None:
    record_all([Change(store_id, actor, action, subject, said, at)])


def record_all(changes: Sequence[Change]) -> None:
    """Write the changes down in the caller's transaction, in the order given, in one statement."""
    if not connection.in_atomic_block:
        raise OutsideTransaction
    if not changes:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            WRITE_DOWN,
            [
                [change.store_id for change in changes],
                [change.actor.kind for change in changes],
                [change.actor.id for change in changes],
                [change.actor.name[:120] for change in changes],
                [change.action for change in changes],
                [change.subject for change in changes],
                [json_text(dict(change.said)) for change in changes],
                [change.at for change in changes],
            ],
        )


def seal_entries() -> int:
    """Chain committed entries, one sealer at a time. Returns how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALER_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(TAKE, [BATCH])
        cursor.execute(READ, [[row[0] for row in cursor.fetchall()]])
        entries = [Entry._make((*row[:7], json.loads(row[7]), row[8])) for row in cursor.fetchall()]
        if not entries:
            return 0
        previous = AuditSeal.objects.order_by("-seq").values_list("hash", flat=True).first() or rules.FIRST
        hashes = []
        for entry in entries:
            previous = rules.link(previous, entry_body(entry))
            hashes.append(previous)
        cursor.execute(SEAL, [[entry.pk for entry in entries], hashes])
    return len(entries)


def entry_body(entry: Entry | AuditEntry) -> dict[str, Any]:
    """What is hashed of an entry, the same however it was loaded."""
    return {
        "id": entry.pk,
        "store_id": entry.store_id,
        "actor": [entry.actor_kind, entry.actor_id, entry.actor_name],
        "action": entry.action,
        "subject": entry.subject,
        "said": entry.said,
        "at": entry.at.astimezone(UTC).isoformat(),
    }
