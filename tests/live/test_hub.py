"""The hub with a shelf in memory behind it: what is told, to whom, how often."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from typing import Any

from seguripago.web.live.board import KEPT, Board, Drawn, Reading
from seguripago.web.live.hub import Hub
from seguripago.web.live.stream import Stream
from seguripago.web.live.topics import UNKNOWN, Topic, read_cursors, write_cursors

CHAT = Topic("conversation", 7, "buyer", "es-mx")
ORDER = Topic("order", 3)
DESK = Topic("desk", 1)


class Shelf:
    """A database in memory: versions of regions, and conversations as lists of sentences numbered from 1."""

    def __init__(self) -> None:
        self.numbers: dict[Topic, int] = {}
        self.said: dict[Topic, list[str]] = {}
        self.dismissed: set[int] = set()
        self.readings = 0
        self.page = 200

    async def versions(self, topics: Iterable[Topic]) -> dict[Topic, int]:
        await asyncio.sleep(0)
        return {topic: len(self.said[topic]) if topic in self.said else self.numbers.get(topic, 0) for topic in topics}

    async def entries(self, cursors: Mapping[Topic, int]) -> dict[Topic, Reading]:
        self.readings += 1
        await asyncio.sleep(0)
        found = {}
        for topic, cursor in cursors.items():
            said = list(enumerate(self.said.get(topic, []), start=1))[cursor : cursor + self.page]
            fresh = tuple(Drawn(seq, text) for seq, text in said)
            found[topic] = Reading(fresh, more=len(fresh) >= self.page)
        return found

    async def working(self, member_ids: Collection[int]) -> set[int]:
        await asyncio.sleep(0)
        return set(member_ids) - self.dismissed


class Client:
    """What a browser received, parsed. `gate` closed means that it does not take bytes."""

    def __init__(self) -> None:
        self.raw = b""
        self.gate = asyncio.Event()
        self.gate.set()
        self.ended = False

    async def send(self, message: dict[str, Any]) -> None:
        await self.gate.wait()
        self.raw += message.get("body", b"")
        self.ended = not message.get("more_body", True)

    def events(self, name: str) -> list[dict[str, Any]]:
        blocks = [
            dict(line.split(": ", 1) for line in block.split("\n"))
            for block in self.raw.decode().split("\n\n")
            if block
        ]
        return [json.loads(block["data"]) for block in blocks if block["event"] == name]

    def seqs(self) -> list[int]:
        return [entry["seq"] for event in self.events("entries") for entry in event["entries"]]


def join(hub: Hub, *topics: tuple[Topic | None, int]) -> tuple[Client, Stream]:
    client = Client()
    stream = Stream(client.send, member_id=0, now=asyncio.get_running_loop().time())
    hub.subscribe(stream, topics)
    stream.begin(hub)
    return client, stream


async def until(claim: Callable[[], bool], within: float = 2.0) -> None:
    async with asyncio.timeout(within):
        while not claim():
            await asyncio.sleep(0.005)


def played(play: Callable[[Hub, Shelf], Awaitable[None]]) -> None:
    """Run a scene with a pumping hub; its healing pass is called by the scene itself."""

    async def scene() -> None:
        shelf = Shelf()
        hub = Hub(shelf)
        pump = asyncio.create_task(hub.pump())
        try:
            await play(hub, shelf)
            assert not pump.done()
        finally:
            pump.cancel()

    asyncio.run(scene())


def test_a_stream_is_told_what_lies_after_its_cursor_and_then_what_is_said() -> None:
    async def play(hub: Hub, shelf: Shelf) -> None:
        shelf.said[CHAT] = ["uno", "dos", "tres"]
        client, _ = join(hub, (CHAT, 1))
        await until(lambda: client.seqs() == [2, 3])
        shelf.said[CHAT].append("cuatro")
        hub.wake(["conversation:7", "conversation:8"])
        await until(lambda: client.seqs() == [2, 3, 4])

    played(play)


def test_what_is_said_while_connecting_is_neither_lost_nor_doubled() -> None:
    async def play(hub: Hub, shelf: Shelf) -> None:
        shelf.said[CHAT] = ["uno"]
        clients = []
        for number in range(60):
            clients.append(join(hub, (CHAT, 0))[0])
            shelf.said[CHAT].append(f"entrada {number}")
            hub.wake(["conversation:7"])
            if number % 3 == 0:
                await asyncio.sleep(0.002)
        await until(lambda: all(client.seqs() == list(range(1, 62)) for client in clients))

    played(play)


def test_a_lost_wake_up_is_healed_by_looking() -> None:
    async def play(hub: Hub, shelf: Shelf) -> None:
        shelf.said[CHAT], shelf.numbers[ORDER] = ["uno"], 4
        client, _ = join(hub, (CHAT, 1), (ORDER, 4))
        await hub.look()
        await asyncio.sleep(0.03)
        assert client.raw == b""
        shelf.said[CHAT].append("dos")
        shelf.numbers[ORDER] = 5
        await hub.look()
        await until(lambda: client.seqs() == [2] and [event["version"] for event in client.events("region")] == [5])

    played(play)


def test_a_region_without_a_cursor_is_read_once_at_the_start() -> None:
    async def play(hub: Hub, shelf: Shelf) -> None:
        shelf.numbers[ORDER] = 4
        client, _ = join(hub, (ORDER, UNKNOWN))
        await until(lambda: len(client.events("region")) == 1)
        await hub.look()
        await asyncio.sleep(0.03)
        assert client.events("region") == [{"topic": "order", "t": 0, "region": "status", "version": 4}]

    played(play)


def test_a_wake_up_redraws_a_region_even_before_its_number_moves() -> None:
    async def play(hub: Hub, shelf: Shelf) -> None:
        client, _ = join(hub, (DESK, 0))
        await asyncio.sleep(0.02)
        hub.wake(["desk:1"])
        await until(lambda: len(client.events("region")) == 1)

    played(play)


def test_a_busy_desk_is_redrawn_four_times_a_second_at_most_and_never_misses_the_last_change() -> None:
    async def play(hub: Hub, shelf: Shelf) -> None:
        client, _ = join(hub, (DESK, 0))
        for number in range(100):
            shelf.numbers[DESK] = number + 1
            hub.wake(["desk:1"])
            await asyncio.sleep(0.005)
        await until(lambda: bool(client.events("region")) and client.events("region")[-1]["version"] == 100)
        assert 2 <= len(client.events("region")) <= 5

    played(play)


def test_a_desk_that_never_rests_is_redrawn_once_a_second_and_at_once_after_a_rest() -> None:
    async def play(hub: Hub, shelf: Shelf) -> None:
        client, _ = join(hub, (DESK, 0))
        start = asyncio.get_running_loop().time()
        while asyncio.get_running_loop().time() < start + 2.2:
            shelf.numbers[DESK] = shelf.numbers.get(DESK, 0) + 1
            hub.wake(["desk:1"])
            await asyncio.sleep(0.005)
        assert len(client.events("region")) <= 5
        await until(lambda: client.events("region")[-1]["version"] == shelf.numbers[DESK])
        await asyncio.sleep(1.3)
        told = len(client.events("region"))
        hub.wake(["desk:1"])
        await asyncio.sleep(0.15)
        assert len(client.events("region")) == told + 1

    played(play)


def test_a_slow_client_holds_nobody_and_catches_up_from_its_cursor() -> None:
    async def play(hub: Hub, shelf: Shelf) -> None:
        shelf.said[CHAT] = ["uno"]
        slow, _ = join(hub, (CHAT, 1))
        quick, _ = join(hub, (CHAT, 1))
        slow.gate.clear()
        for number in range(3 * KEPT):
            shelf.said[CHAT].append(f"entrada {number}")
            if number % 20 == 0:
                hub.wake(["conversation:7"])
                await asyncio.sleep(0.001)
        hub.wake(["conversation:7"])
        everything = list(range(2, 3 * KEPT + 2))
        await until(lambda: quick.seqs() == everything)
        await asyncio.sleep(0.05)
        before = shelf.readings
        await asyncio.sleep(0.05)
        assert shelf.readings == before, "a stalled client makes the hub read in circles"
        slow.gate.set()
        await until(lambda: slow.seqs() == everything)

    played(play)


def test_a_closed_card_is_told_again_to_a_stream_that_joins_between_card_and_answer() -> None:
    board = Board(CHAT)
    board.base = board.version = 10
    fresh = (Drawn(11, "card, closed"), Drawn(12, "text"), Drawn(13, "answer"))
    hub_stream = Stream(lambda message: asyncio.sleep(0), member_id=0, now=0)
    board.follows = [type("F", (), {"cursor": 10, "stream": hub_stream})()]  # type: ignore[list-item]
    board.take(Reading(fresh, redrawn=(Drawn(11, "card, closed"),)))
    assert [entry.seq for entry in board.after(12)] == [11, 13]
    assert [entry.seq for entry in board.after(10)] == [11, 12, 13]


def test_a_refused_topic_is_named_and_the_others_go_on() -> None:
    async def play(hub: Hub, shelf: Shelf) -> None:
        client, stream = join(hub, (None, UNKNOWN), (ORDER, UNKNOWN))
        assert b'event: hello\ndata: {"refused":[0]}' in stream.greeting()
        await until(lambda: client.events("region") == [{"topic": "order", "t": 1, "region": "status", "version": 0}])

    played(play)


def test_a_revoked_right_ends_the_streams_of_that_person_only() -> None:
    async def play(hub: Hub, shelf: Shelf) -> None:
        mine, stream = join(hub, (DESK, 0))
        other, _ = join(hub, (DESK, 0))
        stream.member_id = 5
        hub.wake(["member:5"])
        await until(lambda: mine.ended)
        assert not other.ended
        assert b"retry: " in mine.raw

    played(play)


def test_closing_ends_every_stream_and_leaving_forgets_the_topic() -> None:
    async def play(hub: Hub, shelf: Shelf) -> None:
        clients = [join(hub, (ORDER, 0)) for _ in range(20)]
        hub.close()
        await until(lambda: all(client.ended for client, _ in clients))
        for _, stream in clients:
            hub.unsubscribe(stream)
        assert not hub.streams
        assert not hub._boards
        assert not hub._by_wake

    played(play)


def test_a_topic_forgets_what_everybody_was_told() -> None:
    async def play(hub: Hub, shelf: Shelf) -> None:
        shelf.said[CHAT] = ["x" * 1000] * 50
        client, _ = join(hub, (CHAT, 0))
        await until(lambda: len(client.seqs()) == 50)
        assert hub._boards[CHAT].kept == []

    played(play)


def test_cursors_are_written_and_read_back() -> None:
    for cursors in ([0], [17, UNKNOWN, 123456789], [UNKNOWN, UNKNOWN], [35, 36]):
        assert read_cursors(write_cursors(cursors), len(cursors)) == cursors
    assert read_cursors("", 2) == [UNKNOWN, UNKNOWN]
    assert read_cursors("-1.ñ.zzzzzzzzzzzzzzzzzz.1.2", 4) == [UNKNOWN, UNKNOWN, UNKNOWN, 1]
