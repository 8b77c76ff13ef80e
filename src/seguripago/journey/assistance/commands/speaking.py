"""Say something: buyer, analyst, private note."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from seguripago.foundations.facts.commands import publish
from seguripago.values.actor import Actor

from .. import rules
from ..facts import ConversationReopened
from ..models import Conversation, Entry
from . import acts, leading
from .assigning import begin
from .refusals import ConversationClosed, EmptyMessage, MessageTooLong, TeammateSpokeFirst, UseTheCard
from .thread import Author, analyst, append, keep, known_seq, lock


def say(
    conversation_id: int, text: str, *, client_id: uuid.UUID, at: datetime, own_order_tokens: Sequence[str] = ()
) -> int:
    """Keep a buyer's message and return its number; the same client id returns the number it already has.

    Card numbers, security codes and NIP are masked before anything is stored. An order number in the text is verified
    at once. Whoever writes into a resolved conversation opens it again. Raises EmptyMessage, MessageTooLong.
    """
    said = _checked(text, limit=rules.LIMIT)
    with transaction.atomic():
        conversation = lock(conversation_id)
        known = known_seq(conversation, client_id)
        if known is not None:
            return known
        hear_again(conversation, at=at)
        acts.remember_own_orders(conversation, own_order_tokens)
        masked = rules.mask_secrets(said)
        author = Author("buyer", 0, conversation.buyer_name)
        seq = append(
            conversation, kind="text", author=author, body={"text": masked}, client_id=client_id, at=at, is_new=True
        )
        keep(conversation, last_buyer_at=at)
        heard = rules.understand(masked)
        if conversation.order_id is None and heard.numbers and conversation.led_by == "analyst":
            acts.identify(conversation, heard.numbers[0], by=Actor.system(), at=at)
        leading.go_on(conversation, heard, at=at)
    return seq


def hear_again(conversation: Conversation, *, at: datetime) -> None:
    """A resolved conversation in which the buyer acts goes back to the queue."""
    if conversation.state != rules.RESOLVED:
        return
    keep(
        conversation,
        state=rules.next_state(conversation.state, rules.Event.BUYER_SPEAKS),
        led_by="analyst",
        analyst_id=None,
        claimed_at=None,
        waiting_since=at,
        last_buyer_at=at,
        resolved_at=None,
        handed_over="",
    )
    publish(ConversationReopened(store_id=conversation.store_id, at=at, conversation_id=conversation.pk))


def reply(conversation_id: int, user_id: int, text: str, *, client_id: uuid.UUID, seen_seq: int, at: datetime) -> int:
    """Keep an analyst's answer and return its number.

    Raises TeammateSpokeFirst when a teammate wrote after `seen_seq`, UseTheCard when the text carries what looks like
    a CLABE or a card number, ConversationClosed, EmptyMessage, MessageTooLong.
    """
    said = _checked(text, limit=rules.LIMIT)
    if rules.carries_bank_digits(said):
        raise UseTheCard
    with transaction.atomic():
        conversation = lock(conversation_id)
        author = analyst(conversation, user_id)
        known = known_seq(conversation, client_id)
        if known is not None:
            return known
        if conversation.state == rules.RESOLVED:
            raise ConversationClosed
        _refuse_blind(conversation, user_id, seen_seq)
        begin(conversation, Actor.staff(user_id, author.name), at=at)
        seq = append(
            conversation,
            kind="text",
            author=author,
            body={"text": rules.mask_secrets(said)},
            client_id=client_id,
            at=at,
        )
        acts.staff_acted(conversation, at)
    return seq


def note(conversation_id: int, user_id: int, text: str, *, client_id: uuid.UUID, at: datetime) -> int:
    """Keep a note that only the desk reads, and return its number."""
    said = _checked(text, limit=rules.LIMIT)
    with transaction.atomic():
        conversation = lock(conversation_id)
        author = analyst(conversation, user_id)
        body = {"text": rules.mask_secrets(said)}
        return append(conversation, kind="note", author=author, body=body, client_id=client_id, at=at, is_private=True)


def _refuse_blind(conversation: Conversation, user_id: int, seen_seq: int) -> None:
    teammate = (
        Entry.objects.filter(conversation=conversation, author_kind="analyst", kind="text", seq__gt=seen_seq)
        .exclude(author_id=user_id)
        .order_by("-seq")
        .first()
    )
    if teammate is not None:
        raise TeammateSpokeFirst(teammate.author_name, teammate.seq)


def _checked(text: str, *, limit: int) -> str:
    cleaned = rules.clean(text)
    if not cleaned:
        raise EmptyMessage
    if len(cleaned) > limit:
        raise MessageTooLong
    return cleaned
