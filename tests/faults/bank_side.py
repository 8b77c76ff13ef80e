"""The bank's side of a storm: signed movements of many kinds, sent over keep-alive connections until they are taken."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bench.load.http_client import Client
from seguripago.adapters.bank_feeds.sandbox import SandboxTransfer, notice_body, signature_headers
from seguripago.values import clabe as clabes
from seguripago.values.money import Money
from tests.faults.house import Site, Stage

RESIGN_S = 120


@dataclass(frozen=True, slots=True)
class Movement:
    """One transfer, once, with the notice that tells of it."""

    tracking_key: str
    clabe: str
    centavos: int
    body: bytes
    secret: str
    signed: list[tuple[float, Mapping[str, str]]]

    def headers(self) -> Mapping[str, str]:
        """The signature, made anew before it grows too old to be believed, as a bank does that tries again."""
        if not self.signed or time.monotonic() - self.signed[-1][0] > RESIGN_S:
            at, name = datetime.now(UTC), f"msg_{self.tracking_key}"
            made = signature_headers(self.body, self.secret, message_id=name, at=at)
            self.signed[:] = [(time.monotonic(), made)]
        return self.signed[-1][1]


def movements(stage: Stage, count: int) -> tuple[Movement, ...]:
    """`count` movements: most pay an order whole; some in two parts, some too much, some twice, some nobody's account.

    Of twenty orders, one is paid in parts, one too much, one twice; one more movement is for an account that was never
    given out. Two equal honest transfers differ in nothing but their tracking keys.
    """
    found: list[Movement] = []
    for place, order in enumerate(stage.orders):
        match place % 20:
            case 3:
                amounts = [order.centavos // 3, order.centavos - order.centavos // 3]
            case 7:
                amounts = [order.centavos + 5_000]
            case 11:
                amounts = [order.centavos, order.centavos]
            case _:
                amounts = [order.centavos]
        found += [_movement(stage, f"CAOS{place:07d}{part}", order.clabe, each) for part, each in enumerate(amounts)]
        if place % 20 == 15:
            nobody = clabes.build(order.clabe[:10], 9_000_000 + place)
            found.append(_movement(stage, f"CAOS{place:07d}X", nobody, order.centavos))
        if len(found) >= count:
            break
    assert len(found) >= count, "the stage has too few orders"
    return tuple(found[:count])


def _movement(stage: Stage, key: str, clabe: str, centavos: int) -> Movement:
    at = datetime.now(UTC)
    transfer = SandboxTransfer(
        bank_id=sum(key.encode()),
        clabe=clabe,
        amount_text=Money(centavos).plain,
        tracking_key=key,
        operation_date=at.date(),
        settled_at=at - timedelta(seconds=5),
    )
    movement = Movement(key, clabe, centavos, notice_body(transfer), stage.secret, [])
    movement.headers()
    return movement


@dataclass(slots=True)
class Ledger:
    """What the bank remembers: which movements were acknowledged, how often it sent, how often it was refused."""

    acknowledged: set[str] = field(default_factory=set)
    sent: int = 0
    refused: int = 0
    seconds: float = 0.0


async def send(
    site: Site,
    deliveries: Iterable[Movement],
    *,
    connections: int,
    per_s: float = 0.0,
    ledger: Ledger | None = None,
    until: Callable[[], bool] = lambda: False,
) -> Ledger:
    """Send every delivery in the order given, again while it is not taken, over so many connections.

    With `per_s` the bank keeps a pace; once `until` says so it begins nothing new. Writes into `ledger` as it goes.
    """
    waiting, ledger, began = iter(deliveries), ledger or Ledger(), time.perf_counter()

    async def one() -> None:
        client = Client("127.0.0.1", site.port)
        try:
            for movement in waiting:
                if until():
                    return
                if per_s:
                    await asyncio.sleep(max(0.0, began + ledger.sent / per_s - time.perf_counter()))
                ledger.sent += 1
                while not await _taken(client, site.hook, movement):
                    ledger.refused += 1
                    await asyncio.sleep(0.2)
                ledger.acknowledged.add(movement.tracking_key)
        finally:
            await client.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    ledger.seconds = time.perf_counter() - began
    return ledger


async def _taken(client: Client, hook: str, movement: Movement) -> bool:
    try:
        answer = await asyncio.wait_for(client.post(hook, movement.body, movement.headers()), 15)
    except (OSError, asyncio.IncompleteReadError, TimeoutError):
        await client.close()
        return False
    assert answer.status == 200 or answer.status >= 500, f"{answer.status} {answer.body[:300]!r}"
    return answer.status == 200


def many_times(movements: Sequence[Movement], times: int, rng: random.Random) -> list[Movement]:
    """Every movement so many times, in random order."""
    deliveries = [movement for movement in movements for _ in range(times)]
    rng.shuffle(deliveries)
    return deliveries
