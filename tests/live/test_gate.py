"""How many streams one address and one session hold open."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from seguripago.config.command_line_servers import live_config
from seguripago.web.live.app import Streams, cookies
from seguripago.web.live.gate import PER_ADDRESS, PER_SESSION, Gate, address_of, session_of
from seguripago.web.live.hub import Hub
from seguripago.web.live.reading import Admission
from seguripago.web.live.stream import Stream
from seguripago.web.live.topics import Topic
from tests.live.test_hub import Shelf

SOMEBODY = "203.0.113.9"


async def deaf(message: dict[str, Any]) -> None:
    """Take whatever is sent."""


def opened(gate: Gate, hub: Hub, session: str = "", address: str = SOMEBODY) -> Stream:
    stream = Stream(deaf, member_id=0, now=asyncio.get_running_loop().time())
    gate.enter(stream, address, session, hub)
    return stream


def test_an_address_holds_twenty_streams_and_gets_another_when_one_ends() -> None:
    async def scene() -> None:
        gate, hub = Gate(), Hub(Shelf())
        held = [opened(gate, hub) for _ in range(PER_ADDRESS)]
        assert gate.is_full(SOMEBODY)
        assert not gate.is_full("203.0.113.10")
        assert not gate.is_full("")
        gate.leave(held[0], SOMEBODY, "")
        assert not gate.is_full(SOMEBODY)
        for stream in held[1:]:
            gate.leave(stream, SOMEBODY, "")
        assert not gate._by_address

    asyncio.run(scene())


def test_a_session_keeps_its_three_newest_streams() -> None:
    async def scene() -> None:
        gate, hub = Gate(), Hub(Shelf())
        held = [opened(gate, hub, "talk:7") for _ in range(PER_SESSION)]
        assert all(stream.end_at for stream in held)
        newest = opened(gate, hub, "talk:7")
        assert [bool(stream.end_at) for stream in [*held, newest]] == [False, True, True, True]
        for stream in [*held, newest]:
            gate.leave(stream, SOMEBODY, "talk:7")
        assert not gate._by_session

    asyncio.run(scene())


class Slowly:
    """Lets everybody in, after a moment in which others ask too."""

    async def admit(self, names: object, *, session_key: str, language: str) -> Admission:
        await asyncio.sleep(0.01)
        return Admission((Topic("order", 3),), (-1,))


def test_who_asks_for_many_at_once_gets_no_more_than_one_after_another() -> None:
    async def ask(streams: Streams) -> int:
        told: list[dict[str, Any]] = []

        async def send(message: dict[str, Any]) -> None:
            told.append(message)

        async def stay() -> dict[str, Any]:
            await asyncio.sleep(0.2)
            return {"type": "http.disconnect"}

        scope = {
            "type": "http", "path": "/live/", "method": "GET", "query_string": b"t=order:x",
            "headers": [], "client": (SOMEBODY, 1),
        }  # fmt: skip
        await streams(scope, stay, send)
        return int(told[0]["status"])

    async def scene() -> list[int]:
        streams = Streams()
        streams._hub, streams._reader = Hub(Shelf()), Slowly()  # type: ignore[assignment]
        return await asyncio.gather(*(ask(streams) for _ in range(PER_ADDRESS + 15)))

    said = asyncio.run(scene())
    assert (said.count(200), said.count(429)) == (PER_ADDRESS, 15)


def test_this_machine_itself_is_not_counted() -> None:
    scope: dict[str, Any] = {"client": ("127.0.0.1", 1), "headers": []}
    assert address_of(scope) == ""
    assert address_of({"client": (SOMEBODY, 1), "headers": []}) == SOMEBODY
    forged = {"client": (SOMEBODY, 1), "headers": [(b"x-forwarded-for", b"127.0.0.1")]}
    assert address_of(forged) == SOMEBODY, "nobody's word is believed unless it is a proxy's that we trust"


@pytest.mark.parametrize(
    ("topics", "session"),
    [
        ([Topic("desk", 1)], "member:key"),
        ([Topic("conversation", 7, "buyer"), None], "talk:7:buyer:key"),
        ([Topic("order", 3)], ""),
        ([None], ""),
    ],
)
def test_a_session_is_a_members_own_or_a_buyers_conversation(topics: list[Topic | None], session: str) -> None:
    assert session_of("key", topics) == session


def test_a_forged_address_fills_nobody_elses_place() -> None:
    """A proxy on this machine that nobody named, and that passes on what its caller wrote."""
    seen: list[str] = []

    async def note(scope: Any, receive: Any, send: Any) -> None:
        seen.append(address_of(scope))

    async def scene() -> None:
        config = live_config("127.0.0.1", 0)
        config.app = note
        config.load()
        headers = [(b"x-forwarded-for", SOMEBODY.encode())]
        scope: Any = {"type": "http", "client": ("127.0.0.1", 1), "headers": headers, "scheme": "http"}
        await config.loaded_app(scope, None, None)  # type: ignore[arg-type]

    asyncio.run(scene())
    assert seen == [""]


def test_a_cookie_that_spells_a_nul_is_none() -> None:
    header = rb'sessionid="abc\000defgh"; sp_idioma=en'
    assert cookies({"headers": [(b"cookie", header)]}) == {"sp_idioma": "en"}
