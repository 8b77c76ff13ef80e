"""Make a person responsible for a conversation, and say who may."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import Q, QuerySet
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.facts.wakeups import wake
from seguripago.foundations.people import queries as people
from seguripago.foundations.people.queries import Member
from seguripago.foundations.staffing import queries as staffing
from seguripago.values.actor import Actor

from .. import rules
from ..facts import ConversationTaken
from ..models import Attendance, Conversation
from .refusals import AnalystUnknown, ConversationClosed, HandsFull, NotYours
from .thread import Author, analyst, append, keep


def begin(conversation: Conversation, by: Actor, *, at: datetime) -> None:
    """Check who acts; staff who acts where nobody is responsible becomes responsible.

    Raises NotYours, HandsFull, ConversationClosed.
    """
    if by.kind == "staff" and by.id is not None:
        begin_as(conversation, member_of(conversation.store_id, by.id), at=at)


def begin_as(conversation: Conversation, member: Member, *, at: datetime) -> None:
    """`begin` for a person who was looked up already."""
    if conversation.state == rules.WAITING:
        require_may_take(conversation, member, at=at)
        require_hands(member, member_capacity(member), at=at)
        assign(conversation, member, at=at)
    else:
        require_own(conversation, member)
        if conversation.state == rules.RESOLVED:
            raise ConversationClosed


def member_of(store_id: int, user_id: int) -> Member:
    """The person, who must work at the store's desk. Raises AnalystUnknown."""
    member = people.member(user_id)
    if member is None or member.store_id != store_id or member.role not in staffing.DESK_ROLES:
        raise AnalystUnknown
    return member


def standing_of(conversation: Conversation) -> rules.Standing:
    """What the rules of rights look at."""
    return rules.Standing(
        state=conversation.state,
        analyst_id=conversation.analyst_id,
        team_id=conversation.team_id,
        waiting_since=conversation.waiting_since,
        is_owed=conversation.owed_since is not None,
    )


def is_attended(conversation: Conversation, *, at: datetime) -> bool:
    """Whether somebody may answer: whoever is available, and its own analyst at the desk, however busy."""
    if staffing.is_desk_open(conversation.store_id, at):
        return True
    if conversation.state != rules.ASSIGNED or conversation.analyst_id is None:
        return False
    return staffing.is_there(conversation.analyst_id, conversation.store_id, at)


def require_may_take(conversation: Conversation, member: Member, *, at: datetime) -> None:
    """Refuse who may not become responsible. Raises NotYours."""
    if rules.leads(member.role):
        return
    has_attended = Attendance.objects.filter(conversation=conversation, user_id=member.user_id).exists()
    reach = staffing.reach_of(member.user_id, member.store_id, at)
    standing = standing_of(conversation)
    if not rules.may_take(member.user_id, member.role, standing, reach, has_attended=has_attended, at=at):
        raise NotYours(conversation.analyst_name)


def require_own(conversation: Conversation, member: Member) -> None:
    """Refuse who is neither responsible nor a supervisor: a teammate's buyer hears one voice. Raises NotYours."""
    if not rules.leads(member.role) and conversation.analyst_id != member.user_id:
        raise NotYours(conversation.analyst_name)


def require_may_pass(conversation: Conversation, by: Actor, *, at: datetime) -> None:
    """Refuse who may not pass it on or close it: the responsible, whoever could take it, a supervisor may."""
    if by.kind != "staff" or by.id is None:
        return
    member = member_of(conversation.store_id, by.id)
    if conversation.state == rules.WAITING:
        require_may_take(conversation, member, at=at)
    else:
        require_own(conversation, member)


def member_capacity(member: Member) -> int:
    """How many open conversations the person may hold, without locking the seat."""
    seat = staffing.seat_of(member.user_id, member.store_id)
    return seat.capacity if seat is not None else staffing.USUAL_CAPACITY


def require_hands(member: Member, capacity: int, *, at: datetime) -> None:
    """Refuse who holds as many conversations as he may. Raises HandsFull, naming them."""
    held = list(
        held_by(member.user_id, at=at).order_by("claimed_at").values_list("buyer_name", flat=True)[: capacity + 1]
    )
    if len(held) >= capacity:
        raise HandsFull(held, capacity)


def held_by(user_id: int, *, at: datetime) -> QuerySet[Conversation]:
    """What counts towards a person's capacity: assigned, and not silent for ten minutes after an answer."""
    held = Conversation.objects.filter(analyst_id=user_id, state=rules.ASSIGNED)
    held = held.alias(spoke_at=Greatest("last_buyer_at", "last_staff_at"))
    return held.filter(Q(owed_since__isnull=False) | Q(spoke_at__gt=at - rules.QUIET))


def assign(
    conversation: Conversation, member: Member, *, at: datetime, author: Author | None = None, is_transfer: bool = False
) -> None:
    """Give a locked conversation to a person and say so in it."""
    before = conversation.analyst_name if conversation.state == rules.ASSIGNED else ""
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
    attended(conversation, member.user_id, at=at)
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
    if not is_transfer:
        by = Actor.staff(member.user_id, member.name)
        record(conversation.store_id, by, "conversation.taken", subject_of(conversation), {"from": before}, at=at)
    close_other_screens(conversation, member.user_id)


def attended(conversation: Conversation, user_id: int, *, at: datetime) -> None:
    """Remember that this person attended: whoever attended may go on reading."""
    Attendance.objects.get_or_create(conversation=conversation, user_id=user_id, defaults={"since_at": at})


def close_other_screens(conversation: Conversation, but_user_id: int) -> None:
    """End the desk streams of this conversation, so that each asks again whether it may read; not the new analyst's."""
    wake(f"rights:{conversation.pk}:{but_user_id}")


def subject_of(conversation: Conversation) -> str:
    return f"conversation:{conversation.pk}"


def _join_id(conversation: Conversation, member: Member, at: datetime) -> uuid.UUID:
    return rules.stable_uuid("join", conversation.pk, member.user_id, at.isoformat())
