"""Orders on their way, built through the rooms' own doors. Ana owns the store, Beto works there."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from seguripago.foundations.facts.commands import Listener, listen_once, number_facts
from seguripago.foundations.ledger.rules import Account
from seguripago.foundations.stores.commands import OpenStore, open_store
from seguripago.journey.catalogue.commands import add_product
from seguripago.journey.catalogue.queries import shelf
from seguripago.journey.catalogue.rules import Wanted
from seguripago.journey.delivery.commands import mark_delivered
from seguripago.journey.delivery.queries import ShipmentView, shipments_of
from seguripago.journey.delivery.rules import Says, ShipmentCannot
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.commands import Settlement, confirm_payments, send_transfer_details
from seguripago.values import order_number
from seguripago.values.actor import Actor
from seguripago.values.address import Address
from seguripago.values.money import Money
from seguripago.values.steps import CheckItem

BETO = Actor.staff(7, "Beto Luna")
LUCIA = Actor.buyer("Lucía Hernández Robles")
HOME = Address("Orizaba", "101", "4B", "Roma Norte", "06700", "Cuauhtémoc", "Ciudad de México", "Portón verde")
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def open_shop(slug: str = "sierra-alta") -> int:
    """A store with its keys; one product of which there is plenty."""
    store_id = open_store(
        OpenStore(
            slug=slug,
            name="Sierra Alta Café" if slug == "sierra-alta" else slug.title(),
            legal_name="SIERRA ALTA CAFE",
            rfc="SAC190305QH2",
            tax_regime="601",
            email=f"hola@{slug}.test",
            phone="228 812 3456",
            street_address="Enríquez 12, Xalapa, Veracruz",
            postal_code="91000",
            claims_email=f"reclamaciones@{slug}.test",
            hook_key=f"hook-{slug}",
            signing_seed=b"s" * 32,
            prefixes=(("90646", "STP", "64618011" + {"sierra-alta": "57"}.get(slug, "58")),),
            is_demo=True,
        )
    )
    add_product(
        store_id,
        sku="MOL-01",
        slug=f"molino-{slug}",
        name="Molino eléctrico Acultzingo",
        kind="Molinos",
        price=Money.parse("4,495.00"),
        stock=500,
        warranty_days=365,
        lead_days_min=3,
        lead_days_max=5,
        sat_product_key="52141500",
    )
    return store_id


def place(store_id: int, *, at: datetime, turn: int = 1, email: str = "lucia@correo.test", pieces: int = 2) -> int:
    """An order of two grinders; `turn` tells one from the next."""
    picks = iter(ALPHABET[(turn * 7 + place * (turn + 3)) % 32] for place in range(400))
    wish = orders.PlaceOrder(
        checkout_key=f"checkout-{store_id}-{turn}",
        number=order_number.draw(lambda _letters: next(picks)),
        access_token=f"token-{store_id}-{turn}-" + "x" * 20,
        buyer=orders.Buyer("Lucía Hernández Robles", email, "55 1234 5678"),
        billing=orders.Billing(False, "", "", "", "", "", HOME),
        shipping=HOME,
        lines=(Wanted(shelf(store_id)[0].id, pieces),),
        preference="spei",  # type: ignore[arg-type]
        privacy_version="2026-01",
    )
    return orders.place_order(store_id, wish, at=at)


def verify(order_id: int, *, at: datetime) -> int:
    """The six checks confirmed by Beto and accepted by the buyer."""
    orders.prefill_checks(order_id, at=at)
    orders.confirm_checks(order_id, tuple(CheckItem), by=BETO, at=at)
    orders.accept_confirmation(order_id, by=LUCIA, at=at)
    return order_id


def pay(order_id: int, *, at: datetime, centavos: int | None = None) -> int:
    """The money of a verified order, through the one door to "paid"; a part of it when `centavos` says so."""
    payment_id = send_transfer_details(order_id, by=BETO, at=at)
    amount = order(order_id).total if centavos is None else Money(centavos)
    with transaction.atomic():
        settled = Settlement(payment_id, f"deposit:{payment_id}", amount, at, Account.BANK, "BNET01002611220073012")
        confirm_payments([settled], by=Actor.system(), at=at)
    return order_id


def paid_order(store_id: int, *, at: datetime, turn: int = 1) -> int:
    """An order whose payment was confirmed."""
    return pay(verify(place(store_id, at=at, turn=turn), at=at), at=at)


def listen(*listeners: Listener, at: datetime) -> None:
    """Let the listeners read everything that was announced."""
    number_facts()
    for listener in listeners:
        while listen_once(listener, at=at):
            pass


def only_parcel(order_id: int) -> ShipmentView | None:
    """The one parcel of an order, None before there is any."""
    parcels = shipments_of(order_id)
    assert len(parcels) < 2
    return parcels[0] if parcels else None


def arrive(order_id: int, *, by: Actor, at: datetime) -> None:
    """The one parcel of an order is in the buyer's hands, as the store says."""
    parcel = only_parcel(order_id)
    if parcel is None:
        raise ShipmentCannot("", "deliver")
    mark_delivered(parcel.id, says=Says.STORE, by=by, at=at)
