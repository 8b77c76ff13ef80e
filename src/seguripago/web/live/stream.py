"""One open stream: its cursors, what it says next, and its writing."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from typing import Any, Final

from .board import Board, Follow, Pump
from .topics import write_cursors

Send = Callable[[dict[str, Any]], Awaitable[None]]

BEAT_S: Final = (15.0, 20.0)
LIFE_S: Final = (600.0, 900.0)
RETRY_MS: Final = (800.0, 3000.0)


def between(span: tuple[float, float]) -> float:
    """A moment somewhere in a span: what many do, they must not do at once."""
    return random.uniform(*span)  # noqa: S311


def retry() -> bytes:
    """The field that tells an EventSource how long to wait before it comes back."""
    return b"retry: %d\n" % between(RETRY_MS)


class Stream:
    """Follows some topics. Idle, it is a suspended request and this object: no thread, no timer, no connection."""

    __slots__ = ("beat_at", "end_at", "follows", "is_open", "member_id", "send", "writing")

    def __init__(self, send: Send, *, member_id: int, now: float) -> None:
        self.send = send
        self.member_id = member_id
        self.follows: list[Follow] = []
        self.beat_at = now + between(BEAT_S)
        self.end_at = now + between(LIFE_S)
        self.writing: asyncio.Task[None] | None = None
        self.is_open = True

    def greeting(self) -> bytes:
        """The first words: when to come back, where we are, and which topics were refused."""
        refused = [place for place, follow in enumerate(self.follows) if follow.board is None]
        return retry() + self._event("hello", {"refused": refused})

    @property
    def is_writing(self) -> bool:
        return self.writing is not None

    def nudge(self, hub: Pump) -> None:
        """Write what is due, unless a writer is already at it."""
        if self.writing is None and self.is_open:
            self.writing = asyncio.create_task(self._write(hub))

    def end(self, hub: Pump) -> None:
        self.end_at = 0.0
        self.nudge(hub)

    async def _write(self, hub: Pump) -> None:
        """Write until nothing is due. A slow client holds only this task; what it misses stays in the database."""
        loop = asyncio.get_running_loop()
        try:
            while self.is_open:
                now = loop.time()
                if now >= self.end_at:
                    self.is_open = False
                    parting = self._due(hub, now) + retry() + b"event: bye\ndata: {}\n\n"
                    await self.send({"type": "http.response.body", "body": parting, "more_body": False})
                    return
                if not (due := self._due(hub, now)):
                    return
                await self.send({"type": "http.response.body", "body": due, "more_body": True})
        except (OSError, RuntimeError):
            # The client left while we wrote; the request notices by itself.
            self.is_open = False
        finally:
            self.writing = None

    def _due(self, hub: Pump, now: float) -> bytes:
        """All events that are due now, in one piece; the cursors move with them."""
        text = b""
        for place, follow in enumerate(self.follows):
            board = follow.board
            if board is None:
                continue
            if board.is_behind(follow):
                hub.want(board)
            elif board.is_due(follow):
                text += self._news(place, follow, board)
        if now >= self.beat_at and not text:
            text = b"event: beat\ndata: {}\n\n"
        if text:
            self.beat_at = now + between(BEAT_S)
        return text

    def _news(self, place: int, follow: Follow, board: Board) -> bytes:
        topic = board.topic
        name = "desk-conversation" if topic.audience == "desk" else topic.kind
        drawn = [] if topic.region else board.after(follow.cursor)
        follow.cursor, follow.told = board.version, board.tick
        if topic.region:
            return self._event("region", {"topic": name, "t": place, "region": topic.region, "version": board.version})
        board.trim()
        entries = [{"seq": entry.seq, "html": entry.html} for entry in drawn]
        return self._event("entries", {"topic": name, "t": place, "id": topic.id, "entries": entries})

    def _event(self, name: str, data: dict[str, Any]) -> bytes:
        cursors = write_cursors([follow.cursor for follow in self.follows])
        body = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        return f"id: {cursors}\nevent: {name}\ndata: {body}\n\n".encode()
