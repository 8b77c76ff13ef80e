"""How many streams one caller and one session hold open in this process.

An address that holds twenty is refused another. A session keeps its three newest: a phone that changed its network may
have left its old streams half open, and must not be locked out by its own shadows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.conf import settings

from seguripago.web.callers import caller
from seguripago.web.limits import is_own, network_of

from .hub import Hub
from .stream import Stream
from .topics import Topic

PER_ADDRESS: Final = 20
PER_SESSION: Final = 3


class Gate:
    """Counts the open streams. This machine itself is not counted, as nowhere by address."""

    def __init__(self) -> None:
        self._by_address: Counter[str] = Counter()
        self._by_session: dict[str, list[Stream]] = {}

    def is_full(self, address: str) -> bool:
        return self._by_address[address] >= PER_ADDRESS if address else False

    def enter(self, stream: Stream, address: str, session: str, hub: Hub) -> None:
        if not address:
            return
        self._by_address[address] += 1
        if not session:
            return
        held = self._by_session.setdefault(session, [])
        held.append(stream)
        for oldest in held[:-PER_SESSION]:
            oldest.end(hub)

    def leave(self, stream: Stream, address: str, session: str) -> None:
        if not address:
            return
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]
        held = self._by_session.get(session, [])
        if stream in held:
            held.remove(stream)
        if not held:
            self._by_session.pop(session, None)


def address_of(scope: Mapping[str, Any]) -> str:
    """Whom the gate counts, empty for this machine itself."""
    peer = (scope.get("client") or ("", 0))[0]
    said = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for").decode("latin-1")
    trusted = settings.SEGURIPAGO.trusted_proxies
    found = caller(peer, said, trusted) if trusted else peer
    return "" if is_own(found) else network_of(found)


def session_of(session_key: str, topics: Sequence[Topic | None]) -> str:
    """The session of a stream: a member's own, or a buyer's conversation. An order's page is shared by its address."""
    if any(topic is not None and topic.kind in ("desk", "monitor") for topic in topics):
        return f"member:{session_key}"
    talk = next((topic for topic in topics if topic is not None and topic.kind == "conversation"), None)
    return "" if talk is None else f"talk:{talk.id}:{talk.audience}:{session_key}"
