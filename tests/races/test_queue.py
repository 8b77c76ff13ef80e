"""Two hands at the queue, on connections of their own: with the lock on, and once with it off."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db.models import QuerySet

from seguripago.foundations.facts import wakeups
from seguripago.foundations.staffing import commands as presence
from seguripago.foundations.staffing.team_commands import set_capacity
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from seguripago.journey.assistance.commands import ClaimReturned, HandsFull, claims, opening
from seguripago.journey.assistance.models import Conversation, Reveal
from seguripago.values.actor import Actor
from tests.assistance.builders import Shop, open_shop, place, start, texts
from tests.races.together import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ANA = Actor.staff(1, "Ana")


@pytest.fixture(autouse=True)
def _quiet_bell() -> Iterator[None]:
    """Close this process's sender of wake-ups: its connection would keep the test database from being dropped."""
    yield
    for bell in wakeups._bells.values():
        bell.close()
    wakeups._bells.clear()


@pytest.fixture
def shop(at: datetime) -> Shop:
    made = open_shop()
    for person in (made.beto, made.sofia):
        presence.be_present(person, made.store_id, "available", at=at)
    return made


def meet_after_looking(monkeypatch: pytest.MonkeyPatch, *, lock: bool) -> None:
    """Whoever has looked at the head of the queue waits until the other has looked too (or cannot)."""
    gate, real = threading.Barrier(2), claims.locked

    class Looked(list[Conversation]):
        def first(self) -> Conversation | None:
            return self[0] if self else None

    def look(waiting: QuerySet[Conversation]) -> Looked:
        found = Looked((real(waiting) if lock else waiting)[:1])
        gate.wait(10)
        return found

    monkeypatch.setattr(claims, "locked", look)


def both_take(shop: Shop, at: datetime) -> list[object]:
    people = (shop.beto, shop.sofia)
    return list(at_once(2, lambda each: chat.take_next(shop.store_id, people[each], at=at)))


def test_two_analysts_who_look_at_the_same_moment_take_two_conversations(
    shop: Shop, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    talks = {start(shop, at=at, token="a"), start(shop, at=at, token="b")}
    meet_after_looking(monkeypatch, lock=True)
    assert set(both_take(shop, at)) == talks


def test_with_the_lock_off_both_take_the_same_one(shop: Shop, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    first = start(shop, at=at, token="a")
    start(shop, at=at + timedelta(seconds=1), token="b")
    meet_after_looking(monkeypatch, lock=False)
    assert both_take(shop, at) == [first, first]


def press_twice(shop: Shop, at: datetime) -> int:
    """How many conversations one analyst of capacity one holds after pressing twice at once."""
    set_capacity(shop.store_id, shop.beto, 1, by=ANA, at=at)
    for turn in range(2):
        start(shop, at=at, token=f"t{turn}")
    told = at_once(2, lambda _each: chat.take_next(shop.store_id, shop.beto, at=at))
    assert all(isinstance(each, int | HandsFull) for each in told)
    return Conversation.objects.filter(analyst_id=shop.beto).count()


def test_one_analyst_who_presses_twice_never_holds_more_than_his_capacity(shop: Shop, at: datetime) -> None:
    assert press_twice(shop, at) == 1


def test_with_the_seat_unlocked_pressing_twice_overfills_his_hands(
    shop: Shop, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: both count what he holds before either takes."""
    gate, real = threading.Barrier(2), claims.require_hands

    def counted(*args: object, **more: object) -> None:
        real(*args, **more)  # type: ignore[arg-type]
        gate.wait(10)

    monkeypatch.setattr(claims, "hold_seat", lambda *_args, **_more: 1)
    monkeypatch.setattr(claims, "require_hands", counted)
    assert press_twice(shop, at) == 2


def answer_against_the_clock(
    shop: Shop, at: datetime, monkeypatch: pytest.MonkeyPatch, *, lock: bool
) -> tuple[bool, bool]:
    """Beto's answer and the clock meet at second 45: whether he was heard, and whether the claim went back."""
    talk = start(shop, at=at)
    chat.take(talk, shop.beto, at=at)
    view, late = reading.conversation(talk), at + timedelta(seconds=45)
    assert view is not None
    if not lock:
        looked, answered = threading.Event(), threading.Event()

        def unlocked(conversation_id: int) -> Conversation | None:
            found = Conversation.objects.filter(pk=conversation_id).first()
            looked.set()
            answered.wait(10)
            return found

        monkeypatch.setattr(claims, "held_claim", unlocked)

    def answer() -> str:
        if not lock:
            looked.wait(10)
        try:
            chat.reply(talk, shop.beto, "Hola", client_id=uuid.uuid4(), seen_seq=view.seq, at=late)
        except ClaimReturned:
            return "refused"
        finally:
            if not lock:
                answered.set()
        return "heard"

    told = at_once(2, lambda each: answer() if each else chat.return_unanswered(late))
    assert told[1] in ("heard", "refused"), told
    assert (told[1] == "heard") == ("Hola" in texts(talk))
    returned = [text for text in texts(talk, audience="desk") if "regresó al inicio de la cola" in text]
    return told[1] == "heard", bool(returned)


@pytest.mark.parametrize("again", range(5))
def test_an_answer_at_second_45_wins_or_loses_and_never_both(
    shop: Shop, at: datetime, monkeypatch: pytest.MonkeyPatch, again: int
) -> None:
    heard, returned = answer_against_the_clock(shop, at, monkeypatch, lock=True)
    assert heard != returned


def test_with_the_claim_unlocked_it_is_answered_and_goes_back(
    shop: Shop, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the clock decides on what it read before the answer came."""
    assert answer_against_the_clock(shop, at, monkeypatch, lock=False) == (True, True)


def test_two_who_write_to_the_same_unpaid_buyer_open_one_conversation(
    shop: Shop, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought, gate, real = place(shop, at=at), threading.Barrier(2), opening._fresh

    def met(*args: object) -> dict[str, object]:
        gate.wait(10)
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(opening, "_fresh", met)
    people = (shop.beto, shop.sofia)
    told = at_once(
        2, lambda each: chat.open_conversation(shop.store_id, bought.id, people[each], f"Hola {each}", at=at)
    )
    [talk] = Conversation.objects.all()
    assert told == [talk.pk, talk.pk]
    assert sum(text.startswith("Hola") for text in texts(talk.pk)) == 1


def test_twenty_five_looks_at_once_reveal_twenty(shop: Shop, at: datetime) -> None:
    talks = [start(shop, at=at, token=f"t{turn}") for turn in range(25)]

    def look(each: int) -> str:
        chat.reveal(talks[each], shop.beto, "contact", "call", at=at)
        return "seen"

    told = at_once(25, look)
    assert told.count("seen") == Reveal.objects.count() == 20


def test_two_clocks_remind_once(shop: Shop, at: datetime) -> None:
    bought = place(shop, at=at)
    half = at + (bought.expires_at - at) / 2
    assert sorted(at_once(2, lambda _each: chat.remind_unpaid(half))) == [0, 1]  # type: ignore[type-var]
