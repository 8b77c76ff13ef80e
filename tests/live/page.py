"""A page as live.js keeps it, without a browser: its stream, its cursors, and what it shows.

What matters for what a person sees is here as there: one EventSource for all topics; the browser comes back by itself
with Last-Event-ID after the server's pause; a refused or silent stream is opened anew from the page's own cursors
(`?after=`); an entry that is shown already is replaced in its place. `tests/e2e` plays live.js itself.

    page = Page(port, {"conversation:…": 0, "desk": -1}, rng=Random(1)); task = asyncio.create_task(page.live())
    page.cut()                        # the network goes away without a word
    page.screens["conversation:…"]    # .entries {seq: html}, .arrived, .again

`resumes` is how it comes back: True as live.js does; "blank" sends no cursor; "now" begins with what is said next.
"""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Literal

from bench.load.stream_client import Event, OpenStream, Refused
from seguripago.web.live.topics import write_cursors

QUIET_S: Final = 45.0
MUTE_S: Final = 15.0
PAUSE_S: Final = (0.1, 0.5)
"""The server says 0.8 to 3 s; a test has less time."""
FAR_AHEAD: Final = 36**9
HOST: Final = "127.0.0.1"

type Resuming = Literal[True, "blank", "now"]


@dataclass(slots=True)
class Screen:
    """What a page shows of a conversation: entries by number, numbers as they came, and those told twice alike."""

    entries: dict[int, str] = field(default_factory=dict)
    arrived: list[int] = field(default_factory=list)
    again: list[int] = field(default_factory=list)

    def place(self, seq: int, html: str, *, by_stream: bool = True) -> None:
        known = self.entries.get(seq)
        self.entries[seq] = html
        if known is None:
            self.arrived.append(seq)
        elif known == html and by_stream:
            self.again.append(seq)

    @property
    def is_in_order(self) -> bool:
        return all(earlier < later for earlier, later in zip(self.arrived, self.arrived[1:], strict=False))


class Page:
    """One page that leads. Everything that it counts is for the test to print."""

    def __init__(
        self, port: int, topics: dict[str, int], *, rng: random.Random, cookie: str = "", resumes: Resuming = True
    ) -> None:
        self.port, self.cookie, self.resumes = port, cookie, resumes
        self.topics = list(topics)
        self.mine = dict(topics)
        self.screens = {topic: Screen() for topic in topics if "conversation:" in topic}
        self.regions = self.resets = self.opened = self.byes = self.cuts = 0
        self.signals: list[Event] = []
        self._rng = rng
        self._stream: OpenStream | None = None
        self._failures = 0
        self._posted: dict[str, set[int]] = {topic: set() for topic in topics}

    async def live(self) -> None:
        """Open, hear, come back, until cancelled."""
        while True:
            after, last_id = self._after(), ""
            while True:
                try:
                    async with asyncio.timeout(MUTE_S):
                        self._stream = stream = await OpenStream.open(
                            HOST, self.port, self.topics, after=after, last_id=last_id, cookie=self.cookie
                        )
                except Refused:
                    # Not a stream: the browser gives up, and the page opens anew a little later.
                    self._failures += 1
                    break
                except (OSError, asyncio.IncompleteReadError, TimeoutError, ValueError, IndexError):
                    await self._pause()
                    continue
                self.opened += 1
                is_silent = await self._hear(stream)
                if self.resumes is not True:
                    break
                last_id = stream.last_id
                await self._pause()
                if is_silent:
                    break
            await asyncio.sleep(min(6.0, 0.2 * 2 ** min(self._failures, 5)) * self._rng.uniform(0.5, 1.5))

    async def _hear(self, stream: OpenStream) -> bool:
        """Take events until the stream ends; says whether the watchdog ended it."""
        events = aiter(stream)
        try:
            while True:
                async with asyncio.timeout(QUIET_S):
                    self.on_event(await anext(events))
        except StopAsyncIteration:
            return False
        except TimeoutError:
            return True
        finally:
            self._stream = None
            with suppress(OSError, RuntimeError):
                stream.cut()

    def on_event(self, event: Event) -> None:
        """live.js: onEvent, tell and receive."""
        self._failures = 0
        self.byes += event.name == "bye"
        place = event.data.get("t", -1)
        if place < 0:
            return
        topic = self.topics[place]
        if event.name == "now":
            self.signals.append(event)
            return
        self.mine[topic] = int(event.id.split(".")[place], 36)
        if event.name == "reset":
            self.resets += 1
        elif event.name == "region":
            self.regions += 1
        else:
            for entry in event.data["entries"]:
                seq = entry["seq"]
                # What our own POST answered with is drawn again by the stream: that is no doubling.
                self.screens[topic].place(seq, entry["html"], by_stream=seq not in self._posted[topic])
                self._posted[topic].discard(seq)

    def answered(self, topic: str, entries: list[dict[str, object]]) -> None:
        """desk.js: the answer to our own POST brings what we have not seen; it is placed by number like the rest."""
        screen = self.screens[topic]
        for entry in sorted(entries, key=lambda entry: int(str(entry["seq"]))):
            seq = int(str(entry["seq"]))
            if seq not in screen.entries:
                self._posted[topic].add(seq)
                screen.entries[seq] = str(entry["html"])

    def seen(self, topic: str) -> int:
        """The newest entry on the screen."""
        return max(self.screens[topic].entries, default=0)

    @property
    def is_open(self) -> bool:
        """Whether it hears a stream now."""
        return self._stream is not None

    def cut(self) -> None:
        """Break the connection as a lost network does."""
        if self._stream is not None:
            self.cuts += 1
            self._stream.cut()

    def _after(self) -> str:
        if self.resumes == "blank":
            return ""
        if self.resumes == "now" and self.opened:
            return write_cursors([FAR_AHEAD if topic in self.screens else -1 for topic in self.topics])
        return write_cursors([self.mine[topic] for topic in self.topics])

    async def _pause(self) -> None:
        await asyncio.sleep(self._rng.uniform(*PAUSE_S))
