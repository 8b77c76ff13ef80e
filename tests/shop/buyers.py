"""A buyer at the counter: a browser, a cart, a checkout, said only where it matters."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.test import Client

from seguripago.foundations.stores.queries import StoreView, store_by_id
from seguripago.journey.orders import queries as orders
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.payments import commands as payments
from seguripago.values.actor import Actor
from tests.orders import builders

TYPED: dict[str, str] = {
    "first_name": "Lucía",
    "last_name": "Hernández Robles",
    "email": "lucia@correo.example",
    "phone": "+52 55 5012 8846",
    "street": "Orizaba",
    "ext_number": "127",
    "int_number": "4B",
    "neighborhood": "Roma Norte",
    "postal_code": "06700",
    "municipality": "Cuauhtémoc",
    "state": "Ciudad de México",
    "references": "Portón verde",
    "same_address": "on",
    "method": "connect",
    "via": "spei",
}
FISCAL: dict[str, str] = {
    "wants_invoice": "on",
    "rfc": "HERL890412K82",
    "legal_name": "Lucía Hernández Robles",
    "tax_regime": "612",
    "cfdi_use": "G03",
    "tax_postal_code": "06700",
}


def a_store(**more: Any) -> StoreView:
    """Open a store of its own for a test."""
    return store_by_id(builders.make_store(**more))


def a_product(store: StoreView, name: str = "Molino manual Xico", **more: Any) -> int:
    """Put a product on its shelf."""
    return builders.make_product(store.id, name, **more)


def put_in_cart(client: Client, store: StoreView, product_id: int, quantity: int = 1) -> None:
    """Press «Agregar al carrito»."""
    answer = client.post(f"/t/{store.slug}/carrito/agregar/", {"product": product_id, "quantity": quantity})
    assert answer.status_code == 302, answer.content.decode()[:300]


def the_form(client: Client, store: StoreView) -> dict[str, str]:
    """Open the checkout and read what its page carries hidden."""
    page = client.get(f"/t/{store.slug}/finalizar-compra/")
    assert page.status_code == 200
    body = page.content.decode()
    return {name: _hidden(body, name) for name in ("checkout_key", "lines")}


def send(client: Client, store: StoreView, **typed: str) -> Any:
    """Press REALIZAR PEDIDO with what was typed; an empty value is a field left out."""
    body = {name: value for name, value in typed.items() if value != ""}
    return client.post(f"/t/{store.slug}/finalizar-compra/", body)


def buy(client: Client, store: StoreView, **typed: str) -> OrderView:
    """Buy what is in the cart."""
    answer = send(client, store, **TYPED, **the_form(client, store), **typed)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return order_behind(answer.url)


def order_behind(url: str) -> OrderView:
    """Answer the order of an order page's address."""
    found = re.search(r"/pedido/([^/?]+)/", url)
    assert found
    order = orders.order_by_token(found[1])
    assert order is not None
    return order


def placed(at: datetime, **more: Any) -> OrderView:
    """Place an order without a browser."""
    return orders.order(builders.placed(at, **more))


def accepted(at: datetime, **more: Any) -> OrderView:
    """Bring an order to the buyer's yes."""
    return orders.order(builders.verified(at, **more))


def asked_to_transfer(at: datetime, **more: Any) -> OrderView:
    """Bring an order to where its bank details are on the page."""
    order = accepted(at, **more)
    payments.send_transfer_details(order.id, by=Actor.assistant(), at=at)
    return orders.order(order.id)


def page_of(order: OrderView) -> str:
    """Answer the address of an order's page."""
    return f"/pedido/{order.access_token}/"


def _hidden(body: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', body)
    assert found, name
    return found[1]
