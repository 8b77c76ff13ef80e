"""Coming back: after an older database, behind a proxy that keeps back what does not end."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress

import pytest
from django.conf import settings
from django.utils import timezone

from bench.load.http_client import Client
from seguripago.web.live.hub import Hub
from seguripago.web.live.tickets import topic_of
from seguripago.web.live.topics import read_cursors, write_cursors
from tests.assistance import builders
from tests.live.conftest import Ear, Server, played
from tests.live.test_hub import CHAT, ORDER, Shelf, join, until
from tests.live.test_hub import played as played_by_a_hub
from tests.live.test_streams import now, quiet_bell, say, shop

__all__ = ["quiet_bell", "shop"]

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_page_that_shows_more_than_the_database_has_is_told_to_begin_anew(
    server: Server, shop: builders.Shop
) -> None:
    conversation_id = builders.start(shop, at=now(), token="buyer-token")
    topic = topic_of(conversation_id, at=timezone.now())

    async def scene() -> None:
        ear = Ear(await server.open(topic, after=write_cursors([500])))
        await ear.until(lambda heard: bool(heard.named("reset")))
        assert read_cursors(ear.named("reset")[0].id, 1) == [1]
        seq = await say(conversation_id, "después de restaurar")
        await ear.until(lambda heard: heard.seqs() == [seq])

    played(scene)


def test_a_database_that_goes_back_resets_its_screens_and_the_others_go_on() -> None:
    async def play(hub: Hub, shelf: Shelf) -> None:
        shelf.said[CHAT] = ["uno", "dos", "tres"]
        ahead, _ = join(hub, (CHAT, 0), (ORDER, 0))
        await until(lambda: ahead.seqs() == [1, 2, 3])
        shelf.said[CHAT] = ["uno"]
        await hub.look()
        await until(lambda: len(ahead.events("reset")) == 1)
        shelf.said[CHAT].append("otra cosa")
        hub.wake(["conversation:7"])
        await until(lambda: ahead.seqs() == [1, 2, 3, 2])
        await hub.look()
        assert len(ahead.events("reset")) == 1

    played_by_a_hub(play)


def test_what_could_not_be_read_is_read_again_although_nobody_says_so_twice() -> None:
    async def play(hub: Hub, shelf: Shelf) -> None:
        shelf.said[CHAT] = ["uno"]
        client, _ = join(hub, (CHAT, 1))
        await asyncio.sleep(0.02)
        whole, failures = shelf.entries, [1, 2, 3]

        async def broken(cursors: object) -> object:
            if failures:
                failures.pop()
                raise OSError("the database is away")
            return await whole(cursors)  # type: ignore[arg-type]

        shelf.entries = broken  # type: ignore[assignment, method-assign]
        shelf.said[CHAT].append("dos")
        await hub.look()
        await until(lambda: client.seqs() == [2], within=4)

    played_by_a_hub(play)


async def answered(port: int, query: str, *, cookie: str = "") -> tuple[int, dict[str, object]]:
    client = Client("127.0.0.1", port)
    try:
        answer = await client.get(f"/live/?{query}", {"Cookie": cookie} if cookie else {})
    finally:
        await client.close()
    return answer.status, json.loads(answer.body or b"{}")


def test_an_answer_that_ends_tells_the_same_as_a_stream(server: Server, shop: builders.Shop) -> None:
    conversation_id = builders.start(shop, at=now(), token="buyer-token")
    topic = topic_of(conversation_id, at=timezone.now())

    async def scene() -> None:
        status, told = await answered(server.port, f"t={topic}&after=0&wait=5")
        assert status == 200
        assert [event["name"] for event in told["events"]] == ["entries"]  # type: ignore[attr-defined]
        begun = time.perf_counter()
        status, calm = await answered(server.port, f"t={topic}&after={told['cursor']}&wait=1")
        assert (status, calm["events"], calm["cursor"]) == (200, [], told["cursor"])
        assert 0.9 < time.perf_counter() - begun < 2
        waiting = asyncio.create_task(answered(server.port, f"t={topic}&after={told['cursor']}&wait=10"))
        await asyncio.sleep(0.2)
        begun = time.perf_counter()
        seq = await say(conversation_id, "contestado")
        status, news = await waiting
        assert time.perf_counter() - begun < 1
        assert [entry["seq"] for entry in news["events"][0]["data"]["entries"]] == [seq]  # type: ignore[index]
        assert (await answered(server.port, "t=conversation:carla&wait=1"))[0] == 404
        assert (await answered(server.port, "t=desk&wait=1"))[0] == 401

    played(scene)


class HoldingProxy:
    """A proxy that passes an answer on only when it has ended, as some company's do."""

    def __init__(self, port: int) -> None:
        self._to = port
        self.port = 0
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> HoldingProxy:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        inner, outer = await asyncio.open_connection("127.0.0.1", self._to)
        try:
            outer.write(head)
            both = [asyncio.ensure_future(waiting) for waiting in (inner.read(-1), reader.read(1))]
            done, left = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            for waiting in left:
                waiting.cancel()
            if both[0] in done:
                writer.write(both[0].result())
                await writer.drain()
        finally:
            for end in (outer, writer):
                end.close()
                with suppress(ConnectionError):
                    await end.wait_closed()


async def silent(port: int, query: str, seconds: float) -> bool:
    """Whether a stream says nothing for so long."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"GET /live/?{query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        async with asyncio.timeout(seconds):
            await reader.read(1)
    except TimeoutError:
        return True
    finally:
        writer.close()
        await writer.wait_closed()
    return False


def test_behind_a_proxy_that_holds_streams_back_only_answers_that_end_arrive(
    server: Server, shop: builders.Shop
) -> None:
    conversation_id = builders.start(shop, at=now(), token="buyer-token")
    topic = topic_of(conversation_id, at=timezone.now())

    async def scene() -> None:
        async with HoldingProxy(server.port) as proxy:
            assert await silent(proxy.port, f"t={topic}&after=0", 1.5)
            assert not await silent(server.port, f"t={topic}&after=0", 1.5)
            seen, cursor = [], "0"
            for number in range(4):
                await say(conversation_id, f"mensaje {number}")
                _, told = await answered(proxy.port, f"t={topic}&after={cursor}&wait=3")
                cursor = str(told["cursor"])
                for event in told["events"]:  # type: ignore[attr-defined]
                    seen += [entry["seq"] for entry in event["data"]["entries"]]
            assert seen == list(range(1, 6))

    played(scene)


def test_more_fields_than_a_page_ever_sends_are_nobodys_stream(server: Server, shop: builders.Shop) -> None:
    async def scene() -> None:
        assert (await answered(server.port, "&".join(["t=desk"] * 40)))[0] == 204
        assert settings.SESSION_COOKIE_NAME == "sessionid"

    played(scene)
