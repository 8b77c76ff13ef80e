"""The parcel of a paid order."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection

from seguripago.foundations.audit.queries import history
from seguripago.journey.delivery.commands import send_parcel
from seguripago.journey.delivery.listeners import LISTENERS
from seguripago.journey.delivery.queries import shipments_to_send
from seguripago.journey.delivery.rules import (
    OrderNotReadyToShip,
    ShipmentCannot,
    TrackingNumberLooksWrong,
    UnknownCarrier,
)
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.queries import order
from tests.delivery.builders import BETO, arrive, listen, only_parcel, open_shop, paid_order, place, verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def store_id() -> int:
    return open_shop()


def send(order_id: int, at: datetime) -> None:
    send_parcel(order_id, None, carrier="dhl", tracking_number="4410 8872 01", by=BETO, at=at)


def test_a_confirmed_payment_opens_the_parcel_once(store_id: int, at: datetime) -> None:
    order_id = paid_order(store_id, at=at)
    listen(*LISTENERS, at=at)
    listen(*LISTENERS, at=at)
    assert order(order_id).state == "preparing"
    assert [parcel.order_id for parcel in shipments_to_send(store_id)] == [order_id]


def test_sending_says_carrier_number_and_where_to_follow_it(store_id: int, at: datetime) -> None:
    order_id = paid_order(store_id, at=at)
    listen(*LISTENERS, at=at)
    send(order_id, at)
    parcel = only_parcel(order_id)
    assert parcel is not None
    assert (parcel.carrier_label, parcel.tracking_number, parcel.state) == ("DHL", "4410887201", "shipped")
    assert parcel.tracking_url.endswith("4410887201")
    assert order(order_id).state == "shipped"
    assert shipments_to_send(store_id) == ()
    assert "shipment.sent" in [entry.action for entry in history(store_id, f"order:{order_id}")]


def test_the_store_may_send_before_the_listener_came_by(store_id: int, at: datetime) -> None:
    order_id = paid_order(store_id, at=at)
    send(order_id, at)
    listen(*LISTENERS, at=at)
    parcel = only_parcel(order_id)
    assert parcel is not None
    assert parcel.state == "shipped"


def test_nothing_is_sent_before_the_money_is_confirmed(store_id: int, at: datetime) -> None:
    order_id = verify(place(store_id, at=at), at=at)
    with pytest.raises(OrderNotReadyToShip):
        send(order_id, at)
    assert only_parcel(order_id) is None


def test_a_parcel_is_not_sent_twice(store_id: int, at: datetime) -> None:
    order_id = paid_order(store_id, at=at)
    send(order_id, at)
    with pytest.raises(OrderNotReadyToShip):
        send_parcel(order_id, None, carrier="fedex", tracking_number="771623120966", by=BETO, at=at)
    parcel = only_parcel(order_id)
    assert parcel is not None
    assert parcel.carrier == "dhl"


def test_a_held_order_stays_with_the_store(store_id: int, at: datetime) -> None:
    order_id = paid_order(store_id, at=at)
    orders.hold_shipping(order_id, is_held=True, reason="duda", by=BETO, at=at)
    with pytest.raises(orders.ShippingHeld):
        send(order_id, at)
    listen(*LISTENERS, at=at)
    parcel = only_parcel(order_id)
    assert parcel is not None
    assert parcel.state == "preparing"


def test_a_number_of_another_shape_is_refused_with_its_words(store_id: int, at: datetime) -> None:
    order_id = paid_order(store_id, at=at)
    with pytest.raises(TrackingNumberLooksWrong) as refused:
        send_parcel(order_id, None, carrier="fedex", tracking_number="hola", by=BETO, at=at)
    assert "12 dígitos" in refused.value.says
    with pytest.raises(UnknownCarrier):
        send_parcel(order_id, None, carrier="palomas", tracking_number="1", by=BETO, at=at)


def test_a_parcel_arrives_once_and_only_after_it_left(store_id: int, at: datetime) -> None:
    order_id = paid_order(store_id, at=at)
    listen(*LISTENERS, at=at)
    with pytest.raises(ShipmentCannot):
        arrive(order_id, by=BETO, at=at)
    send(order_id, at)
    arrive(order_id, by=BETO, at=at + timedelta(days=2))
    assert order(order_id).state == "delivered"
    with pytest.raises(ShipmentCannot):
        arrive(order_id, by=BETO, at=at + timedelta(days=3))


def test_a_cancelled_order_is_not_prepared(store_id: int, at: datetime) -> None:
    order_id = paid_order(store_id, at=at)
    orders.cancel_order(order_id, by=BETO, reason="error", at=at)
    listen(*LISTENERS, at=at)
    assert only_parcel(order_id) is None


def test_parcels_and_orders_tell_the_same_story(store_id: int, at: datetime) -> None:
    for turn in range(1, 5):
        order_id = paid_order(store_id, at=at, turn=turn)
        if turn > 1:
            send(order_id, at)
        if turn > 2:
            arrive(order_id, by=BETO, at=at)
    listen(*LISTENERS, at=at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM inv_shipment_differs_from_order")
        assert cursor.fetchone() == (0,)
