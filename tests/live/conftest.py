"""The streams' own server, a real one, beside the test's database."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

import psutil
import pytest
from django.conf import settings
from django.db import connection

from bench.load.stream_client import Event, OpenStream
from tests.ports import free_port

START_LIMIT_S = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A uvicorn that serves /live/ alone."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def memory(self) -> psutil.Process:
        return psutil.Process(self.process.pid)

    async def open(self, *topics: str, after: str = "", last_id: str = "", cookie: str = "") -> OpenStream:
        return await OpenStream.open("127.0.0.1", self.port, topics, after=after, last_id=last_id, cookie=cookie)


_ears: list[Ear] = []


class Ear:
    """Collects the events of one stream in the background."""

    def __init__(self, stream: OpenStream) -> None:
        self.stream = stream
        self.events: list[Event] = []
        self.task = asyncio.create_task(self._hear())
        _ears.append(self)

    async def _hear(self) -> None:
        async for event in self.stream:
            self.events.append(event)

    def named(self, name: str) -> list[Event]:
        return [event for event in self.events if event.name == name]

    def seqs(self) -> list[int]:
        return [entry["seq"] for event in self.named("entries") for entry in event.data["entries"]]

    async def until(self, claim: Callable[[Ear], bool], within: float = 3.0) -> None:
        async with asyncio.timeout(within):
            while not claim(self):
                await asyncio.sleep(0.005)

    async def hang_up(self) -> None:
        self.task.cancel()
        await self.stream.close()


def played(scene: Callable[[], Awaitable[None]]) -> None:
    """Play a scene and hang up every ear afterwards."""

    async def run() -> None:
        try:
            await scene()
        finally:
            await asyncio.gather(*(ear.hang_up() for ear in _ears))
            _ears.clear()

    asyncio.run(run())


def start_server(application: str = "seguripago.web.live.app:application") -> Server:
    said = connection.settings_dict
    login = f"{said['USER']}:{said['PASSWORD']}" if said["PASSWORD"] else said["USER"]
    url = f"postgres://{login}@{said['HOST']}:{said['PORT']}/{said['NAME']}"
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", application, "--port", str(port), "--log-level", "warning"]
    command += ["--timeout-graceful-shutdown", "1"]
    # The same keys as this process, wherever its settings came from: what a test signs, the server must believe.
    same = {"DATABASE_URL": url, "SEGURIPAGO_SECRET_KEY": settings.SECRET_KEY}
    process = subprocess.Popen(command, env={**os.environ, **same})
    deadline = time.monotonic() + START_LIMIT_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=0.2).close()
            return Server(port, process)
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                raise
            time.sleep(0.05)


@pytest.fixture(scope="module")
def server(django_db_setup: None, django_db_blocker: object) -> Iterator[Server]:
    running = start_server()
    yield running
    running.process.terminate()
    assert running.process.wait(timeout=5) in (0, -15), "the server did not end by itself"
