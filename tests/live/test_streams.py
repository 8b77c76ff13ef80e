"""Streams of the real application under uvicorn, with real PostgreSQL: nothing lost, nothing doubled, nobody let in."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from bench.load.stream_client import Refused
from seguripago.foundations.facts import wakeups
from seguripago.foundations.people.commands import hire
from seguripago.journey.assistance import commands as chat
from seguripago.journey.orders import commands as orders
from seguripago.values.actor import Actor
from seguripago.values.steps import CheckItem
from seguripago.web.live.tickets import HOURS, payers_topic, topic_of
from tests.assistance import builders
from tests.live.conftest import Ear, Server, played, start_server

pytestmark = pytest.mark.django_db(transaction=True)


def now() -> datetime:
    return datetime.now(UTC)


async def say(conversation_id: int, text: str) -> int:
    return await asyncio.to_thread(_say, conversation_id, text)


def _say(conversation_id: int, text: str) -> int:
    try:
        return chat.say(conversation_id, text, client_id=uuid.uuid4(), at=now())
    finally:
        connection.close()


@pytest.fixture(autouse=True)
def quiet_bell() -> Iterator[None]:
    """Hang up the connection of the wake-ups, so that the test database can be dropped."""
    yield
    for bell in wakeups._bells.values():
        bell.close()
    wakeups._bells.clear()


@pytest.fixture
def shop() -> builders.Shop:
    opened = builders.open_shop()
    builders.someone_is_there(opened, at=now())
    return opened


def test_what_is_said_arrives_within_the_blink_of_an_eye_once_and_in_order(server: Server, shop: builders.Shop) -> None:
    conversation_id = builders.start(shop, at=now(), token="buyer-token")
    topic = topic_of(conversation_id, at=now())

    async def scene() -> None:
        ear = Ear(await server.open(topic, after="1"))
        await ear.until(lambda heard: bool(heard.named("hello")))
        for number in range(10):
            begun = time.perf_counter()
            seq = await say(conversation_id, f"mensaje {number}")
            await ear.until(lambda heard, seq=seq: heard.seqs()[-1:] == [seq])
            assert ear.events[-1].at - begun < 0.5
        assert ear.seqs() == list(range(2, 12))
        assert "mensaje 9" in ear.events[-1].data["entries"][0]["html"]

    played(scene)


def test_cutting_the_line_again_and_again_loses_nothing_and_doubles_nothing(
    server: Server, shop: builders.Shop
) -> None:
    conversation_id = builders.start(shop, at=now(), token="buyer-token")
    topic = topic_of(conversation_id, at=now())

    async def scene() -> None:
        heard: list[int] = []
        last_id, done = "1", asyncio.Event()

        async def listen() -> None:
            nonlocal last_id
            while heard[-1:] != [121]:
                ear = Ear(await server.open(topic, last_id=last_id))
                with_patience = asyncio.get_running_loop().time() + random.uniform(0.01, 0.25)
                while asyncio.get_running_loop().time() < with_patience and not ear.task.done():
                    await asyncio.sleep(0.005)
                await ear.hang_up()
                heard.extend(ear.seqs())
                last_id = ear.stream.last_id
            done.set()

        listener = asyncio.create_task(listen())
        for number in range(120):
            await say(conversation_id, f"mensaje {number}")
        await asyncio.wait_for(done.wait(), 10)
        await listener
        assert heard == list(range(2, 122))

    played(scene)


def test_a_lost_wake_up_is_healed_within_a_second_and_a_half(
    server: Server, shop: builders.Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation_id = builders.start(shop, at=now(), token="buyer-token")
    topic = topic_of(conversation_id, at=now())
    placed = builders.place(shop, at=now())
    monkeypatch.setattr(wakeups.Bell, "ring", lambda self, topics: None)

    async def scene() -> None:
        ear = Ear(await server.open(topic, f"order:{placed.access_token}", after="1"))
        await ear.until(lambda heard: bool(heard.named("region")))
        begun = time.perf_counter()
        seq = await say(conversation_id, "sin campana")
        await asyncio.to_thread(_prefill, placed.id)
        await ear.until(lambda heard: heard.seqs() == [seq] and len(heard.named("region")) == 2)
        assert time.perf_counter() - begun < 1.5

    played(scene)


def _prefill(order_id: int) -> None:
    try:
        orders.prefill_checks(order_id, at=now())
        orders.confirm_checks(order_id, list(CheckItem), by=Actor.system(), at=now())
    finally:
        connection.close()


def test_the_order_page_is_told_to_look_again(server: Server, shop: builders.Shop) -> None:
    placed = builders.place(shop, at=now())

    async def scene() -> None:
        ear = Ear(await server.open(f"order:{placed.access_token}", after="1"))
        await ear.until(lambda heard: bool(heard.named("hello")))
        await asyncio.to_thread(_prefill, placed.id)
        await ear.until(lambda heard: any(event.data["version"] > 1 for event in heard.named("region")))
        told = ear.named("region")[-1].data
        assert (told["topic"], told["region"], told["t"]) == ("order", "status", 0)

    played(scene)


def test_the_page_of_a_link_is_told_to_look_again_by_a_ticket_that_opens_nothing_else(
    server: Server, shop: builders.Shop
) -> None:
    placed = builders.place(shop, at=now())
    topic = payers_topic(placed.id, at=now())

    async def refused(name: str) -> int:
        with pytest.raises(Refused) as told:
            await server.open(name)
        return told.value.status

    async def scene() -> None:
        ear = Ear(await server.open(topic, after="1"))
        await ear.until(lambda heard: bool(heard.named("hello")))
        await asyncio.to_thread(_prefill, placed.id)
        await ear.until(lambda heard: any(event.data["version"] > 1 for event in heard.named("region")))
        assert ear.named("region")[-1].data.keys() == {"t", "topic", "region", "version"}
        ticket = topic.removeprefix("pay:")
        old = payers_topic(placed.id, at=now() - timedelta(hours=HOURS + 1))
        other = f"pay:{ticket.replace(str(placed.id), str(placed.id + 1), 1)}"
        for name in (old, other, f"conversation:{ticket}", f"order:{ticket}", f"pay:{placed.access_token}", "pay:"):
            assert await refused(name) == 404, name

    played(scene)


def test_a_stranger_gets_404_and_nobody_without_a_session_sees_the_desk(server: Server, shop: builders.Shop) -> None:
    held = builders.start(shop, at=now(), token="buyer-token")

    async def status(*topics: str, cookie: str = "") -> int:
        try:
            stream = await server.open(*topics, cookie=cookie)
        except Refused as refused:
            return refused.status
        await stream.close()
        return 200

    async def scene() -> None:
        assert await status("order:carla") == 404
        assert await status("conversation:carla") == 404
        assert await status("conversation:") == 404
        assert await status(f"conversation:{held}") == 404
        assert await status("conversation:buyer-token") == 404, "the conversation's secret is no address"
        assert await status(topic_of(held, at=now())) == 200
        assert await status(topic_of(held, at=now() - timedelta(hours=HOURS + 1))) == 404, "an old ticket"
        assert await status(topic_of(held, at=now() + timedelta(hours=2))) == 404, "a ticket of a clock that is wrong"
        assert await status(topic_of(held, at=now()).replace(f":{held}.", f":{held + 1}.")) == 404
        assert await status("order:" + "x" * 5000) == 404
        assert await status("desk") == 401
        assert await status("monitor") == 401
        assert await status(f"desk-conversation:{held}", cookie="sessionid=nobody") == 401
        assert await status("something") == 404
        assert await status() == 204

    played(scene)


def session_of(user_id: int) -> str:
    from django.contrib.auth import get_user_model
    from django.test import Client

    browser = Client()
    browser.force_login(get_user_model().objects.get(pk=user_id))
    return f"sessionid={browser.cookies['sessionid'].value}"


def test_the_owner_hears_what_moves_refunds_and_charges_in_the_office(server: Server, shop: builders.Shop) -> None:
    owner = session_of(
        hire(
            shop.store_id,
            email="ana@sierra-alta.test",
            name="Ana Gil",
            role="owner",
            analyst_number="A-9",
            password=builders.PASSWORD,
        )
    )

    async def scene() -> None:
        ear = Ear(await server.open("monitor", cookie=owner))
        await ear.until(lambda heard: len(heard.named("region")) == 1)

    played(scene)


def test_the_desk_hears_its_own_store_and_no_other(server: Server, shop: builders.Shop) -> None:
    other = builders.open_shop("otra-tienda")
    theirs = builders.start(other, at=now(), token="other-token")
    beto = session_of(shop.beto)

    async def scene() -> None:
        with pytest.raises(Refused) as refused:
            await server.open(f"desk-conversation:{theirs}", cookie=beto)
        assert refused.value.status == 404
        ear = Ear(await server.open("desk", "monitor", cookie=beto))
        await ear.until(lambda heard: len(heard.named("region")) == 1)
        assert ear.named("hello")[0].data == {"refused": [1]}
        await asyncio.to_thread(_start, shop)
        await ear.until(lambda heard: len(heard.named("region")) >= 2)
        await asyncio.sleep(1.6)
        calm = len(ear.named("region"))
        await say(theirs, "en otra tienda")
        await asyncio.sleep(1.6)
        assert len(ear.named("region")) == calm

    played(scene)


def _start(shop: builders.Shop) -> None:
    try:
        builders.start(shop, at=now(), token="new-token")
    finally:
        connection.close()


def test_a_listening_connection_that_is_killed_comes_back_and_misses_nothing(
    server: Server, shop: builders.Shop
) -> None:
    conversation_id = builders.start(shop, at=now(), token="buyer-token")
    topic = topic_of(conversation_id, at=now())

    async def scene() -> None:
        ear = Ear(await server.open(topic, after="1"))
        await ear.until(lambda heard: bool(heard.named("hello")))
        assert await asyncio.to_thread(_kill_listeners) >= 1
        seqs = [await say(conversation_id, f"mensaje {number}") for number in range(5)]
        await ear.until(lambda heard: heard.seqs() == seqs)
        await asyncio.sleep(0.5)
        begun = time.perf_counter()
        seqs.append(await say(conversation_id, "de nuevo con campana"))
        await ear.until(lambda heard: heard.seqs() == seqs)
        assert ear.events[-1].at - begun < 0.5

    played(scene)


def _kill_listeners() -> int:
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
            )
            return int(cursor.fetchone()[0])
    finally:
        connection.close()


def test_killing_every_connection_of_the_server_is_survived(server: Server, shop: builders.Shop) -> None:
    conversation_id = builders.start(shop, at=now(), token="buyer-token")
    topic = topic_of(conversation_id, at=now())

    async def scene() -> None:
        ear = Ear(await server.open(topic, after="1"))
        await ear.until(lambda heard: bool(heard.named("hello")))
        assert await asyncio.to_thread(_kill_connections_of, server) >= 2
        seqs = [await say(conversation_id, f"mensaje {number}") for number in range(3)]
        await ear.until(lambda heard: heard.seqs() == seqs, within=5)

    played(scene)


def _kill_connections_of(server: Server) -> int:
    ports = [found.laddr.port for found in server.memory.net_connections("tcp") if found.raddr]
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND client_port = ANY(%s)",
                [ports],
            )
            return int(cursor.fetchone()[0])
    finally:
        connection.close()


def test_sigterm_ends_every_stream_at_once_and_says_when_to_come_back(shop: builders.Shop) -> None:
    topic = topic_of(builders.start(shop, at=now(), token="buyer-token"), at=now())
    server = start_server()

    async def scene() -> None:
        ears = [Ear(await server.open(topic, after="1")) for _ in range(50)]
        await asyncio.gather(*(ear.until(lambda heard: bool(heard.named("hello"))) for ear in ears))
        begun = time.perf_counter()
        server.process.terminate()
        await asyncio.wait_for(asyncio.gather(*(ear.task for ear in ears)), 2)
        assert all(ear.named("bye") for ear in ears)
        assert await asyncio.to_thread(server.process.wait, 5) in (0, -15)
        assert time.perf_counter() - begun < 2

    played(scene)


def test_a_process_that_can_tell_nothing_any_more_ends_instead_of_beating_on(shop: builders.Shop) -> None:
    topic = topic_of(builders.start(shop, at=now(), token="buyer-token"), at=now())
    server = start_server("tests.live.breaking:application")

    async def scene() -> None:
        ear = Ear(await server.open(topic, after="0"))
        assert await asyncio.to_thread(server.process.wait, 5) in (0, -15)
        await asyncio.wait_for(ear.task, 2)

    try:
        played(scene)
    finally:
        server.process.kill()


def test_an_uncommitted_message_is_not_told(server: Server, shop: builders.Shop) -> None:
    conversation_id = builders.start(shop, at=now(), token="buyer-token")
    topic = topic_of(conversation_id, at=now())

    async def scene() -> None:
        ear = Ear(await server.open(topic, after="1"))
        await ear.until(lambda heard: bool(heard.named("hello")))
        await asyncio.to_thread(_say_and_regret, conversation_id)
        seq = await say(conversation_id, "esto sí")
        await ear.until(lambda heard: bool(heard.seqs()))
        assert ear.seqs() == [seq] == [2]

    played(scene)


def _say_and_regret(conversation_id: int) -> None:
    try:
        with transaction.atomic():
            chat.say(conversation_id, "esto no", client_id=uuid.uuid4(), at=now())
            transaction.set_rollback(True)
    finally:
        connection.close()
