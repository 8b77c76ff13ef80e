"""Consent and the beginning of a conversation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from seguripago.foundations.facts.commands import publish
from seguripago.foundations.staffing import queries as staffing

from .. import rules
from ..facts import ConversationStarted
from ..models import Consent, Conversation
from . import acts, cards, leading
from .refusals import EmptyMessage
from .thread import Author, append

CODES: Final = 20


@dataclass(frozen=True, slots=True)
class StartConversation:
    """What a buyer fills in. `token` is the browser's secret; `own_order_tokens` are the orders it placed.

    `topic` is what it is about first and in every report; `other_topics` are the keys of what it is about too.
    `privacy_version` names the notice that was shown before anything was typed; `caller` is an alias of the day.
    """

    token: str
    name: str
    email: str
    phone: str
    topic: str
    question: str
    medium: str
    own_order_tokens: tuple[str, ...] = ()
    privacy_version: str = ""
    caller: str = ""
    wants_transcript: bool = False
    is_message: bool = False
    other_topics: tuple[str, ...] = ()


def record_consent(store_id: int, *, choice: str, version: str, text_hash: str, visitor: str, at: datetime) -> None:
    """Keep what a visitor chose (`necessary` or `all`), with the version and hash of the text that was shown."""
    Consent.objects.create(
        store_id=store_id, visitor=visitor[:64], version=version[:20], choice=choice, text_hash=text_hash[:64], at=at
    )


def start_conversation(store_id: int, asked: StartConversation, *, at: datetime) -> int:
    """Open a conversation with the buyer's question as its first entry, and return its id.

    The same token returns the conversation it already opened. When nobody is at the desk the assistant begins at once,
    except with a message that was left: a person answers it later, and the buyer hears of it by mail.
    """
    name = rules.clean_name(asked.name)
    question = rules.mask_secrets(rules.clean(asked.question))[: rules.LIMIT]
    if not name or not question:
        raise EmptyMessage
    hashed = rules.token_hash(asked.token)
    with transaction.atomic():
        conversation, is_new = Conversation.objects.get_or_create(
            token_hash=hashed,
            defaults={
                "store_id": store_id,
                "code": free_code(store_id, asked.token),
                "buyer_name": name,
                "buyer_email": asked.email.strip().lower()[:254],
                "buyer_phone": asked.phone.strip()[:20],
                "topic": " ".join(rules.clean(asked.topic).split())[:40],
                "question": question,
                "privacy_version": asked.privacy_version[:20],
                "caller": asked.caller[:32],
                "medium": asked.medium if asked.medium in ("spei", "link", "card") else "spei",
                "wants_transcript": asked.wants_transcript,
                "is_message": asked.is_message,
                "started_at": at,
                "waiting_since": at,
                "last_buyer_at": at,
                "owed_since": at,
                "team_id": _team(store_id, asked),
            },
        )
        if not is_new:
            return conversation.pk
        publish(ConversationStarted(store_id=store_id, at=at, conversation_id=conversation.pk))
        acts.remember_own_orders(conversation, asked.own_order_tokens)
        append(
            conversation,
            kind="text",
            author=Author("buyer", 0, name),
            body={"text": question} | ({"topics": [asked.topic, *asked.other_topics]} if asked.other_topics else {}),
            client_id=rules.stable_uuid("question", hashed),
            at=at,
        )
        if asked.is_message:
            # Nobody needs to answer at once: whoever left it reads the answer in a mail.
            text = _("Recibimos tu mensaje. Un analista te responde aquí y por correo.")
            cards.post_status(conversation, "message_left", text, (conversation.pk,), at=at)
        else:
            leading.go_on(conversation, rules.understand(question), at=at)
    return conversation.pk


def _team(store_id: int, asked: StartConversation) -> int | None:
    """The team of the first topic that has one."""
    teams = (staffing.team_for(store_id, topic) for topic in (asked.topic, *asked.other_topics))
    return next((team for team in teams if team is not None), None)


def free_code(store_id: int, token: str) -> str:
    """A code that no conversation of the store has. Six letters collide rarely; the constraint has the last word."""
    codes = [rules.code_of(token, attempt) for attempt in range(CODES)]
    taken = set(Conversation.objects.filter(store_id=store_id, code__in=codes).values_list("code", flat=True))
    return next(code for code in codes if code not in taken)
