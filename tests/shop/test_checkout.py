"""The checkout: one order, however often it is sent; every mistake said beside its field; nothing typed is lost."""

from __future__ import annotations

import pytest
from django.test import Client

from seguripago.journey.catalogue.commands import set_stock
from seguripago.journey.orders.models import Order
from seguripago.values.actor import Actor
from seguripago.values.steps import Preference
from tests.shop.buyers import FISCAL, TYPED, a_product, a_store, buy, order_behind, put_in_cart, send, the_form

pytestmark = pytest.mark.django_db


def test_an_order_is_placed_with_what_was_typed(client: Client) -> None:
    store = a_store()
    put_in_cart(client, store, a_product(store), 2)
    order = buy(client, store, **FISCAL)
    assert order.buyer.name == "Lucía Hernández Robles"
    assert order.buyer.phone == "5550128846"
    assert order.shipping.one_line == "Orizaba 127-4B, Roma Norte, 06700 Cuauhtémoc, Ciudad de México"
    assert order.billing.rfc == "HERL890412K82"
    assert order.billing.address.street == "Orizaba"
    assert order.preference == Preference.SPEI
    assert not order.marketing_opt_in


@pytest.mark.parametrize(
    ("method", "via", "preference"),
    [("connect", "spei", "spei"), ("connect", "link", "link"), ("card", "spei", "card"), ("card", "", "card")],
)
def test_the_way_to_pay_is_kept(client: Client, method: str, via: str, preference: str) -> None:
    store = a_store()
    put_in_cart(client, store, a_product(store))
    typed = {**TYPED, "method": method, "via": via, **the_form(client, store)}
    assert order_behind(send(client, store, **typed).url).preference == preference


def test_the_same_form_sent_eight_times_is_one_order(client: Client) -> None:
    store = a_store()
    put_in_cart(client, store, a_product(store))
    typed = {**TYPED, **the_form(client, store)}
    pages = {send(client, store, **typed).url for _ in range(8)}
    assert len(pages) == 1
    assert Order.objects.filter(store_id=store.id).count() == 1


def test_two_tabs_place_one_order(client: Client) -> None:
    store = a_store()
    put_in_cart(client, store, a_product(store))
    first, second = the_form(client, store), the_form(client, store)
    assert send(client, store, **TYPED, **first).url == send(client, store, **TYPED, **second).url


def test_a_second_tab_with_other_data_is_told_and_led_to_the_order(client: Client) -> None:
    store = a_store()
    put_in_cart(client, store, a_product(store))
    form = the_form(client, store)
    order = order_behind(send(client, store, **TYPED, **form).url)
    answer = send(client, store, **{**TYPED, "street": "Tabasco"}, **form)
    assert answer.status_code == 409
    assert f"/pedido/{order.access_token}/" in answer.content.decode()
    assert Order.objects.filter(store_id=store.id).count() == 1


def test_buying_again_is_another_order(client: Client) -> None:
    store = a_store()
    product = a_product(store)
    put_in_cart(client, store, product)
    first = buy(client, store)
    put_in_cart(client, store, product)
    assert buy(client, store).id != first.id


def test_the_cart_is_empty_after_the_order_and_the_next_checkout_is_filled_in(client: Client) -> None:
    store = a_store()
    product = a_product(store)
    put_in_cart(client, store, product)
    buy(client, store)
    assert "Tu carrito está vacío" in client.get(f"/t/{store.slug}/carrito/").content.decode()
    put_in_cart(client, store, product)
    assert 'value="Roma Norte"' in client.get(f"/t/{store.slug}/finalizar-compra/").content.decode()


def test_a_cart_that_changed_in_another_tab_is_shown_before_it_is_bought(client: Client) -> None:
    store = a_store()
    product = a_product(store)
    put_in_cart(client, store, product)
    form = the_form(client, store)
    put_in_cart(client, store, product)
    answer = send(client, store, **TYPED, **form)
    assert answer.status_code == 409
    assert "Tu carrito cambió" in answer.content.decode()
    assert 'value="Roma Norte"' in answer.content.decode()


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("first_name", "", "Escribe tu nombre."),
        ("email", "lucia@", "Revisa tu correo"),
        ("phone", "123", "10 dígitos"),
        ("postal_code", "670", "5 dígitos"),
        ("postal_code", "64000", "es de Nuevo León"),
        ("state", "", "Elige tu estado."),
        ("state", "Atlántida", "Elige una opción"),
        ("street", "", "Escribe tu calle."),
        ("ext_number", "", "S/N"),
        ("method", "bitcoin", "Elige cómo quieres pagar."),
    ],
)
def test_a_mistake_is_said_and_everything_typed_stays(client: Client, field: str, typed: str, says: str) -> None:
    store = a_store()
    put_in_cart(client, store, a_product(store))
    answer = send(client, store, **{**TYPED, field: typed}, **the_form(client, store))
    body = answer.content.decode()
    assert answer.status_code == 422
    assert says in body
    assert 'role="alert"' in body
    assert 'value="Portón verde"' in body
    assert 'class="err' in body
    assert not Order.objects.filter(store_id=store.id).exists()


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("rfc", "", "Escribe tu RFC."),
        ("rfc", "HERL890412K81", "Ese RFC no es válido"),
        ("legal_name", "", "como aparece en tu Constancia"),
        ("tax_regime", "", "Elige tu régimen fiscal"),
        ("tax_regime", "601", "no es para una persona física"),
        ("cfdi_use", "", "Elige para qué usarás la factura"),
        ("tax_postal_code", "", "domicilio fiscal"),
        ("tax_postal_code", "12", "5 dígitos"),
    ],
)
def test_fiscal_fields_are_required_only_with_an_invoice(client: Client, field: str, typed: str, says: str) -> None:
    store = a_store()
    put_in_cart(client, store, a_product(store))
    form = the_form(client, store)
    wrong = {**FISCAL, field: typed}
    answer = send(client, store, **TYPED, **wrong, **form)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert send(client, store, **TYPED, **{**wrong, "wants_invoice": ""}, **form).status_code == 302


