"""Topics and the streams that follow them: one reader of the database for all of them.

Work goes in one direction. A wake-up marks topics; one pump reads all marked topics in one batch and nudges their
streams; a stream that has something to say writes it at its own pace. There is no queue per client: a topic keeps what
its slowest reader still needs, up to a limit, and a stream that fell behind is read again from its cursor.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Iterable, Mapping
from typing import Final, Protocol

from seguripago.foundations.facts.signals import Signal, heard

from .board import Board, Follow, Reading
from .now import LASTS_S, Now, concerns, told
from .stream import Stream, between
from .topics import UNKNOWN, Topic

GATHER_S: Final = 0.005
HEAL_S: Final = (0.8, 1.2)
AFRESH_S: Final = 0.5
REMEMBERED_S: Final = 60.0
"""Whoever takes longer to be let in than a withdrawn right is remembered is asked again."""
REDRAWS_PER_S: Final = {"order": 2, "desk": 4, "monitor": 4}
BUSY_S: Final = {"desk": 1.0}
"""A region that changes without a pause is redrawn less and less often, down to this: every open desk reads it."""

log = logging.getLogger(__name__)


class Reader(Protocol):
    """How the hub looks at the database: in batches, in a thread of its own."""

    async def versions(self, topics: Iterable[Topic]) -> dict[Topic, int]: ...

    async def entries(self, cursors: Mapping[Topic, int]) -> dict[Topic, Reading]: ...

    async def working(self, member_ids: Collection[int]) -> Collection[int]: ...


class Hub:
    """All boards and streams of this process. Every method runs on the event loop."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._boards: dict[Topic, Board] = {}
        self._by_wake: dict[str, set[Board]] = {}
        self._woken: set[Board] = set()
        self._rung = asyncio.Event()
        self._now = Now()
        self._withdrawn: dict[str, tuple[float, str]] = {}
        self._doubted_at = float("-inf")
        self.streams: set[Stream] = set()
        self.is_closing = False

    def subscribe(self, stream: Stream, topics: Iterable[tuple[Topic | None, int]]) -> None:
        """Follow topics from their cursors; what lies after them is read with the next batch."""
        now = asyncio.get_running_loop().time()
        for topic, cursor in topics:
            board = None if topic is None else self._board(topic)
            if topic is not None and not topic.region:
                cursor = max(cursor, 0)
            follow = Follow(stream, board, cursor, board.tick if board else 0)
            stream.follows.append(follow)
            if board is not None:
                board.follows.append(follow)
                self._woken.add(board)
                for signal in self._now.standing(board.topic, now):
                    self._hint(follow, signal, now)
        self.streams.add(stream)
        if self.is_closing:
            stream.end_at = 0.0
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
        """Look at the named topics soon. `member:<id>` ends the streams of a person whose right was revoked.

        `rights:<conversation>:<member>` ends the desk's streams of a conversation that changed hands, but that
        member's: whoever comes back is asked anew whether he may read it.
        """
        for name in names:
            if name.startswith("member:"):
                self._let_go(name)
            elif name.startswith("rights:"):
                self._ask_again(name)
            elif (signal := heard(name)) is not None:
                self._signal(signal)
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
                # The database is away. Nobody else marks these again: what woke them is over.
                log.exception("could not read %d topics", len(woken))
                self._woken |= woken
                asyncio.get_running_loop().call_later(AFRESH_S, self._rung.set)
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
            await self.ask_who_works()
            await self.look()

    async def ask_who_works(self) -> None:
        """End the streams of whoever works here no more, also when the word of it was lost."""
        people = {stream.member_id for stream in self.streams if stream.member_id}
        if not people:
            return
        try:
            gone = people.difference(await self._reader.working(people))
        except Exception:
            log.exception("could not ask whether %d people still work here", len(people))
            return
        for stream in self.streams if gone else ():
            if stream.member_id in gone:
                stream.withdraw(self)

    async def look(self) -> None:
        """Mark every board whose version moved without a wake-up."""
        boards = list(self._boards.values())
        if not boards:
            return
        before = {board: board.version for board in boards}
        try:
            versions = await self._reader.versions(board.topic for board in boards)
        except Exception:
            log.exception("could not look at %d topics", len(boards))
            return
        for board in boards:
            version = versions.get(board.topic, 0)
            if not board.topic.region and version < before[board]:
                # Numbers only grow, and we asked after we knew a greater one: an older database was restored.
                board.go_back(version)
                self._tell(board)
                continue
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
        now, wait = loop.time(), board.not_before - loop.time()
        if wait <= 0:
            shortest = 1 / REDRAWS_PER_S[board.topic.kind]
            was_quiet = -wait > shortest
            board.pause = shortest if was_quiet else min(board.pause * 2, BUSY_S.get(board.topic.kind, shortest))
            board.not_before = now + board.pause
            self.want(board)
        elif not board.is_delayed:
            board.is_delayed = True
            loop.call_later(wait, self._mark_later, board)

    def _mark_later(self, board: Board) -> None:
        board.is_delayed = False
        if board.follows:
            self._mark(board)

    def doubt(self) -> None:
        """Wake-ups were missed, perhaps that somebody's right was withdrawn: staff come back and are asked again."""
        self._doubted_at = asyncio.get_running_loop().time()
        for stream in self.streams:
            if stream.member_id:
                stream.withdraw(self)

    def may_be_stale(self, stream: Stream, *, since: float) -> bool:
        """Whether a right that a member's stream stands on may have been withdrawn after it was looked at, at `since`.

        Nobody told the stream: it was not among the others yet.
        """
        if not stream.member_id:
            return False
        if self._doubted_at >= since or asyncio.get_running_loop().time() - since >= REMEMBERED_S:
            return True
        boards = [follow.board for follow in stream.follows if follow.board is not None]
        names = [f"rights:{board.topic.id}" for board in boards if board.topic.audience == "desk"]
        found = (self._withdrawn.get(name) for name in (f"member:{stream.member_id}", *names))
        return any(told[0] >= since and told[1] != str(stream.member_id) for told in found if told is not None)

    def _let_go(self, name: str) -> None:
        self._remember(name, "")
        for stream in self.streams:
            if name == f"member:{stream.member_id}":
                stream.withdraw(self)

    def _ask_again(self, name: str) -> None:
        conversation_id, _, kept = name.removeprefix("rights:").partition(":")
        self._remember(f"rights:{conversation_id}", kept)
        for board in self._by_wake.get(f"conversation:{conversation_id}", ()):
            if board.topic.audience != "desk":
                continue
            for follow in board.follows:
                if str(follow.stream.member_id) != kept:
                    follow.stream.withdraw(self)

    def _remember(self, name: str, kept: str) -> None:
        """Keep for a while whose right was withdrawn: a stream may be on its way in."""
        now = asyncio.get_running_loop().time()
        self._withdrawn = {known: told for known, told in self._withdrawn.items() if now - told[0] < REMEMBERED_S}
        self._withdrawn[name] = (now, kept)

    def _signal(self, signal: Signal) -> None:
        now = asyncio.get_running_loop().time()
        if not self._now.take(signal, now):
            return
        for name in (f"conversation:{signal.conversation_id}", f"desk:{signal.store_id}"):
            for board in self._by_wake.get(name, ()):
                if concerns(signal, board.topic):
                    for follow in board.follows:
                        self._hint(follow, signal, now)
                        follow.stream.nudge(self)

    def _hint(self, follow: Follow, signal: Signal, now: float) -> None:
        """Tell one stream, unless its reader is the one who signals."""
        if follow.board is not None and (not signal.who or follow.stream.member_id != signal.who):
            topic = follow.board.topic
            follow.stream.hint(follow, (*signal.key, topic.kind), told(signal, topic), now + LASTS_S[signal.what])

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
