"""A crowd of conversations: each with its buyer's browser, attended by one of some analysts.

    crowd = talks(store_id, analysts(store_id, 10), 2_000)

One conversation of each analyst is opened and taken by the rooms' own commands; the others are copies of its rows, with
another secret, code and number, written by SQL.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory

from bench.crowd_rows import block, copy_rows
from seguripago.foundations.people.commands import hire
from seguripago.foundations.staffing.commands import be_present
from seguripago.journey.assistance import commands
from seguripago.journey.assistance.queries import conversation_by_token
from seguripago.journey.assistance.rules import token_hash
from seguripago.web.assistant import remembering

CSRF = "c" * 32
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
A_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Analyst:
    """A person at the desk and the cookies of the browser in which that person signed in."""

    user_id: int
    cookie: str


@dataclass(slots=True)
class Talk:
    """A conversation; `cookie` is its buyer's browser, `address` the buyer's own, `seen` its last
    entry, `answered` the number of the analyst's answer."""

    id: int
    token: str
    code: str
    analyst: Analyst
    address: str
    seen: int
    answered: int
    _cookie: str = field(default="")

    @property
    def cookie(self) -> str:
        if not self._cookie:
            kept = HttpResponse()
            remembering.keep_talk(RequestFactory().get("/"), kept, self.code, self.token)
            self._cookie = f"{remembering.TALKS}={kept.cookies[remembering.TALKS].value}"
        return self._cookie


def analysts(store_id: int, count: int) -> tuple[Analyst, ...]:
    """People who are at the desk and signed in."""
    found = []
    for _ in range(count):
        mark = secrets.token_hex(4)
        user_id = hire(
            store_id,
            email=f"analista-{mark}@tienda.example",
            name=f"Analista {mark}",
            role="analyst",
            analyst_number=f"B-{mark[:4].upper()}",
            password=mark,
        )
        be_present(user_id, store_id, "available", at=datetime.now(UTC))
        browser = Client()
        browser.force_login(get_user_model().objects.get(pk=user_id))
        session = browser.cookies[settings.SESSION_COOKIE_NAME].value
        found.append(Analyst(user_id, f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={CSRF}"))
    return tuple(found)


def talks(store_id: int, people: Sequence[Analyst], count: int) -> list[Talk]:
    """`count` conversations, the analysts in turn; every buyer calls from another address."""
    share = -(-count // len(people))
    found = [talk for analyst in people for talk in _of(store_id, analyst, share)]
    for place, talk in enumerate(found):
        talk.address = f"10.{place // 62500 + 1}.{place // 250 % 250}.{place % 250 + 1}"
    return found[:count]


def _of(store_id: int, analyst: Analyst, count: int) -> list[Talk]:
    model, at = secrets.token_urlsafe(32), datetime.now(UTC)
    opening = commands.StartConversation(
        token=model,
        name="Lucía Hernández",
        email="lucia.hernandez@correo.example",
        phone="55 5012 8846",
        topic="",
        question="Quiero comprar y pagar de forma segura",
        medium="spei",
        own_order_tokens=(),
    )
    conversation_id = commands.start_conversation(store_id, opening, at=at)
    commands.take(conversation_id, analyst.user_id, at=at)
    # Answered, so that the assistant keeps silent.
    commands.reply(conversation_id, analyst.user_id, "Hola", client_id=uuid.uuid4(), seen_seq=99, at=datetime.now(UTC))
    view = conversation_by_token(model)
    assert view is not None
    tokens = [secrets.token_urlsafe(32) for _ in range(count)]
    with transaction.atomic(), connection.cursor() as cursor:
        ids = block(cursor, "assistance_conversation", count)
        codes = [_code(number) for number in ids]
        cursor.execute("DROP TABLE IF EXISTS crowd_member")
        cursor.execute(
            """
            CREATE TEMP TABLE crowd_member ON COMMIT DROP AS
            SELECT n, %s + n - 1 AS conversation_id, token_hash, code, n * interval '1 second' AS ago
            FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS given (token_hash, code, n)
            """,
            [ids.start, [token_hash(token) for token in tokens], codes],
        )
        whose = f"m.conversation_id = {conversation_id}"
        own = {"id": "c.conversation_id", "token_hash": "c.token_hash", "code": "c.code"}
        copy_rows(cursor, "assistance_conversation", f"m.id = {conversation_id}", own)
        for table in ("assistance_entry", "assistance_attendance"):
            copy_rows(cursor, table, whose, {"conversation_id": "c.conversation_id"})
        cursor.execute("ANALYZE assistance_conversation, assistance_entry")
    return [Talk(*row, analyst, "", view.seq, view.seq) for row in zip(ids, tokens, codes, strict=True)]


def _code(number: int) -> str:
    """A code that no other number has."""
    base = len(LETTERS)
    rest, letters = number * 7919 * 7919 % base**6, ""
    for _ in range(6):
        rest, place = divmod(rest, base)
        letters += LETTERS[place]
    return f"{letters[:3]}-{letters[3:]}"


def forget(crowd: Sequence[Talk]) -> None:
    """Close them: the assistant would serve those who wait during the next measure."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE assistance_conversation SET state = 'resolved', led_by = 'analyst', resolved_at = now()"
            " WHERE id = ANY(%s)",
            [[talk.id for talk in crowd]],
        )


def missed_meanwhile(crowd: Sequence[Talk], count: int) -> None:
    """Write `count` messages of the analyst in every conversation: rows like the newest one, and no wake-up."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                """
                CREATE TEMP TABLE crowd_member ON COMMIT DROP AS
                SELECT c.id AS conversation_id, c.seq + turn AS seq, interval '0' AS ago
                FROM assistance_conversation c CROSS JOIN generate_series(1, %s) turn WHERE c.id = ANY(%s)
                """,
                [count, [talk.id for talk in crowd]],
            )
            copied = {"seq": "c.seq", "client_id": "gen_random_uuid()", "conversation_id": "c.conversation_id"}
            where = (
                "m.conversation_id = c.conversation_id AND m.kind = 'text' AND m.author_kind = 'analyst' AND m.seq = %d"
            )
            copy_rows(cursor, "assistance_entry", where % crowd[0].answered, copied)
            cursor.execute(
                "UPDATE assistance_conversation SET seq = seq + %s WHERE id = ANY(%s)",
                [count, [talk.id for talk in crowd]],
            )
    finally:
        connection.close()
