"""Payment links in process, on one core: making and opening their tokens beside raw pyseto, and the whole with the row.

Seconds of this thread's processor where no database takes part, so that a busy machine makes no difference; wall time
where one does. Every refusal is timed too, in turn: the slowest kind over the fastest says what a stranger can learn.
"""

from __future__ import annotations

import json
import secrets
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pyseto
from pyseto import Key

from bench import world
from bench.report import Figure, percentile
from bench.site import Site
from seguripago.journey.payments import link_token
from seguripago.journey.payments.commands import open_link, send_payment_link
from seguripago.journey.payments.queries import link

ROUNDS = 5
ASSERTION = b"seguripago\x1fpayment link\x1f%d"


def measure(site: Site, *, fast: bool) -> list[Figure]:
    count = 4_000 if fast else 20_000
    store = world.demo_store(site.store_slug)
    return [*_tokens(store.id, count), *_whole(store.id, 150 if fast else 600), _alike(store.id, 60 if fast else 300)]


def _tokens(store_id: int, count: int) -> list[Figure]:
    """Make and open tokens, ours and the library's own, with the same claims, footer, assertion and deserializer."""
    handle, ends = secrets.token_urlsafe(24), datetime.now(UTC) + timedelta(days=1)
    token = link_token.make(handle, store_id=store_id, expires_at=ends)
    key = Key.new(version=4, purpose="local", key=secrets.token_bytes(32))
    claims = {"jti": handle, "exp": ends.isoformat(timespec="seconds"), "aud": link_token.AUDIENCE}
    footer, said = json.dumps({"kid": "0badc0de", "s": store_id}).encode(), ASSERTION % store_id
    raw = pyseto.encode(key, claims, footer=footer, implicit_assertion=said)
    made = _per_s(lambda: link_token.make(handle, store_id=store_id, expires_at=ends), count)
    raw_made = _per_s(lambda: pyseto.encode(key, claims, footer=footer, implicit_assertion=said), count)
    opened = _per_s(lambda: link_token.read(token), count)
    raw_opened = _per_s(lambda: pyseto.decode(key, raw, implicit_assertion=said, deserializer=json), count)
    beside = "in process, one core, processor time, best of five rounds; floor: raw pyseto"
    return [
        Figure("link_create_per_s", made, "links/s", "higher", count, raw_made, f"token made {beside}"),
        Figure("link_check_per_s", opened, "links/s", "higher", count, raw_opened, f"token opened {beside}"),
    ]


def _whole(store_id: int, count: int) -> list[Figure]:
    """The same with the database: a link sent for an order that waits, found again, and looked at with its log."""
    orders = world.awaited(store_id, world.plenty(store_id), count)
    at = datetime.now(UTC)
    sent = _per_s_over(
        [order.order_id for order in orders],
        lambda order_id: send_payment_link(order_id, token=secrets.token_urlsafe(24), by=world.ANALYST, at=at),
    )
    tokens = [world.link_token_of(order.order_id) for order in orders]
    found = _per_s_over(tokens, link)
    looked = _per_s_over(
        tokens, lambda token: open_link(token, caller="192.0.2.1", agent="iPhone Mobile", own_session=False, at=at)
    )
    notes = "one connection, one after another, wall time; with"
    return [
        Figure("link_send_per_s", sent, "links/s", "higher", count, None, f"{notes} payment, row, audit, fact, commit"),
        Figure("link_find_per_s", found, "links/s", "higher", count, None, f"{notes} its row, payment and order"),
        Figure("link_open_per_s", looked, "links/s", "higher", count, None, f"{notes} the log of who looked, commit"),
    ]


def _alike(store_id: int, rounds: int) -> Figure:
    """How far apart the medians of refused tokens lie, an unknown one among them; 1 is not at all."""
    ends = datetime.now(UTC) + timedelta(days=1)
    unknown = link_token.make(secrets.token_urlsafe(24), store_id=store_id, expires_at=ends)
    body, _, footer = unknown.partition(".")
    strange = Key.new(version=4, purpose="local", key=secrets.token_bytes(32))
    claims = {"jti": "h" * 32, "exp": ends.isoformat(timespec="seconds"), "aud": link_token.AUDIENCE}
    other: bytes = pyseto.encode(strange, claims, footer=b'{"kid": "0badc0de"}', implicit_assertion=b"")
    kinds = {
        "unknown": unknown,
        "altered": f"{body[:60]}{'B' if body[60] == 'A' else 'A'}{body[61:]}.{footer}",
        "cut": f"{body[: len(body) // 2]}.{footer}",
        "padded": f"{body}=.{footer}",
        "other key": other.decode().removeprefix("v4.local."),
        "empty": "",
    }
    taken: dict[str, list[float]] = {kind: [] for kind in kinds}
    for _ in range(rounds):
        for kind, token in kinds.items():
            began = time.thread_time()
            link(token)
            taken[kind].append((time.thread_time() - began) * 1_000_000)
    medians = {kind: statistics.median(times) for kind, times in taken.items()}
    spread = max(medians.values()) / min(medians.values())
    said = ", ".join(f"{kind} {medians[kind]:.0f}/{percentile(taken[kind], 0.9):.0f}" for kind in kinds)
    return Figure("link_refused_spread", spread, "×", "lower", rounds, 1.0, f"µs of processor, p50/p90: {said}")


def _per_s(do: Callable[[], object], count: int) -> float:
    """How often it is done in a second of the processor: the best of some rounds."""
    best = 0.0
    for _ in range(ROUNDS):
        began = time.thread_time()
        for _ in range(count // ROUNDS):
            do()
        best = max(best, count // ROUNDS / (time.thread_time() - began))
    return best


def _per_s_over[T](things: list[T], do: Callable[[T], object]) -> float:
    began = time.perf_counter()
    for thing in things:
        do(thing)
    return len(things) / (time.perf_counter() - began)
