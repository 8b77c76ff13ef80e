"""kill -9 at random during load: what was acknowledged is there once, and nobody had to help.

When all of it has been heard, the bank tells it once more, as banks do after a failure of their own.
Five kills, or as many as SEGURIPAGO_KILLS says (`make prove`: fifty). SEGURIPAGO_SEED repeats a run's dice.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Sequence

import psycopg

from tests.faults.bank_side import Ledger, Movement, movements, send
from tests.faults.ending import faults, settle
from tests.faults.house import House, Site, Stage, running

KILLS = int(os.environ.get("SEGURIPAGO_KILLS", "5"))
A_KILL_EVERY_S = (0.3, 1.8)
LEAST_BETWEEN = 25
"""Movements that must be acknowledged between two kills: what dies is at work."""
PER_S = 50
CONNECTIONS = 8
LAST_NOTICES_S = 1.0


async def under_fire(site: Site, told: Sequence[Movement], victims: Sequence[str], rng: random.Random) -> Ledger:
    """The bank sends, each third movement twice, while one victim after another is killed; then it finishes."""
    deliveries = [movement for movement in told for _ in range(2 if rng.random() < 0.34 else 1)]
    over, ledger = asyncio.Event(), Ledger()
    sending = asyncio.create_task(
        send(site, deliveries, connections=CONNECTIONS, per_s=PER_S, ledger=ledger, until=over.is_set)
    )
    for victim in victims:
        before = len(ledger.acknowledged)
        await asyncio.sleep(rng.uniform(*A_KILL_EVERY_S))
        while len(ledger.acknowledged) < before + LEAST_BETWEEN:
            assert not sending.done(), "the bank had nothing more to send: the stage was too small"
            await asyncio.sleep(0.01)
        print(f"after {len(ledger.acknowledged)}: killed", await site.kill(victim, rng))
    await asyncio.sleep(LAST_NOTICES_S)
    over.set()
    return await sending


def walk(house: House, stage: Stage, kills: int, seed: int) -> tuple[set[str], list[str]]:
    """Kill so often, let the program recover by itself; what was acknowledged, and what is wrong at the end."""
    rng = random.Random(seed)
    print(f"SEGURIPAGO_SEED={seed} SEGURIPAGO_KILLS={kills}")
    # Everybody is hit before anybody is hit twice.
    rounds = -(-kills // len(Site.VICTIMS))
    victims = [victim for _ in range(rounds) for victim in rng.sample(Site.VICTIMS, len(Site.VICTIMS))][:kills]
    told = movements(stage, len(stage.orders))
    with running(house, stage) as site:
        ledger = asyncio.run(under_fire(site, told, victims, rng))
        print(f"{ledger.sent} sent, {len(ledger.acknowledged)} movements acknowledged, {ledger.refused} refused")
        slow = settle(site, within_s=120 + 4 * kills, followers=True)
        print(f"all heard {slow:.1f} s later")
        again = asyncio.run(send(site, told_again(told, ledger), connections=CONNECTIONS))
        settle(site, within_s=120 + 4 * kills, followers=True)
        print(f"{again.sent} told once more")
    return ledger.acknowledged, faults(house, stage, told, ledger.acknowledged)


def told_again(told: Sequence[Movement], ledger: Ledger) -> list[Movement]:
    """Every movement that was acknowledged; each has been read by now, so that its second notice meets its deposit.

    Two notices that come together are often read together, and one reading keeps a movement once by itself.
    """
    return [movement for movement in told if movement.tracking_key in ledger.acknowledged]


def enough_orders(kills: int) -> int:
    """What the bank can send at its pace in the longest pauses, and a little more."""
    return int((kills * A_KILL_EVERY_S[1] + 10) * PER_S) + kills * LEAST_BETWEEN


def test_nothing_acknowledged_is_lost_or_doubled_when_anything_is_killed(house: House, seed: int) -> None:
    stage = house.stage(enough_orders(KILLS))
    _acknowledged, found = walk(house, stage, KILLS, seed)
    assert found == []
    house.drop(stage)


def test_without_the_unique_key_of_bank_movements_the_same_walk_finds_doubles(house: House, seed: int) -> None:
    """The control: if this finds nothing wrong, the test above proves nothing.

    What is told once more was read before: only the key keeps it from becoming another deposit, however the walk went,
    however slow the machine and whoever died. So every movement that was acknowledged must be found doubled.
    """
    stage = house.stage(enough_orders(2))
    with psycopg.connect(stage.url) as connection:
        connection.execute("ALTER TABLE deposit DROP CONSTRAINT deposit_one_per_bank_movement")
    acknowledged, found = walk(house, stage, 2, seed)
    doubled = {fault.split()[1] for fault in found if fault.startswith("doubled: ")}
    assert acknowledged
    assert acknowledged <= doubled
    house.drop(stage)
