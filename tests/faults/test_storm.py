"""A thousand notices twenty times each, sixteen at a time, in any order: the end is that of once, in order."""

from __future__ import annotations

import asyncio
import random

from tests.faults.bank_side import many_times, movements, send
from tests.faults.ending import differences, ending, settle
from tests.faults.house import House, running

COUNT = 1_000
TIMES = 20
CONNECTIONS = 16


def test_a_storm_of_repeated_notices_ends_like_each_of_them_once_in_order(house: House, seed: int) -> None:
    print(f"SEGURIPAGO_SEED={seed}")
    calm = house.stage(COUNT)
    storm = house.copy(calm, "storm")
    told = movements(calm, COUNT)
    assert len({movement.tracking_key for movement in told}) == COUNT
    with running(house, storm) as site:
        deliveries = many_times(told, TIMES, random.Random(seed))
        ledger = asyncio.run(send(site, deliveries, connections=CONNECTIONS))
        slow = settle(site, within_s=300, followers=False)
    assert ledger.sent == COUNT * TIMES
    assert ledger.refused == 0
    print(f"storm: {ledger.sent} notices in {ledger.seconds:.1f} s, judged {slow:.1f} s later")
    with running(house, calm) as site:
        once = asyncio.run(send(site, told, connections=1))
        settle(site, within_s=300, followers=False)
    assert once.sent == COUNT
    after_storm, after_calm = ending(storm), ending(calm)
    assert len(after_storm.deposits) == COUNT
    assert differences(after_storm, after_calm) == []
    for stage in (storm, calm):
        said = house.ask(stage.url, "check-invariants")
        assert not {view: rows for view, rows in said["rows"].items() if rows}
        house.drop(stage)
