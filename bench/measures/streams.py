"""Memory of an open stream: two thousand of them on one process, beside bare sockets held by asyncio."""

from __future__ import annotations

import asyncio
import os
import resource
import subprocess
import sys
import time

import psutil

from bench import world
from bench.load.stream_client import Crowd
from bench.report import Figure
from bench.site import Site, with_fresh_streams

STREAMS = 2000

BARE = """
import asyncio, sys
async def hold(reader, writer):
    await reader.readuntil(b"\\r\\n\\r\\n")
    writer.write(b"HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n13\\r\\nevent: a\\ndata: {}\\n\\n\\r\\n")
    await asyncio.sleep(3600)
async def main():
    server = await asyncio.start_server(hold, "127.0.0.1", int(sys.argv[1]), backlog=4096)
    await server.serve_forever()
asyncio.run(main())
"""


def more_files() -> None:
    """Let this process hold a socket for every stream, twice."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, STREAMS * 2 + 400)), hard))


def measure(site: Site, *, fast: bool) -> list[Figure]:
    more_files()
    store = world.demo_store(site.store_slug)
    orders = world.awaited(store.id, world.plenty(store.id), 50)
    topics = [[f"order:{orders[place % len(orders)].token}"] for place in range(STREAMS)]
    with with_fresh_streams(site) as fresh:
        grown, seconds = asyncio.run(_grow(fresh, topics))
    floor = _bare_sockets()
    notes = f"{STREAMS} streams opened in {seconds:.1f} s on one process"
    return [Figure("stream_kib", grown / STREAMS, "KiB", "lower", STREAMS, floor, notes)]


async def _grow(site: Site, topics: list[list[str]]) -> tuple[float, float]:
    warm = await Crowd.open(site.host, site.live_port, topics[:50], on_event=lambda place, event: None)
    await warm.close()
    await asyncio.sleep(1)
    before, start = site.rss_kib(site.live_pid), time.perf_counter()
    crowd = await Crowd.open(site.host, site.live_port, topics, on_event=lambda place, event: None)
    seconds = time.perf_counter() - start
    await asyncio.sleep(2)
    grown = site.rss_kib(site.live_pid) - before
    ended = crowd.ended()
    await crowd.close()
    if ended:
        raise RuntimeError(f"{ended} streams ended early")
    return grown, seconds


def _bare_sockets() -> float:
    """KiB for each connection that a bare asyncio server holds."""
    port = 30000 + os.getpid() % 2000
    server = subprocess.Popen([sys.executable, "-c", BARE, str(port)])
    try:
        return asyncio.run(_bare(port, server.pid))
    finally:
        server.terminate()
        server.wait()


async def _bare(port: int, pid: int) -> float:
    for _ in range(50):
        try:
            await asyncio.open_connection("127.0.0.1", port)
            break
        except OSError:
            await asyncio.sleep(0.1)
    before = psutil.Process(pid).memory_info().rss / 1024
    held = []
    for _ in range(STREAMS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        held.append((reader, writer))
    await asyncio.sleep(1)
    grown = psutil.Process(pid).memory_info().rss / 1024 - before
    for _, writer in held:
        writer.close()
    return grown / STREAMS
