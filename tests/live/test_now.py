"""Who types and who looks on: heard by whom it concerns, never kept, never in the way of what is said."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from seguripago.foundations.facts import signals, wakeups
from seguripago.foundations.facts.signals import BUYER, Signal, heard
from seguripago.web.live.hub import Hub
from seguripago.web.live.now import LASTS_S, MOST, SWEPT_S, Now
from seguripago.web.live.pace import Pace
from seguripago.web.live.stream import MOST_SIGNALS, Stream
from seguripago.web.live.topics import Topic
from tests.live.test_hub import CHAT, DESK, Client, Shelf, join, played, until

SEEN_BY_DESK = Topic("conversation", 7, "desk", "es-mx")
OTHER = Topic("conversation", 8, "buyer", "es-mx")
ANA = 5
BETO = 6


def word(what: str, who: int, state: str = "1", *, of: int = 7, at_ms: int = 1, name: str = "Ana%20Ruiz") -> str:
    return f"now:{what}:1:{of}:{who}:{at_ms}:{state}:{name}"


def member(client_and_stream: tuple[Client, Stream], user_id: int) -> Client:
    client_and_stream[1].member_id = user_id
    return client_and_stream[0]


def test_the_buyer_hears_that_ana_types_and_never_who_looks_on() -> None:
    async def play(hub: Hub, shelf: Shelf) -> None:
        buyer, _ = join(hub, (CHAT, 0))
        other, _ = join(hub, (OTHER, 0))
        hub.wake([word("viewing", ANA), word("typing", BUYER, name=""), word("typing", ANA)])
        await until(lambda: bool(buyer.events("now")))
        await asyncio.sleep(0.03)
        expected = {"topic": "conversation", "t": 0, "what": "typing", "name": "Ana", "state": "1", "lasts": 6.0}
        assert buyer.events("now") == [expected]
        assert b"Ruiz" not in buyer.raw
        assert other.raw == b""

    played(play)


def test_the_desk_hears_the_buyer_and_the_team_but_nobody_hears_himself() -> None:
    async def play(hub: Hub, shelf: Shelf) -> None:
        ana, beto = (member(join(hub, (SEEN_BY_DESK, 0)), user_id) for user_id in (ANA, BETO))
        hub.wake([word("typing", BUYER, name=""), word("typing", ANA), word("viewing", BETO)])
        await until(lambda: len(ana.events("now")) == 2 and len(beto.events("now")) == 2)
        assert {(said["what"], said["who"]) for said in ana.events("now")} == {("typing", BUYER), ("viewing", BETO)}
        assert {(said["what"], said["who"]) for said in beto.events("now")} == {("typing", BUYER), ("typing", ANA)}

    played(play)


def test_the_queue_hears_who_looks_on_also_when_it_comes_later() -> None:
    async def play(hub: Hub, shelf: Shelf) -> None:
        early = member(join(hub, (DESK, 0)), BETO)
        hub.wake([word("typing", ANA), word("viewing", ANA)])
        await until(lambda: bool(early.events("now")))
        late = member(join(hub, (DESK, 0)), BETO)
        await until(lambda: bool(late.events("now")))
        for client in (early, late):
            assert [(said["what"], said["conversation"]) for said in client.events("now")] == [("viewing", 7)]

    played(play)


def test_a_signal_has_no_id_so_nobody_resumes_there() -> None:
    async def play(hub: Hub, shelf: Shelf) -> None:
        buyer, _ = join(hub, (CHAT, 0))
        hub.wake([word("typing", ANA)])
        await until(lambda: bool(buyer.events("now")))
        assert b"id:" not in buyer.raw

    played(play)


def test_a_burst_is_gathered_and_does_not_delay_what_is_said() -> None:
    async def play(hub: Hub, shelf: Shelf) -> None:
        ana = member(join(hub, (SEEN_BY_DESK, 0), (DESK, 0)), ANA)
        shelf.said[SEEN_BY_DESK] = []
        for number in range(200):
            shelf.said[SEEN_BY_DESK].append(f"entrada {number}")
            hub.wake([*(word("typing", who, at_ms=number) for who in range(50)), "conversation:7"])
            began = asyncio.get_running_loop().time()
            await until(lambda number=number: ana.seqs()[-1:] == [number + 1])
            assert asyncio.get_running_loop().time() - began < 0.2
        assert ana.seqs() == list(range(1, 201))
        # Of fifty people each is heard once in two seconds, and at most so many wait to be told at a time.
        assert len(ana.events("now")) <= MOST_SIGNALS + 50

    played(play)


def test_a_client_that_takes_no_bytes_is_told_the_newest_state_only() -> None:
    async def play(hub: Hub, shelf: Shelf) -> None:
        ana = member(join(hub, (SEEN_BY_DESK, 0)), ANA)
        ana.gate.clear()
        shelf.said[SEEN_BY_DESK] = ["uno"]
        hub.wake(["conversation:7"])
        await asyncio.sleep(0.02)
        for number in range(20):
            hub.wake([word("viewing", BETO, "01"[number % 2], at_ms=number + 1)])
        ana.gate.set()
        await until(lambda: bool(ana.events("now")))
        assert [said["state"] for said in ana.events("now")] == ["1"]

    played(play)


def test_the_later_signal_of_a_person_counts_whichever_comes_first() -> None:
    now = Now()
    off, on = (heard(word("viewing", ANA, state, at_ms=at)) for state, at in (("0", 20), ("1", 10)))
    assert off is not None
    assert on is not None
    assert now.take(off, 0.0)
    assert not now.take(on, 0.1)
    assert list(now.standing(SEEN_BY_DESK, 0.2)) == []


def test_what_is_not_said_again_is_over_and_what_is_kept_has_a_limit() -> None:
    now = Now()
    for number in range(2 * MOST):
        now.take(Signal("viewing", 1, number, ANA, "Ana", "1", 1), 0.0)
    assert len(now._kept) == MOST
    assert len(list(now.standing(DESK, 1.0))) == MOST
    assert list(now.standing(DESK, LASTS_S["viewing"] + 1)) == []
    assert now.take(Signal("viewing", 1, 2 * MOST, ANA, "Ana", "1", 1), LASTS_S["viewing"] + 1)


def test_what_is_over_is_not_carried_along_for_ever() -> None:
    now = Now()
    for number in range(1000):
        now.take(Signal("typing", 1, number, ANA, "Ana", "1", 1), 1.0)
    now.take(Signal("viewing", 1, 7, ANA, "Ana", "1", 1), 20.0)
    now.take(Signal("typing", 1, 7, ANA, "Ana", "1", 2), 1.0 + SWEPT_S)
    assert len(now._kept) == 2
    assert [kept.what for kept in now.standing(SEEN_BY_DESK, 1.5 + SWEPT_S)] == ["viewing", "typing"]


def test_words_that_are_no_signals_are_topics_or_nothing() -> None:
    for said in ("conversation:7", "now:", "now:typing:1:7", "now:shouting:1:7:5:1:1:Ana", "now:typing:x:7:5:1:1:Ana"):
        assert heard(said) is None
    assert heard(word("typing", ANA)) == Signal("typing", 1, 7, ANA, "Ana Ruiz", "1", 1)


@pytest.mark.django_db
def test_a_name_cannot_break_out_of_its_word(monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[str] = []
    monkeypatch.setattr(signals, "wake", lambda *topics: rung.extend(topics))
    name = "Ana: member:5 desk:1 " + "x" * 80
    signals.tell("typing", 1, 7, who=ANA, name=name, state="1", at=datetime(2026, 11, 23, tzinfo=UTC))
    (said,) = rung
    assert " " not in said
    assert list(wakeups.payloads(set(rung))) == [said]
    told = heard(said)
    assert told is not None
    assert told.name == name[:40]


def test_one_signal_of_a_kind_goes_in_three_seconds() -> None:
    pace = Pace()
    assert pace.allows("a", 100.0)
    assert not pace.allows("a", 102.9)
    assert pace.allows("b", 102.9)
    assert pace.allows("a", 103.0)
