"""The streams' look at Django and the database: who may read what, and what is new. Runs in a few threads."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Final

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import InterfaceError, OperationalError, connection
from django.template.loader import get_template
from django.utils import timezone, translation

from seguripago.foundations.facts import queries as facts
from seguripago.foundations.people.queries import Member, member, working
from seguripago.foundations.staffing.queries import DESK_ROLES
from seguripago.journey.assistance import queries as assistance
from seguripago.journey.orders import queries as orders

from .board import Drawn, Reading
from .tickets import read_payers_ticket, read_ticket
from .topics import UNKNOWN, Audience, Topic

THREADS: Final = 4
PAGE: Final = 200
LONGEST_TOKEN: Final = 200
AT_DESK: Final = "desk-conversation:"
MONITOR_ROLES: Final = frozenset({"payments", "supervisor", "owner"})
"""The owner has no monitor, but the office shows refunds and charges that move with it."""
log = logging.getLogger(__name__)

TEMPLATES: Final[Mapping[Audience, str]] = {"buyer": "assistant/entry.html", "desk": "desk/entry.html"}


@dataclass(frozen=True, slots=True)
class Admission:
    """The topics that may be read, None where not, in the order in which they were asked.

    `newest` is the number of each conversation's last entry, UNKNOWN for everything else: nobody has read further.
    """

    topics: tuple[Topic | None, ...]
    newest: tuple[int, ...] = ()
    member_id: int = 0


class DatabaseReader:
    """Reads in a small pool of threads, each with one connection that it keeps."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="live")

    async def admit(self, names: Sequence[str], *, session_key: str, language: str) -> Admission:
        return await self._run(lambda: _admit(names, session_key, language))

    async def versions(self, topics: Iterable[Topic]) -> dict[Topic, int]:
        wanted = list(topics)
        return await self._run(lambda: _versions(wanted))

    async def entries(self, cursors: Mapping[Topic, int]) -> dict[Topic, Reading]:
        return await self._run(lambda: _entries(cursors))

    async def working(self, member_ids: Collection[int]) -> frozenset[int]:
        wanted = list(member_ids)
        return await self._run(lambda: working(wanted))

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run[T](self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, _with_connection, work)


def _with_connection[T](work: Callable[[], T]) -> T:
    """Do the work; when the thread's connection turns out to be dead, once more with a new one."""
    try:
        return work()
    except (OperationalError, InterfaceError):
        connection.close()
        return work()


def _admit(names: Sequence[str], session_key: str, language: str) -> Admission:
    is_staffs = any(name.startswith(("desk", "monitor")) for name in names)
    person = _person(session_key) if session_key and is_staffs else None
    attended = _readable(names, person) if person is not None and person.role in DESK_ROLES else frozenset()
    topics = tuple(_topic(name, person, attended, language) for name in names)
    talks = [topic.id for topic in topics if topic is not None and topic.kind == "conversation"]
    found = assistance.cursors(talks) if talks else {}
    newest = tuple(
        UNKNOWN if topic is None or topic.kind != "conversation" else found.get(topic.id, 0) for topic in topics
    )
    return Admission(topics, newest, person.user_id if person else 0)


def _readable(names: Sequence[str], person: Member) -> frozenset[int]:
    """The conversations among the names that this person may read: a desk that comes back asks for a dozen at once."""
    keys = [name.removeprefix(AT_DESK) for name in names if name.startswith(AT_DESK)]
    ids = [int(key) for key in keys if key.isdecimal() and len(key) < 19]
    held = assistance.conversations_by_id(ids) if ids else {}
    at = timezone.now()
    return frozenset(found for found, view in held.items() if assistance.may_read(person, view, at=at))


def _topic(name: str, person: Member | None, attended: frozenset[int], language: str) -> Topic | None:
    kind, _, key = name.partition(":")
    if len(key) > LONGEST_TOKEN:
        return None
    match kind:
        case "order" if key:
            # A thousand pages that come back at once ask this a thousand times: the id and nothing else.
            order_id = orders.order_id_of(key)
            return None if order_id is None else Topic("order", order_id)
        case "pay" if key:
            paid_for = read_payers_ticket(key, at=timezone.now())
            return None if paid_for is None else Topic("order", paid_for)
        case "conversation" if key:
            conversation_id = read_ticket(key, at=timezone.now())
            return None if conversation_id is None else Topic("conversation", conversation_id, "buyer", language)
        case "desk" if person is not None and person.role in DESK_ROLES:
            return Topic("desk", person.store_id)
        case "monitor" if person is not None and person.role in MONITOR_ROLES:
            return Topic("monitor", person.store_id)
        case "desk-conversation" if person is not None and person.role in DESK_ROLES:
            is_theirs = key.isdecimal() and int(key) in attended
            return Topic("conversation", int(key), "desk", language) if is_theirs else None
    return None


def _person(session_key: str) -> Member | None:
    """The member behind a session, with Django's own check that the password has not changed since."""
    user = get_user(SimpleNamespace(session=SessionStore(session_key)))  # type: ignore[arg-type]
    return member(user.pk) if user.is_authenticated and user.pk else None


def _versions(topics: Sequence[Topic]) -> dict[Topic, int]:
    ids: dict[str, set[int]] = defaultdict(set)
    for topic in topics:
        ids["store" if topic.kind in ("desk", "monitor") else topic.kind].add(topic.id)
    found = {
        "order": facts.order_version(ids["order"]),
        "store": facts.store_version(ids["store"]),
        "conversation": assistance.cursors(ids["conversation"]) if ids["conversation"] else {},
    }
    return {
        topic: found["store" if topic.kind in ("desk", "monitor") else topic.kind].get(topic.id, 0) for topic in topics
    }


def _entries(cursors: Mapping[Topic, int]) -> dict[Topic, Reading]:
    groups: dict[tuple[Audience, str], dict[int, int]] = defaultdict(dict)
    for topic, cursor in cursors.items():
        groups[topic.audience, topic.language][topic.id] = cursor
    readings: dict[Topic, Reading] = {}
    for (audience, language), after in groups.items():
        found = assistance.entries_after_many(after, audience=audience or "buyer", limit=PAGE)
        with translation.override(language or settings.LANGUAGE_CODE):
            for conversation_id, entries in found.items():
                topic = Topic("conversation", conversation_id, audience, language)
                try:
                    readings[topic] = _draw(TEMPLATES[audience], entries, after[conversation_id])
                except Exception:
                    # One entry that cannot be drawn must not silence the others.
                    log.exception("could not draw conversation %d", conversation_id)
    return readings


def _draw(template_name: str, entries: Sequence[assistance.EntryView], cursor: int) -> Reading:
    template = get_template(template_name)
    drawn = {entry.seq: Drawn(entry.seq, template.render({"entry": entry}).strip()) for entry in entries}
    fresh = tuple(drawing for seq, drawing in drawn.items() if seq > cursor)
    # A closed card travels again with the last entry: whoever saw it open must see it closed.
    redrawn = tuple(drawn[entry.seq] for entry in entries if entry.closed or entry.seq <= cursor)
    return Reading(fresh, redrawn, more=len(fresh) >= PAGE)
