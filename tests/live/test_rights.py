"""A right that ends, ends the stream: at once, also of whoever is just coming in, also when the word of it is lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client as Browser

from bench.load.stream_client import Refused
from seguripago.foundations.facts import wakeups
from seguripago.foundations.people.commands import dismiss
from seguripago.values.actor import Actor
from seguripago.web.live.app import Streams
from seguripago.web.live.hub import REMEMBERED_S, Hub
from seguripago.web.live.reading import Admission
from seguripago.web.live.topics import Topic
from tests.assistance import builders
from tests.live.conftest import Ear, Server, played
from tests.live.test_hub import CHAT, DESK, Client, Shelf, join, until
from tests.live.test_hub import played as played_by_a_hub
from tests.live.test_streams import now, quiet_bell, session_of, shop

__all__ = ["quiet_bell", "shop"]

AT_DESK = Topic("conversation", 7, "desk", "es-mx")
ELSEWHERE = Topic("conversation", 8, "desk", "es-mx")
ANA, BETO = 5, 6


def at_desk(hub: Hub, member_id: int, topic: Topic = AT_DESK) -> Client:
    client, stream = join(hub, (topic, 0))
    stream.member_id = member_id
    return client


def test_a_conversation_that_changes_hands_ends_the_desks_streams_of_it_but_its_new_analysts() -> None:
    async def play(hub: Hub, shelf: Shelf) -> None:
        beto, ana, elsewhere = at_desk(hub, BETO), at_desk(hub, ANA), at_desk(hub, BETO, ELSEWHERE)
        buyer, _ = join(hub, (CHAT, 0))
        await asyncio.sleep(0.02)
        hub.wake([f"rights:7:{ANA}"])
        await until(lambda: beto.ended)
        await asyncio.sleep(0.02)
        assert not ana.ended
        assert not elsewhere.ended
        assert not buyer.ended
        hub.wake(["rights:7:0", "rights:", "rights:x:y:z", "member:", "member:x"])
        await until(lambda: ana.ended)
        assert not elsewhere.ended

    played_by_a_hub(play)


@pytest.mark.parametrize("is_guarded", [True, False])
def test_who_takes_no_bytes_is_told_nothing_that_was_said_after_the_right_ended(
    monkeypatch: pytest.MonkeyPatch, is_guarded: bool
) -> None:
    if not is_guarded:
        monkeypatch.setattr("seguripago.web.live.stream.WITHDRAWN", 0.0)
        monkeypatch.setattr("seguripago.web.live.stream.Stream.due", due_whoever_listens)

    async def play(hub: Hub, shelf: Shelf) -> None:
        shelf.said[AT_DESK] = ["uno"]
        beto, ana = at_desk(hub, BETO), at_desk(hub, ANA)
        await until(lambda: beto.seqs() == ana.seqs() == [1])
        beto.gate.clear()
        shelf.said[AT_DESK].append("dos")
        hub.wake(["conversation:7"])
        await until(lambda: ana.seqs() == [1, 2])
        hub.wake([f"rights:7:{ANA}"])
        shelf.said[AT_DESK].append("solo para Ana")
        hub.wake(["conversation:7"])
        await until(lambda: ana.seqs() == [1, 2, 3])
        hub.close()
        beto.gate.set()
        await until(lambda: beto.ended)
        assert (3 not in beto.seqs()) is is_guarded

    played_by_a_hub(play)


def due_whoever_listens(self: Any, hub: Hub, at: float) -> list[Any]:
    return [
        self._news(place, follow, follow.board)
        for place, follow in enumerate(self.follows)
        if follow.board.is_due(follow)
    ]


def told_in_the_gap(word: Callable[[Hub], None]) -> list[dict[str, Any]]:
    """What a stream tells Beto whose right ends after it was looked at and before he is subscribed."""
    sent: list[dict[str, Any]] = []

    async def scene() -> None:
        looked, told, leaves = asyncio.Event(), asyncio.Event(), asyncio.Event()

        class Slow(Shelf):
            async def admit(self, names: object, *, session_key: str, language: str) -> Admission:
                looked.set()
                await told.wait()
                return Admission((AT_DESK,), (1,), BETO)

        async def receive() -> dict[str, Any]:
            await leaves.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)
            if not message.get("more_body", True):
                leaves.set()

        shelf, app = Slow(), Streams()
        shelf.said[AT_DESK] = ["lo que otros dicen"]
        app._reader, app._hub = shelf, Hub(shelf)  # type: ignore[assignment]
        pump = asyncio.create_task(app._hub.pump())
        at_desk(app._hub, ANA)
        await asyncio.sleep(0.05)
        scope = {"type": "http", "path": "/live/", "method": "GET", "headers": [], "client": ("127.0.0.1", 1)}
        beto = asyncio.create_task(app(scope | {"query_string": b"t=desk-conversation:7"}, receive, send))
        await looked.wait()
        word(app._hub)
        told.set()
        await asyncio.wait({beto}, timeout=0.3)
        leaves.set()
        await beto
        pump.cancel()

    asyncio.run(scene())
    return sent


def words_of(sent: list[dict[str, Any]]) -> bytes:
    return b"".join(message.get("body", b"") for message in sent)


@pytest.mark.parametrize(
    "word",
    [
        lambda hub: hub.wake([f"rights:7:{ANA}"]),
        lambda hub: hub.wake([f"member:{BETO}"]),
        lambda hub: hub.doubt(),
    ],
)
def test_a_right_that_ends_while_somebody_comes_in_keeps_him_out(
    monkeypatch: pytest.MonkeyPatch, word: Callable[[Hub], None]
) -> None:
    said = words_of(told_in_the_gap(word))
    assert b"event: bye" in said
    assert b"lo que otros dicen" not in said
    monkeypatch.setattr(Hub, "may_be_stale", lambda self, stream, since: False)
    said = words_of(told_in_the_gap(word))
    assert b"event: bye" not in said
    assert b"lo que otros dicen" in said


def test_what_happens_to_others_keeps_nobody_out() -> None:
    for words in (["rights:8:0", f"member:{ANA}"], [f"rights:7:{BETO}"]):
        said = words_of(told_in_the_gap(lambda hub, words=words: hub.wake(words)))  # type: ignore[misc]
        assert b"lo que otros dicen" in said
        assert b"event: bye" not in said


def test_who_took_longer_to_come_in_than_anything_is_remembered_is_asked_again() -> None:
    async def play(hub: Hub, shelf: Shelf) -> None:
        _, stream = join(hub, (DESK, 0))
        at = asyncio.get_running_loop().time()
        assert not hub.may_be_stale(stream, since=at - REMEMBERED_S)
        stream.member_id = BETO
        assert not hub.may_be_stale(stream, since=at - 1)
        assert hub.may_be_stale(stream, since=at - REMEMBERED_S)

    played_by_a_hub(play)


def test_whoever_works_here_no_more_is_out_although_nobody_said_so() -> None:
    async def play(hub: Hub, shelf: Shelf) -> None:
        beto, ana = at_desk(hub, BETO), at_desk(hub, ANA)
        shelf.dismissed.add(BETO)
        await hub.ask_who_works()
        await until(lambda: beto.ended)
        assert not ana.ended

    played_by_a_hub(play)


def dismissed(shop: builders.Shop) -> None:
    try:
        dismiss(shop.store_id, shop.beto, by=Actor.system(), at=now())
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_heard", [True, False])
def test_who_is_dismissed_is_out_at_once_and_does_not_come_back(
    server: Server, shop: builders.Shop, monkeypatch: pytest.MonkeyPatch, is_heard: bool
) -> None:
    beto = session_of(shop.beto)
    if not is_heard:
        monkeypatch.setattr(wakeups.Bell, "ring", lambda self, topics: None)

    async def scene() -> None:
        ear = Ear(await server.open("desk", cookie=beto))
        await ear.until(lambda heard: bool(heard.named("hello")))
        begun = time.perf_counter()
        await asyncio.to_thread(dismissed, shop)
        await asyncio.wait_for(ear.task, 4)
        assert time.perf_counter() - begun < (1 if is_heard else 3)
        assert ear.named("bye")
        with pytest.raises(Refused) as refused:
            await server.open("desk", cookie=beto)
        assert refused.value.status == 401

    played(scene)


@pytest.mark.django_db(transaction=True)
def test_signing_out_ends_the_streams_and_another_browser_of_the_person_comes_back(
    server: Server, shop: builders.Shop
) -> None:
    here, elsewhere = Browser(), session_of(shop.beto)
    here.force_login(get_user_model().objects.get(pk=shop.beto))
    cookie = f"sessionid={here.cookies['sessionid'].value}"

    def leave() -> None:
        try:
            here.post("/salir/")
        finally:
            connection.close()

    async def scene() -> None:
        ear = Ear(await server.open("desk", cookie=cookie))
        await ear.until(lambda heard: bool(heard.named("hello")))
        begun = time.perf_counter()
        await asyncio.to_thread(leave)
        await asyncio.wait_for(ear.task, 2)
        assert time.perf_counter() - begun < 1
        with pytest.raises(Refused):
            await server.open("desk", cookie=cookie)
        again = Ear(await server.open("desk", cookie=elsewhere))
        await again.until(lambda heard: bool(heard.named("hello")))

    played(scene)
