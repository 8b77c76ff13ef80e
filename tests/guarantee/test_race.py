"""Two workers look at the same clock: with the lock one releases; without it the second one breaks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection

from seguripago.foundations.facts import wakeups
from seguripago.foundations.ledger.queries import balance
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.delivery.commands import send_parcel
from seguripago.journey.delivery.listeners import LISTENERS as DELIVERY
from seguripago.journey.guarantee import commands
from seguripago.journey.guarantee.commands import holding
from seguripago.journey.guarantee.listeners import LISTENERS
from seguripago.journey.guarantee.models import Guarantee, GuaranteeEvent
from seguripago.values.money import Money
from tests.delivery.builders import BETO, arrive, listen, open_shop, paid_order

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture(autouse=True)
def quiet_bell() -> Iterator[None]:
    """Hang up the connection of the wake-ups, so that the test database can be dropped."""
    yield
    for bell in wakeups._bells.values():
        bell.close()
    wakeups._bells.clear()


@pytest.fixture
def due(at: datetime) -> int:
    order_id = paid_order(open_shop(), at=at)
    listen(*DELIVERY, *LISTENERS, at=at)
    send_parcel(order_id, None, carrier="dhl", tracking_number="4410887201", by=BETO, at=at)
    arrive(order_id, by=BETO, at=at)
    listen(*DELIVERY, *LISTENERS, at=at)
    return order_id


def at_once(times: int, work: Callable[[], object]) -> list[object]:
    """What each of several threads answered or raised."""

    def run(_: int) -> object:
        try:
            return work()
        except IntegrityError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def test_with_the_lock_one_of_eight_workers_releases(due: int, at: datetime) -> None:
    answers = at_once(8, lambda: commands.release_due(at + timedelta(days=8)))
    assert sorted(answers, key=str) == [0] * 7 + [1]
    assert GuaranteeEvent.objects.filter(is_terminal=True).count() == 1
    assert balance(Guarantee.objects.get(order_id=due).store_id, Account.DUE_TO_BUYER) == Money.zero()


def test_without_the_lock_the_second_end_is_refused_by_the_database(
    due: int, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = threading.Barrier(2)

    def unlocked(order_id: int) -> Guarantee | None:
        row = Guarantee.objects.filter(order_id=order_id).first()
        together.wait(timeout=20)
        return row

    monkeypatch.setattr(holding, "locked", unlocked)
    monkeypatch.setattr(holding.orders, "lock_order", lambda order_id: SimpleNamespace(shipping_hold=False))
    # One order's release itself: what goes over all of them survives what the database refuses of one.
    answers = at_once(2, lambda: holding._release_one(due, at=at + timedelta(days=8)))
    assert any(isinstance(answer, IntegrityError) for answer in answers)
    assert GuaranteeEvent.objects.filter(is_terminal=True).count() == 1
