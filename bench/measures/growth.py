"""What a hundred times more orders cost: a deposit, and an order page, among 10⁶ open payments and among 10⁴.

Both sizes are measured in the same run, by the same program, in a burst through the bank's door; the value is the time
at 10⁶ over the time at 10⁴, each the median of three.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection

from bench import world
from bench.crowd import crowd, waiting
from bench.load.http_client import Client
from bench.report import Figure, median_of
from bench.site import Site
from seguripago.adapters.bank_feeds.sandbox import SandboxTransfer, SignedNotice, signed_notice
from seguripago.foundations.stores.queries import StoreView, feed_secrets
from seguripago.journey.orders.queries import access_token

FEW, MANY = 10_000, 1_000_000
ROUNDS = 3
BURST = 600
PAGES = 150
CONNECTIONS = 8
PATIENCE_S = 120

Paid = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Size:
    """Milliseconds of a deposit and of an order page among so many open payments."""

    open_payments: int
    deposit_ms: float
    page_ms: float


def measure(site: Site, *, fast: bool) -> list[Figure]:
    """Nothing in the short run: a million orders take minutes to make."""
    if fast:
        return []
    store = world.demo_store(site.store_slug)
    few = _at(site, store, FEW)
    many = _at(site, store, MANY)
    deposits = f"{few.deposit_ms:.2f} ms among {few.open_payments}, {many.deposit_ms:.2f} ms among {many.open_payments}"
    pages = f"{few.page_ms:.2f} ms among {few.open_payments}, {many.page_ms:.2f} ms among {many.open_payments}"
    return [
        Figure("growth_deposit", many.deposit_ms / few.deposit_ms, "×", "lower", ROUNDS * BURST, 1.0, deposits),
        Figure("growth_order_page", many.page_ms / few.page_ms, "×", "lower", ROUNDS * PAGES, 1.0, pages),
    ]


def _at(site: Site, store: StoreView, size: int) -> Size:
    """Fill up to `size` open payments, let the machine settle, and measure three times."""
    missing = size - _open_payments(store.id)
    made = crowd(store.id, open_payments=max(missing, ROUNDS * BURST))
    with connection.cursor() as cursor:
        # As a store that grew over months: what was written has long been flushed and vacuumed.
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT") if _may_checkpoint() else time.sleep(20)
    counted = _open_payments(store.id)
    chosen = list(waiting(made, ROUNDS * BURST))
    random.Random(size).shuffle(chosen)
    deposits, pages = [], []
    for turn in range(ROUNDS):
        burst = chosen[turn * BURST : (turn + 1) * BURST]
        pages.append(asyncio.run(_look(site, [access_token(order_id) for order_id, _, _ in burst[:PAGES]])))
        deposits.append(_pay(site, store, burst))
    return Size(counted, median_of(deposits), median_of(pages))


def _pay(site: Site, store: StoreView, burst: Sequence[Paid]) -> float:
    """Milliseconds of a deposit in a burst, from the first notice sent to the last payment confirmed."""
    secret = feed_secrets(store.id)["sandbox"]
    notices = [_notice(each, secret) for each in burst]
    start = time.perf_counter()
    asyncio.run(_send(site, store.hook_key, notices))
    ids = [order_id for order_id, _, _ in burst]
    while _confirmed(ids) < len(ids):
        if time.perf_counter() - start > PATIENCE_S:
            raise RuntimeError(f"{_confirmed(ids)} of {len(ids)} were confirmed in {PATIENCE_S} s")
        time.sleep(0.01)
    taken = (time.perf_counter() - start) * 1000 / len(burst)
    _wait_for_followers(ids)
    return taken


async def _send(site: Site, hook_key: str, notices: Sequence[SignedNotice]) -> None:
    waiting_notices = iter(notices)

    async def one() -> None:
        client = Client(site.host, site.web_port)
        for notice in waiting_notices:
            answer = await client.post(f"/hooks/bank/sandbox/{hook_key}/", notice.body, notice.headers)
            if answer.status != 200:
                raise RuntimeError(f"the hook answered {answer.status}")
        await client.close()

    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))


async def _look(site: Site, tokens: Sequence[str]) -> float:
    """Milliseconds of an order page, one after another."""
    client, taken = Client(site.host, site.web_port), []
    for token in tokens:
        start = time.perf_counter()
        answer = await client.get(f"/pedido/{token}/")
        taken.append((time.perf_counter() - start) * 1000)
        if answer.status != 200:
            raise RuntimeError(f"an order page answered {answer.status}")
    await client.close()
    return median_of(taken)


def _notice(paid: Paid, secret: str) -> SignedNotice:
    order_id, clabe, amount = paid
    at = datetime.now(UTC)
    transfer = SandboxTransfer(
        bank_id=order_id,
        clabe=clabe,
        amount_text=amount,
        tracking_key=f"GROWTH{order_id:012d}",
        operation_date=at.date(),
        settled_at=at,
    )
    return signed_notice(transfer, secret, message_id=f"msg_growth_{order_id}", at=at)


def _confirmed(order_ids: Sequence[int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM payment WHERE order_id = ANY(%s) AND confirmed_at IS NOT NULL", [list(order_ids)]
        )
        return int(cursor.fetchone()[0])


def _wait_for_followers(order_ids: Sequence[int]) -> None:
    """Receipts and the like are written before the next burst, so that bursts do not disturb one another."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM receipt WHERE order_id = ANY(%s)", [list(order_ids)])
            if cursor.fetchone()[0] >= len(order_ids):
                break
        time.sleep(0.2)
    time.sleep(1)


def _open_payments(store_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM payment WHERE store_id = %s AND state IN ('awaiting', 'monitored', 'partly_paid')",
            [store_id],
        )
        return int(cursor.fetchone()[0])


def _may_checkpoint() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])
