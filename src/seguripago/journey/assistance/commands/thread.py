"""Write into a conversation: the row lock, the next number, the entry, the wake-up. Everything said passes here."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import connection

from seguripago.foundations.facts.wakeups import wake
from seguripago.foundations.people import queries as people
from seguripago.values.actor import Actor

from ..models import Conversation, Entry
from .refusals import AnalystUnknown

Kind = Literal["text", "card", "note", "join", "status"]


@dataclass(frozen=True, slots=True)
class Author:
    """Whose words an entry holds; only the server decides the kind."""

    kind: Literal["buyer", "analyst", "assistant", "system"]
    id: int
    name: str


SYSTEM = Author("system", 0, "SeguriPago")
ASSISTANT = Author("assistant", 0, "Asistente CONNECT@Me")


def lock(conversation_id: int) -> Conversation:
    """The conversation with its row locked until the transaction ends. Raises Conversation.DoesNotExist."""
    return Conversation.objects.select_for_update().get(pk=conversation_id)


def known_seq(conversation: Conversation, client_id: uuid.UUID) -> int | None:
    """The number of an entry that this client id already has. Ask under the row lock."""
    return Entry.objects.filter(conversation=conversation, client_id=client_id).values_list("seq", flat=True).first()


def append(
    conversation: Conversation,
    *,
    kind: Kind,
    author: Author,
    body: dict[str, Any],
    client_id: uuid.UUID,
    at: datetime,
    is_private: bool = False,
    closes: int = 0,
    is_new: bool = False,
) -> int:
    """Add one entry to a locked conversation and return its number; the same client id gives the number it had.

    `is_new` says that the caller has looked for the client id already.
    """
    known = None if is_new else known_seq(conversation, client_id)
    if known is not None:
        return known
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE assistance_conversation SET seq = seq + 1, last_line = CASE WHEN %s THEN %s ELSE last_line END"
            " WHERE id = %s RETURNING seq, last_line",
            [kind == "text", str(body.get("text", ""))[:160], conversation.pk],
        )
        conversation.seq, conversation.last_line = cursor.fetchone()
    Entry.objects.create(
        conversation=conversation,
        seq=conversation.seq,
        kind=kind,
        author_kind=author.kind,
        author_id=author.id,
        author_name=author.name,
        client_id=client_id,
        visibility="desk" if is_private else "all",
        closes=closes,
        body=body,
        at=at,
    )
    wake(f"conversation:{conversation.pk}", f"desk:{conversation.store_id}")
    return conversation.seq


def keep(conversation: Conversation, **changes: Any) -> None:
    """Store changed columns of a locked conversation and wake whoever looks at it."""
    for name, value in changes.items():
        setattr(conversation, name, value)
    conversation.save(update_fields=list(changes))
    wake(f"conversation:{conversation.pk}", f"desk:{conversation.store_id}")


def analyst(conversation: Conversation, user_id: int) -> Author:
    """The author behind a staff id, who must work in the conversation's store."""
    member = people.member(user_id)
    if member is None or member.store_id != conversation.store_id:
        raise AnalystUnknown
    return Author("analyst", member.user_id, member.name)


def author_of(conversation: Conversation, by: Actor) -> Author:
    """The author behind an actor."""
    match by.kind:
        case "staff" if by.id is not None:
            return analyst(conversation, by.id)
        case "assistant":
            return ASSISTANT
        case "buyer":
            return Author("buyer", 0, conversation.buyer_name)
        case _:
            return SYSTEM
