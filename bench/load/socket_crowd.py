"""Many open WebSockets, a callback each: the comparison's counterpart of `stream_client.Crowd`. RFC 6455, text only."""

from __future__ import annotations

import asyncio
import os
import struct
import time
from collections.abc import Callable, Sequence
from typing import Self

OnText = Callable[[int, str, float], None]


class SocketCrowd:
    """The sockets in the order of their paths; `lost` counts those that the server ended."""

    def __init__(self, on_text: OnText) -> None:
        self.on_text = on_text
        self.sockets: list[Socket] = []
        self.lost = 0
        self.is_closing = False

    @classmethod
    async def open(cls, host: str, port: int, paths: Sequence[str], *, on_text: OnText, connecting: int = 50) -> Self:
        """Open one socket a path, at most `connecting` at a time, and wait until each was greeted."""
        crowd = cls(on_text)
        loop, doors = asyncio.get_running_loop(), asyncio.Semaphore(connecting)
        crowd.sockets = [Socket(crowd, place, loop.create_future()) for place in range(len(paths))]

        async def knock(place: int) -> None:
            async with doors:
                socket = crowd.sockets[place]
                await loop.create_connection(lambda: socket, host, port)
                socket.shake_hands(host, paths[place])
                await asyncio.wait_for(socket.greeted, 60)

        await asyncio.gather(*(knock(place) for place in range(len(paths))))
        return crowd

    def cut(self) -> None:
        """Break every connection as a lost network does."""
        self.is_closing = True
        for socket in self.sockets:
            socket.cut()


class Socket(asyncio.Protocol):
    """One WebSocket. The first text is the greeting."""

    __slots__ = ("_crowd", "_is_open", "_place", "_rest", "_transport", "greeted")

    def __init__(self, crowd: SocketCrowd, place: int, greeted: asyncio.Future[None]) -> None:
        self._crowd = crowd
        self._place = place
        self._rest = b""
        self._is_open = False
        self._transport: asyncio.Transport | None = None
        self.greeted = greeted

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def shake_hands(self, host: str, path: str) -> None:
        assert self._transport is not None
        self._transport.write(
            f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: MDEyMzQ1Njc4OTAxMjM0NQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def say(self, text: str) -> None:
        self._send(1, text.encode())

    def cut(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        at, self._rest = time.perf_counter(), self._rest + data
        if not self._is_open:
            head, found, rest = self._rest.partition(b"\r\n\r\n")
            if not found:
                return
            if b" 101 " not in head.split(b"\r\n")[0]:
                self.greeted.set_exception(ConnectionError(head[:120].decode("latin-1")))
                return
            self._is_open, self._rest = True, rest
        while frame := self._frame():
            self._hear(*frame, at)

    def connection_lost(self, error: Exception | None) -> None:
        self._crowd.lost += not self._crowd.is_closing
        if not self.greeted.done():
            self.greeted.set_exception(error or ConnectionError("closed before its greeting"))

    def _hear(self, kind: int, body: bytes, at: float) -> None:
        if kind == 9:
            self._send(10, body)
        elif kind == 1 and not self.greeted.done():
            self.greeted.set_result(None)
        elif kind == 1:
            self._crowd.on_text(self._place, body.decode(), at)

    def _frame(self) -> tuple[int, bytes] | None:
        """The next whole frame of the server, which never masks."""
        if len(self._rest) < 2:
            return None
        size, start = self._rest[1] & 127, 2
        if size >= 126:
            start = 4 if size == 126 else 10
            if len(self._rest) < start:
                return None
            size = int.from_bytes(self._rest[2:start])
        if len(self._rest) < start + size:
            return None
        kind, body = self._rest[0] & 15, self._rest[start : start + size]
        self._rest = self._rest[start + size :]
        return kind, body

    def _send(self, kind: int, body: bytes) -> None:
        assert self._transport is not None
        mask = os.urandom(4)
        length = bytes([128 | len(body)]) if len(body) < 126 else b"\xfe" + struct.pack(">H", len(body))
        masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(body))
        self._transport.write(bytes([128 | kind]) + length + mask + masked)
