"""Topics and the streams that follow them: one reader of the database for all of them.

Work goes in one direction. A wake-up marks topics; one pump reads all marked topics in one batch and nudges their
streams; a stream that has something to say writes it at its own pace. There is no queue per client: a topic keeps what
its slowest reader still needs, up to a limit, and a stream that fell behind is read again from its cursor.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from typing import Final, Protocol

from .board import Board, Follow, Reading
from .stream import Stream, between
from .topics import UNKNOWN, Topic

GATHER_S: Final = 0.005
HEAL_S: Final = (0.8, 1.2)
REDRAWS_PER_S: Final = {"order": 2, "desk": 4, "monitor": 4}

log = logging.getLogger(__name__)


class Reader(Protocol):
    """How the hub looks at the database: in batches, in a thread of its own."""

    async def versions(self, topics: Iterable[Topic]) -> dict[Topic, int]: ...

    async def entries(self, cursors: Mapping[Topic, int]) -> dict[Topic, Reading]: ...


class Hub:
    """All boards and streams of this process. Every method runs on the event loop."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._boards: dict[Topic, Board] = {}
        self._by_wake: dict[str, set[Board]] = {}
        self._woken: set[Board] = set()
        self._rung = asyncio.Event()
        self.streams: set[Stream] = set()
        self.is_closing = False

    def subscribe(self, stream: Stream, topics: Iterable[tuple[Topic | None, int]]) -> None:
        """Follow topics from their cursors; what lies after them is read with the next batch."""
        for topic, cursor in topics:
            board = None if topic is None else self._board(topic)
            if topic is not None and not topic.region:
                cursor = max(cursor, 0)
            follow = Follow(stream, board, cursor, board.tick if board else 0)
            stream.follows.append(follow)
            if board is not None:
                board.follows.append(follow)
                self._woken.add(board)
        self.streams.add(stream)
        self._rung.set()

    def unsubscribe(self, stream: Stream) -> None:
        self.streams.discard(stream)
        for follow in stream.follows:
            board = follow.board
            if board is None:
                continue
            board.follows.remove(follow)
            if not board.follows:
                self._forget(board)
        stream.follows.clear()

    def wake(self, names: Iterable[str]) -> None:
        """Look at the named topics soon. `member:<id>` ends the streams of a person whose right was revoked."""
        for name in names:
            if name.startswith("member:"):
                self._revoke(name.removeprefix("member:"))
            for board in self._by_wake.get(name, ()):
                board.tick += 1
                self._mark(board)

    def want(self, board: Board) -> None:
        """Read a board again because a stream fell behind."""
        self._woken.add(board)
        self._rung.set()

    def close(self) -> None:
        """End every stream, each with its own moment to come back."""
        self.is_closing = True
        for stream in self.streams:
            stream.end(self)

    async def pump(self) -> None:
        """Read marked boards, batch after batch, for ever."""
        while True:
            await self._rung.wait()
            await asyncio.sleep(GATHER_S)
            self._rung.clear()
            woken, self._woken = self._woken, set()
            woken = {board for board in woken if board.follows}
            try:
                await self._read(woken)
            except Exception:
                # The database is away: the healing pass tries again within a second.
                log.exception("could not read %d topics", len(woken))
                continue
            for board in woken:
                self._tell(board)

    async def heal(self) -> None:
        """About once a second compare every board with the database, and give streams their heartbeat or their end."""
        while True:
            await asyncio.sleep(between(HEAL_S))
            now = asyncio.get_running_loop().time()
            for stream in tuple(self.streams):
                if now >= stream.beat_at or now >= stream.end_at:
                    stream.nudge(self)
            await self.look()

    async def look(self) -> None:
        """Mark every board whose version moved without a wake-up."""
        boards = list(self._boards.values())
        if not boards:
            return
        try:
            versions = await self._reader.versions(board.topic for board in boards)
        except Exception:
            log.exception("could not look at %d topics", len(boards))
            return
        for board in boards:
            version = versions.get(board.topic, 0)
            known = board.version if board.topic.region else max(board.scanned, board.version)
            if board.version == UNKNOWN or (version != known if board.topic.region else version > known):
                board.scanned = version
                self._mark(board)

    async def _read(self, boards: set[Board]) -> None:
        regions = [board.topic for board in boards if board.topic.region]
        cursors = {board.topic: board.read_from() for board in boards if not board.topic.region}
        versions = await self._reader.versions(regions) if regions else {}
        readings = await self._reader.entries(cursors) if cursors else {}
        for board in boards:
            if board.topic.region:
                board.version = versions.get(board.topic, 0)
                continue
            reading = readings.get(board.topic, Reading())
            if board.version == cursors[board.topic]:
                board.take(reading)
            if reading.more:
                self.want(board)

    def _tell(self, board: Board) -> None:
        for follow in board.follows:
            if board.is_due(follow) or board.is_behind(follow):
                follow.stream.nudge(self)

    def _mark(self, board: Board) -> None:
        """Regions are redrawn at once, then a few times a second at most: a confirmed payment is followed within
        milliseconds by its receipt, guarantee and shipment, which come with one more redraw instead of five.
        """
        if not board.topic.region:
            self.want(board)
            return
        loop = asyncio.get_running_loop()
        wait = board.not_before - loop.time()
        if wait <= 0:
            board.not_before = loop.time() + 1 / REDRAWS_PER_S[board.topic.kind]
            self.want(board)
        elif not board.is_delayed:
            board.is_delayed = True
            loop.call_later(wait, self._mark_later, board)

    def _mark_later(self, board: Board) -> None:
        board.is_delayed = False
        if board.follows:
            self._mark(board)

    def _revoke(self, member_id: str) -> None:
        for stream in self.streams:
            if str(stream.member_id) == member_id:
                stream.end(self)

    def _board(self, topic: Topic) -> Board:
        board = self._boards.get(topic)
        if board is None:
            board = self._boards[topic] = Board(topic)
            self._by_wake.setdefault(topic.wake, set()).add(board)
        return board

    def _forget(self, board: Board) -> None:
        self._boards.pop(board.topic, None)
        waiting = self._by_wake.get(board.topic.wake)
        if waiting is not None:
            waiting.discard(board)
            if not waiting:
                del self._by_wake[board.topic.wake]
