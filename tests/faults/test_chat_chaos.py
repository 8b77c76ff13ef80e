"""Hundreds of widgets and ten desks write while lines are cut and everything is killed: each screen ends like the rows.

Ten thousand messages, or as many as SEGURIPAGO_MESSAGES says. SEGURIPAGO_SEED repeats a run's dice.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import cycle
from typing import Final

import psycopg
from django.utils import timezone

from seguripago.web.live.tickets import topic_of
from tests.faults.chat_crowd import Analyst, Buyer, Ledger
from tests.faults.chat_house import ChatSite, ChatStage, chat_stage, chatting
from tests.faults.house import House
from tests.live.page import Page, Resuming

MESSAGES: Final = int(os.environ.get("SEGURIPAGO_MESSAGES", "10000"))
WIDGETS: Final = 320
DESKS: Final = 10
SHOWN_AT_A_DESK: Final = 11
"""A stream follows twelve topics at most; one of them is the desk itself."""
BY_DESKS: Final = 0.4
A_CUT_EVERY_S: Final = (0.3, 0.9)
DEAF_EVERY: Final = 6
DEEDS: Final = ("worker", "web", "one of web", "live", "one of worker", "worker", "web", "live")
"""Killed one after the other, spread over the messages."""
PATIENCE_S: Final = max(120.0, MESSAGES * 0.12)
"""On a machine that has other work too; two free cores need a fraction."""
CATCH_UP_S: Final = 30
AS_LIVE_JS: Final[tuple[Resuming, ...]] = (True,)
FORGETFUL: Final[tuple[Resuming, ...]] = ("blank", "now")
"""Every other page asks without a cursor, every other one begins with what is said next."""


@dataclass(slots=True)
class Crowd:
    """Everybody, and what they did."""

    buyers: list[Buyer]
    analysts: list[Analyst]
    ledger: Ledger

    @property
    def pages(self) -> list[Page]:
        return [someone.page for someone in (*self.buyers, *self.analysts)]


def gather(site: ChatSite, stage: ChatStage, rng: random.Random, ways: tuple[Resuming, ...]) -> Crowd:
    """A page for every widget, and for every desk one with its own conversations; supervisors also watch others'."""
    ledger, of = Ledger(), defaultdict(list)
    for widget in stage.widgets:
        of[widget.analyst].append(widget)
    buyers, way = [], cycle(ways)
    for widget in stage.widgets:
        dice = random.Random(rng.random())
        page = Page(site.live_port, {topic_of(widget.id, at=timezone.now()): 0}, rng=dice, resumes=next(way))
        buyers.append(Buyer(site, stage, widget, page, dice, ledger))
    analysts = []
    others = cycle(stage.widgets[::-1])
    for place, desk in enumerate(stage.desks):
        own = of[desk.user_id][: SHOWN_AT_A_DESK if place >= 2 else SHOWN_AT_A_DESK // 2]
        shown = {widget.id for widget in own}
        while place < 2 and len(shown) < min(SHOWN_AT_A_DESK, len(stage.widgets)):
            shown.add(next(others).id)
        topics = {"desk": -1} | {f"desk-conversation:{found}": 0 for found in sorted(shown)}
        dice = random.Random(rng.random())
        page = Page(site.live_port, topics, cookie=desk.cookie, rng=dice, resumes=next(way))
        analysts.append(Analyst(site, desk, own, page, dice, ledger))
    return Crowd(buyers, analysts, ledger)


async def storm(
    site: ChatSite, crowd: Crowd, messages: int, rng: random.Random, deeds: tuple[str, ...]
) -> Counter[str]:
    """Cut lines and kill until all is said."""
    left, turns = list(deeds), 0
    while True:
        await asyncio.sleep(rng.uniform(*A_CUT_EVERY_S))
        turns += 1
        for page in rng.sample(crowd.pages, k=max(1, len(crowd.pages) // 25)):
            page.cut()
        if turns % DEAF_EVERY == 0:
            crowd.ledger.counted["listening connections killed"] += site.deafen()
        share = len(crowd.ledger.said) / messages
        if left and share >= (len(deeds) - len(left) + 0.5) / len(deeds):
            victim = left.pop(0)
            print(f"after {len(crowd.ledger.said)}: killed", await site.kill(victim, rng))
            crowd.ledger.counted[f"{victim} killed -9"] += 1


async def play(
    site: ChatSite, stage: ChatStage, messages: int, seed: int, ways: tuple[Resuming, ...]
) -> tuple[Crowd, list[str]]:
    """Everybody writes under the storm; afterwards every screen has time to catch up, and is compared with the rows."""
    rng = random.Random(seed)
    crowd = gather(site, stage, rng, ways)
    by_desk = int(messages * BY_DESKS / len(crowd.analysts))
    by_buyer = -(-(messages - by_desk * len(crowd.analysts)) // len(crowd.buyers))
    screens = [asyncio.create_task(page.live()) for page in crowd.pages]
    began = time.monotonic()
    weather = asyncio.create_task(storm(site, crowd, messages, rng, DEEDS if messages > 2000 else DEEDS[3:4]))
    try:
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(
                *(buyer.write(by_buyer, 0.5) for buyer in crowd.buyers),
                *(analyst.write(by_desk, 0.05) for analyst in crowd.analysts),
            )
        spent = time.monotonic() - began
        weather.cancel()
        (ended,) = await asyncio.gather(weather, return_exceptions=True)
        if not isinstance(ended, asyncio.CancelledError):
            raise AssertionError("the storm ended by itself") from ended
        rows = await asyncio.to_thread(history, stage)
        caught_up = await catch_up(crowd, rows, CATCH_UP_S if ways is AS_LIVE_JS else 3)
        report(crowd, spent, caught_up)
    finally:
        for task in (*screens, weather):
            task.cancel()
        await asyncio.gather(*screens, weather, return_exceptions=True)
        for someone in (*crowd.buyers, *crowd.analysts):
            await someone.close()
    # The clocks of the worker may have said something meanwhile: that is no invention.
    return crowd, faults(crowd, rows, await asyncio.to_thread(history, stage))


type Rows = dict[int, list[tuple[int, str, str]]]
"""Of each conversation: number, text, and who may read it."""


def history(stage: ChatStage) -> Rows:
    found: Rows = defaultdict(list)
    with psycopg.connect(stage.stage.url) as connection:
        for conversation_id, *row in connection.execute(
            "SELECT conversation_id, seq, coalesce(body ->> 'text', ''), visibility FROM assistance_entry ORDER BY 1, 2"
        ):
            found[conversation_id].append(tuple(row))  # type: ignore[arg-type]
    return found


def expected(rows: Rows, crowd: Crowd) -> list[tuple[str, int, Page, str, list[tuple[int, str]]]]:
    """Every screen with what it must show: buyers nothing of what is the desk's alone."""
    shown = []
    for buyer in crowd.buyers:
        said = [(seq, text) for seq, text, visibility in rows[buyer.widget.id] if visibility == "all"]
        shown.append((f"widget {buyer.widget.id}", buyer.widget.id, buyer.page, next(iter(buyer.page.screens)), said))
    for analyst in crowd.analysts:
        for topic in analyst.page.screens:
            of = int(topic.split(":")[1])
            said = [(seq, text) for seq, text, _ in rows[of]]
            shown.append((f"desk {analyst.desk.user_id} {topic}", of, analyst.page, topic, said))
    return shown


async def catch_up(crowd: Crowd, rows: Rows, patience_s: float) -> float:
    """Seconds until every screen has every number, or as long as patience lasts."""
    began = time.monotonic()
    wanted = [(page.screens[topic], {seq for seq, _ in said}) for _, _, page, topic, said in expected(rows, crowd)]
    while time.monotonic() - began < patience_s:
        if all(numbers <= screen.entries.keys() for screen, numbers in wanted):
            break
        await asyncio.sleep(0.1)
    return time.monotonic() - began


def faults(crowd: Crowd, rows: Rows, later: Rows) -> list[str]:
    """Everything that is lost, doubled or out of order, on a screen or in the rows; `later` is read at the end."""
    found = list(crowd.ledger.wrong)
    numbers = {conversation_id: {seq for seq, _, _ in entries} for conversation_id, entries in later.items()}
    for name, of, page, topic, said in expected(rows, crowd):
        screen = page.screens[topic]
        found += [f"lost: {name} does not show {seq}" for seq, _ in said if seq not in screen.entries]
        found += [f"doubled: {name} was told {seq} again" for seq in screen.again]
        found += [f"invented: {name} shows {seq}" for seq in screen.entries.keys() - numbers[of]]
        found += [
            f"wrong: {name} shows something else as {seq}"
            for seq, text in said
            if text.startswith("caos ") and text not in screen.entries.get(seq, text)
        ]
        if not screen.is_in_order:
            found.append(f"out of order: {name} was told {screen.arrived}")
    return found + rows_faults(crowd, rows)


def rows_faults(crowd: Crowd, rows: Rows) -> list[str]:
    """What was acknowledged is there once, as it was numbered, and each writer's words in the order of writing."""
    found = []
    for conversation_id, entries in rows.items():
        times = Counter(text for _, text, _ in entries if text.startswith("caos "))
        found += [f"doubled: {text} is {count} entries" for text, count in times.items() if count > 1]
        if [seq for seq, _, _ in entries] != list(range(1, len(entries) + 1)):
            found.append(f"lost: the numbers of conversation {conversation_id} have gaps")
    numbered = {
        (conversation_id, text): (seq, visibility)
        for conversation_id in rows
        for seq, text, visibility in rows[conversation_id]
    }
    last: dict[tuple[int, str], int] = {}
    for said in crowd.ledger.said:
        seq, visibility = numbered.get((said.conversation_id, said.text), (0, ""))
        if not seq or (said.seq and said.seq != seq) or (visibility == "desk") is not said.is_note:
            found.append(f"lost: {said.text} was acknowledged as {said.seq} and is {seq} for {visibility}")
        writer = (said.conversation_id, said.text.rsplit(" ", 1)[0])
        if seq <= last.get(writer, 0):
            found.append(f"out of order: {said.text} is {seq}")
        last[writer] = seq
    return found


def report(crowd: Crowd, spent: float, caught_up: float) -> None:
    pages = crowd.pages
    counted = {
        "cut by hand": sum(page.cuts for page in pages),
        "streams opened": sum(page.opened for page in pages),
        "goodbyes": sum(page.byes for page in pages),
        "read again": sum(page.regions for page in pages),
    } | dict(sorted(crowd.ledger.counted.items()))
    said = len(crowd.ledger.said)
    print(f"{said} messages in {spent:.1f} s ({said / spent:.0f}/s), screens caught up {caught_up:.1f} s later")
    print(", ".join(f"{name}: {count}" for name, count in counted.items()))


def walk(
    house: House, seed: int, *, widgets: int, desks: int, messages: int, ways: tuple[Resuming, ...] = AS_LIVE_JS
) -> list[str]:
    """Play once on a new database and say what is wrong at the end, there and in the views of what must hold."""
    print(f"SEGURIPAGO_SEED={seed} SEGURIPAGO_MESSAGES={messages}")
    stage = chat_stage(house, widgets=widgets, desks=desks)
    with chatting(house, stage) as site:
        crowd, found = asyncio.run(play(site, stage, messages, seed, ways))
        assert len(crowd.ledger.said) + len(crowd.ledger.wrong) >= messages, site.log()
    said = house.ask(stage.stage.url, "check-invariants")
    found += [f"{view}: {rows} rows" for view, rows in said["rows"].items() if rows]
    house.drop(stage.stage)
    return found


def test_every_screen_shows_every_message_once_in_order_whatever_is_cut_and_killed(house: House, seed: int) -> None:
    found = walk(house, seed, widgets=WIDGETS, desks=DESKS, messages=MESSAGES)
    assert found == [], found[:20]


def test_pages_that_come_back_without_their_cursor_are_told_twice_or_lose(house: House, seed: int) -> None:
    """The control: if this finds nothing wrong, the test above proves nothing."""
    found = walk(house, seed, widgets=20, desks=2, messages=400, ways=FORGETFUL)
    assert any(fault.startswith("doubled") for fault in found)
    assert any(fault.startswith("lost") for fault in found)
