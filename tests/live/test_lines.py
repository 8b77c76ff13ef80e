"""Lines that are dead without a word, or were cut while nobody spoke: the next word is heard all the same."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from django.db import connection

from seguripago.foundations.facts.wakeups import CHANNEL, Bell, connection_parameters, wake
from seguripago.web.live import listening
from seguripago.web.live.hub import Hub
from tests.live.test_hub import DESK, Shelf, join, until
from tests.live.test_streams import quiet_bell

__all__ = ["quiet_bell"]

pytestmark = pytest.mark.django_db(transaction=True)


class Firewall:
    """A line to PostgreSQL that may be forgotten on the way: both ends stay open, and nothing passes any more."""

    def __init__(self, host: str, port: int) -> None:
        self._to = (host, port)
        self.lines = 0
        self.port = 0
        self._forgotten = 0
        self._pumps: set[asyncio.Task[None]] = set()
        self._writers: list[asyncio.StreamWriter] = []
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def forget(self) -> None:
        """Every line of this moment goes mute; later ones carry."""
        self._forgotten = self.lines

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        for pump in self._pumps:
            pump.cancel()
        for writer in self._writers:
            writer.close()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.lines += 1
        number = self.lines
        inner, outer = await asyncio.open_connection(*self._to)
        self._writers += [writer, outer]
        for source, sink in ((reader, outer), (inner, writer)):
            pump = asyncio.create_task(self._pump(source, sink, number))
            self._pumps.add(pump)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, number: int) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                if number > self._forgotten:
                    sink.write(data)
                    await sink.drain()
        if number > self._forgotten:
            sink.close()


def notify(word: str) -> None:
    with psycopg.connect(**connection_parameters(), autocommit=True) as other:
        other.execute("SELECT pg_notify(%s, %s)", (CHANNEL, word))


@pytest.mark.parametrize("is_asked", [True, False])
def test_a_listening_line_that_goes_mute_is_noticed_because_it_is_asked(
    monkeypatch: pytest.MonkeyPatch, is_asked: bool
) -> None:
    straight = connection_parameters()
    monkeypatch.setattr(listening, "QUIET_S", 0.3 if is_asked else 3600)
    monkeypatch.setattr(listening, "ANSWER_S", 0.5)

    async def scene() -> None:
        wall = Firewall(straight["host"], int(straight.get("port") or 5432))
        await wall.open()
        monkeypatch.setattr(
            listening, "connection_parameters", lambda: {**straight, "host": "127.0.0.1", "port": str(wall.port)}
        )
        hub = Hub(Shelf())
        pump, ear = asyncio.create_task(hub.pump()), asyncio.create_task(listening.listen(hub))
        try:
            client, _ = join(hub, (DESK, 0))
            await until(lambda: wall.lines == 1)
            await asyncio.sleep(0.5)
            await asyncio.to_thread(notify, "desk:1")
            await until(lambda: len(client.events("region")) == 1)
            staff, stream = join(hub, (DESK, 0))
            stream.member_id = 5
            wall.forget()
            with suppress(TimeoutError):
                await until(lambda: staff.ended, within=3)
            await asyncio.sleep(0.5)
            await asyncio.to_thread(notify, "desk:1")
            with suppress(TimeoutError):
                await until(lambda: len(client.events("region")) == 2, within=1.5)
            assert (len(client.events("region")) == 2) is is_asked
            assert staff.ended is is_asked, "whose right ended meanwhile, nobody told us"
        finally:
            for task in (ear, pump):
                task.cancel()
            await asyncio.wait_for(asyncio.gather(ear, pump, return_exceptions=True), 5)
            await wall.close()

    asyncio.run(scene())


@pytest.mark.parametrize("tries", [2, 1])
def test_a_sender_whose_line_was_cut_while_it_slept_is_heard_at_once(
    monkeypatch: pytest.MonkeyPatch, tries: int
) -> None:
    sent = Bell._sent
    if tries == 1:
        monkeypatch.setattr(
            Bell, "_sent", lambda self, sender, topics: sent(self, sender, topics) if sender or not lines else None
        )
    lines: list[Any] = []
    with psycopg.connect(**connection_parameters(), autocommit=True) as ear:
        ear.execute(f"LISTEN {CHANNEL}")
        wake("desk:1")
        assert [notice.payload for notice in ear.notifies(timeout=2, stop_after=1)] == ["desk:1"]
        found = ear.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE '%pg_notify%' AND pid <> pg_backend_pid()"
        ).fetchall()
        assert found
        lines.append(1)
        wake("member:5")
        heard = [notice.payload for notice in ear.notifies(timeout=1, stop_after=1)]
        assert heard == (["member:5"] if tries == 2 else [])
    connection.close()
