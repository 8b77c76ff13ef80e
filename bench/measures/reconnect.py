"""Two thousand open pages lose their stream at once and come back at once: seconds until each has its current state.

While they are away, every order changes, and in every conversation three messages are written. A page has its state
when its stream, opened where it had stopped, tells it to read again; a conversation, when each of the three came once
and in order. Nobody waits politely: browsers would spread over some seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime

from django.db import connection, transaction
from django.utils import timezone

from bench import world
from bench.crowd import crowd, waiting
from bench.load.stream_client import Crowd, Event
from bench.measures.streams import BARE, STREAMS, more_files
from bench.report import Figure, median_of
from bench.site import Site, free_port
from bench.talks import Talk, analysts, forget, missed_meanwhile, talks
from seguripago.foundations.facts.queries import order_version
from seguripago.journey.orders.queries import access_token
from seguripago.journey.payments.commands import claim_transfer
from seguripago.web.live.tickets import topic_of
from seguripago.web.live.topics import write_cursors

ROUNDS = 3
MISSED = 3
CONNECTING = 500
"""Connections that are being opened at the same time: the listening queue of a server is not endless."""
PATIENCE_S = 120


def measure(site: Site, *, fast: bool) -> list[Figure]:
    more_files()
    store = world.demo_store(site.store_slug)
    orders = [order_id for order_id, _, _ in waiting(crowd(store.id, open_payments=STREAMS), STREAMS)]
    topics = [[f"order:{access_token(order_id)}"] for order_id in orders]
    before = site.cpu_s(site.live_pid)
    rounds = 1 if fast else ROUNDS
    taken = [asyncio.run(_storm(site, orders, topics, turn)) for turn in range(rounds)]
    cpu = (site.cpu_s(site.live_pid) - before) / rounds
    notes = f"{STREAMS} streams of {STREAMS} orders, {CONNECTING} at a time; {cpu:.1f} s of CPU of the streams' process"
    floor = _floor()
    caught_up = _conversations(site, rounds)
    missed = f"{STREAMS} conversations, {MISSED} messages missed in each: none lost, doubled or out of order"
    return [
        Figure("reconnect_storm_s", median_of(taken), "s", "lower", STREAMS * rounds, floor, notes),
        Figure("chat_reconnect_storm_s", median_of(caught_up), "s", "lower", STREAMS * rounds, floor, missed),
    ]


def _conversations(site: Site, rounds: int) -> list[float]:
    store = world.demo_store(site.store_slug)
    crowd = talks(store.id, analysts(store.id, 10), STREAMS)
    try:
        return [asyncio.run(_chat_storm(site, crowd)) for _ in range(rounds)]
    finally:
        forget(crowd)


async def _chat_storm(site: Site, crowd: Sequence[Talk]) -> float:
    """Open all, cut all, let three messages be written in each, come back; seconds until everybody has the three."""
    loop = asyncio.get_running_loop()
    topics = [[topic_of(talk.id, at=timezone.now())] for talk in crowd]
    cursors = [write_cursors([talk.seen]) for talk in crowd]
    before = await Crowd.open(
        site.host, site.live_port, topics, after=cursors, on_event=lambda place, event: None, connecting=CONNECTING
    )
    await asyncio.sleep(1)
    before.cut()
    await loop.run_in_executor(None, missed_meanwhile, crowd, MISSED)
    await asyncio.sleep(3)
    heard: list[list[int]] = [[] for _ in crowd]
    left, everyone = MISSED * len(crowd), asyncio.Event()

    def hear(place: int, event: Event) -> None:
        nonlocal left
        if event.name == "entries":
            seqs = [entry["seq"] for entry in event.data["entries"]]
            heard[place] += seqs
            left -= len(seqs)
            if left <= 0:
                everyone.set()

    start = time.perf_counter()
    back = await Crowd.open(site.host, site.live_port, topics, after=cursors, on_event=hear, connecting=CONNECTING)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(everyone.wait(), PATIENCE_S)
    taken = time.perf_counter() - start
    await asyncio.sleep(1)
    await back.close()
    wrong = sum(
        seqs != list(range(talk.seen + 1, talk.seen + 1 + MISSED)) for talk, seqs in zip(crowd, heard, strict=True)
    )
    if wrong:
        raise RuntimeError(f"{wrong} conversations lost, doubled or disordered messages")
    for talk in crowd:
        talk.seen += MISSED
    return taken


async def _storm(site: Site, orders: Sequence[int], topics: Sequence[Sequence[str]], turn: int) -> float:
    """Open all, cut all, let every order change, come back; seconds from the first knock to the last news."""
    loop = asyncio.get_running_loop()
    known = await loop.run_in_executor(None, _versions, orders)
    cursors = [write_cursors([known[order_id]]) for order_id in orders]
    crowd_ = await Crowd.open(
        site.host, site.live_port, topics, after=cursors, on_event=lambda place, event: None, connecting=CONNECTING
    )
    await asyncio.sleep(1)
    crowd_.cut()
    await loop.run_in_executor(None, _change, orders, turn)
    await asyncio.sleep(3)
    told: set[int] = set()
    everyone = asyncio.Event()

    def hear(place: int, event: Event) -> None:
        if event.name == "region":
            told.add(place)
            if len(told) == len(orders):
                everyone.set()

    start = time.perf_counter()
    back = await Crowd.open(site.host, site.live_port, topics, after=cursors, on_event=hear, connecting=CONNECTING)
    try:
        await asyncio.wait_for(everyone.wait(), PATIENCE_S)
    except TimeoutError:
        raise RuntimeError(f"{len(orders) - len(told)} streams were told nothing in {PATIENCE_S} s") from None
    taken = time.perf_counter() - start
    await back.close()
    return taken


def _versions(orders: Sequence[int]) -> dict[int, int]:
    try:
        return order_version(orders)
    finally:
        connection.close()


def _change(orders: Sequence[int], turn: int) -> None:
    """Every buyer says «Ya transferí»: one more fact for each order."""
    at = datetime.now(UTC)
    try:
        with transaction.atomic():
            for order_id in orders:
                claim_transfer(order_id, bank="BBVA", date=date.today(), tracking_key=f"VUELTA{turn}", at=at)  # noqa: DTZ011
    finally:
        connection.close()


def _floor() -> float:
    """Seconds in which as many bare sockets are opened and greeted by a bare asyncio server."""
    port = free_port()
    server = subprocess.Popen([sys.executable, "-c", BARE, str(port)])
    try:
        return asyncio.run(_knock(port))
    finally:
        server.terminate()
        server.wait()


async def _knock(port: int) -> float:
    doors = asyncio.Semaphore(CONNECTING)
    held: list[asyncio.StreamWriter] = []

    async def one() -> None:
        async with doors:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            held.append(writer)
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await reader.readuntil(b"event: a\n")

    for _ in range(100):
        try:
            await one()
            break
        except OSError:
            await asyncio.sleep(0.1)
    start = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(STREAMS)))
    taken = time.perf_counter() - start
    for writer in held:
        writer.close()
    return taken
