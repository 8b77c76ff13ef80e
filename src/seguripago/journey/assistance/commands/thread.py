"""Write into a conversation: the row lock, the next number, the entry, the wake-up. Everything said passes here."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from django.db import connection
from psycopg.types.json import Jsonb

from seguripago.foundations.facts.wakeups import wake
from seguripago.foundations.people import queries as people
from seguripago.values.actor import Actor

from ..models import Conversation
from ..rules import said_id
from .refusals import AnalystUnknown

Kind = Literal["text", "card", "note", "join", "status"]


@dataclass(frozen=True, slots=True)
class Author:
    """Whose words an entry holds; only the server decides the kind."""

    kind: Literal["buyer", "analyst", "assistant", "system"]
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Held:
    """A conversation that nobody else changes now. `said`: the number of what this client id has said already."""

    store_id: int
    analyst_id: int | None
    said: int | None


# Cards that wait for the buyer: told by mail when no screen shows them. The others have mails of their own.
ASKING: Final = frozenset({"confirmation", "evidence_requested"})
APPEND: Final = """
    WITH numbered AS (UPDATE assistance_conversation SET %s WHERE id = %%s RETURNING id, seq),
    said AS (
        INSERT INTO assistance_entry (conversation_id, seq, kind, author_kind, author_id, author_name, client_id,
                                      visibility, closes, body, at)
        SELECT id, seq, %%s, %%s, %%s, %%s, %%s, %%s, %%s, %%s, %%s::timestamptz FROM numbered
    )
    SELECT seq FROM numbered
"""
SYSTEM = Author("system", 0, "SeguriPago")
ASSISTANT = Author("assistant", 0, "Asistente CONNECT@Me")


def lock(conversation_id: int) -> Conversation:
    """The conversation with its row locked until the transaction ends. Raises Conversation.DoesNotExist."""
    return Conversation.objects.select_for_update().get(pk=conversation_id)


def hold(conversation_id: int, client_id: uuid.UUID) -> Held:
    """Keep everybody else from changing the conversation until the transaction ends, for a later room that decides.

    Raises Conversation.DoesNotExist.
    """
    conversation = lock(conversation_id)
    said = known_seq(conversation, said_id(client_id))
    return Held(conversation.store_id, conversation.analyst_id, said)


def known_seq(conversation: Conversation, client_id: uuid.UUID) -> int | None:
    """The number of an entry that this client id already has. Ask under the row lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq FROM assistance_entry WHERE conversation_id = %s AND client_id = %s",
            [conversation.pk, client_id],
        )
        found = cursor.fetchone()
    return None if found is None else int(found[0])


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
    changes: Mapping[str, Any] | None = None,
) -> int:
    """Add one entry to a locked conversation and return its number; the same client id gives the number it had.

    `is_new` says that the caller has looked for the client id already. `changes` are columns that `keep` would store,
    written together with the entry's number: a message is one statement.
    """
    known = None if is_new else known_seq(conversation, client_id)
    if known is not None:
        return known
    changed = _followed(conversation, changes or {})
    if kind == "text":
        changed["last_line"] = str(body.get("text", ""))[:160]
    columns = [f"{name} = %s" for name in changed]
    values: list[Any] = [*changed.values()]
    if not is_private and (_is_words(kind, author) or body.get("card") in ASKING or body.get("by_kind") == "analyst"):
        columns.append("unseen_since = COALESCE(unseen_since, %s)")
        values.append(at)
    said: list[Any] = [
        kind,
        author.kind,
        author.id,
        author.name,
        client_id,
        "desk" if is_private else "all",
        closes,
        Jsonb(body),
        at,
    ]
    with connection.cursor() as cursor:
        cursor.execute(APPEND % ", ".join(["seq = seq + 1", *columns]), [*values, conversation.pk, *said])
        conversation.seq = cursor.fetchone()[0]
    for name, value in changed.items():
        setattr(conversation, name, value)
    wake(f"conversation:{conversation.pk}", f"desk:{conversation.store_id}")
    return conversation.seq


def _is_words(kind: Kind, author: Author) -> bool:
    return kind == "text" and author.kind in ("analyst", "assistant")


def keep(conversation: Conversation, **changes: Any) -> None:
    """Store changed columns of a locked conversation and wake whoever looks at it.

    Since when the buyer waits for an answer follows from who spoke: his oldest unanswered words, until staff acts.
    """
    changes = _followed(conversation, changes)
    for name, value in changes.items():
        setattr(conversation, name, value)
    conversation.save(update_fields=list(changes))
    wake(f"conversation:{conversation.pk}", f"desk:{conversation.store_id}")


def _followed(conversation: Conversation, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes with what follows from them."""
    changed = dict(changes)
    if changed.get("last_staff_at") is not None:
        changed["owed_since"] = None
    elif changed.get("last_buyer_at") is not None and conversation.owed_since is None:
        changed["owed_since"] = changed["last_buyer_at"]
    return changed


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
