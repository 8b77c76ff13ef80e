"""Workers that ask at the same moment: each movement is asked about once; without the lock, more than once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from seguripago.journey.bank.asking_tables import Enquiry
from seguripago.journey.bank.commands import ask_due, asking
from tests.adapters.provider import Provider, Question, Reply, provider
from tests.feeds.bank_desk import Stp, asking_store, notice_of, post, transfer, turn
from tests.money.bank import sale
from tests.races.together import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
WORKERS, MOVEMENTS = 6, 3


@pytest.fixture
def stp() -> Iterator[tuple[Stp, Provider]]:
    desk = Stp()

    def slowly(question: Question) -> Reply:
        reply = desk.answer(question)
        return Reply(reply.body, reply.status, waits_s=0.05)

    with provider(slowly) as there:
        yield desk, there


def announce(stp: tuple[Stp, Provider], at: datetime) -> None:
    store_id = asking_store(stp[1].url, at)
    for number in range(1, MOVEMENTS + 1):
        sold = sale(at, store_id=store_id)
        line = transfer(number, clabe=sold.clabe, at=at, amount=sold.total.plain)
        stp[0].held.append(line)
        post(store_id, notice_of(line), at)
    turn(at)


def test_workers_at_once_ask_about_each_movement_once(stp: tuple[Stp, Provider], at: datetime) -> None:
    announce(stp, at)
    told = at_once(WORKERS, lambda position: ask_due(at=at))
    assert sum(each for each in told if isinstance(each, int)) == MOVEMENTS
    assert stp[0].singles == MOVEMENTS
    assert set(Enquiry.objects.values_list("state", flat=True)) == {"found"}


def test_without_the_claim_s_lock_they_ask_again_and_again(
    stp: tuple[Stp, Provider], at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same workers, each taking what the others are taking."""
    monkeypatch.setattr(asking, "CLAIM", asking.CLAIM.replace("FOR UPDATE SKIP LOCKED", ""))
    announce(stp, at)
    for _ in range(5):
        at_once(WORKERS, lambda position: ask_due(at=at))
        if stp[0].singles > MOVEMENTS:
            return
        Enquiry.objects.update(state="waiting", ended_at=None, next_at=at)
        stp[0].singles = 0
    raise AssertionError("the race did not happen: the test beside this one proves nothing")
