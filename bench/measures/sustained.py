"""How many notices a second are taken, judged and confirmed for a minute, with two hundred order pages open.

Every notice is durable before its 200. A rate holds when every notice was answered with 200, every order was confirmed
exactly once and the pages among them showed it within half a second at the 99th percentile.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import psutil
from django.db import connection

from bench import floors, world
from bench.crowd import crowd, waiting
from bench.load.http_client import Client
from bench.measures.deposits import Page, opened
from bench.report import Figure, percentile
from bench.site import Site, postmaster
from seguripago.adapters.bank_feeds.sandbox import SandboxTransfer, SignedNotice, signed_notice
from seguripago.foundations.facts.queries import order_version
from seguripago.foundations.stores.queries import StoreView, feed_secrets
from seguripago.journey.orders.queries import access_token

AIM = 246
SECONDS = 60
PAGES = 200
CONNECTIONS = 16
GROWTH = 1.15
PATIENCE_S = 60
HOLDS_MS = 500


@dataclass(frozen=True, slots=True)
class Run:
    """What one rate gave; milliseconds. `on_screen` of the open pages, `confirmed` of all, by the database's times."""

    rate: int
    sent: int
    on_screen_p50: float
    on_screen_p99: float
    confirmed_p99: float
    behind_s: float
    follow_s: float
    cpu: dict[str, float]

    @property
    def holds(self) -> bool:
        return self.on_screen_p99 < HOLDS_MS


def measure(site: Site, *, fast: bool) -> list[Figure]:
    """The aim for a minute; then faster and faster for a shorter time, until a rate does not hold."""
    store = world.demo_store(site.store_slug)
    aim = _run(site, store, AIM, 10 if fast else SECONDS)
    best, rate = aim, AIM
    while not fast and best.holds:
        rate = int(rate * GROWTH)
        tried = _run(site, store, rate, 20)
        if not tried.holds:
            break
        best = tried
    floor = floors.commits_per_s()
    cpu = ", ".join(f"{name} {spent:.2f}" for name, spent in aim.cpu.items())
    notes = (
        f"{AIM}/s for {aim.sent // AIM} s: on screen p50 {aim.on_screen_p50:.0f} p99 {aim.on_screen_p99:.0f} ms,"
        f" confirmed p99 {aim.confirmed_p99:.0f} ms, all {aim.sent} once; the last one {aim.behind_s:.2f} s after its"
        f" notice, followers {aim.follow_s:.1f} s; {PAGES} open pages; ms of CPU per deposit: {cpu}"
    )
    held = float(best.rate) if best.holds else 0.0
    return [
        Figure("deposits_sustained_per_s", held, "1/s", "higher", aim.sent, floor, notes),
        Figure("deposits_sustained_p99_ms", aim.on_screen_p99, "ms", "lower", PAGES, None, f"at {AIM}/s"),
    ]


