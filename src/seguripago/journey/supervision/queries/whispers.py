"""What was whispered to a person who has not seen it yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from seguripago.journey.assistance import queries as chat

from ..models import Whisper

LISTED: Final = 5


@dataclass(frozen=True, slots=True)
class WhisperView:
    """One private note to this person, with who said it and about whom."""

    id: int
    conversation_id: int
    buyer_name: str
    from_id: int
    from_name: str
    text: str
    at: datetime


def unseen_whispers(user_id: int, *, limit: int = LISTED) -> tuple[WhisperView, ...]:
    """What this person has not seen yet, oldest first.

    One statement over an index that holds only such rows, as nearly always there is none; two more where there is.
    """
    rows = list(Whisper.objects.filter(to_user_id=user_id, seen_at__isnull=True).order_by("pk")[:limit])
    notes = chat.entries_by_number([(row.conversation_id, row.seq) for row in rows])
    about = chat.conversations_by_id({row.conversation_id for row in rows}) if rows else {}
    return tuple(
        WhisperView(
            id=row.pk,
            conversation_id=row.conversation_id,
            buyer_name=about[row.conversation_id].buyer_name,
            from_id=row.from_user_id,
            from_name=notes[row.conversation_id, row.seq].author_name,
            text=notes[row.conversation_id, row.seq].text,
            at=row.at,
        )
        for row in rows
    )
