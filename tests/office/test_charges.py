"""«Cobro rápido» and the links of an order in the office."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from seguripago.journey.delivery.listeners import LISTENERS as DELIVERY
from seguripago.journey.guarantee.listeners import LISTENERS as GUARANTEE
from seguripago.journey.guarantee.queries import guarantee_of
from seguripago.journey.notices.listeners import LISTENERS as NOTICES
from seguripago.journey.notices.models import Mail
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.models import Order
from seguripago.journey.orders.queries import order
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.payments.commands import expire_payments, open_link
from seguripago.journey.payments.queries import links_of, live_link, payment_of
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from tests.delivery.builders import listen, open_shop, pay, place, verify
from tests.office.test_office import enter

pytestmark = pytest.mark.django_db
TYPED = {
    "key": "a" * 40,
    "name": "Lucía Hernández Robles",
    "email": "Lucia@correo.test",
    "phone": "+52 55 5012 8846",
    "concept": "Mantenimiento de molino",
    "amount": "$1,160.00",
    "iva": "1600",
    "days": "3",
    "note": "El viernes, en tu domicilio",
}


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def store_id() -> int:
    return open_shop()


@pytest.fixture
def ana(store_id: int) -> Client:
    return enter(store_id, "ana", "owner")


def charged(ana: Client, **more: Any) -> OrderView:
    answer = ana.post("/oficina/cobros/nuevo/", TYPED | more)
    assert answer.status_code == 302, answer.content.decode()
    return order(Order.objects.latest("pk").pk)


def test_a_charge_is_made_once_with_its_link_and_one_mail(ana: Client, now: datetime) -> None:
    made = charged(ana)
    again = charged(ana)
    assert (again.id, Order.objects.count()) == (made.id, 1)
    assert (made.buyer.phone, made.buyer.email, made.made_by) == ("5550128846", "lucia@correo.test", "Ana Prueba")
    [link] = links_of(made.id, at=now)
    assert (link.purpose, link.amount, link.expires_at) == ("quick", Money(116_000), made.expires_at)
    listen(*NOTICES, at=now)
    [mail] = Mail.objects.all()
    assert (mail.template, mail.to) == ("payment_link", "lucia@correo.test")
    assert link.phrase in mail.text
    assert "Mantenimiento de molino" in mail.text
    assert [each["document"] for each in mail.attachments] == ["pre_invoice"]
    assert "<img" not in mail.html


def test_what_is_wrong_is_said_where_it_was_typed_and_nothing_is_lost(ana: Client) -> None:
    wrong = TYPED | {"amount": "mil pesos", "phone": "55", "concept": "", "days": "400", "iva": "7"}
    answer = ana.post("/oficina/cobros/nuevo/", wrong)
    said = answer.content.decode()
    assert answer.status_code == 422
    for words in ("como 1,250.00", "10 dígitos", "qué se cobra", "vigencia de la lista", "IVA de la lista"):
        assert words in said
    assert 'value="mil pesos"' in said
    assert "El viernes, en tu domicilio" in said
    assert not Order.objects.exists()
    assert "$9,999,999.99" in ana.post("/oficina/cobros/nuevo/", TYPED | {"amount": "10000000"}).content.decode()
    charged(ana)
    other = ana.post("/oficina/cobros/nuevo/", TYPED | {"amount": "5"})
    assert "ya hizo otro cobro" in other.content.decode()


def test_the_list_shows_states_filters_and_finds(ana: Client, now: datetime) -> None:
    first, second = charged(ana), charged(ana, key="b" * 40, concept="Curso de barismo")
    orders.cancel_order(first.id, by=Actor.system(), reason="Ya no", at=now)
    listed = ana.get("/oficina/cobros/").content.decode()
    assert "Curso de barismo" in listed
    assert "Retirado" in listed or "Reemplazado" in listed or "Cancelado" in listed
    assert "Mantenimiento" not in ana.get("/oficina/cobros/?estado=por-aceptar").content.decode()
    found = ana.get("/oficina/cobros/?q=barismo").content.decode()
    assert (second.number in found, first.number in found) == (True, False)
    empty = ana.get("/oficina/cobros/?estado=pagados").content.decode()
    assert "Ningún cobro coincide" in empty


def test_the_page_of_a_charge_has_no_parcel_and_is_handed_over(ana: Client, now: datetime) -> None:
    made = charged(ana)
    page = ana.get(f"/oficina/pedidos/{made.number}/").content.decode()
    assert "Enviar a" not in page
    assert "todavía no lo acepta" in page
    orders.accept_confirmation(made.id, by=Actor.buyer("Lucía"), at=now)
    pay(made.id, at=now)
    listen(*DELIVERY, *GUARANTEE, at=now)
    page = ana.get(f"/oficina/pedidos/{made.number}/").content.decode()
    assert "Marcar entregado" in page
    assert "Número de guía" not in page
    for _twice in range(2):
        assert ana.post(f"/oficina/pedidos/{made.number}/entregar/").status_code == 302
    listen(*GUARANTEE, at=now)
    assert order(made.id).state == "delivered"
    assert guarantee_of(made.id).inspection_ends_at is not None  # type: ignore[union-attr]
    bought = Client().get(f"/pedido/{made.access_token}/").content.decode()
    assert "La tienda te lo entregó o lo realizó" in bought
    assert "by_hand" not in bought


def test_a_charge_lasts_the_days_that_it_was_made_for(ana: Client, now: datetime) -> None:
    made = charged(ana, days="7")
    payment = payment_of(made.id)
    assert payment is not None
    assert payment.expires_at == made.expires_at
    assert expire_payments(at=now + timedelta(days=6)) == 0
    assert live_link(made.id, at=now + timedelta(days=6)) is not None
    assert expire_payments(at=now + timedelta(days=8)) == 1


def test_an_order_gets_its_link_only_when_it_was_accepted(ana: Client, store_id: int, now: datetime) -> None:
    order_id = place(store_id, at=now)
    number = order(order_id).number
    early = ana.post(f"/oficina/pedidos/{number}/link/")
    assert (early.status_code, "Todavía no" in early.content.decode()) == (422, True)
    verify(order_id, at=now)
    assert ana.post(f"/oficina/pedidos/{number}/link/").status_code == 302
    link = live_link(order_id, at=now)
    assert link is not None
    page = ana.get(f"/oficina/pedidos/{number}/").content.decode()
    assert link.phrase in page
    assert "Nadie lo ha abierto todavía" in page


def test_deposit_and_rest_from_the_office(ana: Client, store_id: int, now: datetime) -> None:
    order_id = verify(place(store_id, at=now), at=now)
    number = order(order_id).number
    wrong = ana.post(f"/oficina/pedidos/{number}/link/", {"purpose": "deposit", "deposit": "100 %"})
    assert (wrong.status_code, "100 %" in wrong.content.decode()) == (422, True)
    ana.post(f"/oficina/pedidos/{number}/link/", {"purpose": "deposit", "deposit": "25 %"})
    link = live_link(order_id, at=now)
    assert link is not None
    assert link.amount == Money(order(order_id).total.centavos // 4)
    listen(*NOTICES, at=now)
    assert "anticipo de" in Mail.objects.get(template="payment_link").text


def test_it_is_shared_mailed_logged_and_withdrawn(ana: Client, store_id: int, now: datetime) -> None:
    order_id = verify(place(store_id, at=now), at=now)
    number = order(order_id).number
    ana.post(f"/oficina/pedidos/{number}/link/")
    shared = ana.get(f"/oficina/pedidos/{number}/link/compartir/").content.decode()
    assert re.search(r"https://wa\.me/52\d{10}\?text=", shared)
    assert "<svg" in shared
    assert ana.post(f"/oficina/pedidos/{number}/link/correo/").status_code == 302
    twice = ana.post(f"/oficina/pedidos/{number}/link/correo/")
    assert (twice.status_code, "hace un momento" in twice.content.decode()) == (422, True)
    token = str(payment_of(order_id).link_token)  # type: ignore[union-attr]
    open_link(token, caller="10.0.0.1", agent="WhatsApp/2.24", own_session=False, at=now)
    open_link(token, caller="10.0.0.2", agent="Mozilla/5.0 (X11; Linux) Chrome/140", own_session=True, at=now)
    page = ana.get(f"/oficina/pedidos/{number}/").content.decode()
    assert "vista previa de una app de mensajes" in page
    assert "la sesión de tu cliente" in page
    assert ana.post(f"/oficina/pedidos/{number}/link/retirar/", {"why": ""}).status_code == 422
    assert ana.post(f"/oficina/pedidos/{number}/link/retirar/", {"why": "Precio mal"}).status_code == 302
    assert live_link(order_id, at=now) is None
    assert "Precio mal" not in Client().get(f"/pedido/{order(order_id).access_token}/").content.decode()


def test_only_owner_and_supervisor_of_the_store_charge(ana: Client, store_id: int) -> None:
    made = charged(ana)
    beto = enter(store_id, "beto", "analyst")
    carla = enter(open_shop("otra"), "carla", "owner")
    for path in ("/oficina/cobros/", "/oficina/cobros/nuevo/"):
        assert beto.get(path).status_code == 404
    assert carla.get(f"/oficina/pedidos/{made.number}/link/compartir/").status_code == 404
    assert made.number not in carla.get("/oficina/cobros/").content.decode()
