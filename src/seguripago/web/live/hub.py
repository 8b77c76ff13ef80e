"""Topics and the streams that follow them: one reader of the database for all of them.

Work goes in one direction. A wake-up marks topics; one pump reads all marked topics in one batch and nudges their
streams; a stream that has something to say writes it at its own pace. There is no queue per client: a topic keeps what
its slowest reader still needs, up to a limit, and a stream that fell behind is read again from its cursor.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from .stream import Follow, Stream, between
from .topics import UNKNOWN, Topic

GATHER_S: Final = 0.005
HEAL_S: Final = (0.8, 1.2)
REDRAWS_PER_S: Final = 4
KEPT: Final = 400

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Drawn:
    """An entry as HTML."""

    seq: int
    html: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found after a cursor: `fresh` in order, and older cards `redrawn` because something newer closed them.

    `more` says that the page was full.
    """

    fresh: tuple[Drawn, ...] = ()
    redrawn: tuple[Drawn, ...] = ()
    more: bool = False


class Reader(Protocol):
    """How the hub looks at the database: in batches, in a thread of its own."""

    async def versions(self, topics: Iterable[Topic]) -> dict[Topic, int]: ...

    async def entries(self, cursors: Mapping[Topic, int]) -> dict[Topic, Reading]: ...


@dataclass(slots=True, eq=False)
class Board:
    """The newest known of one topic.

    For a region, `version` is the newest number, and `tick` counts what must be told because a wake-up may come before
    the version moves. For a conversation, `kept` holds the entries in (`base`, `version`], and `scanned` is how far the
    healing looked.
    """

    topic: Topic
    follows: list[Follow] = field(default_factory=list)
    version: int = UNKNOWN
    tick: int = 0
    base: int = 0
    scanned: int = 0
    kept: list[tuple[int, tuple[Drawn, ...]]] = field(default_factory=list)
    not_before: float = 0.0
    is_delayed: bool = False

    def is_due(self, follow: Follow) -> bool:
        """Whether the stream has not been told all that is known."""
        if self.version == UNKNOWN:
            return False
        if self.topic.region:
            return follow.cursor != self.version or follow.told != self.tick
        return follow.cursor < self.version

    def is_behind(self, follow: Follow) -> bool:
        """Whether the stream needs entries that are no longer kept."""
        return not self.topic.region and follow.cursor < self.base

    def read_from(self) -> int:
        """Where the next reading starts: the newest known, or the cursor of a stream that fell behind and can write.

        A stream whose client does not take its bytes waits until it does: it must not make everybody read again.
        """
        low = min(
            (follow.cursor for follow in self.follows if follow.stream.writing is None), default=max(self.version, 0)
        )
        if self.version == UNKNOWN or low < self.base:
            self.kept, self.base, self.version = [], low, low
        return self.version

    def take(self, reading: Reading) -> None:
        """Keep what was read. The last fresh entry carries the redrawn cards, so that nobody misses them."""
        if not reading.fresh:
            return
        for drawn in reading.fresh[:-1]:
            self.kept.append((drawn.seq, (drawn,)))
        last = reading.fresh[-1]
        self.kept.append((last.seq, (*reading.redrawn, last)))
        self.version = last.seq
        self.trim()

    def trim(self) -> None:
        """Forget what every stream has been told, and the oldest beyond the limit."""
        if not self.kept:
            self.base = self.version
            return
        low = min((follow.cursor for follow in self.follows), default=self.version)
        drop = max(sum(1 for seq, _ in self.kept if seq <= low), len(self.kept) - KEPT)
        if drop > 0:
            self.base = self.kept[drop - 1][0]
            del self.kept[:drop]

    def after(self, cursor: int) -> list[Drawn]:
        """What is kept after a cursor, each number once in its newest drawing, in order."""
        newest = {drawn.seq: drawn for seq, drawings in self.kept if seq > cursor for drawn in drawings}
        return [newest[seq] for seq in sorted(newest)]


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
        """Busy boards of the staff are redrawn four times a second at most; a buyer's at once."""
        if board.topic.kind not in ("desk", "monitor"):
            self.want(board)
            return
        loop = asyncio.get_running_loop()
        wait = board.not_before - loop.time()
        if wait <= 0:
            board.not_before = loop.time() + 1 / REDRAWS_PER_S
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
