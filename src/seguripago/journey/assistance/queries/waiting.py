"""How long people have just waited for an analyst in a store, and whom an analyst left waiting."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from ..models import Conversation, Entry
from ..rules import PickUp, expected_wait_s

LOOKS_BACK: Final = timedelta(hours=6)
MOST: Final = 200


def expected_wait(store_id: int, place: int, *, at: datetime) -> int | None:
    """Seconds that somebody at this place of the store's queue will probably wait; None when too few were picked up."""
    return expected_wait_s(place, recent_pick_ups(store_id, at=at)) if place > 0 else None


def next_place(store_id: int) -> int:
    """The place that somebody who begins to wait now would have."""
    waiting = Conversation.objects.filter(store_id=store_id, state="waiting", is_message=False)
    return waiting.exclude(led_by="assistant", handed_over="").count() + 1


def recent_pick_ups(store_id: int, *, at: datetime) -> tuple[PickUp, ...]:
    """The pick-ups of the last hours, as the conversation itself tells them: when it began to wait, who joined first.

    Its place was one more than how many began earlier and were not picked up yet.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH taken AS (
                SELECT c.id, c.waiting_since AS since, min(e.at) AS until
                FROM assistance_conversation c
                JOIN assistance_entry e ON e.conversation_id = c.id
                WHERE c.store_id = %s AND c.started_at >= %s AND c.state <> 'waiting' AND NOT c.is_opened_by_staff
                  AND e.kind = 'join' AND e.body->>'event' = 'joined' AND e.at >= c.waiting_since
                GROUP BY c.id, c.waiting_since ORDER BY until DESC LIMIT %s
            )
            SELECT 1 + (SELECT count(*) FROM taken o WHERE o.since < t.since AND o.until > t.since),
                   extract(epoch FROM t.until - t.since)::float
            FROM taken t
            """,
            [store_id, at - LOOKS_BACK, MOST],
        )
        return tuple(PickUp(int(place), float(waited_s)) for place, waited_s in cursor.fetchall())


def claims_given_back(store_id: int, since: datetime) -> int:
    """How many claims of a store went back to the queue unanswered since a moment."""
    returned = Entry.objects.filter(kind="status", body__status="given_back", at__gte=since)
    return returned.filter(conversation__store_id=store_id).count()
