"""Which personal data are in sight, and who looked at them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from .. import rules
from ..models import Reveal


@dataclass(frozen=True, slots=True)
class RevealView:
    """Somebody looked: `what` is a kind of `rules.PERSONAL_KINDS`, `reason` one of `rules.REVEAL_REASONS` or words."""

    name: str
    what: str
    reason: str
    at: datetime


def revealed_to(user_id: int, conversation_id: int, *, at: datetime) -> frozenset[str]:
    """What this person gave a reason for in the last quarter of an hour."""
    rows = Reveal.objects.filter(user_id=user_id, conversation_id=conversation_id, at__gt=at - rules.REVEALED)
    return frozenset(rows.values_list("what", flat=True))


def reveals_of(conversation_id: int, *, limit: int = 20) -> tuple[RevealView, ...]:
    """Who looked at personal data of this conversation, newest first: for supervisors."""
    rows = Reveal.objects.filter(conversation_id=conversation_id).annotate(name=F("user__name")).order_by("-at", "-pk")
    return tuple(RevealView(row.name, row.what, row.reason, row.at) for row in rows[:limit])


def reveals_since(user_ids: Collection[int], since: datetime) -> int:
    """How often these people looked at personal data since a moment."""
    return Reveal.objects.filter(user_id__in=user_ids, at__gte=since).count()