def _run(site: Site, store: StoreView, rate: int, seconds: int) -> Run:
    made = crowd(store.id, open_payments=rate * seconds)
    everyone = waiting(made, rate * seconds)
    secret = feed_secrets(store.id)["sandbox"]
    notices = [_notice(order_id, clabe, amount, secret) for order_id, clabe, amount in everyone]
    step = max(1, len(everyone) // PAGES)
    watched = {
        place: world.Awaited(order_id, access_token(order_id), clabe, amount, order_version([order_id])[order_id])
        for place, (order_id, clabe, amount) in enumerate(everyone)
        if place % step == 0
    }
    before = _cpu(site)
    on_screen = asyncio.run(_send(site, store.hook_key, notices, watched, rate))
    ids = [order_id for order_id, _, _ in everyone]
    behind = _wait_until(lambda: _confirmed(ids) == len(ids))
    spent = _cpu(site)
    cpu = {name: (spent[name] - before[name]) * 1000 / len(ids) for name in spent}
    _prove(ids)
    follow = _wait_until(lambda: _received(ids) == len(ids))
    return Run(
        rate,
        len(ids),
        percentile(on_screen, 0.5),
        percentile(on_screen, 0.99),
        _confirmed_p99(ids),
        behind,
        follow,
        cpu,
    )


async def _send(
    site: Site, hook_key: str, notices: Sequence[SignedNotice], watched: dict[int, world.Awaited], rate: int
) -> list[float]:
    """Send at `rate` whatever the answers take; give milliseconds from sending to the open page, for each page."""
    pages: dict[int, Page] = {place: await opened(site, order) for place, order in watched.items()}
    await asyncio.sleep(2)
    clients: asyncio.Queue[Client] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        clients.put_nowait(Client(site.host, site.web_port))
    sent_at: dict[int, float] = {}
    path = f"/hooks/bank/sandbox/{hook_key}/"

    async def send(place: int) -> None:
        sent_at[place] = time.perf_counter()
        client = await clients.get()
        answer = await client.post(path, notices[place].body, notices[place].headers)
        clients.put_nowait(client)
        if answer.status != 200:
            raise RuntimeError(f"the hook answered {answer.status}")

    start = time.perf_counter()
    sending = []
    for place in range(len(notices)):
        pause = start + place / rate - time.perf_counter()
        if pause > 0:
            await asyncio.sleep(pause)
        sending.append(asyncio.create_task(send(place)))
    await asyncio.gather(*sending)
    taken = []
    for place, page in pages.items():
        seen_at = await asyncio.wait_for(page.paid, PATIENCE_S)
        taken.append((seen_at - sent_at[place]) * 1000)
    for page in pages.values():
        await page.close()
    return taken


def _notice(order_id: int, clabe: str, amount: str, secret: str) -> SignedNotice:
    at = datetime.now(UTC)
    transfer = SandboxTransfer(
        bank_id=order_id,
        clabe=clabe,
        amount_text=amount,
        tracking_key=f"SUSTAINED{order_id:012d}",
        operation_date=at.date(),
        settled_at=at,
    )
    return signed_notice(transfer, secret, message_id=f"msg_{order_id}", at=at)


def _cpu(site: Site) -> dict[str, float]:
    """Processor seconds so far: pages, streams, the worker's two processes, the database, this load generator."""
    worker = psutil.Process(site.worker_pid)
    followers = sum(site.cpu_s(child.pid) for child in worker.children())
    own = os.times()
    return {
        "web": site.cpu_s(site.web_pid),
        "live": site.cpu_s(site.live_pid),
        "money": site.cpu_s(site.worker_pid) - followers,
        "followers": followers,
        "postgres": site.cpu_s(postmaster()),
        "load": own.user + own.system,
    }


def _ask(statement: str, ids: Sequence[int]) -> float:
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(ids)])
        return float(cursor.fetchone()[0])


def _confirmed(ids: Sequence[int]) -> int:
    return int(_ask("SELECT count(*) FROM payment WHERE order_id = ANY(%s) AND state = 'confirmed'", ids))


def _received(ids: Sequence[int]) -> int:
    return int(_ask("SELECT count(*) FROM receipt WHERE order_id = ANY(%s)", ids))


def _confirmed_p99(ids: Sequence[int]) -> float:
    statement = """
        SELECT percentile_cont(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM confirmed_at - received_at) * 1000)
        FROM payment WHERE order_id = ANY(%s)
    """
    return _ask(statement, ids)


def _prove(ids: Sequence[int]) -> None:
    """None lost, none twice: one deposit and one booking for each order."""
    deposits = "SELECT count(*) FROM deposit WHERE tracking_key LIKE 'SUSTAINED%%' AND clabe IN (SELECT clabe FROM transfer_instructions i JOIN payment p ON p.id = i.payment_id WHERE p.order_id = ANY(%s))"  # noqa: E501
    booked = "SELECT count(*) FROM posting WHERE account = 'due_to_buyer' AND subject IN (SELECT 'order:' || x FROM unnest(%s::bigint[]) AS x)"  # noqa: E501
    if _ask(deposits, ids) != len(ids) or _ask(booked, ids) != len(ids):
        raise RuntimeError("deposits were lost or doubled")


def _wait_until(done: object) -> float:
    began = time.perf_counter()
    while not done():  # type: ignore[operator]
        if time.perf_counter() - began > 10 * PATIENCE_S:
            raise RuntimeError("not done in time")
        time.sleep(0.1)
    return time.perf_counter() - began
