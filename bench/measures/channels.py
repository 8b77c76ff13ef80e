"""The same work on Django Channels, in the same run: delivery, memory of a connection, and what a reconnect loses.

Two thousand WebSockets, a hundred messages a second, half of them buyers' and half analysts', kept in copies of the
product's tables under the same row lock. Channels runs as its documentation says: an ASGI server with as many processes
as there are cores, joined by Redis. Its packages are installed in an environment of their own, pinned by their hashes,
Redis is unpacked beside them from Debian's package where it is not installed; neither ever touches the product. Without
Redis there is one process with the layer in memory, and the notes say so.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
from django.db import connection

from bench import world
from bench.load.socket_crowd import SocketCrowd
from bench.measures.chat import OPEN_AT_DESK, RATE, STREAMS, Posts, paced
from bench.measures.streams import more_files
from bench.report import Figure, percentile
from bench.site import Site, free_port
from bench.talks import Talk, analysts, forget, talks

HERE = Path(__file__).parent.parent / "django_channels"
CACHE = Path(".data/bench-channels").absolute()
DEBIAN = (
    "redis-server",
    "redis-tools",
    "libjemalloc2",
    "liblua5.1-0",
    "libatomic1",
    "liblzf1",
    "lua-cjson",
    "lua-bitop",
)
LOST_AFTER_S = 10
AWAY = 200
MISSED = 3


def measure(site: Site, *, fast: bool) -> list[Figure]:
    """Nothing but a sentence when the packages cannot be had."""
    more_files()
    try:
        python = _environment()
    except (OSError, subprocess.SubprocessError) as error:
        print(f"  Django Channels was not measured, it could not be installed: {error}", file=sys.stderr)
        return []
    store = world.demo_store(site.store_slug)
    crowd = talks(store.id, analysts(store.id, 1), STREAMS - OPEN_AT_DESK)
    forget(crowd)
    _copy_tables()
    with ExitStack() as stack:
        redis = stack.enter_context(_redis())
        server, port = stack.enter_context(_server(python, redis))
        count = RATE * (10 if fast else 40)
        taken, lost, kib, cpu = asyncio.run(_deliver(server, port, crowd, count))
        missed = asyncio.run(_come_back(port, crowd[:AWAY]))
    layer = f"{os.cpu_count()} processes, channels_redis" if redis else "1 process, layer in memory: no Redis here"
    notes = f"{RATE} messages/s, {STREAMS} WebSockets, {layer}; no HTML drawn, no desk read again"
    kept = "messages written while their screens were away; it keeps none, the application would have to"
    return [
        Figure("channels_delivery_p50_ms", percentile(taken, 0.5), "ms", "lower", count, None, notes),
        Figure("channels_delivery_p99_ms", percentile(taken, 0.99), "ms", "lower", count),
        Figure("channels_lost", lost, "messages", "lower", count, None, "of those, with every screen there"),
        Figure("channels_connection_kib", kib, "KiB", "lower", STREAMS),
        Figure("channels_cpu_ms_per_message", cpu, "ms", "lower", count, None, "its server's processes alone"),
        Figure("channels_lost_on_reconnect_percent", missed, "%", "lower", AWAY * MISSED, None, kept),
    ]


def _environment() -> Path:
    """The environment's Python, made on first use and again when the pinned packages change."""
    pins, python = HERE / "requirements.txt", CACHE / "venv" / "bin" / "python"
    done = CACHE / "installed.txt"
    if not done.exists() or done.read_text() != pins.read_text():
        subprocess.run([sys.executable, "-m", "venv", "--clear", CACHE / "venv"], check=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        subprocess.run([*install, "-r", pins], check=True, capture_output=True)
        done.write_text(pins.read_text())
    return python


@contextmanager
def _redis() -> Iterator[str]:
    """A Redis of its own, without a file; an empty text where there is none."""
    program = shutil.which("redis-server") or _unpacked()
    if not program:
        yield ""
        return
    port = free_port()
    libraries = os.environ | {"LD_LIBRARY_PATH": str(CACHE / "redis/usr/lib" / f"{os.uname().machine}-linux-gnu")}
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    server = subprocess.Popen(command, env=libraries, **silent)
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait()


def _unpacked() -> str:
    """Debian's Redis, downloaded and unpacked where nothing of the system sees it."""
    folder = CACHE / "redis"
    program = folder / "usr/bin/redis-server"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        try:
            subprocess.run(["apt-get", "download", "-q", *DEBIAN], cwd=folder, check=True, capture_output=True)
            for package in folder.glob("*.deb"):
                subprocess.run(["dpkg-deb", "-x", package, folder], check=True)
        except (OSError, subprocess.SubprocessError):
            return ""
    return str(program) if program.exists() else ""


@contextmanager
def _server(python: Path, redis: str) -> Iterator[tuple[psutil.Process, int]]:
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")} | {
        "BENCH_DATABASE_URL": os.environ["DATABASE_URL"],
        "BENCH_LAYER": "redis" if redis else "memory",
        "BENCH_REDIS_URL": redis,
        "PYTHONPATH": str(HERE),
    }
    workers = str(os.cpu_count() or 1) if redis else "1"
    with (CACHE / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [python, "-m", "uvicorn", "chat_app:application", "--port", str(port), "--workers", workers,
             "--log-level", "warning", "--no-access-log", "--lifespan", "off"],
            env=environment, cwd=HERE, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        asyncio.run(_answers(port))
        yield psutil.Process(server.pid), port
    finally:
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(10)
        for one in psutil.Process(server.pid).children(recursive=True) if server.poll() is None else ():
            one.kill()
        server.kill()
        server.wait()


async def _answers(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            await asyncio.sleep(2)
            return
        await asyncio.sleep(0.2)
    raise RuntimeError((CACHE / "server.log").read_text()[-2000:])


def _copy_tables() -> None:
    with connection.cursor() as cursor:
        for name in ("conversation", "entry"):
            cursor.execute(f"DROP TABLE IF EXISTS channels_{name}")
            cursor.execute(f"CREATE TABLE channels_{name} (LIKE assistance_{name} INCLUDING ALL)")
            cursor.execute(f"INSERT INTO channels_{name} SELECT * FROM assistance_{name}")
            cursor.execute(f"SELECT max(id) + 1 FROM channels_{name}")
            cursor.execute(f"ALTER TABLE channels_{name} ALTER COLUMN id RESTART WITH {cursor.fetchone()[0]}")
            cursor.execute(f"ANALYZE channels_{name}")


def _processes(server: psutil.Process) -> tuple[float, float]:
    """Memory in KiB and processor seconds of the server with its children."""
    every = [server, *server.children(recursive=True)]
    times = [one.cpu_times() for one in every]
    return sum(one.memory_info().rss for one in every) / 1024, sum(one.user + one.system for one in times)


def _paths(crowd: list[Talk], author: str) -> list[str]:
    return [f"/?token={talk.token}&as={author}" for talk in crowd]


async def _deliver(
    server: psutil.Process, port: int, crowd: list[Talk], count: int
) -> tuple[list[float], int, float, float]:
    posts = Posts()

    def hear(screen: str) -> SocketCrowd:
        def on_text(place: int, text: str, at: float) -> None:
            is_buyers = '"author": "buyer"' in text
            if screen == "desk" or place >= OPEN_AT_DESK or not is_buyers:
                posts.saw(text, at)

        return on_text

    warm = await SocketCrowd.open("127.0.0.1", port, _paths(crowd[:50], "buyer"), on_text=hear("none"))
    warm.cut()
    await asyncio.sleep(1)
    before, _ = _processes(server)
    buyers = await SocketCrowd.open("127.0.0.1", port, _paths(crowd, "buyer"), on_text=hear("buyer"))
    desks = await SocketCrowd.open("127.0.0.1", port, _paths(crowd[:OPEN_AT_DESK], "analyst"), on_text=hear("desk"))
    await asyncio.sleep(2)
    grown, begun = _processes(server)
    kib = (grown - before) / STREAMS
    others = len(crowd) - OPEN_AT_DESK

    async def one(number: int) -> float:
        """As the product is asked: of four messages two are an analyst's, and one a buyer's whom a desk watches."""
        turn = number // 4
        if number % 2 == 0:
            socket = desks.sockets[number // 2 % OPEN_AT_DESK]
        elif number % 4 == 1:
            socket = buyers.sockets[turn % OPEN_AT_DESK]
        else:
            socket = buyers.sockets[OPEN_AT_DESK + turn % others]
        mark, seen = posts.await_mark()
        socket.say(json.dumps({"text": mark, "client_id": str(uuid.uuid4())}))
        try:
            return await asyncio.wait_for(seen, LOST_AFTER_S)
        except TimeoutError:
            return float("inf")

    taken = await paced(one, count, RATE)
    spent = (_processes(server)[1] - begun) * 1000 / count
    if buyers.lost + desks.lost:
        raise RuntimeError(f"{buyers.lost + desks.lost} WebSockets ended early")
    buyers.cut()
    desks.cut()
    arrived = [each for each in taken if each != float("inf")]
    return arrived, len(taken) - len(arrived), kib, spent


async def _come_back(port: int, crowd: list[Talk]) -> float:
    """Percent of the messages written while the buyers' screens were away that never came to them afterwards."""
    heard: set[str] = set()

    def on_text(place: int, text: str, at: float) -> None:
        heard.add(json.loads(text)["text"])

    desks = await SocketCrowd.open("127.0.0.1", port, _paths(crowd, "analyst"), on_text=lambda *_: None)
    gone = await SocketCrowd.open("127.0.0.1", port, _paths(crowd, "buyer"), on_text=on_text)
    await asyncio.sleep(1)
    gone.cut()
    await asyncio.sleep(1)
    said = [(desk, f"ausente {uuid.uuid4().hex}") for desk in desks.sockets for _ in range(MISSED)]
    for desk, text in said:
        desk.say(json.dumps({"text": text, "client_id": str(uuid.uuid4())}))
        await asyncio.sleep(0.005)
    await asyncio.sleep(2)
    back = await SocketCrowd.open("127.0.0.1", port, _paths(crowd, "buyer"), on_text=on_text)
    await asyncio.sleep(3)
    back.cut()
    desks.cut()
    return sum(text not in heard for _, text in said) / len(said) * 100
