"""The newest known of one topic, and the place of each stream in it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from .topics import UNKNOWN, Topic

KEPT: Final = 400


class Pump(Protocol):
    """Whoever reads boards from the database."""

    def want(self, board: Board) -> None:
        """Read a board soon, because a stream needs more than is kept."""


class Teller(Protocol):
    """A stream, as its place in a board sees it: whose is it, does it write, and please do."""

    member_id: int

    @property
    def is_writing(self) -> bool: ...

    def hint(self, follow: Follow, key: object, data: dict[str, Any], until: float) -> None: ...

    def nudge(self, hub: Pump) -> None: ...

    def withdraw(self, hub: Pump) -> None: ...


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


class Follow:
    """A stream's place in one topic. `board` is None where the right to read was refused.

    `is_reset`: the page shows what the database no longer has, and must be told to begin anew.
    """

    __slots__ = ("board", "cursor", "is_reset", "stream", "told")

    def __init__(self, stream: Teller, board: Board | None, cursor: int, told: int) -> None:
        self.stream = stream
        self.board = board
        self.cursor = cursor
        self.told = told
        self.is_reset = False


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
    pause: float = 0.0
    is_delayed: bool = False

    def is_due(self, follow: Follow) -> bool:
        """Whether the stream has not been told all that is known."""
        if follow.is_reset:
            return True
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
            (follow.cursor for follow in self.follows if not follow.stream.is_writing), default=max(self.version, 0)
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

    def go_back(self, seq: int) -> None:
        """Follow a database that went back: forget what it lost, and reset whoever was told of it."""
        self.kept, self.base, self.version, self.scanned = [], seq, seq, seq
        for follow in self.follows:
            if follow.cursor > seq:
                follow.cursor, follow.is_reset = seq, True

    def after(self, cursor: int) -> list[Drawn]:
        """What is kept after a cursor, each number once in its newest drawing, in order."""
        newest = {drawn.seq: drawn for seq, drawings in self.kept if seq > cursor for drawn in drawings}
        return [newest[seq] for seq in sorted(newest)]
