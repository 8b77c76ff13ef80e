"""One store whose bank cannot be asked, for a reason that nobody foresaw, keeps no other store from its money."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from seguripago.journey.bank.asking_tables import ListPull
from seguripago.journey.bank.commands import ask_due, pull_due_lists
from tests.adapters.provider import provider
from tests.feeds.bank_desk import Stp, asking_store, notice_of, post, transfer, turn
from tests.money.bank import paid_view, sale
from tests.money.refusing import refusing

pytestmark = pytest.mark.django_db


@pytest.fixture
def stp() -> Iterator[tuple[Stp, str]]:
    desk = Stp()
    with provider(desk.answer) as there:
        yield desk, there.url


def test_the_other_stores_are_asked_about(stp: tuple[Stp, str], at: datetime) -> None:
    sales = []
    for number in (1, 2):
        sold = sale(at, store_id=asking_store(stp[1], at))
        line = transfer(number, clabe=sold.clabe, at=at, amount=sold.total.plain)
        stp[0].held.append(line)
        post(sold.store_id, notice_of(line), at)
        sales.append(sold)
    turn(at)
    with refusing("raw_notice", of_store=sales[0].store_id):
        assert ask_due(at=at) == 2
    turn(at)
    assert [paid_view(sold.order_id).is_confirmed for sold in sales] == [False, True]


def test_the_other_stores_lists_are_pulled(stp: tuple[Stp, str], at: datetime) -> None:
    first, second = (asking_store(stp[1], at) for _ in range(2))
    with refusing("bank_list_pull", of_store=first):
        pull_due_lists(at=at)
    assert set(ListPull.objects.values_list("store_id", flat=True)) == {second}
