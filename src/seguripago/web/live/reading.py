"""The streams' look at Django and the database: who may read what, and what is new. Runs in a few threads."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Final

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import InterfaceError, OperationalError, connection
from django.template.loader import get_template
from django.utils import translation

from seguripago.foundations.facts import queries as facts
from seguripago.foundations.people.queries import Member, member
from seguripago.journey.assistance import queries as assistance
from seguripago.journey.orders import queries as orders

from .board import Drawn, Reading
from .topics import Audience, Topic

THREADS: Final = 4
PAGE: Final = 200
LONGEST_TOKEN: Final = 200
DESK_ROLES: Final = frozenset({"analyst", "supervisor", "owner"})
MONITOR_ROLES: Final = frozenset({"payments", "supervisor"})
log = logging.getLogger(__name__)

TEMPLATES: Final[Mapping[Audience, str]] = {"buyer": "assistant/entry.html", "desk": "desk/entry.html"}


@dataclass(frozen=True, slots=True)
class Admission:
    """The topics that may be read, None where not, in the order in which they were asked."""

    topics: tuple[Topic | None, ...]
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
    topics = tuple(_topic(name, person, language) for name in names)
    return Admission(topics, person.user_id if person else 0)


def _topic(name: str, person: Member | None, language: str) -> Topic | None:
    kind, _, key = name.partition(":")
    if len(key) > LONGEST_TOKEN:
        return None
    match kind:
        case "order" if key:
            # A thousand pages that come back at once ask this a thousand times: the id and nothing else.
            order_id = orders.order_id_of(key)
            return None if order_id is None else Topic("order", order_id)
        case "conversation" if key:
            found = assistance.conversation_by_token(key)
            return None if found is None else Topic("conversation", found.id, "buyer", language)
        case "desk" if person is not None and person.role in DESK_ROLES:
            return Topic("desk", person.store_id)
        case "monitor" if person is not None and person.role in MONITOR_ROLES:
            return Topic("monitor", person.store_id)
        case "desk-conversation" if person is not None and person.role in DESK_ROLES:
            held = assistance.conversation(int(key)) if key.isdecimal() and len(key) < 19 else None
            is_theirs = held is not None and held.store_id == person.store_id
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
