"""Prepare what a measure needs, by the rooms' own commands, in this process."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from seguripago.foundations.facts.queries import order_version
from seguripago.foundations.stores.queries import StoreView, store
from seguripago.journey.catalogue.commands import set_stock
from seguripago.journey.catalogue.queries import ProductCard, shelf
from seguripago.journey.catalogue.rules import Wanted
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.commands import Billing, Buyer, NumberTaken, PlaceOrder
from seguripago.journey.orders.queries import access_token
from seguripago.journey.payments.commands import send_transfer_details
from seguripago.journey.payments.queries import payment_of
from seguripago.values import order_number
from seguripago.values.actor import Actor
from seguripago.values.address import Address
from seguripago.values.steps import CheckItem, Preference

ADDRESS = Address("Orizaba", "127", "4B", "Roma Norte", "06700", "Cuauhtémoc", "Ciudad de México", "")
BUYER = Buyer("Lucía Hernández Robles", "lucia.hernandez@correo.example", "55 5012 8846")
ANALYST = Actor.system("bench")


@dataclass(frozen=True, slots=True)
class Awaited:
    """An order whose transfer is awaited; `version` is what its open page already shows."""

    order_id: int
    token: str
    clabe: str
    amount: str
    version: int


def demo_store(slug: str) -> StoreView:
    found = store(slug)
    assert found is not None
    return found


def plenty(store_id: int) -> tuple[ProductCard, ...]:
    """Three products with stock for any run."""
    chosen = shelf(store_id)[:3]
    for product in chosen:
        set_stock(store_id, product.id, 5_000_000, by=ANALYST, at=datetime.now(UTC))
    return chosen


def placed(store_id: int, products: tuple[ProductCard, ...]) -> int:
    """An order of one piece of each product; its number is drawn again when a crowd has it already."""
    while True:
        try:
            return _placed(store_id, products)
        except NumberTaken:
            continue


def _placed(store_id: int, products: tuple[ProductCard, ...]) -> int:
    request = PlaceOrder(
        checkout_key=secrets.token_hex(16),
        number=order_number.draw(secrets.choice),
        access_token=secrets.token_urlsafe(24),
        buyer=BUYER,
        billing=Billing(False, "", "", "", "", "", ADDRESS),
        shipping=ADDRESS,
        lines=tuple(Wanted(product.id, 1) for product in products),
        preference=Preference.SPEI,
        privacy_version="bench",
    )
    return orders.place_order(store_id, request, at=datetime.now(UTC))


def link_token_of(order_id: int) -> str:
    """The token of an order's live link."""
    payment = payment_of(order_id)
    assert payment is not None
    assert payment.link_token is not None
    return payment.link_token


def awaited(store_id: int, products: tuple[ProductCard, ...], count: int) -> list[Awaited]:
    """Orders that were checked, accepted and told where to transfer."""
    made = []
    for _ in range(count):
        at = datetime.now(UTC)
        order_id = placed(store_id, products)
        orders.prefill_checks(order_id, at=at)
        orders.confirm_checks(order_id, tuple(CheckItem), by=ANALYST, at=at)
        orders.accept_confirmation(order_id, by=Actor.buyer(BUYER.name), at=at)
        send_transfer_details(order_id, by=ANALYST, at=at)
        payment = payment_of(order_id)
        assert payment is not None
        assert payment.instructions is not None
        told = payment.instructions
        version = order_version([order_id])[order_id]
        made.append(Awaited(order_id, access_token(order_id), told.clabe, told.amount.plain, version))
    return made
