"""Conversations and what they need, through the rooms' own doors. Ana owns, Beto works there, Carla is a stranger."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from seguripago.config.wiring import listeners
from seguripago.foundations.facts.commands import listen_once, number_facts
from seguripago.foundations.ledger.rules import Account
from seguripago.foundations.people.commands import hire
from seguripago.foundations.staffing.commands import be_present
from seguripago.foundations.stores.commands import OpenStore, open_store
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from seguripago.journey.catalogue.commands import add_product
from seguripago.journey.catalogue.queries import shelf
from seguripago.journey.catalogue.rules import Wanted
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.queries import order
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.payments.commands.confirm import Settlement, confirm_payments
from seguripago.journey.payments.queries import payment_of
from seguripago.values import order_number
from seguripago.values.actor import Actor
from seguripago.values.address import Address
from seguripago.values.money import Money
from seguripago.values.steps import CheckItem, Preference

HOME = Address("Orizaba", "127", "4B", "Roma Norte", "06700", "Cuauhtémoc", "Ciudad de México", "Portón verde")
EMAIL = "lucia@correo.test"
PHONE = "55 5012 8846"
PASSWORD = "cafe-de-altura-2026"
ALL = tuple(CheckItem)


@dataclass(frozen=True, slots=True)
class Shop:
    """A store, its product and the people at its desk."""

    store_id: int
    beto: int
    sofia: int

    @property
    def by_beto(self) -> Actor:
        return Actor.staff(self.beto, "Beto Luna")

    @property
    def by_sofia(self) -> Actor:
        return Actor.staff(self.sofia, "Sofía Paz")


def open_shop(slug: str = "sierra-alta", **more: Any) -> Shop:
    """A store with keys, one grinder of which there is plenty, an analyst and a supervisor."""
    store_id = open_store(
        OpenStore(
            slug=slug,
            name="Sierra Alta Café",
            legal_name="SIERRA ALTA CAFE",
            rfc="SAC190305QH2",
            tax_regime="601",
            email=f"hola@{slug}.test",
            phone="228 812 3456",
            street_address="Enríquez 12, Xalapa, Veracruz",
            postal_code="91000",
            claims_email=f"reclamaciones@{slug}.test",
            **{"hook_key": f"hook-{slug}", **more},
            signing_seed=b"s" * 32,
            prefixes=(("90646", "STP", "6461801157" if slug == "sierra-alta" else "6461801158"),),
            is_demo=True,
        )
    )
    add_product(
        store_id,
        sku="MOL-01",
        slug="molino",
        name="Molino eléctrico Acultzingo",
        kind="Molinos",
        price=Money.parse("4,495.00"),
        stock=500,
        warranty_days=365,
        lead_days_min=3,
        lead_days_max=5,
        sat_product_key="52141500",
    )
    beto = hire(
        store_id,
        email=f"beto@{slug}.test",
        name="Beto Luna",
        role="analyst",
        analyst_number=f"A-{store_id}1",
        password=PASSWORD,
    )
    sofia = hire(
        store_id,
        email=f"sofia@{slug}.test",
        name="Sofía Paz",
        role="supervisor",
        analyst_number=f"A-{store_id}2",
        password=PASSWORD,
    )
    return Shop(store_id, beto, sofia)


def place(
    shop: Shop,
    *,
    at: datetime,
    turn: int = 1,
    email: str = EMAIL,
    phone: str = PHONE,
    preference: str = "spei",
    ship_to: Address = HOME,
) -> OrderView:
    """An order of two grinders; `turn` tells one from the next."""
    picks = iter(order_number.ALPHABET[(turn * 7 + place_ * (turn + 3)) % 32] for place_ in range(400))
    wish = orders.PlaceOrder(
        checkout_key=f"checkout-{shop.store_id}-{turn}",
        number=order_number.draw(lambda _letters: next(picks)),
        access_token=f"token-{shop.store_id}-{turn}-" + "x" * 24,
        buyer=orders.Buyer("Lucía Hernández Robles", email, phone),
        billing=orders.Billing(False, "", "", "", "", "", HOME),
        shipping=ship_to,
        lines=(Wanted(shelf(shop.store_id)[0].id, 2),),
        preference=Preference(preference),
        privacy_version="2026-01",
    )
    return order(orders.place_order(shop.store_id, wish, at=at))


def start(
    shop: Shop,
    *,
    at: datetime,
    token: str = "t1",
    email: str = EMAIL,
    phone: str = "",
    question: str = "Quiero comprar y pagar de forma segura",
    medium: str = "spei",
    own: tuple[str, ...] = (),
) -> int:
    """A conversation of Lucía's."""
    asked = chat.StartConversation(token, "Lucía Hernández", email, phone, "SEGURIPAGO", question, medium, own)
    return chat.start_conversation(shop.store_id, asked, at=at)


def someone_is_there(shop: Shop, *, at: datetime) -> None:
    """Beto is at the desk."""
    be_present(shop.beto, shop.store_id, "available", at=at)


def say(conversation_id: int, text: str, *, at: datetime) -> int:
    return chat.say(conversation_id, text, client_id=uuid.uuid4(), at=at)


def texts(conversation_id: int, *, audience: str = "buyer") -> list[str]:
    return [entry.text for entry in reading.entries(conversation_id, audience=audience)]  # type: ignore[arg-type]


def cards(conversation_id: int) -> list[str]:
    return [entry.card for entry in reading.entries(conversation_id) if entry.kind == "card"]


def said_by(conversation_id: int, kind: str) -> list[str]:
    return [entry.text for entry in reading.entries(conversation_id) if entry.author_kind == kind]


def pay(order_id: int, amount: Money | None = None, *, at: datetime, source: str = "deposit:1") -> None:
    """Money for the order, as reconciliation confirms it."""
    payment = payment_of(order_id)
    assert payment is not None
    applied = amount or payment.missing
    with transaction.atomic():
        confirm_payments(
            [
                Settlement(
                    payment_id=payment.id,
                    source=source,
                    applied=applied,
                    received_at=at,
                    comes_from=Account.BANK,
                    tracking_key="MBAN01002611220072913",
                )
            ],
            by=Actor.system(),
            at=at,
        )


def hear(*, at: datetime) -> None:
    """Let every room digest what was announced, until nothing is left."""
    for _round in range(10):
        number_facts()
        if not sum(listen_once(listener, at=at) for listener in listeners()):
            return
