"""An asynchronous client of /live/: one open stream, or a crowd of them. Standard library only.

stream = await OpenStream.open("127.0.0.1", 8000, ["order:…"], after="4")
async for event in stream: ...          # Event(name, id, data, at), heartbeats included
crowd = await Crowd.open("127.0.0.1", 8000, [["order:…"], …], connecting=100)
await crowd.seen(lambda event: …)       # see `Crowd`
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

LONGEST_LINE = 1 << 20


class Refused(ConnectionError):
    """The server answered with something else than a stream."""

    def __init__(self, status: int, body: str) -> None:
        self.status = status
        self.body = body
        super().__init__(f"{status} {body}")


@dataclass(frozen=True, slots=True)
class Event:
    """`at` is time.perf_counter() when the event was complete."""

    name: str
    id: str
    data: dict[str, Any]
    at: float


class OpenStream:
    """One stream. `last_id` is what a browser would send as Last-Event-ID when it comes back."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.last_id = ""

    @classmethod
    async def open(
        cls, host: str, port: int, topics: Sequence[str], *, after: str = "", last_id: str = "", cookie: str = ""
    ) -> Self:
        """Connect and read the head of the answer. Raises Refused for any status but 200."""
        reader, writer = await asyncio.open_connection(host, port, limit=LONGEST_LINE)
        try:
            return await cls._begin(reader, writer, f"{host}:{port}", topics, after, last_id, cookie)
        except BaseException:
            # Given up or refused half way: nobody else holds this connection.
            writer.close()
            raise

    @classmethod
    async def _begin(
        cls,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        host: str,
        topics: Sequence[str],
        after: str,
        last_id: str,
        cookie: str,
    ) -> Self:
        query = "&".join([*(f"t={quote(topic)}" for topic in topics), *([f"after={after}"] if after else [])])
        head = [f"GET /live/?{query} HTTP/1.1", f"Host: {host}", "Accept: text/event-stream"]
        head += [f"Last-Event-ID: {last_id}"] if last_id else []
        head += [f"Cookie: {cookie}"] if cookie else []
        writer.write("\r\n".join([*head, "", ""]).encode())
        await writer.drain()
        answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status = int(answer.split(" ", 2)[1])
        stream = cls(reader, writer)
        stream.last_id = last_id
        if status != 200:
            body = b"".join([chunk async for chunk in stream._chunks()]) if "chunked" in answer.lower() else b""
            await stream.close()
            raise Refused(status, body.decode())
        return stream

    async def __aiter__(self) -> AsyncIterator[Event]:
        """Every event until the server ends the stream or the connection breaks."""
        rest = b""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            async for chunk in self._chunks():
                at = time.perf_counter()
                *blocks, rest = (rest + chunk).split(b"\n\n")
                for block in blocks:
                    if event := self._event(block, at):
                        yield event

    def _event(self, block: bytes, at: float) -> Event | None:
        fields = dict(line.partition(": ")[::2] for line in block.decode().split("\n"))
        self.last_id = fields.get("id", self.last_id)
        return Event(fields["event"], self.last_id, json.loads(fields["data"]), at) if "event" in fields else None

    async def _chunks(self) -> AsyncIterator[bytes]:
        while size := int((await self._reader.readuntil(b"\r\n")).strip(), 16):
            yield (await self._reader.readexactly(size + 2))[:-2]

    async def close(self) -> None:
        self._writer.close()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()

    def cut(self) -> None:
        """Break the connection as a lost network does: without a word."""
        self._writer.transport.abort()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


class Crowd:
    """Many streams, each read by a task of its own; every event is handed to `on_event(place, event)`."""

    def __init__(self, on_event: Callable[[int, Event], None]) -> None:
        self._on_event = on_event
        self.streams: list[OpenStream | None] = []
        self._tasks: list[asyncio.Task[None]] = []

    @classmethod
    async def open(
        cls,
        host: str,
        port: int,
        topics: Sequence[Sequence[str]],
        *,
        on_event: Callable[[int, Event], None],
        after: Sequence[str] = (),
        cookies: Sequence[str] = (),
        connecting: int = 100,
    ) -> Self:
        """Open one stream for each list of topics, at most `connecting` at a time, and wait for every greeting."""
        crowd = cls(on_event)
        crowd.streams = [None] * len(topics)
        doors = asyncio.Semaphore(connecting)
        greeted = [asyncio.get_running_loop().create_future() for _ in topics]

        async def read(place: int) -> None:
            async with doors:
                start = after[place] if after else ""
                jar = cookies[place] if cookies else ""
                stream = await OpenStream.open(host, port, topics[place], after=start, cookie=jar)
                crowd.streams[place] = stream
                events = aiter(stream)
                first = await anext(events)
                greeted[place].set_result(first)
            async for event in events:
                crowd._on_event(place, event)

        crowd._tasks = [asyncio.create_task(read(place)) for place in range(len(topics))]
        for task, greeting in zip(crowd._tasks, greeted, strict=True):
            await asyncio.wait([task, greeting], return_when=asyncio.FIRST_COMPLETED)
            if task.done() and not greeting.done():
                task.result()
                raise Refused(200, "the stream ended before its greeting")
        return crowd

    def ended(self) -> int:
        """How many streams the server has ended."""
        return sum(task.done() for task in self._tasks)

    def cut(self) -> None:
        """Break every connection at once."""
        for task in self._tasks:
            task.cancel()
        for stream in self.streams:
            if stream is not None:
                stream.cut()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(stream.close() for stream in self.streams if stream is not None))