def test_the_public_rfc_is_accepted(client: Client) -> None:
    store = a_store()
    put_in_cart(client, store, a_product(store))
    general = {"rfc": "XAXX010101000", "legal_name": "Público en general", "tax_regime": "616", "cfdi_use": "S01"}
    assert buy(client, store, **{**FISCAL, **general}).billing.rfc == "XAXX010101000"


def test_another_billing_address_is_asked_for_and_kept(client: Client) -> None:
    store = a_store()
    put_in_cart(client, store, a_product(store))
    form = the_form(client, store)
    apart = {**TYPED, "same_address": ""}
    answer = send(client, store, **apart, **form)
    assert answer.status_code == 422
    assert 'id="id_billing_street_error"' in answer.content.decode()
    billing = {
        "billing_street": "Jiménez",
        "billing_ext_number": "12",
        "billing_neighborhood": "Centro",
        "billing_postal_code": "91500",
        "billing_municipality": "Coatepec",
        "billing_state": "Veracruz",
    }
    order = order_behind(send(client, store, **apart, **billing, **form).url)
    assert order.billing.address.municipality == "Coatepec"
    assert order.shipping.municipality == "Cuauhtémoc"


def test_out_of_stock_says_which_line_and_offers_what_is_left(client: Client, at) -> None:
    store = a_store()
    product = a_product(store, "Tetera Cofre", stock=5)
    put_in_cart(client, store, product, 4)
    form = the_form(client, store)
    set_stock(store.id, product, 1, by=Actor.staff(1, "Ana"), at=at)
    answer = send(client, store, **TYPED, **form)
    body = answer.content.decode()
    assert answer.status_code == 409
    assert "Tetera Cofre: pediste 4 y queda 1." in body
    assert "Ajustar a lo que queda" in body
    client.post(f"/t/{store.slug}/carrito/ajustar/", {"next": "checkout"})
    kept = client.get(f"/t/{store.slug}/finalizar-compra/").content.decode()
    assert 'value="Roma Norte"' in kept
    assert buy(client, store).count == 1


@pytest.mark.parametrize("spoiled", [{"checkout_key": "x"}, {"lines": "1:0"}, {"lines": "drop table"}, {"lines": ""}])
def test_a_spoiled_page_places_nothing(client: Client, spoiled: dict[str, str]) -> None:
    store = a_store()
    put_in_cart(client, store, a_product(store))
    answer = send(client, store, **{**TYPED, **the_form(client, store), **spoiled})
    assert answer.status_code == 422
    assert not Order.objects.filter(store_id=store.id).exists()


def test_an_empty_cart_has_no_checkout(client: Client) -> None:
    store = a_store()
    assert client.get(f"/t/{store.slug}/finalizar-compra/").url.endswith("/carrito/")


def test_the_checkout_page_needs_few_queries(client: Client, django_assert_num_queries) -> None:
    store = a_store()
    for _ in range(6):
        put_in_cart(client, store, a_product(store))
    # Store, cart, lines, products, shipping policy; the store's gateway, its account, its months for this total.
    with django_assert_num_queries(8):
        client.get(f"/t/{store.slug}/finalizar-compra/")


def test_the_words_of_the_checkout_are_exactly_these(client: Client) -> None:
    store = a_store()
    put_in_cart(client, store, a_product(store))
    body = client.get(f"/t/{store.slug}/finalizar-compra/").content.decode()
    for words in ("Datos de facturación", "Dirección de envío", "Tu pedido", "REALIZAR PEDIDO", "CONNECT PAY"):
        assert words in body
    for words in ("Transferencia electrónica SPEI", "Link de pago encriptado", "TARJETA DÉBITO Y CRÉDITO"):
        assert words in body
    assert 'name="marketing" id="id_marketing">' in body


def test_this_browser_remembers_its_orders(client: Client) -> None:
    store = a_store()
    put_in_cart(client, store, a_product(store))
    order = buy(client, store)
    assert order.access_token in client.cookies["sp_orders"].value
    assert client.cookies["sp_orders"]["httponly"]
