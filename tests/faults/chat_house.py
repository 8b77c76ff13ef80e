"""The chat's site: pages, streams and worker as children, on a database with desks and conversations."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil
import psycopg

from seguripago.config.up_children import die_with_parent
from tests.faults.house import OWN, READY_S, ROOT, House, Site, Stage

HOST = "127.0.0.1"
LISTENERS = "datname = current_database() AND query LIKE 'LISTEN%'"


@dataclass(frozen=True, slots=True)
class Desk:
    """A person at the desk: the cookies of the browser."""

    user_id: int
    cookie: str


@dataclass(frozen=True, slots=True)
class Widget:
    """A buyer's browser with its conversation. `analyst` is who is responsible."""

    id: int
    code: str
    cookie: str
    address: str
    analyst: int


@dataclass(frozen=True, slots=True)
class ChatStage:
    """A database with a store whose desk attends conversations; the first desks are supervisors'."""

    stage: Stage
    slug: str
    desks: tuple[Desk, ...]
    widgets: tuple[Widget, ...]


def chat_stage(house: House, *, widgets: int, desks: int, supervisors: int = 2) -> ChatStage:
    """Made by the rooms' own commands and copied rows, in a process of its own."""
    url = house._new("chat")
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.chat_stage", str(widgets), str(desks), str(supervisors)],
        env=house.environment(url), cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    return ChatStage(
        Stage(url, 0, "", "", ()),
        said["slug"],
        tuple(Desk(**desk) for desk in said["desks"]),
        tuple(Widget(**talk) for talk in said["talks"]),
    )


class ChatSite(Site):
    """Pages on `port`, streams on `live_port` (several processes may share it), the worker."""

    def __init__(self, house: House, stage: ChatStage) -> None:
        super().__init__(house, stage.stage)
        self.live_port = self.port + 1

    def start(self, part: str) -> None:
        """Start a part. `live two` and `web two` are one more process at the same port, as in a deploy."""
        words: tuple[str, ...] = ("worker",)
        if part.startswith("live"):
            words = ("live", "--port", str(self.live_port), "--reuse-port")
        elif part.startswith("web"):
            words = ("web", "--port", str(self.port), "--workers", "2", "--threads", "4")
        environment = self.house.environment(self.stage.url, port=self.port)
        with self._log.open("ab") as out:
            self._running[part] = subprocess.Popen(
                [*OWN, *words], env=environment, stdout=out, stderr=out, stdin=subprocess.DEVNULL,
                start_new_session=True, preexec_fn=die_with_parent,
            )  # fmt: skip
        self._groups.add(self._running[part].pid)

    async def kill(self, victim: str, rng: random.Random) -> str:
        """kill -9 and start again; `listeners` are the database's ends of the connections that hear wake-ups."""
        if victim == "listeners":
            return f"{self.deafen()} listening connections"
        if victim.startswith("live"):
            process = self._running[victim]
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            self.start(victim)
            return f"{victim} {process.pid}"
        return await super().kill(victim, rng)

    def deafen(self) -> int:
        with psycopg.connect(self.stage.url, autocommit=True) as connection:
            found = connection.execute(
                f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE {LISTENERS}"
            ).fetchone()
        return int(found[0]) if found else 0

    def ask_to_end(self, part: str) -> subprocess.Popen[bytes]:
        """SIGTERM, as a deploy does."""
        process = self._running.pop(part)
        process.terminate()
        return process

    def listens(self, part: str) -> bool:
        """Whether a process of this part takes connections already."""
        ours = psutil.Process(self._running[part].pid)
        ends = [each for one in (ours, *ours.children()) for each in one.net_connections()]
        return any(each.status == psutil.CONN_LISTEN for each in ends)

    def wait_for_streams(self) -> None:
        until = time.monotonic() + READY_S
        while True:
            try:
                socket.create_connection((HOST, self.live_port), timeout=0.3).close()
                return
            except OSError:
                assert time.monotonic() < until, f"no streams:\n{self.log()}"
                time.sleep(0.1)


@contextmanager
def chatting(house: House, stage: ChatStage, *, streams: tuple[str, ...] = ("live",)) -> Iterator[ChatSite]:
    """Pages, streams and worker until the block ends."""
    site = ChatSite(house, stage)
    try:
        for part in ("web", "worker", *streams):
            site.start(part)
        site.wait_until_ready()
        site.wait_for_streams()
        yield site
    finally:
        site.stop()
