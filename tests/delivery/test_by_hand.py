"""What was charged without a cart has no parcel: the store hands it over, and the same promise runs."""

from __future__ import annotations

from datetime import datetime

import pytest

from seguripago.foundations.facts.models import FactRow
from seguripago.journey.delivery.commands import hand_over, send_parcel
from seguripago.journey.delivery.listeners import LISTENERS
from seguripago.journey.guarantee.commands import accept_delivery
from seguripago.journey.guarantee.listeners import LISTENERS as GUARANTEE
from seguripago.journey.guarantee.queries import certificate_document, guarantee_of
from seguripago.journey.orders.commands import NotByHand, WrongState
from seguripago.journey.orders.queries import order
from tests.delivery.builders import BETO, LUCIA, listen, only_parcel, open_shop, paid_order, pay
from tests.guarantee.test_guarantees import broken_invariants
from tests.orders.charges import accepted, charged

pytestmark = pytest.mark.django_db


def test_the_store_hands_over_and_the_inspection_begins(at: datetime) -> None:
    order_id = pay(accepted(open_shop(), at), at=at)
    listen(*LISTENERS, *GUARANTEE, at=at)
    hand_over(order_id, by=BETO, at=at)
    hand_over(order_id, by=BETO, at=at)
    listen(*GUARANTEE, at=at)
    shipment, promise = only_parcel(order_id), guarantee_of(order_id)
    assert shipment is not None
    assert promise is not None
    assert (order(order_id).state, shipment.state, shipment.is_by_hand) == ("delivered", "delivered", True)
    assert promise.inspection_ends_at is not None
    assert [row.kind for row in FactRow.objects.filter(kind__startswith="Shipment")] == ["ShipmentDelivered"]
    assert not any(broken_invariants().values())


def test_its_buyers_word_is_enough(at: datetime) -> None:
    order_id = pay(accepted(open_shop(), at), at=at)
    listen(*GUARANTEE, at=at)
    accept_delivery(order_id, by=LUCIA, at=at)
    assert order(order_id).state == "closed"
    paper = certificate_document(order_id)
    assert paper is not None
    assert (paper.is_sent, paper.delivery_place) == (False, "")


def test_nothing_is_handed_over_before_it_is_paid_nor_what_travels(at: datetime) -> None:
    store_id = open_shop()
    with pytest.raises(WrongState):
        hand_over(charged(store_id, at), by=BETO, at=at)
    with pytest.raises(NotByHand):
        hand_over(paid_order(store_id, at=at), by=BETO, at=at)


def test_it_may_leave_in_a_parcel_after_all(at: datetime) -> None:
    order_id = pay(accepted(open_shop(), at), at=at)
    send_parcel(order_id, None, carrier="dhl", tracking_number="4410 8872 01", by=BETO, at=at)
    assert order(order_id).state == "shipped"
