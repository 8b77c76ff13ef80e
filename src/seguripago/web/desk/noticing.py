"""What a person at the desk must notice wherever he is in it: whispers to him, and buyers who wait too long."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from seguripago.foundations.people.queries import Member
from seguripago.journey.assistance.rules import leads
from seguripago.journey.supervision.queries import late_count, unseen_whispers


def notices_context(member: Member, *, at: datetime) -> dict[str, Any]:
    """Whispers for one person; whoever leads the desk also learns how many wait too long."""
    whispers = unseen_whispers(member.user_id)
    late = late_count(member.store_id, at=at) if leads(member.role) else 0
    return {
        "whispers": whispers,
        "late": late,
        "notices_mark": f"{late}.{'-'.join(str(whisper.id) for whisper in whispers)}",
    }
