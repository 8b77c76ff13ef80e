"""One last piece, many buyers at once, on connections of their own: with the guard on, and once with it off."""

from __future__ import annotations

import dataclasses
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from django.db import IntegrityError, connection, connections, transaction

from seguripago.foundations.facts import wakeups
from seguripago.journey.catalogue import commands as catalogue
from seguripago.journey.catalogue.models import Product
from seguripago.journey.catalogue.rules import OutOfStock
from seguripago.journey.orders.commands import PlaceOrder, place_order
from seguripago.journey.orders.models import Order
from tests.orders.builders import make_product, make_store, placing

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
BUYERS = 20


def all_at_once(buyers: Sequence[Callable[[], str]]) -> Counter[str]:
    """Run every buyer in a thread on a connection of its own, all let go together; count what they were told."""
    gate = threading.Barrier(len(buyers))

    def go(buyer: Callable[[], str]) -> str:
        try:
            connection.ensure_connection()
            gate.wait(timeout=30)
            return buyer()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(buyers)) as threads:
        return Counter(threads.map(go, buyers))


def buyer_of(store: int, lines: Sequence[tuple[int, int]], at: datetime) -> Callable[[], str]:
    """A buyer who asks once and says what came of it."""
    asked = placing(*lines)

    def ask() -> str:
        try:
            place_order(store, asked, at=at)
        except OutOfStock:
            return "out of stock"
        return "ordered"

    return ask


@pytest.fixture(autouse=True)
def _quiet_bell() -> Iterator[None]:
    """Close this process's sender of wake-ups: its connection would keep the test database from being dropped."""
    yield
    for bell in wakeups._bells.values():
        bell.close()
    wakeups._bells.clear()


@pytest.mark.parametrize("again", range(3))
def test_one_last_piece_and_twenty_buyers_make_exactly_one_order(at: datetime, again: int) -> None:
    store = make_store()
    product = make_product(store, stock=1)
    told = all_at_once([buyer_of(store, [(product, 1)], at) for _ in range(BUYERS)])
    assert told == {"ordered": 1, "out of stock": BUYERS - 1}
    assert Order.objects.filter(store_id=store).count() == 1
    assert Product.objects.get(pk=product).reserved == 1


def test_with_the_guard_off_the_same_buyers_oversell(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: without the guard, and without the database's own constraint behind it, the race goes wrong."""
    store = make_store()
    product = make_product(store, stock=1)
    unlocked = catalogue.RESERVE.replace(catalogue.GUARD, "true").replace("ORDER BY p.id FOR UPDATE", "ORDER BY p.id")
    assert unlocked != catalogue.RESERVE
    monkeypatch.setattr(catalogue, "RESERVE", unlocked)
    constraint = "product_promises_within_stock"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE product DROP CONSTRAINT {constraint}")
    try:
        for _ in range(5):
            Product.objects.filter(pk=product).update(reserved=0)
            told = all_at_once([buyer_of(store, [(product, 1)], at) for _ in range(BUYERS)])
            oversold = Product.objects.get(pk=product).reserved
            if oversold > 1:
                break
    finally:
        Product.objects.filter(pk=product).update(reserved=0)
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE product ADD CONSTRAINT {constraint} CHECK (stock >= (reserved + sold))")
    assert told["ordered"] == oversold > 1


def test_with_only_the_guard_off_the_database_still_refuses(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    store = make_store()
    product = make_product(store, stock=1)
    monkeypatch.setattr(catalogue, "RESERVE", catalogue.RESERVE.replace(catalogue.GUARD, "true"))

    def refused(ask: Callable[[], str]) -> Callable[[], str]:
        def go() -> str:
            try:
                return ask()
            except IntegrityError:
                return "refused by the database"

        return go

    all_at_once([refused(buyer_of(store, [(product, 1)], at)) for _ in range(BUYERS)])
    assert Product.objects.get(pk=product).reserved == 1
    assert Order.objects.filter(store_id=store).count() == 1


@pytest.mark.parametrize("stock", [1, 10])
def test_eight_identical_presses_place_one_order(at: datetime, stock: int) -> None:
    store = make_store()
    product = make_product(store, stock=stock)
    asked = placing((product, 1))
    presses = [
        dataclasses.replace(asked, number=other.number, access_token=other.access_token)
        for other in (placing() for _ in range(8))
    ]

    def press(each: PlaceOrder) -> Callable[[], str]:
        return lambda: str(place_order(store, each, at=at))

    told = all_at_once([press(each) for each in presses])
    [(order_id, answers)] = told.items()
    assert answers == 8
    assert Order.objects.get(store_id=store).pk == int(order_id)
    assert Product.objects.get(pk=product).reserved == 1


def test_carts_in_any_order_never_wait_for_one_another_in_a_circle(at: datetime) -> None:
    """Random carts of three products from eight buyers at once: no deadlock, and the counters say what was ordered."""
    store = make_store()
    products = [make_product(store, stock=200) for _ in range(5)]
    dice = random.Random(20261122)

    def shop_around(carts: list[list[tuple[int, int]]]) -> Callable[[], str]:
        def go() -> str:
            for lines in carts:
                assert buyer_of(store, lines, at)() == "ordered"
            return "done"

        return go

    buyers = [
        shop_around([[(product, 1) for product in dice.sample(products, 3)] for _ in range(12)]) for _ in range(8)
    ]
    assert all_at_once(buyers) == {"done": 8}
    assert sum(Product.objects.filter(store_id=store).values_list("reserved", flat=True)) == 8 * 12 * 3


def test_a_buyer_caught_in_a_circle_of_locks_is_served_and_hears_nothing_of_it(at: datetime) -> None:
    """Somebody locks the shelf against its order; PostgreSQL ends the buyer's transaction, which is made again."""
    store = make_store()
    first, second = make_product(store), make_product(store)
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            Product.objects.select_for_update().get(pk=second)
            told = threads.submit(all_at_once, [buyer_of(store, [(first, 1), (second, 1)], at)])
            wait_until_somebody_waits()
            Product.objects.select_for_update().get(pk=first)
        assert told.result(timeout=30) == {"ordered": 1}
    assert Order.objects.filter(store_id=store).count() == 1


def wait_until_somebody_waits() -> None:
    """Return once another session of this database waits for a lock."""
    for _ in range(500):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")
