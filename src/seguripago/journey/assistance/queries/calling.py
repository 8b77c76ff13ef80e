"""Whose buyers wait for an answer now: what calls people back to the desk."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from django.db.models import F, Q

from ..models import Conversation
from ..rules import ASSIGNED, RESOLVED, WAITING
from .conversations import ConversationView, view_of

RECENT: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Call:
    """A conversation that calls: `waiting` calls whoever may take it, `message` its responsible."""

    kind: Literal["waiting", "message"]
    conversation: ConversationView
    since: datetime


def calls(store_ids: Collection[int], *, at: datetime) -> tuple[Call, ...]:
    """Conversations of these stores whose newest words are a buyer's, of the last minutes, and wait for a person."""
    unanswered = Q(last_staff_at__isnull=True) | Q(last_staff_at__lt=F("last_buyer_at"))
    # Whom the assistant serves calls nobody, until he asks for a person; but a responsible wants to know.
    of_people = Q(state=ASSIGNED) | Q(led_by="analyst") | ~Q(handed_over="")
    rows = Conversation.objects.filter(unanswered, of_people, store_id__in=store_ids, last_buyer_at__gt=at - RECENT)
    found = []
    for row in rows.exclude(state=RESOLVED).order_by("last_buyer_at", "pk")[:200]:
        waits = row.state == WAITING
        found.append(
            Call("waiting" if waits else "message", view_of(row), row.waiting_since if waits else row.last_buyer_at)
        )
    return tuple(found)
