"""The office: what the owner sees and does, and what a stranger does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from seguripago.foundations.people.commands import hire
from seguripago.foundations.people.models import User
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.catalogue.queries import counters
from seguripago.journey.delivery.listeners import LISTENERS as DELIVERY
from seguripago.journey.guarantee.listeners import LISTENERS as GUARANTEE
from seguripago.journey.notices.listeners import LISTENERS as NOTICES
from seguripago.journey.notices.models import Mail
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.queries import find_order, order
from tests.delivery.builders import BETO, listen, only_parcel, open_shop, paid_order, place, verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def store_id() -> int:
    return open_shop()


def enter(store_id: int, name: str, role: str) -> Client:
    person = hire(
        store_id,
        email=f"{name}@demo.test",
        name=f"{name.title()} Prueba",
        role=role,
        analyst_number=f"A-{name}"[:12],
        password="una-contraseña-larga",
    )
    client = Client()
    client.force_login(User.objects.get(pk=person))
    return client


@pytest.fixture
def ana(store_id: int) -> Client:
    """Owns the store."""
    return enter(store_id, "ana", "owner")


@pytest.fixture
def beto(store_id: int) -> Client:
    """Works there as an analyst."""
    return enter(store_id, "beto", "analyst")


@pytest.fixture
def carla() -> Client:
    """Owns another store."""
    return enter(open_shop("otra"), "carla", "owner")


@pytest.fixture
def paid(store_id: int, at: datetime) -> str:
    order_id = paid_order(store_id, at=at)
    listen(*DELIVERY, *GUARANTEE, at=at)
    return order(order_id).number


def pages(number: str, product_id: int) -> Iterator[tuple[str, bool]]:
    """Every address of the office, and whether it wants a POST."""
    yield "/oficina/", False
    yield f"/oficina/pedidos/{number}/", False
    for action in ("enviar", "entregar", "cancelar"):
        yield f"/oficina/pedidos/{number}/{action}/", True
    yield "/oficina/productos/", False
    yield f"/oficina/productos/{product_id}/", False
    yield "/oficina/correos/", False
    yield "/oficina/tienda/", False
    yield "/oficina/equipo/", False
    yield "/oficina/bancos/", False
    yield "/oficina/bancos/stp/", False
    for action in ("stp/credenciales", "stp/direcciones", "stp/secreto", "cuentas", "avisos-sin-firma"):
        yield f"/oficina/bancos/{action}/", True


def test_nobody_enters_without_signing_in(store_id: int, paid: str) -> None:
    product_id = counters(store_id)[0].card.id
    for path, is_post in pages(paid, product_id):
        answer = Client().post(path) if is_post else Client().get(path)
        assert answer.status_code == 302, path
        assert answer["Location"].startswith("/entrar/")


def test_an_analyst_finds_no_office(store_id: int, paid: str, beto: Client) -> None:
    for path, is_post in pages(paid, counters(store_id)[0].card.id):
        assert (beto.post(path) if is_post else beto.get(path)).status_code == 404, path


def test_carla_finds_nothing_of_anas_store(store_id: int, paid: str, carla: Client) -> None:
    product_id = counters(store_id)[0].card.id
    for path, is_post in pages(paid, product_id):
        if paid in path or f"/{product_id}/" in path:
            assert (carla.post(path) if is_post else carla.get(path)).status_code == 404, path
        else:
            shown = carla.get(path).content.decode()
            assert paid not in shown
            assert "Sierra Alta" not in shown


def test_the_list_finds_by_state_name_and_number(store_id: int, at: datetime, ana: Client, paid: str) -> None:
    waiting = order(place(store_id, at=at, turn=2)).number
    shown = ana.get("/oficina/").content.decode()
    assert paid in shown
    assert waiting in shown
    assert waiting not in ana.get("/oficina/?estado=preparing").content.decode()
    assert paid in ana.get(f"/oficina/?q={paid}").content.decode()
    assert "Ningún pedido coincide" in ana.get("/oficina/?q=zzzz").content.decode()


def test_an_empty_store_says_so(ana: Client) -> None:
    assert "Todavía no hay pedidos" in ana.get("/oficina/").content.decode()


def test_the_pages_cost_the_same_however_many_orders_there_are(store_id: int, at: datetime, ana: Client) -> None:
    product_id = counters(store_id)[0].card.id
    number = ""
    for turn in range(1, 8):
        number = order(paid_order(store_id, at=at, turn=turn)).number
    listen(*DELIVERY, *GUARANTEE, at=at)
    pinned = {
        "/oficina/": 6,
        # One of them is what became of its payment link, one its refunds; five are its parcels and their history.
        f"/oficina/pedidos/{number}/": 16,
        "/oficina/productos/": 4,
        f"/oficina/productos/{product_id}/": 4,
        "/oficina/correos/": 4,
        "/oficina/tienda/": 5,
        "/oficina/equipo/": 4,
        "/reclamar/": 1,
        "/correo-de-pruebas/": 1,
    }
    counted = {}
    for path in pinned:
        with CaptureQueriesContext(connection) as caught:
            assert ana.get(path).status_code == 200
        counted[path] = len(caught)
    assert counted == pinned


def test_sending_an_order_takes_carrier_and_number(ana: Client, paid: str, store_id: int) -> None:
    page = f"/oficina/pedidos/{paid}/"
    assert "Marcar enviado" in ana.get(page).content.decode()
    sent = ana.post(f"{page}enviar/", {"carrier": "dhl", "tracking_number": "4410 8872 01"})
    assert (sent.status_code, sent["Location"]) == (302, page)
    shown = ana.get(page).content.decode()
    assert "4410887201" in shown
    assert "Marcar enviado" not in shown
    assert "Marcar entregado" in shown


def test_a_wrong_number_is_explained_beside_its_field_and_stays(ana: Client, paid: str) -> None:
    answer = ana.post(f"/oficina/pedidos/{paid}/enviar/", {"carrier": "fedex", "tracking_number": "no-es-guía"})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_tracking_number_error"' in shown
    assert "La guía de FedEx tiene 12 dígitos" in shown
    assert 'value="no-es-guía"' in shown
    assert '<option value="fedex" selected>' in shown


def test_nothing_typed_is_asked_for_in_words(ana: Client, paid: str) -> None:
    shown = ana.post(f"/oficina/pedidos/{paid}/enviar/", {}).content.decode()
    assert "Elige la paquetería." in shown
    assert "Escribe el número de guía que te dio la paquetería." in shown


def test_a_parcel_on_hold_is_not_sent(store_id: int, at: datetime, ana: Client, paid: str) -> None:
    view = find_order(store_id, paid)
    assert view is not None
    orders.hold_shipping(view.id, is_held=True, reason="duda", by=BETO, at=at)
    answer = ana.post(f"/oficina/pedidos/{paid}/enviar/", {"carrier": "dhl", "tracking_number": "4410887201"})
    assert answer.status_code == 422
    assert "está detenido" in answer.content.decode()


def test_delivering_twice_changes_nothing(store_id: int, ana: Client, paid: str) -> None:
    page = f"/oficina/pedidos/{paid}/"
    ana.post(f"{page}enviar/", {"carrier": "manual", "tracking_number": "VAN-1"})
    found = find_order(store_id, paid)
    assert found is not None
    sent = only_parcel(found.id)
    assert sent is not None
    for _ in range(2):
        assert ana.post(f"{page}paquetes/{sent.id}/entregado/").status_code == 302
    view = find_order(store_id, paid)
    assert view is not None
    parcel = only_parcel(view.id)
    assert parcel is not None
    assert (view.state, parcel.state) == ("delivered", "delivered")


def test_delivering_before_sending_is_refused(store_id: int, ana: Client, paid: str) -> None:
    found = find_order(store_id, paid)
    assert found is not None
    parcel = only_parcel(found.id)
    assert parcel is not None
    assert ana.post(f"/oficina/pedidos/{paid}/entregar/").status_code == 422, "it is no charge without a cart"
    refused = ana.post(f"/oficina/pedidos/{paid}/paquetes/{parcel.id}/entregado/")
    assert refused.status_code == 422
    assert "Ese paquete ya no está en ese punto" in refused.content.decode()


def test_an_unpaid_order_is_cancelled_with_a_reason(store_id: int, at: datetime, ana: Client) -> None:
    order_id = verify(place(store_id, at=at), at=at)
    page = f"/oficina/pedidos/{order(order_id).number}/"
    assert ana.post(f"{page}cancelar/", {"reason": ""}).status_code == 422
    assert ana.post(f"{page}cancelar/", {"reason": "Ya no tenemos ese color"}).status_code == 302
    assert order(order_id).state == "cancelled"
    assert "Ya no tenemos ese color" in ana.get(page).content.decode()


def test_a_paid_order_is_not_cancelled_alone(store_id: int, ana: Client, paid: str) -> None:
    page = f"/oficina/pedidos/{paid}/"
    assert ana.post(f"{page}cancelar/", {"reason": "Se rompió"}).status_code == 302
    found = find_order(store_id, paid)
    assert found is not None
    assert (found.state, found.shipping_hold) == ("preparing", True)
    # Asked once: it waits for its second person.
    again = ana.post(f"{page}cancelar/", {"reason": "Se rompió"})
    assert again.status_code == 422
    assert "ya no se puede cancelar (SP-541)" in again.content.decode()


def test_the_live_regions_are_drawn_alone(ana: Client, paid: str) -> None:
    page = f"/oficina/pedidos/{paid}/"
    region = ana.get(page, headers={"HX-Request": "true"}).content.decode()
    assert region.strip().startswith('<div class="stack" id="status"')
    shipping = ana.get(f"{page}?parte=envio", headers={"HX-Request": "true"}).content.decode()
    assert "Marcar enviado" in shipping
    assert "<html" not in shipping
    rows = ana.get("/oficina/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in rows
    assert paid in rows


def test_stock_price_and_listing_are_changed_together(store_id: int, ana: Client) -> None:
    row = counters(store_id)[0]
    answer = ana.post(f"/oficina/productos/{row.card.id}/", {"on_hand": "12", "price": "$4,600.50"})
    assert answer.status_code == 302
    after = counters(store_id)[0]
    assert (after.stock, after.card.price.plain, after.card.is_listed) == (12, "4600.50", False)


def test_stock_below_what_is_promised_is_refused_beside_the_field(store_id: int, at: datetime, ana: Client) -> None:
    place(store_id, at=at)
    row = counters(store_id)[0]
    answer = ana.post(f"/oficina/productos/{row.card.id}/", {"on_hand": "1", "price": "x", "is_listed": "on"})
    assert "Escribe un monto como 1,250.00." in answer.content.decode()
    answer = ana.post(f"/oficina/productos/{row.card.id}/", {"on_hand": "1", "price": "10", "is_listed": "on"})
    assert answer.status_code == 422
    assert "Hay 2 piezas apartadas" in answer.content.decode()
    assert counters(store_id)[0].stock == 500


def test_stock_counts_what_is_on_hand_not_what_was_sold(store_id: int, ana: Client, paid: str) -> None:
    row = counters(store_id)[0]
    assert (row.stock, row.sold) == (500, 2)
    ana.post(f"/oficina/productos/{row.card.id}/", {"on_hand": "40", "price": "10", "is_listed": "on"})
    after = counters(store_id)[0]
    assert (after.stock, after.card.available) == (42, 40)


def test_the_owner_changes_the_clocks_and_a_supervisor_only_reads_them(store_id: int, ana: Client) -> None:
    wish = {"transfer_hours": 48, "watch_days": 20, "ship_days": 3, "deliver_days": 6, "inspection_days": 10}
    assert ana.post("/oficina/tienda/", {**wish, "ship_days": "0"}).status_code == 422
    assert ana.post("/oficina/tienda/", wish).status_code == 302
    assert store_by_id(store_id).inspection_days == 10
    sofia = enter(store_id, "sofia", "supervisor")
    assert "Guardar plazos" not in sofia.get("/oficina/tienda/").content.decode()
    sofia.post("/oficina/tienda/", {**wish, "inspection_days": 1})
    assert store_by_id(store_id).inspection_days == 10


def test_the_team_page_names_everyone_with_their_role(store_id: int, ana: Client, beto: Client) -> None:
    shown = ana.get("/oficina/equipo/").content.decode()
    assert "Ana Prueba" in shown
    assert "Beto Prueba" in shown
    assert "Analista" in shown


def test_the_owner_dismisses_and_nobody_else_sees_how(store_id: int, ana: Client, beto: Client, carla: Client) -> None:
    sofia = enter(store_id, "sofia", "supervisor")
    people = {name: User.objects.get(email=f"{name}@demo.test").pk for name in ("ana", "beto")}
    leave = f"/oficina/equipo/{people['beto']}/baja/"
    assert leave in ana.get("/oficina/equipo/").content.decode()
    assert f"/oficina/equipo/{people['ana']}/baja/" not in ana.get("/oficina/equipo/").content.decode()
    assert "/baja/" not in sofia.get("/oficina/equipo/").content.decode()
    assert [browser.post(leave).status_code for browser in (sofia, beto, carla)] == [404, 404, 404]
    assert ana.get(leave).status_code == 405
    refused = ana.post(f"/oficina/equipo/{people['ana']}/baja/")
    assert refused.status_code == 409
    assert "Solo otro dueño" in refused.content.decode()
    assert beto.get("/mesa/").status_code == 200
    answer = ana.post(leave, follow=True)
    assert "Listo: ya no entra" in answer.content.decode()
    assert "Beto Prueba" not in answer.content.decode()
    assert beto.get("/mesa/").status_code == 302


def test_a_parked_mail_is_tried_again_by_the_owner_and_by_nobody_else(
    store_id: int, at: datetime, ana: Client, carla: Client
) -> None:
    place(store_id, at=at)
    listen(*NOTICES, at=at)
    Mail.objects.update(state="parked", attempts=7, error="550 no such user")
    mail_id = Mail.objects.get().pk
    assert "550 no such user" in ana.get("/oficina/correos/").content.decode()
    carla.post(f"/oficina/correos/{mail_id}/reintentar/")
    assert Mail.objects.get().state == "parked"
    assert ana.post(f"/oficina/correos/{mail_id}/reintentar/").status_code == 302
    assert (Mail.objects.get().state, Mail.objects.get().attempts) == ("queued", 0)
