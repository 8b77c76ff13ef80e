"""Thousands of open streams that mostly hear nothing: a callback and a few hundred bytes each, no task.

quiet = await QuietCrowd.open("127.0.0.1", 8000, ["conversation:…", …], on_text=lambda place, text, at: …)
quiet.opened, quiet.beats, quiet.lost
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Self
from urllib.parse import quote

OnText = Callable[[int, str, float], None]


class QuietCrowd:
    """The streams, what they were told in all, and how many the server ended."""

    def __init__(self, on_text: OnText) -> None:
        self.on_text = on_text
        self.opened = self.beats = self.lost = 0
        self.is_closing = False
        self.lines: list[_Line] = []

    @classmethod
    async def open(
        cls, host: str, port: int, topics: Sequence[str], *, on_text: OnText, after: str = "", connecting: int = 200
    ) -> Self:
        """Open one stream a topic, at most `connecting` at a time, and wait for every greeting."""
        crowd = cls(on_text)
        loop, doors = asyncio.get_running_loop(), asyncio.Semaphore(connecting)

        async def knock(place: int, topic: str) -> None:
            async with doors:
                line = _Line(crowd, place, loop.create_future())
                crowd.lines.append(line)
                transport, _ = await loop.create_connection(lambda: line, host, port)
                request = f"GET /live/?t={quote(topic)}&after={after} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n"
                transport.write(request.encode())
                await line.greeted

        await asyncio.gather(*(knock(place, topic) for place, topic in enumerate(topics)))
        return crowd

    async def close(self) -> None:
        self.is_closing = True
        for line in self.lines:
            line.cut()
        await asyncio.sleep(0.5)


class _Line(asyncio.Protocol):
    __slots__ = ("_crowd", "_place", "_transport", "greeted")

    def __init__(self, crowd: QuietCrowd, place: int, greeted: asyncio.Future[None]) -> None:
        self._crowd = crowd
        self._place = place
        self._transport: asyncio.BaseTransport | None = None
        self.greeted = greeted

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        at = time.perf_counter()
        if b"event: hello" in data and not self.greeted.done():
            self._crowd.opened += 1
            self.greeted.set_result(None)
        elif not self.greeted.done() and not data.startswith(b"HTTP/1.1 200"):
            self.greeted.set_exception(ConnectionError(data[:200].decode("latin-1")))
        self._crowd.beats += data.count(b"event: beat")
        if b"event: entries" in data:
            self._crowd.on_text(self._place, data.decode(), at)

    def connection_lost(self, error: Exception | None) -> None:
        self._crowd.lost += not self._crowd.is_closing
        if not self.greeted.done():
            self.greeted.set_exception(error or ConnectionError("closed before its greeting"))

    def cut(self) -> None:
        if self._transport is not None:
            self._transport.abort()  # type: ignore[attr-defined]
