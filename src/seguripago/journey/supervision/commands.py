"""Whisper: a private note to one person. The buyer never hears it, nor do mails, transcripts and exports."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.db.models import QuerySet

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.signals import tell
from seguripago.foundations.facts.wakeups import wake
from seguripago.foundations.people import queries as people
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance.rules import leads
from seguripago.values.actor import Actor
from seguripago.values.refusal import Refusal

from .models import Whisper


class NobodyToWhisper(Refusal):
    """The conversation has no analyst, or the analyst is who whispers."""

    code: ClassVar[str] = "SP-340"


class NotYoursToWhisper(Refusal):
    """An analyst only answers who whispered to him in this conversation."""

    code: ClassVar[str] = "SP-341"


def whisper(conversation_id: int, user_id: int, text: str, *, client_id: uuid.UUID, at: datetime, to: int = 0) -> int:
    """Tell one person something about a conversation in private, and return the note's number.

    `to` is 0 for its analyst. Whoever leads the desk may whisper to anybody of it; an analyst answers who whispered to
    him here. What the author had not seen from that person in this conversation is seen now.
    Raises NobodyToWhisper, NotYoursToWhisper, and what `chat.note` raises.
    """
    with transaction.atomic():
        held = chat.hold(conversation_id, client_id)
        if held.said is not None:
            return held.said
        member = chat.member_of(held.store_id, user_id)
        listener_id = to or held.analyst_id or 0
        if listener_id in (0, user_id):
            raise NobodyToWhisper
        if not leads(member.role) and not _has_whispered(conversation_id, listener_id, user_id):
            raise NotYoursToWhisper
        seq = chat.note(conversation_id, user_id, text, client_id=client_id, to=listener_id, at=at)
        Whisper.objects.create(
            conversation_id=conversation_id, seq=seq, from_user_id=user_id, to_user_id=listener_id, at=at
        )
        _unseen(conversation_id, user_id).filter(from_user_id=listener_id).update(seen_at=at)
        state = f"{listener_id}.{seq}"
        tell("whisper", held.store_id, conversation_id, who=user_id, name=member.name, state=state, at=at)
        by, said = Actor.staff(user_id, member.name), {"to": listener_id, "seq": seq}
        record(held.store_id, by, "conversation.whispered", f"conversation:{conversation_id}", said, at=at)
    return seq


def see_whispers(conversation_id: int, user_id: int, *, at: datetime) -> None:
    """Keep that a person has seen what was whispered to him in a conversation."""
    member = people.member(user_id)
    with transaction.atomic():
        if _unseen(conversation_id, user_id).update(seen_at=at) and member is not None:
            wake(f"desk:{member.store_id}")


def _unseen(conversation_id: int, user_id: int) -> QuerySet[Whisper]:
    return Whisper.objects.filter(conversation_id=conversation_id, to_user_id=user_id, seen_at__isnull=True)


def _has_whispered(conversation_id: int, from_user_id: int, to_user_id: int) -> bool:
    heard = Whisper.objects.filter(conversation_id=conversation_id, from_user_id=from_user_id, to_user_id=to_user_id)
    return heard.exists()
