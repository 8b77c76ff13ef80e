"""Who attends a conversation: pass it on, resolve it, open it again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.staffing import queries as staffing
from seguripago.foundations.staffing.refusals import TeamUnknown
from seguripago.values.actor import Actor

from .. import rules
from ..facts import ConversationReopened, ConversationResolved, ConversationTransferred
from ..models import Conversation
from . import acts, cards
from .assigning import (
    assign,
    attended,
    close_other_screens,
    member_of,
    require_may_pass,
    require_may_take,
    subject_of,
)
from .refusals import ConversationClosed
from .thread import Author, append, author_of, keep, lock


def transfer(conversation_id: int, to_user_id: int, note: str, *, by: Actor, at: datetime) -> None:
    """Pass a conversation to a teammate, with a private note that says why.

    Raises ConversationClosed, NotYours, AnalystUnknown.

    A teammate who does not answer a waiting buyer in time loses it to the queue, like any claim.
    """
    with transaction.atomic():
        conversation = lock(conversation_id)
        author = author_of(conversation, by)
        _require_open(conversation)
        require_may_pass(conversation, by, at=at)
        member = member_of(conversation.store_id, to_user_id)
        previous = conversation.analyst_id or 0
        assign(conversation, member, at=at, author=author, is_transfer=True)
        _leave_note(conversation, author, note, at=at)
        _told(conversation, by, previous, {"to": member.name}, to_user_id=member.user_id, at=at)


def transfer_to_team(conversation_id: int, team_id: int | None, note: str, *, by: Actor, at: datetime) -> None:
    """Pass a conversation to a team's queue, or with None to everybody's. What waited keeps its place in the queue.

    What was attended waits since the words that nobody answered, or from now on: it is the team's for as long as any.
    Raises ConversationClosed, NotYours, TeamUnknown.
    """
    with transaction.atomic():
        conversation = lock(conversation_id)
        author = author_of(conversation, by)
        _require_open(conversation)
        require_may_pass(conversation, by, at=at)
        team = staffing.team(conversation.store_id, team_id) if team_id is not None else None
        if team_id is not None and (team is None or not team.is_active):
            raise TeamUnknown
        previous = conversation.analyst_id or 0
        state = conversation.state
        keep(
            conversation,
            state=rules.WAITING if state == rules.WAITING else rules.next_state(state, rules.Event.GIVE_BACK),
            team_id=team_id,
            waiting_since=conversation.waiting_since if state == rules.WAITING else conversation.owed_since or at,
            led_by="analyst",
            analyst_id=None,
            analyst_name="",
            analyst_number="",
            claimed_at=None,
        )
        name = team.name if team is not None else ""
        text = (
            _("%(by)s la pasó al equipo %(team)s.") % {"by": author.name, "team": name}
            if name
            else _("%(by)s la regresó a la cola.") % {"by": author.name}
        )
        key = (conversation.pk, conversation.seq)
        cards.post_status(conversation, "passed_on", text, key, at=at, is_private=True)
        _leave_note(conversation, author, note, at=at)
        _told(conversation, by, previous, {"to": name or "*"}, team_id=team_id or 0, at=at)
        close_other_screens(conversation, by.id or 0 if previous == by.id else 0)


def _require_open(conversation: Conversation) -> None:
    if conversation.state == rules.RESOLVED:
        raise ConversationClosed


def _leave_note(conversation: Conversation, author: Author, note: str, *, at: datetime) -> None:
    if text := rules.mask_secrets(note)[: rules.LIMIT]:
        append(
            conversation,
            kind="note",
            author=author,
            body={"text": text},
            client_id=acts.fresh_id(conversation, "transfer_note"),
            at=at,
            is_private=True,
        )


def _told(
    conversation: Conversation,
    by: Actor,
    from_user_id: int,
    said: dict[str, str],
    *,
    at: datetime,
    to_user_id: int = 0,
    team_id: int = 0,
) -> None:
    publish(
        ConversationTransferred(
            store_id=conversation.store_id,
            at=at,
            conversation_id=conversation.pk,
            from_user_id=from_user_id,
            to_user_id=to_user_id,
            team_id=team_id,
        )
    )
    record(conversation.store_id, by, "conversation.transferred", subject_of(conversation), said, at=at)


def resolve(conversation_id: int, *, by: Actor, at: datetime) -> None:
    """Close a conversation. Money, shipment and guarantee go on without it. Raises NotYours.

    Its analyst stays responsible until the order is delivered; where there was none, whoever closes it is.
    """
    with transaction.atomic():
        conversation = lock(conversation_id)
        author_of(conversation, by)
        if conversation.state == rules.RESOLVED:
            return
        require_may_pass(conversation, by, at=at)
        if conversation.analyst_id is None and by.kind == "staff" and by.id is not None:
            member = member_of(conversation.store_id, by.id)
            analyst = {"analyst_name": member.name, "analyst_number": member.analyst_number}
            keep(conversation, analyst_id=member.user_id, **analyst)
            attended(conversation, member.user_id, at=at)
        text = _("%(name)s cerró la conversación. Puedes escribir aquí cuando quieras.") % {"name": by.name}
        cards.post_status(conversation, "resolved", text, (conversation.pk, conversation.seq), at=at)
        keep(
            conversation,
            state=rules.next_state(conversation.state, rules.Event.RESOLVE),
            resolved_at=at,
            last_staff_at=at,
            led_by="analyst",
        )
        publish(ConversationResolved(store_id=conversation.store_id, at=at, conversation_id=conversation.pk))
        record(conversation.store_id, by, "conversation.resolved", subject_of(conversation), {}, at=at)


def reopen(conversation_id: int, *, by: Actor, at: datetime) -> None:
    """Open a resolved conversation again, with the person who opens it as its analyst. Raises NotYours."""
    with transaction.atomic():
        conversation = lock(conversation_id)
        if conversation.state != rules.RESOLVED or by.id is None:
            return
        member = member_of(conversation.store_id, by.id)
        require_may_take(conversation, member, at=at)
        text = _("%(name)s abrió de nuevo la conversación") % {"name": by.name}
        cards.post_status(conversation, "reopened", text, (conversation.pk, conversation.seq), at=at)
        keep(
            conversation,
            state=rules.next_state(conversation.state, rules.Event.REOPEN),
            analyst_id=member.user_id,
            analyst_name=member.name,
            analyst_number=member.analyst_number,
            claimed_at=at,
            resolved_at=None,
        )
        publish(ConversationReopened(store_id=conversation.store_id, at=at, conversation_id=conversation.pk))
        attended(conversation, member.user_id, at=at)
        record(conversation.store_id, by, "conversation.reopened", subject_of(conversation), {}, at=at)
