"""The clocks of the guarantee go by mail: to the store before and after its deadlines, to the buyer what he may do."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection

from seguripago.journey.delivery.commands import mark_returned, send_parcel, watch_parcels
from seguripago.journey.delivery.listeners import LISTENERS as DELIVERY
from seguripago.journey.delivery.queries import shipments_of
from seguripago.journey.delivery.rules import Says
from seguripago.journey.guarantee.commands import claim, take_steps
from seguripago.journey.guarantee.listeners import LISTENERS as GUARANTEE
from seguripago.journey.guarantee.queries import GuaranteeView, guarantee_of
from seguripago.journey.notices.listeners import LISTENERS
from seguripago.journey.notices.models import Mail
from seguripago.journey.orders.queries import order
from tests.delivery.builders import BETO, LUCIA, arrive, listen, open_shop, paid_order

pytestmark = pytest.mark.django_db
TEMPLATES = ("guarantee_step", "guarantee_deadline")
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.fixture
def store_id() -> int:
    return open_shop()


def held(store_id: int, at: datetime) -> tuple[int, GuaranteeView]:
    order_id = paid_order(store_id, at=at)
    listen(*DELIVERY, *GUARANTEE, *LISTENERS, at=at)
    promise = guarantee_of(order_id)
    assert promise is not None
    return order_id, promise


def send(order_id: int, at: datetime) -> None:
    send_parcel(order_id, None, carrier="dhl", tracking_number="4410887201", by=BETO, at=at)


def told(at: datetime, *, clock: bool = True) -> list[tuple[str, str]]:
    """What the clock's mails say by now: (to whom, subject), all of them in order."""
    if clock:
        take_steps(at)
    listen(*LISTENERS, at=at)
    return list(Mail.objects.filter(template__in=TEMPLATES).order_by("pk").values_list("to", "subject"))


def test_the_store_is_reminded_before_it_must_send_and_both_hear_when_it_did_not(store_id: int, at: datetime) -> None:
    order_id, promise = held(store_id, at)
    number = order(order_id).number
    store, buyer = "hola@sierra-alta.test", "lucia@correo.test"
    assert told(promise.ship_by - DAY - SECOND) == []
    soon = (store, f"Está por vencer el plazo para enviar el pedido {number}")
    assert told(promise.ship_by - DAY) == [soon]
    late = {
        (store, f"Venció el plazo para enviar el pedido {number}"),
        (buyer, f"Ya puedes reclamar tu pedido {number}"),
    }
    assert set(told(promise.ship_by)[1:]) == late
    for_buyer = Mail.objects.get(template="guarantee_step")
    for said in ("no lo ha enviado", "«No llegó»", f"/pedido/{order(order_id).access_token}/reclamacion/"):
        assert said in for_buyer.text
    assert f"/oficina/pedidos/{number}/" in Mail.objects.filter(template="guarantee_deadline")[1].text
    assert len(told(promise.deliver_by)) == 5, "the delivery that was missed is said to both as well"
    assert len(told(promise.deliver_by + DAY)) == 5


def test_a_missed_sending_day_is_one_mail_to_the_buyer_with_both_facts(store_id: int, at: datetime) -> None:
    _order_id, promise = held(store_id, at)
    late = promise.ship_by + SECOND
    assert watch_parcels(at=late) == 1
    listen(*LISTENERS, at=late)
    told(late)
    (mail,) = Mail.objects.filter(to="lucia@correo.test", at__gt=promise.ship_by)
    assert mail.template == "guarantee_step"
    for said in ("no lo ha enviado", "Desde hoy puedes reclamar «No llegó»"):
        assert said in mail.text


@pytest.mark.parametrize("meanwhile", ["came back", "claimed"])
def test_a_missed_day_of_which_the_promise_says_nothing_has_its_own_mail(
    store_id: int, at: datetime, meanwhile: str
) -> None:
    order_id, promise = held(store_id, at)
    if meanwhile == "came back":
        send(order_id, at)
        mark_returned(shipments_of(order_id)[0].id, reason="Nadie abrió", says=Says.STORE, by=BETO, at=promise.ship_by)
    late = shipments_of(order_id)[-1].ship_by + SECOND
    assert watch_parcels(at=late) == 1
    if meanwhile == "claimed":
        claim(order_id, by=LUCIA, at=late)
    listen(*LISTENERS, at=late)
    assert Mail.objects.filter(to="lucia@correo.test", template="shipment_late").count() == 1


def test_what_was_sent_is_asked_for_before_it_must_arrive(store_id: int, at: datetime) -> None:
    order_id, promise = held(store_id, at)
    send(order_id, at)
    number = order(order_id).number
    soon = ("hola@sierra-alta.test", f"Está por vencer el plazo para entregar el pedido {number}")
    assert told(promise.deliver_by - DAY) == [soon]
    assert {to for to, _subject in told(promise.deliver_by)[1:]} == {"hola@sierra-alta.test", "lucia@correo.test"}
    assert "no sabemos que lo tengas" in Mail.objects.get(template="guarantee_step").text


def test_the_buyer_is_reminded_before_his_days_to_look_end(store_id: int, at: datetime) -> None:
    order_id, _promise = held(store_id, at)
    send(order_id, at)
    arrive(order_id, by=BETO, at=at)
    listen(*DELIVERY, *GUARANTEE, at=at)
    assert told(at + 6 * DAY - SECOND) == []
    soon = ("lucia@correo.test", f"Termina tu plazo para revisar tu pedido {order(order_id).number}")
    assert told(at + 6 * DAY) == [soon]
    assert told(at + 6 * DAY + SECOND) == [soon]


def test_the_same_step_read_again_writes_nothing_new(store_id: int, at: datetime) -> None:
    _order_id, promise = held(store_id, at)
    before = told(promise.ship_by)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE fact_cursor SET seq = 0 WHERE listener IN ('notices.mail', 'notices.stores')")
    assert told(promise.ship_by, clock=False) == before


@pytest.mark.parametrize("meanwhile", [send, lambda order_id, at: claim(order_id, by=LUCIA, at=at)])
def test_what_is_not_so_any_more_when_the_mail_is_written_is_not_said(
    store_id: int, at: datetime, meanwhile: object
) -> None:
    order_id, promise = held(store_id, at)
    take_steps(promise.ship_by)
    meanwhile(order_id, promise.ship_by)  # type: ignore[operator]
    assert told(promise.ship_by, clock=False) == []
