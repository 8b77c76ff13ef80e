"""Who attends a conversation: take, transfer, resolve, reopen, be present."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Case, When
from django.utils.translation import gettext as _

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.facts.wakeups import wake
from seguripago.values.actor import Actor

from .. import rules
from ..facts import ConversationReopened, ConversationResolved, ConversationTransferred
from ..models import Conversation, Presence
from . import acts, cards
from .assigning import assign, member_of
from .thread import append, author_of, keep, lock

STATES: Final = ("available", "busy", "away")


def be_present(user_id: int, store_id: int, state: str, *, at: datetime) -> None:
    """Say that an analyst is at the desk (`available`, `busy` or `away`); repeated every half minute or so."""
    kept = state if state in STATES else "away"
    with transaction.atomic():
        before = Presence.objects.select_for_update().filter(user_id=user_id, store_id=store_id).first()
        if before is None:
            Presence.objects.update_or_create(
                user_id=user_id, store_id=store_id, defaults={"state": kept, "seen_at": at}
            )
        else:
            Presence.objects.filter(pk=before.pk).update(state=kept, seen_at=at)
        if before is None or before.state != kept:
            wake(f"desk:{store_id}")


def take_next(store_id: int, user_id: int, *, at: datetime) -> int | None:
    """Take the conversation that waits longest, or None. Two analysts at once never get the same one.

    Whom the assistant serves already waits behind those whom nobody serves.
    """
    member = member_of(store_id, user_id)
    with transaction.atomic():
        conversation = (
            Conversation.objects.select_for_update(skip_locked=True)
            .filter(store_id=store_id, state=rules.WAITING)
            .order_by(Case(When(led_by="assistant", handed_over="", then=1), default=0), "waiting_since", "pk")
            .first()
        )
        if conversation is None:
            return None
        assign(conversation, member, at=at)
        return conversation.pk


def take(conversation_id: int, user_id: int, *, at: datetime) -> None:
    """Become responsible for a conversation, also when the assistant or a teammate leads it now."""
    with transaction.atomic():
        conversation = lock(conversation_id)
        member = member_of(conversation.store_id, user_id)
        if conversation.analyst_id == user_id and conversation.state == rules.ASSIGNED:
            if conversation.led_by != "analyst":
                keep(conversation, led_by="analyst", last_staff_at=at)
            return
        assign(conversation, member, at=at)


def transfer(conversation_id: int, to_user_id: int, note: str, *, by: Actor, at: datetime) -> None:
    """Pass a conversation to a teammate, with a private note that says why."""
    with transaction.atomic():
        conversation = lock(conversation_id)
        author = author_of(conversation, by)
        member = member_of(conversation.store_id, to_user_id)
        previous = conversation.analyst_id or 0
        assign(conversation, member, at=at, author=author, is_transfer=True)
        if text := rules.clean(note)[: rules.LIMIT]:
            append(
                conversation,
                kind="note",
                author=author,
                body={"text": rules.mask_secrets(text)},
                client_id=acts.fresh_id(conversation, "transfer_note"),
                at=at,
                is_private=True,
            )
        publish(
            ConversationTransferred(
                store_id=conversation.store_id,
                at=at,
                conversation_id=conversation.pk,
                from_user_id=previous,
                to_user_id=member.user_id,
            )
        )


def resolve(conversation_id: int, *, by: Actor, at: datetime) -> None:
    """Close a conversation. Money, shipment and guarantee go on without it."""
    with transaction.atomic():
        conversation = lock(conversation_id)
        author_of(conversation, by)
        if conversation.state == rules.RESOLVED:
            return
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
        record(conversation.store_id, by, "conversation.resolved", f"conversation:{conversation.pk}", {}, at=at)


def reopen(conversation_id: int, *, by: Actor, at: datetime) -> None:
    """Open a resolved conversation again, with the person who opens it as its analyst."""
    with transaction.atomic():
        conversation = lock(conversation_id)
        if conversation.state != rules.RESOLVED or by.id is None:
            return
        member = member_of(conversation.store_id, by.id)
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
