"""A deploy while people talk: a new process stands beside the old one, the old one ends within five seconds.

Three hundred open streams and messages all the while: everybody is connected elsewhere, nothing is lost or doubled.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable

from tests.faults.chat_house import ChatSite, ChatStage, chat_stage, chatting
from tests.faults.house import House
from tests.faults.test_chat_chaos import AS_LIVE_JS, CATCH_UP_S, Crowd, catch_up, faults, gather, history

WIDGETS = 290
DESKS = 10
ENDS_IN_S = 5.0
SETTLES_IN_S = 12.0
APART_S = 4.0
"""Between a buyer's messages: forty a second from all of them."""


async def until(claim: Callable[[], bool], within_s: float, says: str) -> float:
    began = time.monotonic()
    while not claim():
        assert time.monotonic() - began < within_s, says
        await asyncio.sleep(0.05)
    return time.monotonic() - began


async def replaced(site: ChatSite, old: str, new: str) -> float:
    """Start the new process, end the old one when the new one listens; seconds that the end took."""
    site.start(new)
    await until(lambda: site.listens(new), 30, f"{new} does not listen:\n{site.log()}")
    await asyncio.sleep(1)
    began = time.monotonic()
    ending = site.ask_to_end(old)
    await until(lambda: ending.poll() is not None, 30, f"{old} does not end")
    # Ended by itself, whichever way its server says so: 143 is 128 and the signal.
    assert ending.returncode in (0, -15, 143), site.log()
    return time.monotonic() - began


async def deploy(site: ChatSite, stage: ChatStage, seed: int) -> tuple[Crowd, list[str]]:
    crowd = gather(site, stage, random.Random(seed), AS_LIVE_JS)
    screens = [asyncio.create_task(page.live()) for page in crowd.pages]
    talking = [asyncio.create_task(buyer.write(10_000, APART_S)) for buyer in crowd.buyers]
    talking += [asyncio.create_task(analyst.write(10_000, 0.5)) for analyst in crowd.analysts]
    try:
        await until(lambda: all(page.opened for page in crowd.pages), 30, f"not everybody is in:\n{site.log()}")
        await asyncio.sleep(1)
        streams = await replaced(site, "live", "live two")
        back = await until(lambda: all(page.is_open for page in crowd.pages), SETTLES_IN_S, "somebody stays away")
        byes = sum(page.byes for page in crowd.pages)
        pages = await replaced(site, "web", "web two")
        await asyncio.sleep(2)
        for someone in (*crowd.buyers, *crowd.analysts):
            someone.is_done = True
        await asyncio.wait_for(asyncio.gather(*talking), 30)
        rows = await asyncio.to_thread(history, stage)
        caught_up = await catch_up(crowd, rows, CATCH_UP_S)
        print(f"{len(crowd.pages)} streams: the old process ended in {streams:.1f} s, all were back {back:.1f} s later")
        print(f"{byes} goodbyes, {len(crowd.ledger.said)} messages; the old pages' process ended in {pages:.1f} s")
        print(f"every screen had everything {caught_up:.1f} s after the last message")
    finally:
        for task in (*screens, *talking):
            task.cancel()
        await asyncio.gather(*screens, *talking, return_exceptions=True)
        for someone in (*crowd.buyers, *crowd.analysts):
            await someone.close()
    assert byes >= len(crowd.pages) // 3, "streams were cut without a goodbye"
    assert streams <= ENDS_IN_S
    assert pages <= ENDS_IN_S
    return crowd, faults(crowd, rows, await asyncio.to_thread(history, stage))


def test_a_deploy_ends_in_five_seconds_with_everybody_connected_elsewhere(house: House, seed: int) -> None:
    print(f"SEGURIPAGO_SEED={seed}")
    stage = chat_stage(house, widgets=WIDGETS, desks=DESKS)
    with chatting(house, stage) as site:
        crowd, found = asyncio.run(deploy(site, stage, seed))
        assert found == [], (found[:20], site.log())
        assert len(crowd.ledger.said) > len(crowd.pages)
    house.drop(stage.stage)
