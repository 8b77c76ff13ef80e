"""Many parcels an order: what is in each, when the order has left, when it has arrived, what came back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from seguripago.foundations.facts.models import FactRow
from seguripago.journey.delivery.commands import mark_delivered, mark_returned, send_parcel
from seguripago.journey.delivery.models import ShipmentEvent, ShipmentLine
from seguripago.journey.delivery.queries import shipments_of
from seguripago.journey.delivery.rules import (
    LinkLooksWrong,
    OrderNotReadyToShip,
    PiecesNotThere,
    ReasonMissing,
    Says,
    ShipmentCannot,
)
from seguripago.journey.guarantee.commands import accept_delivery
from seguripago.journey.guarantee.listeners import LISTENERS as GUARANTEE
from seguripago.journey.guarantee.queries import guarantee_of
from seguripago.journey.guarantee.rules import NotSentYet
from seguripago.journey.notices.listeners import LISTENERS as NOTICES
from seguripago.journey.notices.models import Mail
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.queries import order
from tests.delivery.builders import BETO, LUCIA, listen, open_shop, paid_order
from tests.guarantee.test_guarantees import broken_invariants

pytestmark = pytest.mark.django_db


@pytest.fixture
def order_id(at: datetime) -> int:
    """A paid order of one line with two pieces."""
    return paid_order(open_shop(), at=at)


def line_of(order_id: int) -> int:
    return order(order_id).lines[0].id


def send(order_id: int, pieces: int | None, at: datetime, number: str = "4410887201", **more: str) -> int:
    chosen = None if pieces is None else {line_of(order_id): pieces}
    given = {"carrier": "dhl", "tracking_number": number, **more}
    return send_parcel(order_id, chosen, by=BETO, at=at, **given)  # type: ignore[arg-type]


def arrives(shipment_id: int, at: datetime, says: Says = Says.STORE) -> bool:
    return mark_delivered(shipment_id, says=says, by=BETO, at=at)


def test_an_order_leaves_with_its_last_piece_and_arrives_with_its_last_parcel(order_id: int, at: datetime) -> None:
    listen(*GUARANTEE, at=at)
    first = send(order_id, 1, at)
    assert order(order_id).state == "preparing"
    sent, waits = shipments_of(order_id)
    assert (sent.state, sent.pieces, waits.state, waits.pieces, waits.position) == ("shipped", 1, "preparing", 1, 2)
    assert not arrives(first, at + timedelta(hours=1))
    second = send(order_id, None, at, "4410887202")
    assert order(order_id).state == "shipped"
    listen(*GUARANTEE, at=at)
    promise = guarantee_of(order_id)
    assert promise is not None
    assert promise.inspection_ends_at is None
    assert arrives(second, at + timedelta(hours=2))
    listen(*GUARANTEE, at=at)
    promise = guarantee_of(order_id)
    assert promise is not None
    assert promise.inspection_ends_at is not None
    assert order(order_id).state == "delivered"
    told = FactRow.objects.filter(kind="ShipmentDelivered").order_by("pk").values_list("body__is_last", flat=True)
    assert list(told) == [False, True]
    listen(*NOTICES, at=at + timedelta(hours=2))
    subjects = [each.subject for each in Mail.objects.order_by("pk") if "entregado" in each.subject]
    number = order(order_id).number
    assert subjects == [f"Un paquete de tu pedido {number} fue entregado", f"Tu pedido {number} fue entregado"]
    assert not any(broken_invariants().values())


@pytest.mark.parametrize("pieces", [{}, {"line": 0}, {"line": 3}, {"line": -1}, {"other": 1}])
def test_only_what_is_left_may_leave(order_id: int, at: datetime, pieces: dict[str, int]) -> None:
    lines = {"line": line_of(order_id), "other": line_of(order_id) + 1000}
    with pytest.raises(PiecesNotThere):
        send_parcel(
            order_id,
            {lines[name]: count for name, count in pieces.items()},
            carrier="dhl",
            tracking_number="4410887201",
            by=BETO,
            at=at,
        )
    assert order(order_id).state == "paid"


def test_what_came_back_waits_to_be_sent_again(order_id: int, at: datetime) -> None:
    parcel = send(order_id, None, at)
    with pytest.raises(ReasonMissing):
        mark_returned(parcel, reason="  ", says=Says.CARRIER, by=BETO, at=at)
    mark_returned(parcel, reason="Domicilio cerrado tres veces", says=Says.CARRIER, by=BETO, at=at)
    back, again = shipments_of(order_id)
    assert (back.state, back.return_reason, again.state) == ("returned", "Domicilio cerrado tres veces", "preparing")
    assert (back.pieces, again.pieces) == (2, 2)
    with pytest.raises(ShipmentCannot):
        arrives(parcel, at)
    listen(*GUARANTEE, at=at)
    with pytest.raises(NotSentYet):
        accept_delivery(order_id, by=LUCIA, at=at)
    assert not any(broken_invariants().values())
    assert arrives(send(order_id, None, at, "4410887203"), at)
    assert order(order_id).state == "delivered"
    with pytest.raises(OrderNotReadyToShip):
        send(order_id, None, at)
    assert not any(broken_invariants().values())


def test_what_left_in_part_is_neither_cancelled_nor_unpaid(order_id: int, at: datetime) -> None:
    send(order_id, 1, at)
    with pytest.raises(orders.WrongState):
        orders.cancel_order(order_id, by=BETO, reason="error", at=at)
    assert not orders.mark_unpaid(order_id, at=at)
    orders.hold_shipping(order_id, is_held=True, reason="duda", by=BETO, at=at)
    with pytest.raises(orders.ShippingHeld):
        send(order_id, None, at)


def test_the_buyers_word_takes_every_parcel_once_all_have_left(order_id: int, at: datetime) -> None:
    listen(*GUARANTEE, at=at)
    send(order_id, 1, at)
    with pytest.raises(NotSentYet):
        accept_delivery(order_id, by=LUCIA, at=at)
    send(order_id, None, at, "4410887202")
    accept_delivery(order_id, by=LUCIA, at=at)
    assert [(parcel.state, parcel.delivered_says) for parcel in shipments_of(order_id)] == [("delivered", "buyer")] * 2
    assert order(order_id).state == "closed"


@pytest.mark.parametrize(
    "link",
    ["http://mia.test/1", "javascript:alert(1)", "https://", "https://a b.mx", "https://yo@mia.mx", "https://mia"],
)
def test_a_tracking_link_is_https_or_refused(order_id: int, at: datetime, link: str) -> None:
    with pytest.raises(LinkLooksWrong):
        send(order_id, None, at, "VAN-1", carrier="manual", tracking_link=link)


def test_a_link_typed_by_the_store_is_shown_where_the_carrier_has_none(order_id: int, at: datetime) -> None:
    send(order_id, 1, at, "VAN-1", carrier="manual", tracking_link="https://paquetes.mx/r?g=VAN-1")
    send(order_id, 1, at, tracking_link="https://otra.mx/1")
    typed, own = shipments_of(order_id)
    assert typed.tracking_url == "https://paquetes.mx/r?g=VAN-1"
    assert own.tracking_url.startswith("https://www.dhl.com/")


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("UPDATE shipment_line SET quantity = 1", "append-only"),
        ("DELETE FROM shipment_event", "append-only"),
        ("DELETE FROM shipment", "never deleted"),
        ("UPDATE shipment SET tracking_number = 'OTRA'", "ended as it is"),
        ("UPDATE shipment SET state = 'preparing'", "ended as it is"),
        ("UPDATE shipment SET tracking_link = 'http://a.mx'", "shipment_link_is_https"),
        ("UPDATE shipment SET state = 'delivered', delivered_at = shipped_at", "shipment_delivered_by_a_word"),
        ("UPDATE shipment SET state = 'returned', returned_at = shipped_at", "shipment_returned_has_its_reason"),
    ],
)
def test_the_database_refuses_what_must_not_be(order_id: int, at: datetime, statement: str, name: str) -> None:
    send(order_id, None, at)
    with pytest.raises(IntegrityError, match=name), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert (ShipmentLine.objects.count(), ShipmentEvent.objects.count()) == (1, 1)


def test_a_line_of_another_order_does_not_fit(order_id: int, at: datetime) -> None:
    other = paid_order(order(order_id).store_id, at=at, turn=2)
    parcel = send(order_id, None, at)
    with pytest.raises(IntegrityError, match="not of the order"), transaction.atomic():
        ShipmentLine.objects.create(shipment_id=parcel, order_line_id=line_of(other), quantity=1)
