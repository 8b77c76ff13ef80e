"""The shelf, the page of a product and the cart."""

from __future__ import annotations

import pytest
from django.test import Client

from seguripago.journey.catalogue.commands import set_stock
from seguripago.values.actor import Actor
from tests.shop.buyers import a_product, a_store, put_in_cart

pytestmark = pytest.mark.django_db


def test_the_shelf_needs_few_queries_however_much_is_on_it(client: Client, django_assert_num_queries) -> None:
    store = a_store()
    for number in range(12):
        a_product(store, f"Taza {number}")
    with django_assert_num_queries(3):  # the store, its products, its kinds
        page = client.get(f"/t/{store.slug}/")
    assert page.status_code == 200
    assert page.content.decode().count('class="prod') >= 12


def test_a_card_says_price_stock_warranty_and_delivery(client: Client) -> None:
    store = a_store()
    a_product(store, stock=3)
    body = client.get(f"/t/{store.slug}/").content.decode()
    for words in ("$1,914.00", "MXN", "IVA incluido", "Últimas 3 piezas", "Garantía de 12 meses", "2 a 4 días hábiles"):
        assert words in body


def test_a_sold_out_product_offers_no_button(client: Client) -> None:
    store = a_store()
    a_product(store, stock=0)
    body = client.get(f"/t/{store.slug}/").content.decode()
    assert "Agotado" in body
    assert "Agregar al carrito" not in body


def test_search_and_kind_narrow_the_shelf(client: Client) -> None:
    store = a_store()
    a_product(store, "Tetera Cofre")
    a_product(store, "Grano de Coatepec", kind="Café")
    assert "Grano de Coatepec" not in client.get(f"/t/{store.slug}/?q=tetera").content.decode()
    assert "Tetera Cofre" not in client.get(f"/t/{store.slug}/?tipo=Café").content.decode()
    assert "No encontramos productos así" in client.get(f"/t/{store.slug}/?q=zzzz").content.decode()


def test_the_link_to_the_cart_is_called_carrito_whatever_is_in_it(client: Client) -> None:
    store = a_store()
    put_in_cart(client, store, a_product(store), 3)
    body = client.get(f"/t/{store.slug}/").content.decode()
    assert 'aria-label="Carrito"' in body
    assert '<span class="cart-badge" aria-hidden="true">3</span>' in body


def test_the_cart_adds_changes_and_removes(client: Client) -> None:
    store = a_store()
    product = a_product(store)
    put_in_cart(client, store, product, 2)
    address = f"/t/{store.slug}/carrito/"
    assert "$3,828.00" in client.get(address).content.decode()
    client.post(f"{address}cantidad/", {"product": product, "quantity": 3})
    assert "$5,742.00" in client.get(address).content.decode()
    client.post(f"{address}cantidad/", {"product": product, "quantity": 0})
    assert "Tu carrito está vacío" in client.get(address).content.decode()


def test_more_than_is_left_is_refused_beside_the_cart_and_nothing_changes(client: Client) -> None:
    store = a_store()
    product = a_product(store, stock=2)
    answer = client.post(f"/t/{store.slug}/carrito/agregar/", {"product": product, "quantity": 3})
    assert answer.status_code == 409
    assert "quedan 2" in answer.content.decode()


@pytest.mark.parametrize("quantity", ["-1", "x", "", "9" * 40, "1.5"])
def test_a_quantity_that_is_no_number_breaks_nothing(client: Client, quantity: str) -> None:
    store = a_store()
    answer = client.post(f"/t/{store.slug}/carrito/agregar/", {"product": a_product(store), "quantity": quantity})
    assert answer.status_code in {302, 409}


def test_a_cart_that_holds_more_than_is_left_must_be_adjusted_first(client: Client, at) -> None:
    store = a_store()
    product = a_product(store, stock=5)
    put_in_cart(client, store, product, 4)
    set_stock(store.id, product, 2, by=Actor.staff(1, "Ana"), at=at)
    assert client.get(f"/t/{store.slug}/finalizar-compra/").url.endswith("/carrito/")
    assert "Ajustar a lo que queda" in client.get(f"/t/{store.slug}/carrito/").content.decode()
    client.post(f"/t/{store.slug}/carrito/ajustar/")
    assert client.get(f"/t/{store.slug}/finalizar-compra/").status_code == 200


def test_a_cart_belongs_to_its_store_and_its_browser(client: Client) -> None:
    ana, other = a_store(), a_store()
    put_in_cart(client, ana, a_product(ana))
    assert "Tu carrito está vacío" in client.get(f"/t/{other.slug}/carrito/").content.decode()
    assert "Tu carrito está vacío" in Client().get(f"/t/{ana.slug}/carrito/").content.decode()


def test_a_forged_cart_cookie_is_an_empty_cart(client: Client) -> None:
    store = a_store()
    put_in_cart(client, store, a_product(store))
    carla = Client()
    carla.cookies["sp_cart"] = client.cookies["sp_cart"].value.split(":")[0] + ":forged:signature"
    assert "Tu carrito está vacío" in carla.get(f"/t/{store.slug}/carrito/").content.decode()
