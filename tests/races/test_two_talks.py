"""Two open conversations about one order: a fact is shown in both while the buyer acts in the second."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

import pytest
from django.db import OperationalError, transaction

from seguripago.foundations.facts import wakeups
from seguripago.journey.assistance import listeners
from seguripago.journey.assistance.commands.thread import lock
from seguripago.journey.assistance.models import Conversation
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.facts import ConfirmationAccepted
from seguripago.values.actor import Actor
from tests.assistance.builders import cards, open_shop, place, start
from tests.races.together import at_once, until_somebody_waits

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _quiet_bell() -> Iterator[None]:
    """Close this process's sender of wake-ups: its connection would keep the test database from being dropped."""
    yield
    for bell in wakeups._bells.values():
        bell.close()
    wakeups._bells.clear()


def act_in_the_second_while_both_are_told(at: datetime) -> tuple[list[object], list[int]]:
    """What became of the two, and the conversations."""
    shop = open_shop()
    bought = place(shop, at=at)
    talks = [start(shop, at=at, own=(bought.access_token,), token=token) for token in ("a", "b")]
    orders.accept_confirmation(bought.id, by=Actor.buyer("Lucía"), at=at)
    fact = ConfirmationAccepted(store_id=shop.store_id, at=at, order_id=bought.id, number=bought.number)
    is_held, somebody_waits = threading.Event(), threading.Event()

    def show() -> str:
        is_held.wait(10)
        with transaction.atomic():
            listeners.show_in_chat([fact], at)
        return "shown"

    def act() -> str:
        with transaction.atomic():
            lock(talks[1])
            is_held.set()
            somebody_waits.wait(10)
            orders.lock_order(bought.id)
        return "acted"

    def watch() -> str:
        is_held.wait(10)
        until_somebody_waits()
        somebody_waits.set()
        return "watched"

    return list(at_once(3, lambda each: (show, act, watch)[each]())), talks


def test_who_acts_in_one_and_who_shows_in_both_wait_for_each_other_in_one_order(at: datetime) -> None:
    told, talks = act_in_the_second_while_both_are_told(at)
    assert told == ["shown", "acted", "watched"]
    assert "bank_details" in cards(talks[0])


def test_with_one_conversation_after_the_other_they_lock_each_other_out(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""

    def one_after_the_other(conversation_ids: Collection[int]) -> Iterable[Conversation]:
        return (lock(conversation_id) for conversation_id in sorted(conversation_ids))

    monkeypatch.setattr(listeners, "all_locked", one_after_the_other)
    told, _talks = act_in_the_second_while_both_are_told(at)
    assert any(isinstance(each, OperationalError) for each in told)
