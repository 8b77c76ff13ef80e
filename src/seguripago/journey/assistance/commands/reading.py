"""Who has read how far: the buyer's screen, the analyst's screen."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from seguripago.foundations.facts import signals


def buyer_saw(conversation_id: int, seq: int, *, at: datetime) -> bool:
    """Note that the buyer's screen showed everything up to `seq`; whether that is new. Never goes back.

    Whoever has read all that was said is written no mail about it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE assistance_conversation SET buyer_seen_seq = LEAST(%(seq)s, seq), buyer_seen_at = %(at)s,"
            " unseen_since = CASE WHEN %(seq)s >= seq THEN NULL ELSE unseen_since END"
            " WHERE id = %(id)s AND buyer_seen_seq < LEAST(%(seq)s, seq) RETURNING store_id, buyer_seen_seq",
            {"seq": seq, "at": at, "id": conversation_id},
        )
        found = cursor.fetchone()
    if found is None:
        return False
    signals.tell("seen", found[0], conversation_id, who=signals.BUYER, state=str(found[1]), at=at)
    return True


def staff_saw(conversation_id: int, user_id: int, seq: int, *, at: datetime) -> bool:
    """Note that its analyst's screen showed everything up to `seq`; whether that is new. Others' eyes do not count."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE assistance_conversation SET staff_seen_seq = LEAST(%(seq)s, seq)"
            " WHERE id = %(id)s AND analyst_id = %(user)s AND staff_seen_seq < LEAST(%(seq)s, seq)"
            " RETURNING store_id, staff_seen_seq",
            {"seq": seq, "id": conversation_id, "user": user_id},
        )
        found = cursor.fetchone()
    if found is None:
        return False
    signals.tell("seen", found[0], conversation_id, who=user_id, state=str(found[1]), at=at)
    return True
