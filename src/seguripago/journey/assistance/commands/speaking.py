"""Say something: buyer, analyst, private note."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.staffing import queries as staffing
from seguripago.journey.orders import queries as orders
from seguripago.values.actor import Actor

from .. import rules
from ..facts import ConversationReopened
from ..models import Conversation, Entry
from . import acts, leading
from .assigning import begin_as, member_of, subject_of
from .refusals import ClaimReturned, ConversationClosed, EmptyMessage, MessageTooLong, TeammateSpokeFirst, UseTheCard
from .thread import Author, analyst, append, keep, known_seq, lock


def say(
    conversation_id: int,
    text: str,
    *,
    client_id: uuid.UUID,
    at: datetime,
    own_order_tokens: Sequence[str] = (),
    caller: str = "",
) -> int:
    """Keep a buyer's message and return its number; the same client id returns the number it already has.

    Card numbers, security codes and NIP are masked before anything is stored. An order number in the text is verified
    at once. Whoever writes into a resolved conversation opens it again. Raises EmptyMessage, MessageTooLong.
    """
    said, client_id = checked(text, limit=rules.LIMIT), rules.said_id(client_id)
    with transaction.atomic():
        conversation = lock(conversation_id)
        known = known_seq(conversation, client_id)
        if known is not None:
            return known
        hear_again(conversation, at=at)
        acts.remember_own_orders(conversation, own_order_tokens)
        if caller and caller != conversation.caller:
            keep(conversation, caller=caller)
        masked = rules.mask_secrets(said)
        seq = append(
            conversation,
            kind="text",
            author=Author("buyer", 0, conversation.buyer_name),
            body={"text": masked},
            client_id=client_id,
            at=at,
            is_new=True,
            # Whoever left a message and writes again is there now.
            changes={"last_buyer_at": at} | ({"is_message": False} if conversation.is_message else {}),
        )
        heard = rules.understand(masked)
        if conversation.order_id is None and heard.numbers and conversation.led_by == "analyst":
            acts.identify(conversation, heard.numbers[0], by=Actor.system(), at=at)
        leading.go_on(conversation, heard, at=at)
    return seq


def hear_again(conversation: Conversation, *, at: datetime) -> None:
    """A resolved conversation in which the buyer acts is heard again.

    Until the order is delivered its responsible analyst hears it first, when available; otherwise the queue does.
    """
    if conversation.state != rules.RESOLVED:
        return
    changes: dict[str, Any] = {"waiting_since": at, "last_buyer_at": at, "resolved_at": None, "led_by": "analyst"}
    if _is_still_responsible(conversation, at=at):
        changes |= {"state": rules.next_state(conversation.state, rules.Event.BUYER_RETURNS), "claimed_at": at}
    else:
        changes |= {
            "state": rules.next_state(conversation.state, rules.Event.BUYER_SPEAKS),
            "analyst_id": None,
            "analyst_name": "",
            "analyst_number": "",
            "claimed_at": None,
        }
    keep(conversation, handed_over="", **changes)
    publish(ConversationReopened(store_id=conversation.store_id, at=at, conversation_id=conversation.pk))
    by, said = Actor.buyer(conversation.buyer_name), {"state": conversation.state}
    record(conversation.store_id, by, "conversation.reopened", subject_of(conversation), said, at=at)


def _is_still_responsible(conversation: Conversation, *, at: datetime) -> bool:
    """Whether an order is still on its way to the buyer and the analyst of it is at the desk."""
    if conversation.analyst_id is None or conversation.order_id is None:
        return False
    if orders.order_state(conversation.order_id) not in rules.UNDELIVERED:
        return False
    return staffing.is_available(conversation.analyst_id, conversation.store_id, at)


def reply(conversation_id: int, user_id: int, text: str, *, client_id: uuid.UUID, seen_seq: int, at: datetime) -> int:
    """Keep an analyst's answer and return its number.

    Raises TeammateSpokeFirst when a teammate wrote after `seen_seq`, UseTheCard when the text carries what looks like
    a CLABE or a card number, ConversationClosed, EmptyMessage, MessageTooLong.
    """
    said, client_id = checked(text, limit=rules.LIMIT), rules.said_id(client_id)
    if rules.carries_bank_digits(said):
        raise UseTheCard
    with transaction.atomic():
        conversation = lock(conversation_id)
        member = member_of(conversation.store_id, user_id)
        known = known_seq(conversation, client_id)
        if known is not None:
            return known
        if conversation.state == rules.RESOLVED:
            raise ConversationClosed
        _refuse_blind(conversation, user_id, seen_seq)
        _refuse_returned(conversation, user_id, seen_seq)
        begin_as(conversation, member, at=at)
        return append(
            conversation,
            kind="text",
            author=Author("analyst", member.user_id, member.name),
            body={"text": rules.mask_secrets(said)},
            client_id=client_id,
            at=at,
            is_new=True,
            changes=acts.answered(conversation, at),
        )


def note(conversation_id: int, user_id: int, text: str, *, client_id: uuid.UUID, at: datetime, to: int = 0) -> int:
    """Keep a note that only the desk reads, and return its number. `to`: the person of the desk whom it is for, or 0.

    Raises AnalystUnknown, EmptyMessage, MessageTooLong.
    """
    said, client_id = checked(text, limit=rules.LIMIT), rules.said_id(client_id)
    with transaction.atomic():
        conversation = lock(conversation_id)
        author = analyst(conversation, user_id)
        body: dict[str, Any] = {"text": rules.mask_secrets(said)}
        if to:
            body |= {"to": to, "to_name": member_of(conversation.store_id, to).name}
        return append(conversation, kind="note", author=author, body=body, client_id=client_id, at=at, is_private=True)


def _refuse_blind(conversation: Conversation, user_id: int, seen_seq: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT author_name, seq FROM assistance_entry
            WHERE conversation_id = %s AND seq > %s AND author_kind = 'analyst' AND kind = 'text' AND author_id <> %s
            ORDER BY seq DESC LIMIT 1
            """,
            [conversation.pk, seen_seq, user_id],
        )
        if teammate := cursor.fetchone():
            raise TeammateSpokeFirst(*teammate)


def checked(text: str, *, limit: int) -> str:
    """The text without what nobody sees; raises EmptyMessage, MessageTooLong."""
    cleaned = rules.clean(text)
    if not cleaned:
        raise EmptyMessage
    if len(cleaned) > limit:
        raise MessageTooLong
    return cleaned


def _refuse_returned(conversation: Conversation, user_id: int, seen_seq: int) -> None:
    """An answer written before its writer saw that his claim had gone back loses: nobody answers twice."""
    if (
        conversation.state == rules.WAITING
        and Entry.objects.filter(
            conversation=conversation, seq__gt=seen_seq, body__status="given_back", body__user_id=user_id
        ).exists()
    ):
        raise ClaimReturned
