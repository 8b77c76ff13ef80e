"""One open stream: its cursors, what it says next, and its writing."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from .board import Board, Follow, Pump
from .topics import write_cursors

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]

BEAT_S: Final = (15.0, 20.0)
LIFE_S: Final = (600.0, 900.0)
RETRY_MS: Final = (800.0, 3000.0)
MOST_SIGNALS: Final = 16
WITHDRAWN: Final = -1.0
"""The end of a stream whose right to read may be gone: earlier than any moment."""


def between(span: tuple[float, float]) -> float:
    """A moment somewhere in a span: what many do, they must not do at once."""
    return random.uniform(*span)  # noqa: S311


def retry() -> bytes:
    """The field that tells an EventSource how long to wait before it comes back."""
    return b"retry: %d\n" % between(RETRY_MS)


@dataclass(frozen=True, slots=True)
class Event:
    """What a page is told. Without `id` it moves no cursor: nobody resumes there."""

    name: str
    data: dict[str, Any]
    id: str = ""

    def written(self) -> bytes:
        """The event as a stream carries it."""
        body = json.dumps(self.data, ensure_ascii=False, separators=(",", ":"))
        place = f"id: {self.id}\n" if self.id else ""
        return f"{place}event: {self.name}\ndata: {body}\n\n".encode()


class Stream:
    """Follows some topics. Idle, it is a suspended request and this object: no thread, no timer, no connection.

    Nothing is written before `begin`: the head of the answer comes first.
    """

    __slots__ = ("beat_at", "end_at", "follows", "is_open", "member_id", "send", "signals", "writing")

    def __init__(self, send: Send, *, member_id: int, now: float) -> None:
        self.send = send
        self.member_id = member_id
        self.follows: list[Follow] = []
        self.beat_at = now + between(BEAT_S)
        self.end_at = now + between(LIFE_S)
        self.writing: asyncio.Task[None] | None = None
        self.signals: dict[object, tuple[float, Follow, dict[str, Any]]] | None = None
        self.is_open = False

    def begin(self, hub: Pump) -> None:
        """Write from now on."""
        self.is_open = True
        self.nudge(hub)

    def greeting(self) -> bytes:
        """The first words: when to come back, where we are, and which topics were refused."""
        return retry() + Event("hello", {"refused": self.refused()}, self.cursors()).written()

    def refused(self) -> list[int]:
        """The places of the topics that may not be read."""
        return [place for place, follow in enumerate(self.follows) if follow.board is None]

    def cursors(self) -> str:
        """Up to where every topic was told: where whoever comes back goes on."""
        return write_cursors([follow.cursor for follow in self.follows])

    @property
    def is_writing(self) -> bool:
        return self.writing is not None

    def nudge(self, hub: Pump) -> None:
        """Write what is due, unless a writer is already at it."""
        if self.writing is None and self.is_open:
            self.writing = asyncio.create_task(self._write(hub))

    def end(self, hub: Pump) -> None:
        self.end_at = min(self.end_at, 0.0)
        self.nudge(hub)

    def withdraw(self, hub: Pump) -> None:
        """Say goodbye and nothing else, whatever is due: whoever comes back is asked anew what he may read."""
        self.end_at = WITHDRAWN
        self.nudge(hub)

    def hint(self, follow: Follow, key: object, data: dict[str, Any], until: float) -> None:
        """Tell something that is true for a moment; what it replaces, and what is too much, is never told."""
        if self.signals is None:
            self.signals = {}
        if key in self.signals or len(self.signals) < MOST_SIGNALS:
            self.signals[key] = (until, follow, data)

    async def _write(self, hub: Pump) -> None:
        """Write until nothing is due. A slow client holds only this task; what it misses stays in the database."""
        loop = asyncio.get_running_loop()
        try:
            while self.is_open:
                now = loop.time()
                due = b"".join(event.written() for event in self.due(hub, now))
                if now >= self.end_at:
                    self.is_open = False
                    parting = due + retry() + b"event: bye\ndata: {}\n\n"
                    await self.send({"type": "http.response.body", "body": parting, "more_body": False})
                    return
                if not due:
                    return
                await self.send({"type": "http.response.body", "body": due, "more_body": True})
        except (OSError, RuntimeError):
            # The client left while we wrote; the request notices by itself.
            self.is_open = False
        finally:
            self.writing = None

    def due(self, hub: Pump, now: float) -> list[Event]:
        """All events that are due now; the cursors move with them. What holds for a moment comes last."""
        events: list[Event] = []
        if self.end_at == WITHDRAWN:
            return events
        for place, follow in enumerate(self.follows):
            board = follow.board
            if board is None:
                continue
            if follow.is_reset:
                follow.is_reset = False
                events.append(Event("reset", {"topic": name_of(board), "t": place}, self.cursors()))
            if board.is_behind(follow):
                hub.want(board)
            elif board.is_due(follow):
                events.append(self._news(place, follow, board))
        if self.signals:
            events += self._signals(now)
        if now >= self.beat_at and not events:
            events.append(Event("beat", {}))
        if events:
            self.beat_at = now + between(BEAT_S)
        return events

    def _news(self, place: int, follow: Follow, board: Board) -> Event:
        topic = board.topic
        drawn = [] if topic.region else board.after(follow.cursor)
        follow.cursor, follow.told = board.version, board.tick
        data: dict[str, Any] = {"topic": name_of(board), "t": place}
        if topic.region:
            return Event("region", {**data, "region": topic.region, "version": board.version}, self.cursors())
        board.trim()
        entries = [{"seq": entry.seq, "html": entry.html} for entry in drawn]
        return Event("entries", {**data, "id": topic.id, "entries": entries}, self.cursors())

    def _signals(self, now: float) -> list[Event]:
        held, self.signals = self.signals or {}, None
        return [
            Event("now", {"topic": name_of(follow.board), "t": self.follows.index(follow), **data})
            for until, follow, data in held.values()
            if until > now and follow.board is not None
        ]


def name_of(board: Board) -> str:
    """The topic's kind as a page names it."""
    return "desk-conversation" if board.topic.audience == "desk" else board.topic.kind
