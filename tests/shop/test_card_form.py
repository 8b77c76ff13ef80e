"""The card form on the shop's pages: what a page lets through, and a card that the checkout carries."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.test import Client

from seguripago.foundations.stores.queries import StoreView
from seguripago.journey.cards.commands import set_months, use_gateway
from seguripago.journey.cards.queries import charges_of_order
from seguripago.ports.card_gateways import ClientConfig
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from seguripago.web.card_form.answers import card_answer, decline_words
from seguripago.web.card_form.forms import card_form, kept_card
from seguripago.web.card_form.policy import policy_for
from tests.cards.conftest import ASKS_PAGE, Till
from tests.cards.conftest import now as now
from tests.cards.conftest import till as till
from tests.sandbox.conftest import site as site
from tests.shop.buyers import TYPED, a_product, a_store, order_behind, put_in_cart, send, the_form

pytestmark = pytest.mark.django_db

CARD = {**TYPED, "method": "card", "card_label": "Visa •••• 4242", "installments": "3"}
CONFIG = ClientConfig(
    "pk_1",
    ("https://js.example/v1.js",),
    {"script-src": ("https://js.example",), "frame-src": ("https://fields.example", "https://fields.example")},
    "sandbox_frame",
)


def a_store_with_months(now) -> StoreView:
    store = a_store()
    by = Actor.system()
    use_gateway(store.id, "sandbox", by=by, at=now)
    set_months(store.id, "sandbox", {3: Money(0), 6: Money(10**9)}, by=by, at=now)
    return store


def test_a_page_lets_through_its_gateway_where_it_needs_it_and_nothing_else() -> None:
    site_alone, open_to_it = policy_for(None), policy_for(CONFIG, {"frame-src": ["'none'"]})
    assert open_to_it["frame-src"] == ["https://fields.example"]
    assert open_to_it["script-src"] == [*site_alone["script-src"], "https://js.example"]
    changed = {name for name in open_to_it if open_to_it[name] != site_alone[name]}
    assert changed == {"frame-src", "script-src"}
    assert not any("example" in str(said) for said in policy_for(None).values())


def test_months_are_said_whole_or_as_nearly() -> None:
    months = card_form(CONFIG, action="/", key="k", amount=Money(10_000), months=(6, 1, 4, 4)).months
    assert [(each.count, each.says) for each in months] == [
        (4, "4 meses de $25.00"),
        (6, "6 meses de unos $16.67"),
    ]


@pytest.mark.parametrize("label", ["4242 4242 4242 4242", "<b>Visa</b> •••• 4242", "Visa •••• 42424", ""])
def test_what_is_no_label_is_not_said_again(label: str) -> None:
    kept = kept_card({"token": "tok_1", "card_label": label, "installments": "99999999999999999999"})
    assert kept is not None
    assert (kept.label, kept.months) == ("", 1)
    assert kept_card({"token": "t" * 4001}) is None
    assert kept_card({"card_label": "Visa •••• 4242"}) is None


def test_every_answer_has_every_field_and_every_no_its_words() -> None:
    assert set(card_answer("paid")) == {"state", "says", "go", "key", "status", "action"}
    assert decline_words("insufficient_funds").startswith("No se cobró nada. Tu banco dice")
    assert decline_words("never heard of").endswith("no nos dijo por qué.")


def test_the_checkout_charges_the_card_that_it_carries_once(client: Client, till: Till, now) -> None:
    store = a_store_with_months(now)
    put_in_cart(client, store, a_product(store))
    page = client.get(f"/t/{store.slug}/finalizar-compra/")
    assert f"frame-src 'self' {till.url};" in page["Content-Security-Policy"]
    assert "3 meses de" in page.content.decode()
    assert "6 meses de" not in page.content.decode()
    typed = {**CARD, **the_form(client, store), "token": till.token(store.id)}
    pages = {send(client, store, **typed).url for _ in range(3)}
    assert len(pages) == 1
    (charge,) = charges_of_order(order_behind(pages.pop()).id)
    assert (charge.state, charge.installments, charge.card_label) == ("paid", 3, "Visa •••• 4242")
    assert till.charges() == 1


def test_a_mistake_beside_it_costs_no_second_typing_of_the_card(client: Client, till: Till, now) -> None:
    store = a_store_with_months(now)
    put_in_cart(client, store, a_product(store))
    token = till.token(store.id)
    body = send(client, store, **{**CARD, **the_form(client, store), "token": token, "street": ""}).content.decode()
    assert f'name="token" value="{token}"' in body
    assert 'Tarjeta lista <b class="num">Visa •••• 4242</b>' in body
    assert '<option value="3" selected>' in body
    assert till.charges() == 0


def test_a_bank_that_asks_on_its_page_is_gone_to_at_once(client: Client, till: Till, now) -> None:
    store = a_store_with_months(now)
    put_in_cart(client, store, a_product(store))
    typed = {**CARD, **the_form(client, store), "token": till.token(store.id, ASKS_PAGE)}
    assert send(client, store, **typed).url.startswith(f"{till.url}/pagar/")


def test_without_a_token_the_orders_page_asks_and_a_page_drawn_without_the_form_is_drawn_anew(
    client: Client, till: Till, now
) -> None:
    store = a_store_with_months(now)
    put_in_cart(client, store, a_product(store))
    place = urlsplit(send(client, store, **{**CARD, **the_form(client, store)}).url).path
    page = client.get(place)
    assert f"frame-src 'self' {till.url};" in page["Content-Security-Policy"]
    assert "data-card-pay" in page.content.decode()
    assert client.get(f"{place}estado/")["HX-Refresh"] == "true"
    assert "HX-Refresh" not in client.get(f"{place}estado/?tarjeta")
    client.post(f"{place}forma-de-pago/", {"preference": "spei"})
    page = client.get(place)
    assert till.url not in page["Content-Security-Policy"]
    assert "HX-Refresh" not in client.get(f"{place}estado/")
