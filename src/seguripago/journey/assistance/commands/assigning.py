"""Make a person responsible for a conversation."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.utils.translation import gettext as _

from seguripago.foundations.facts.commands import publish
from seguripago.foundations.people import queries as people
from seguripago.foundations.people.queries import Member
from seguripago.values.actor import Actor

from .. import rules
from ..facts import ConversationTaken
from ..models import Conversation
from .refusals import AnalystUnknown
from .thread import Author, analyst, append, author_of, keep


def begin(conversation: Conversation, by: Actor, *, at: datetime) -> None:
    """Check who acts; staff who acts where nobody is responsible becomes responsible."""
    author_of(conversation, by)
    if by.kind == "staff" and by.id is not None and conversation.state == rules.WAITING:
        assign(conversation, member_of(conversation.store_id, by.id), at=at)


def member_of(store_id: int, user_id: int) -> Member:
    """The person, who must work in the store. Raises AnalystUnknown."""
    member = people.member(user_id)
    if member is None or member.store_id != store_id:
        raise AnalystUnknown
    return member


def assign(
    conversation: Conversation, member: Member, *, at: datetime, author: Author | None = None, is_transfer: bool = False
) -> None:
    """Give a locked conversation to a person and say so in it."""
    changes = {
        "state": rules.next_state(conversation.state, rules.Event.TAKE),
        "led_by": "analyst",
        "analyst_id": member.user_id,
        "analyst_name": member.name,
        "analyst_number": member.analyst_number,
        "claimed_at": at,
        "resolved_at": None,
    }
    keep(conversation, **changes)
    append(
        conversation,
        kind="join",
        author=author or analyst(conversation, member.user_id),
        body={
            "event": "transferred" if is_transfer else "joined",
            "name": member.name,
            "number": member.analyst_number,
            "text": _("%(name)s se unió a la conversación") % {"name": member.name},
        },
        client_id=_join_id(conversation, member, at),
        at=at,
    )
    publish(
        ConversationTaken(
            store_id=conversation.store_id, at=at, conversation_id=conversation.pk, user_id=member.user_id
        )
    )


def _join_id(conversation: Conversation, member: Member, at: datetime) -> uuid.UUID:
    return rules.stable_uuid("join", conversation.pk, member.user_id, at.isoformat())
