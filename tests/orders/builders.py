"""Builders that say only what matters: a store, a product, an order on its way."""

from __future__ import annotations

import itertools
import secrets
from datetime import datetime
from typing import Any

from seguripago.foundations.stores.commands import OpenStore, open_store
from seguripago.journey.catalogue.commands import add_product
from seguripago.journey.catalogue.rules import Wanted
from seguripago.journey.orders import commands
from seguripago.journey.orders.commands import Billing, Buyer, PlaceOrder
from seguripago.values import order_number
from seguripago.values.actor import Actor
from seguripago.values.address import Address
from seguripago.values.money import Money
from seguripago.values.steps import CheckItem, Preference

_count = itertools.count(1)
# Prefixes are unique in the whole database, and some tests leave their stores in it: counted, never drawn. Other
# builders use those below 2000.
_prefixes = itertools.cycle(f"646180{number}" for number in range(2000, 10_000))

BETO = Actor.staff(7, "Beto Nava")
LUCIA = Actor.buyer("Lucía Hernández Robles")
BUYER = Buyer("Lucía Hernández Robles", "lucia.hernandez@correo.example", "55 5012 8846")
ROMA = Address(
    street="Orizaba",
    ext_number="127",
    int_number="4B",
    neighborhood="Roma Norte",
    postal_code="06700",
    municipality="Cuauhtémoc",
    state="Ciudad de México",
    references="Portón verde",
)
COATEPEC = Address("Jiménez del Campillo", "12", "", "Centro", "91500", "Coatepec", "Veracruz")
INVOICE = Billing(True, "HERL890412K82", "LUCIA HERNANDEZ ROBLES", "612", "06700", "G03", ROMA)
NO_INVOICE = Billing(False, "", "", "", "", "", ROMA)


def make_store(**more: Any) -> int:
    """Open a store; each call opens another one."""
    slug = f"tienda-{next(_count)}-{secrets.token_hex(3)}"
    defaults: dict[str, Any] = {
        "slug": slug,
        "name": "Café de Ana",
        "legal_name": "CAFE DE ANA SA DE CV",
        "rfc": "SAC180612QX1",
        "tax_regime": "601",
        "email": "ana@cafe.example",
        "phone": "228 816 4420",
        "street_address": "Miguel Rebolledo 48, Coatepec",
        "postal_code": "91500",
        "claims_email": "ana@cafe.example",
        "hook_key": secrets.token_urlsafe(24),
        "signing_seed": secrets.token_bytes(32),
        "prefixes": (("90646", "STP", next(_prefixes)),),
    }
    return open_store(OpenStore(**{**defaults, **more}))


def make_product(store_id: int, name: str = "Molino manual Xico", **more: Any) -> int:
    """Put a product on the shelf; each call puts another one."""
    number = next(_count)
    defaults: dict[str, Any] = {
        "sku": f"SKU-{number}",
        "slug": f"producto-{number}",
        "name": name,
        "kind": "Equipo",
        "price": Money(191_400),
        "stock": 10,
        "warranty_days": 365,
        "lead_days_min": 2,
        "lead_days_max": 4,
        "sat_product_key": "52151600",
    }
    return add_product(store_id, **{**defaults, **more})


def placing(*lines: tuple[int, int], **more: Any) -> PlaceOrder:
    """Ask for (product, quantity) pairs; each call is another checkout."""
    defaults: dict[str, Any] = {
        "checkout_key": secrets.token_hex(20),
        "number": order_number.draw(secrets.choice),
        "access_token": secrets.token_urlsafe(24),
        "buyer": BUYER,
        "billing": NO_INVOICE,
        "shipping": ROMA,
        "lines": tuple(Wanted(product_id, quantity) for product_id, quantity in lines),
        "preference": Preference.SPEI,
        "privacy_version": "2026-11",
    }
    return PlaceOrder(**{**defaults, **more})


def placed(at: datetime, *, store_id: int | None = None, lines: tuple[tuple[int, int], ...] = (), **more: Any) -> int:
    """Place an order; without lines it is one piece of a new product."""
    store = store_id or make_store()
    return commands.place_order(store, placing(*(lines or ((make_product(store), 1),)), **more), at=at)


def verified(at: datetime, **more: Any) -> int:
    """Place an order, confirm its six checks and let the buyer accept."""
    order_id = placed(at, **more)
    commands.prefill_checks(order_id, at=at)
    commands.confirm_checks(order_id, list(CheckItem), by=BETO, at=at)
    commands.accept_confirmation(order_id, by=LUCIA, at=at)
    return order_id


def paid(at: datetime, **more: Any) -> int:
    """Bring an order to where its money has arrived."""
    order_id = verified(at, **more)
    commands.mark_paid([order_id], at=at)
    return order_id
