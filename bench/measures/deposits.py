"""From the bank's notice to the buyer's screen, while at least two hundred order pages are open.

A page is what a browser does: one open stream and, at each wake-up, the fragment read again. A deposit is on screen
when the page holds a fragment that says the order is paid.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from bench import floors, world
from bench.load.http_client import Client
from bench.load.stream_client import OpenStream
from bench.report import Figure, percentile
from bench.site import Site
from seguripago.adapters.bank_feeds.sandbox import SandboxTransfer, SignedNotice, signed_notice
from seguripago.foundations.stores.queries import feed_secrets
from seguripago.web.live.topics import write_cursors

RATES = (20, 50)
PAID = b'data-state="p'  # paid or preparing; an order that waits says data-state="verified"


def measure(site: Site, *, fast: bool) -> list[Figure]:
    """The last rate is the aim; the first says what an unhurried machine answers."""
    store = world.demo_store(site.store_slug)
    secret = feed_secrets(store.id)["sandbox"]
    figures = []
    for rate in RATES:
        count = max(200, rate * (8 if fast else 30))
        orders = world.awaited(store.id, world.plenty(store.id), count)
        before = {name: site.cpu_s(pid) for name, pid in _parts(site).items()}
        taken = asyncio.run(_run(site, store.hook_key, secret, orders, rate))
        spent = {name: (site.cpu_s(pid) - before[name]) * 1000 / count for name, pid in _parts(site).items()}
        floor_p50, floor_p99 = floors.commit_and_notify_ms(count=500)
        cpu = ", ".join(f"{name} {spent[name]:.1f}" for name in spent)
        notes = f"{rate}/s, {count} open pages; ms of CPU per deposit: {cpu}"
        suffix = "" if rate == RATES[-1] else f"_at_{rate}_per_s"
        p50, p99 = percentile(taken, 0.5), percentile(taken, 0.99)
        figures.append(Figure(f"deposit_to_screen_p50_ms{suffix}", p50, "ms", "lower", count, floor_p50, notes))
        figures.append(Figure(f"deposit_to_screen_p99_ms{suffix}", p99, "ms", "lower", count, floor_p99))
    return figures


def _parts(site: Site) -> dict[str, int]:
    return {"web": site.web_pid, "live": site.live_pid, "worker": site.worker_pid}


async def _run(site: Site, hook_key: str, secret: str, orders: Sequence[world.Awaited], rate: int) -> list[float]:
    """Open every page, then pay one after another at `rate`; give milliseconds of each."""
    pages = [await opened(site, order) for order in orders]
    await asyncio.sleep(2)
    bank = [Client(site.host, site.web_port) for _ in range(8)]
    taken: list[float] = []
    start = time.perf_counter()

    async def pay(place: int) -> None:
        page = pages[place]
        sent_at = time.perf_counter()
        notice = _notice(orders[place], secret, place)
        client = bank[place % len(bank)]
        async with page.bank_lock(client):
            answer = await client.post(f"/hooks/bank/sandbox/{hook_key}/", notice.body, notice.headers)
        if answer.status != 200:
            raise RuntimeError(f"the hook answered {answer.status}")
        seen_at = await asyncio.wait_for(page.paid, 60)
        taken.append((seen_at - sent_at) * 1000)

    payments = []
    for place in range(len(orders)):
        pause = start + place / rate - time.perf_counter()
        if pause > 0:
            await asyncio.sleep(pause)
        payments.append(asyncio.create_task(pay(place)))
    await asyncio.gather(*payments)
    for page in pages:
        await page.close()
    return taken


class Page:
    """An open order page; `paid` is done with the moment at which it shows that the order is paid."""

    locks: dict[Client, asyncio.Lock] = {}

    def __init__(self, site: Site, order: world.Awaited, stream: OpenStream) -> None:
        self._client = Client(site.host, site.web_port)
        self._order = order
        self._stream = stream
        self.paid: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._look())

    def bank_lock(self, client: Client) -> asyncio.Lock:
        """The bank's connections are shared; requests on one of them go one after another."""
        return self.locks.setdefault(client, asyncio.Lock())

    async def _look(self) -> None:
        async for event in self._stream:
            if event.name != "region":
                continue
            answer = await self._client.get(f"/pedido/{self._order.token}/estado/")
            if PAID in answer.body and not self.paid.done():
                self.paid.set_result(time.perf_counter())

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self._stream.close()
        await self._client.close()


async def opened(site: Site, order: world.Awaited) -> Page:
    after = write_cursors([order.version])
    stream = await OpenStream.open(site.host, site.live_port, [f"order:{order.token}"], after=after)
    return Page(site, order, stream)


def _notice(order: world.Awaited, secret: str, place: int) -> SignedNotice:
    at = datetime.now(UTC)
    transfer = SandboxTransfer(
        bank_id=place + 1,
        clabe=order.clabe,
        amount_text=order.amount,
        tracking_key=f"BENCH{order.order_id:010d}",
        operation_date=at.date(),
        settled_at=at,
    )
    return signed_notice(transfer, secret, message_id=f"msg_{order.order_id}", at=at)
