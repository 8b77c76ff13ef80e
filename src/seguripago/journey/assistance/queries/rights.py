"""Who may read and take a conversation: every screen and stream of the desk asks here."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from seguripago.foundations.people.queries import Member
from seguripago.foundations.staffing import queries as staffing
from seguripago.foundations.staffing.rules import Reach

from .. import rules
from ..models import Attendance
from .conversations import ConversationView


def may_read(member: Member, conversation: ConversationView, *, at: datetime) -> bool:
    """Whether this person may read the conversation; of another store never.

    Supervisor and owner all of their store. An analyst what is his, what he attended, and what he may take.
    """
    if conversation.store_id != member.store_id or member.role not in staffing.DESK_ROLES:
        return False
    if rules.leads(member.role) or conversation.analyst_id == member.user_id:
        return True
    if _has_attended(member, conversation.id):
        return True
    return _may_take(member, conversation, has_attended=False, at=at)


def may_take(member: Member, conversation: ConversationView, *, at: datetime) -> bool:
    """Whether this person may become responsible for the conversation."""
    if conversation.store_id != member.store_id or member.role not in staffing.DESK_ROLES:
        return False
    if rules.leads(member.role):
        return True
    return _may_take(member, conversation, has_attended=_has_attended(member, conversation.id), at=at)


def may_answer(member: Member, conversation: ConversationView, *, at: datetime) -> bool:
    """Whether this person may speak in it now: the responsible, supervisors, and whoever may take what waits."""
    if conversation.state == "waiting":
        return may_take(member, conversation, at=at)
    return conversation.store_id == member.store_id and (
        rules.leads(member.role) or conversation.analyst_id == member.user_id
    )


def claim_ends_at(view: ConversationView) -> datetime | None:
    """When an unanswered claim goes back to the queue; None when its analyst has answered or nobody waits."""
    if view.state != rules.ASSIGNED or view.claimed_at is None or view.owed_since is None or view.is_message:
        return None
    if view.last_staff_at is not None and view.last_staff_at >= view.claimed_at:
        return None
    return rules.answer_before(view.claimed_at, view.owed_since)


def listed(user_id: int, reach: Reach, at: datetime) -> Q:
    """What an analyst's queue lists, as SQL says `rules.may_take`: his own, what waits for him, an absent teammate's
    whose buyer waits for an answer.
    """
    teams = Q(team__isnull=True) | Q(team_id__in=reach.teams | reach.closed_teams)
    is_open = teams | Q(waiting_since__lte=at - rules.OPEN_TO_ALL)
    is_orphan = Q(state=rules.ASSIGNED, owed_since__isnull=False) & ~Q(analyst_id__in=reach.present)
    return Q(analyst_id=user_id) | (is_open & (Q(state=rules.WAITING) | is_orphan))


def _has_attended(member: Member, conversation_id: int) -> bool:
    return Attendance.objects.filter(user_id=member.user_id, conversation_id=conversation_id).exists()


def _may_take(member: Member, view: ConversationView, *, has_attended: bool, at: datetime) -> bool:
    reach = staffing.reach_of(member.user_id, member.store_id, at)
    return rules.may_take(member.user_id, member.role, _standing(view), reach, has_attended=has_attended, at=at)


def _standing(view: ConversationView) -> rules.Standing:
    return rules.Standing(
        state=view.state,
        analyst_id=view.analyst_id,
        team_id=view.team_id,
        waiting_since=view.waiting_since,
        is_owed=view.owed_since is not None,
    )
