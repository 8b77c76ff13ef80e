"""`seguripago demo`: the demo's store, its accounts, its people and what it sells. A second run changes nothing."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import time
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from seguripago.foundations.people.commands import hire
from seguripago.foundations.staffing import queries as staffing
from seguripago.foundations.staffing.team_commands import make_team, set_capacity, set_week
from seguripago.foundations.stores.commands import OpenStore, open_store
from seguripago.foundations.stores.queries import store
from seguripago.jobs.demo_products import PRODUCTS
from seguripago.journey.assistance.commands import suggest_canned_replies
from seguripago.journey.cards.commands import set_months, use_gateway
from seguripago.journey.catalogue.commands import add_product
from seguripago.ports.store_secrets import store_secret
from seguripago.values.actor import Actor
from seguripago.values.money import Money

SLUG: Final = "sierra-alta"
# STP's own CLABEs begin with 646 180; the rest of the prefix belongs to nobody outside the demo.
ACCOUNT_PREFIX: Final = "6461801157"
LEAST_PASSWORD: Final = 8
CARDS: Final = "sandbox"
# Months without interest, each from so many centavos on.
MONTHS: Final = {3: 30_000, 6: 60_000, 9: 150_000, 12: 300_000}


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody who works at the demo store."""

    email: str
    name: str
    role: str
    analyst_number: str


PEOPLE: Final = (
    DemoPerson("analista@demo.test", "Mariana Ríos", "analyst", "A-0412"),
    DemoPerson("medios@demo.test", "Diego Cano", "payments", "M-0107"),
    DemoPerson("supervisor@demo.test", "Sofía Luna", "supervisor", "S-0031"),
    DemoPerson("tienda@demo.test", "Ramón Vega", "owner", "T-0001"),
)


def run() -> dict[str, Any]:
    """Open the demo store where there is none; says who works there, with the password of those hired just now."""
    is_new = store(SLUG) is None
    given = os.environ.get("SEGURIPAGO_DEMO_PASSWORD", "")
    password = given if len(given) >= LEAST_PASSWORD else f"cafe-{secrets.token_hex(4)}"
    with transaction.atomic():
        store_id = open_demo_store()
        for person in PEOPLE:
            hire(
                store_id,
                email=person.email,
                name=person.name,
                role=person.role,
                analyst_number=person.analyst_number,
                password=password,
            )
        stock_the_shelf(store_id)
        staff_the_desk(store_id)
        if is_new:
            # Later runs bring back no reply that somebody took away.
            suggest_canned_replies(store_id, by=Actor.system(), at=timezone.now())
            take_cards(store_id)
    return {
        "store": SLUG,
        "address": f"{settings.SEGURIPAGO.base_url}/t/{SLUG}/",
        "new": is_new,
        "products": len(PRODUCTS),
        "people": [f"{person.email} ({person.name})" for person in PEOPLE],
        "password": password if is_new or password == given else "la de la primera vez",
    }


def open_demo_store() -> int:
    """Open «Sierra Alta Café» with its keys and its CLABE prefix; returns its id, also when it is open already."""
    known = store(SLUG)
    if known is not None:
        return known.id
    hook_key = secrets.token_urlsafe(24)
    main_key = settings.SEGURIPAGO.main_key
    return open_store(
        OpenStore(
            slug=SLUG,
            name="Sierra Alta Café",
            legal_name="SIERRA ALTA CAFE SA DE CV",
            rfc="SAC180612QX1",
            tax_regime="601",
            email="hola@sierra-alta.example",
            phone="228 816 4420",
            street_address="Miguel Rebolledo 48, Centro, 91500 Coatepec, Veracruz",
            postal_code="91500",
            claims_email="garantias@sierra-alta.example",
            hook_key=hook_key,
            signing_seed=secrets.token_bytes(32),
            feed_secrets={feed: store_secret(main_key, f"bank:{feed}", hook_key) for feed in ("sandbox", "stp")},
            prefixes=(("90646", "STP", ACCOUNT_PREFIX),),
            shipping_centavos=14_500,
            free_shipping_from_centavos=1_200_000,
            is_demo=True,
        )
    )


def take_cards(store_id: int) -> None:
    """Take cards through the gateway that only plays, also in months without interest."""
    by, at = Actor.system(), timezone.now()
    use_gateway(store_id, CARDS, by=by, at=at)
    set_months(store_id, CARDS, {months: Money(least) for months, least in MONTHS.items()}, by=by, at=at)


def stock_the_shelf(store_id: int) -> None:
    """Put every product of the demo on the shelf; those that are there stay as they are."""
    for product in PRODUCTS:
        add_product(
            store_id,
            sku=product.sku,
            slug=product.slug,
            name=product.name,
            kind=product.kind,
            summary=product.summary,
            picture=product.picture,
            price=Money(product.price_centavos),
            iva_bp=product.iva_bp,
            stock=product.stock,
            warranty_days=product.warranty_days,
            lead_days_min=product.lead_days_min,
            lead_days_max=product.lead_days_max,
            sat_product_key=product.sat_product_key,
            sat_unit_key=product.sat_unit_key,
        )


def staff_the_desk(store_id: int) -> None:
    """Give the desk hours, teams and capacities where it has none; what somebody changed stays as it is."""
    by, at = Actor.system(), timezone.now()
    if not staffing.hours_of(store_id):
        set_week(store_id, dict.fromkeys(range(7), (time(9), time(20))), by=by, at=at)
    if staffing.teams(store_id):
        return
    working = {seat.role: seat.user_id for seat in staffing.seats(store_id, at)}
    everybody = tuple(working.values())
    analysts = (working["analyst"], working["supervisor"])
    make_team(store_id, "Pagos seguros", topics=("seguripago", "order"), people_ids=everybody, by=by, at=at)
    make_team(store_id, "Facturas y garantías", topics=("invoice", "warranty"), people_ids=analysts, by=by, at=at)
    for role, capacity in (("analyst", 5), ("supervisor", 3), ("owner", 2)):
        set_capacity(store_id, working[role], capacity, by=by, at=at)
