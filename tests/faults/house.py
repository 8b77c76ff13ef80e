"""The program as production runs it, to be killed: pages under granian, a worker, a durable PostgreSQL of its own.

    house    one cluster for all of these tests, fsync on; `house.stage(1000)` is a database with a store and orders
    site     pages and worker on that database: site.kill("worker", rng) ends it and starts it again

Whatever is killed is known by its pid, because the test started it.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import sql

from seguripago.config.cluster import borrowed, locate
from seguripago.config.up_children import die_with_parent
from tests.ports import two_free_ports

NAME = "faults-postgres"
READY_S = 60
ROOT = Path(__file__).resolve().parents[2]
OWN = (sys.executable, "-m", "seguripago.config.command_line")


@dataclass(frozen=True, slots=True)
class Waiting:
    """An order that waits for its transfer."""

    order_id: int
    clabe: str
    centavos: int


@dataclass(frozen=True, slots=True)
class Stage:
    """A database with a store and orders that wait; `hook_key` and `secret` are its bank's."""

    url: str
    store_id: int
    hook_key: str
    secret: str
    orders: tuple[Waiting, ...]


class House:
    """The cluster and its databases."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self.url = stack.enter_context(borrowed(folder, NAME, durable=True))
        self._made: list[str] = []

    def environment(self, url: str, *, port: int = 8000) -> dict[str, str]:
        """What a process of the program needs to know; nothing of the tests' own settings."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("SEGURIPAGO_", "DJANGO_"))}
        return kept | {
            "DATABASE_URL": url,
            "SEGURIPAGO_DEMO": "1",
            "SEGURIPAGO_SECRET_KEY": "only-for-tests-only-for-tests-only-for-tests-0123456789",
            "SEGURIPAGO_DATA_DIR": str(self.folder / "data"),
            "SEGURIPAGO_TRUSTED_PROXIES": "127.0.0.1",
            "DJANGO_SETTINGS_MODULE": "seguripago.config.settings",
            "PORT": str(port),
            "PYTHONUNBUFFERED": "1",
        }

    def stage(self, orders: int) -> Stage:
        """A database with the demo store and so many orders that wait, made by the rooms' own commands and copied."""
        url = self._new("stage")
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.stage", str(orders)],
            env=self.environment(url), cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        said = json.loads(done.stdout)
        waiting = tuple(Waiting(*each) for each in said["orders"])
        return Stage(url, said["store_id"], said["hook_key"], said["secret"], waiting)

    def copy(self, stage: Stage, name: str) -> Stage:
        """The very same database again."""
        url = self._new(name, template=stage.url.rsplit("/", 1)[1])
        return Stage(url, stage.store_id, stage.hook_key, stage.secret, stage.orders)

    def ask(self, url: str, *words: str) -> dict[str, Any]:
        """Run `seguripago … --json` and give its answer, also when it found something wrong."""
        done = subprocess.run(
            [*OWN, *words, "--json"],
            env=self.environment(url),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode in {0, 1}, f"seguripago {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}"
        said: dict[str, Any] = json.loads(done.stdout)
        return said

    def postmaster(self) -> int:
        """The pid of the server."""
        deed = locate(self.folder, NAME)
        assert deed is not None
        return int((Path(deed.home) / "data" / "postmaster.pid").read_text().split("\n")[0])

    def start_postgres(self) -> None:
        """Start the server again the way `up` does, whatever a kill left."""
        with borrowed(self.folder, NAME, durable=True) as url:
            assert url == self.url, "the server came back at another address"

    def drop(self, stage: Stage) -> None:
        """Forget a database, which somebody may still use."""
        self._server("DROP DATABASE IF EXISTS {} WITH (FORCE)", stage.url.rsplit("/", 1)[1])

    def _new(self, name: str, *, template: str = "template1") -> str:
        fresh = f"faults_{name}_{len(self._made)}"
        self._made.append(fresh)
        self._server("CREATE DATABASE {} TEMPLATE {}", fresh, template)
        return re.sub(r"/[^/]*$", f"/{fresh}", self.url)

    def _server(self, statement: str, *names: str) -> None:
        with psycopg.connect(re.sub(r"/[^/]*$", "/postgres", self.url), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


class Site:
    """Pages and worker on one database. `kill` ends what it names at once, `start` begins it again, nothing else."""

    PARTS = ("web", "worker")
    VICTIMS = ("web", "one of web", "worker", "one of worker", "postgres", "one of postgres")

    def __init__(self, house: House, stage: Stage) -> None:
        self.house, self.stage = house, stage
        self.port = two_free_ports()
        self._log = house.folder / f"{stage.url.rsplit('/', 1)[1]}.log"
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._groups: set[int] = set()

    @property
    def hook(self) -> str:
        return f"/hooks/bank/sandbox/{self.stage.hook_key}/"

    def start(self, part: str) -> None:
        """Start a part as a supervisor does after its death."""
        words = ("web", "--port", str(self.port), "--workers", "2", "--threads", "4") if part == "web" else ("worker",)
        with self._log.open("ab") as out:
            self._running[part] = subprocess.Popen(
                [*OWN, *words], env=self.house.environment(self.stage.url, port=self.port), stdout=out, stderr=out,
                stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=die_with_parent,
            )  # fmt: skip
        self._groups.add(self._running[part].pid)

    async def kill(self, victim: str, rng: random.Random) -> str:
        """kill -9, and start again what does not come back by itself; says which pid it was."""
        if victim in self.PARTS:
            process = self._running[victim]
            # All of the pages die at once; of the worker only the first process, as when memory runs out.
            (os.killpg if victim == "web" else os.kill)(process.pid, signal.SIGKILL)
            process.wait()
            # In this thread: the system ends a child together with the thread that started it.
            self.start(victim)
            return f"{victim} {process.pid}"
        if victim == "postgres":
            os.kill(parent := self.house.postmaster(), signal.SIGKILL)
            await asyncio.to_thread(self.house.start_postgres)
            return f"{victim} {parent}"
        family = victim.removeprefix("one of ")
        parent = self.house.postmaster() if family == "postgres" else self._running[family].pid
        with suppress(psutil.NoSuchProcess, ProcessLookupError):
            children = sorted(child.pid for child in psutil.Process(parent).children())
            if children:
                chosen = rng.choice(children)
                os.kill(chosen, signal.SIGKILL)
                return f"{victim} {chosen}"
        return f"{victim}: nobody there"

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def wait_until_ready(self) -> None:
        until = time.monotonic() + READY_S
        while not self.is_ready():
            assert time.monotonic() < until, f"the site does not answer:\n{self.log()}"
            time.sleep(0.1)

    def log(self) -> str:
        return self._log.read_text(errors="replace")[-6000:]

    def stop(self) -> None:
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(8)
        for group in self._groups:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        for process in self._running.values():
            process.wait()


@contextmanager
def running(house: House, stage: Stage) -> Iterator[Site]:
    """Pages and worker until the block ends."""
    site = Site(house, stage)
    try:
        for part in Site.PARTS:
            site.start(part)
        site.wait_until_ready()
        yield site
    finally:
        site.stop()
