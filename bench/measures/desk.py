"""Switching the conversation at the desk: the server's time for the page, with a queue of 200 and 200 entries each."""

from __future__ import annotations

import asyncio
import html
import time
import uuid

from django.utils import timezone

from bench import world
from bench.load.http_client import Client
from bench.measures.chat import FRAGMENT
from bench.report import Figure, percentile
from bench.site import Site, postmaster
from bench.talks import Talk, analysts, forget, talks
from seguripago.journey.assistance import commands

QUEUE = 200
ENTRIES = 200
OPENED = 4
"""Conversations between which the analyst goes back and forth."""


def measure(site: Site, *, fast: bool) -> list[Figure]:
    store = world.demo_store(site.store_slug)
    crowd = talks(store.id, analysts(store.id, 1), QUEUE)
    for talk in crowd[:OPENED]:
        _talk_long(talk)
    count = 50 if fast else 200
    before = site.cpu_s(site.web_pid) + site.cpu_s(postmaster())
    pages, queues, panels = asyncio.run(_switch(site, crowd[:OPENED], count))
    spent = (site.cpu_s(site.web_pid) + site.cpu_s(postmaster()) - before) * 1000 / count
    forget(crowd)
    notes = f"queue of {QUEUE}, {ENTRIES} entries; with its fragments {spent:.0f} ms of CPU, PostgreSQL included"
    return [
        Figure("desk_switch_p50_ms", percentile(pages, 0.5), "ms", "lower", count, None, notes),
        Figure("desk_switch_p99_ms", percentile(pages, 0.99), "ms", "lower", count),
        Figure("desk_queue_p50_ms", percentile(queues, 0.5), "ms", "lower", count, None, "the queue read again"),
        Figure("desk_panel_p50_ms", percentile(panels, 0.5), "ms", "lower", count, None, "the order panel read again"),
    ]


def _talk_long(talk: Talk) -> None:
    """Buyer and analyst in turn, until there are as many entries as the desk shows."""
    for turn in range(talk.seen, ENTRIES):
        at, told = timezone.now(), {"client_id": uuid.uuid4()}
        if turn % 2:
            commands.reply(talk.id, talk.analyst.user_id, f"Respuesta {turn} para ti", seen_seq=ENTRIES, at=at, **told)
        else:
            commands.say(talk.id, f"Otra pregunta, la {turn}, sobre mi pedido", at=at, **told)


async def _switch(site: Site, crowd: list[Talk], count: int) -> tuple[list[float], list[float], list[float]]:
    """One request after another over one connection: milliseconds of pages, queues and panels."""
    client = Client(site.host, site.web_port)

    async def timed(path: str, cookie: str) -> tuple[float, bytes]:
        start = time.perf_counter()
        answer = await client.get(path, {"Cookie": cookie})
        if answer.status not in {200, 204}:
            raise RuntimeError(f"{path}: {answer.status}")
        return (time.perf_counter() - start) * 1000, answer.body

    pages, queues, panels = [], [], []
    for number in range(count + 10):
        talk = crowd[number % len(crowd)]
        cookie = talk.analyst.cookie
        page, body = await timed(f"/mesa/{talk.id}/", cookie)
        if body.count(b"data-seq=") < ENTRIES - 1:
            raise RuntimeError(f"{body.count(b'data-seq=')} entries on the page")
        fragments = [html.unescape(found.decode()).split("v=")[0] for found in FRAGMENT.findall(body)]
        again = {path: (await timed(path, cookie))[0] for path in fragments}
        if number >= 10:
            pages.append(page)
            queues += [ms for path, ms in again.items() if "/cola/" in path]
            panels += [ms for path, ms in again.items() if "/pedido/" in path]
    await client.close()
    return pages, queues, panels
