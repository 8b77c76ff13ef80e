"""Two people send the same pieces at once: with the order's lock one is refused; without it, the database refuses."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from django.db import IntegrityError, connection

from seguripago.foundations.facts import wakeups
from seguripago.journey.delivery.commands import prepare_shipments, send_parcel, sending
from seguripago.journey.delivery.models import Shipment, ShipmentLine
from seguripago.journey.delivery.rules import OrderNotReadyToShip, PiecesNotThere
from seguripago.journey.orders.queries import order
from tests.delivery.builders import BETO, open_shop, paid_order

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture(autouse=True)
def quiet_bell() -> Iterator[None]:
    """Hang up the connection of the wake-ups, so that the test database can be dropped."""
    yield
    for bell in wakeups._bells.values():
        bell.close()
    wakeups._bells.clear()


@pytest.fixture
def order_id(at: datetime) -> int:
    found = paid_order(open_shop(), at=at)
    prepare_shipments([found], by=BETO, at=at)
    return found


def at_once(times: int, work: Callable[[], object]) -> list[object]:
    """What each of several threads answered or raised."""

    def run(_: int) -> object:
        try:
            return work()
        except (IntegrityError, OrderNotReadyToShip, PiecesNotThere) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def one_piece(order_id: int, at: datetime) -> int:
    line = order(order_id).lines[0].id
    return send_parcel(order_id, {line: 1}, carrier="dhl", tracking_number="4410887201", by=BETO, at=at)


def test_with_the_lock_each_piece_leaves_once(order_id: int, at: datetime) -> None:
    answers = at_once(6, lambda: one_piece(order_id, at))
    assert sum(isinstance(answer, int) for answer in answers) == 2
    assert not any(isinstance(answer, IntegrityError) for answer in answers)
    assert sum(ShipmentLine.objects.values_list("quantity", flat=True)) == 2
    assert order(order_id).state == "shipped"


def test_without_the_lock_the_database_counts_the_pieces(
    order_id: int, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both hold all the pieces for left, each in a parcel of its own: the second one does not fit."""
    line = order(order_id).lines[0].id
    together, places = threading.Barrier(2), itertools.count(10)

    def unlocked() -> object:
        parcel = Shipment.objects.get(order_id=order_id, state="preparing")
        parcel.pk, parcel.position = None, next(places)
        parcel.state, parcel.carrier, parcel.tracking_number, parcel.shipped_at = "shipped", "dhl", "4410887201", at
        parcel.save()
        together.wait(timeout=20)
        sending.pack(parcel, {line: 2})
        return parcel.pk

    answers = at_once(2, unlocked)
    assert [isinstance(answer, IntegrityError) for answer in answers].count(True) == 1
    assert sum(ShipmentLine.objects.values_list("quantity", flat=True)) == 2


def test_without_lock_and_guard_more_leaves_than_was_ordered(order_id: int, at: datetime) -> None:
    line = order(order_id).lines[0].id
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE shipment_line DISABLE TRIGGER shipment_line_is_within_order")
    try:
        for turn in (10, 11):
            parcel = Shipment.objects.filter(order_id=order_id, state="preparing").get()
            parcel.pk, parcel.position = None, turn
            parcel.state, parcel.carrier, parcel.tracking_number, parcel.shipped_at = "shipped", "dhl", "1", at
            parcel.save()
            sending.pack(parcel, {line: 2})
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE shipment_line ENABLE TRIGGER shipment_line_is_within_order")
    with connection.cursor() as cursor:
        cursor.execute("SELECT sent FROM inv_shipment_sent_too_much")
        assert cursor.fetchall() == [(4,)]


def test_the_same_form_at_the_same_moment_sends_one_parcel(order_id: int, at: datetime) -> None:
    """The other two of the pair are above: without the lock pieces leave twice, as far as the database lets them."""
    line, waiting = order(order_id).lines[0].id, Shipment.objects.get(order_id=order_id).pk

    def form() -> int:
        return send_parcel(
            order_id, {line: 1}, carrier="dhl", tracking_number="4410887201", parcel=waiting, by=BETO, at=at
        )

    assert at_once(4, form) == [waiting] * 4
    assert sum(ShipmentLine.objects.values_list("quantity", flat=True)) == 1
