"""A deposit and the rest on the buyer's own page: what was paid and what is left, by design."""

from __future__ import annotations

import secrets
from datetime import datetime

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from seguripago.foundations.ledger.rules import Account
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.commands import Settlement, confirm_payments, send_payment_link
from seguripago.journey.payments.queries import payment_of
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from seguripago.web.shop.order_page import steps_of
from tests.delivery.builders import BETO, open_shop, pay, place, verify
from tests.orders.charges import charged

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def page_of(order_id: int) -> str:
    return Client().get(f"/pedido/{order(order_id).access_token}/").content.decode()


def test_the_page_says_the_deposit_and_then_what_is_left(now: datetime) -> None:
    order_id = verify(place(open_shop(), at=now), at=now)
    deposit = Money(200_000)
    send_payment_link(order_id, token=secrets.token_urlsafe(24), purpose="deposit", amount=deposit, by=BETO, at=now)
    page, asked = page_of(order_id), payment_of(order_id)
    assert asked is not None
    assert "El link de tu anticipo está listo" in page
    assert asked.link_phrase in page
    for amount in (deposit, asked.amount, asked.amount - deposit):
        assert f"${amount.centavos // 100:,}" in page
    settle(order_id, deposit, now)
    page, part = page_of(order_id), payment_of(order_id)
    assert part is not None
    assert "Este es el link del resto" in page
    assert "Ya pagaste" in page
    said = steps_of(order(order_id), part)[2].small
    assert said == f"Anticipo $2,000.00, faltan {part.missing}"


def settle(order_id: int, amount: Money, at: datetime) -> None:
    payment = payment_of(order_id)
    assert payment is not None
    with transaction.atomic():
        settled = Settlement(payment.id, "deposit:1", amount, at, Account.BANK, "BNET01002611220073012")
        confirm_payments([settled], by=Actor.system(), at=at)


def test_a_charge_without_a_cart_has_its_page_before_and_after(now: datetime) -> None:
    order_id = charged(open_shop(), now)
    page = page_of(order_id)
    assert "te hizo este cobro" in page
    assert "Mantenimiento de molino" in page
    assert "Envío a" not in page
    browser = Client()
    token = order(order_id).access_token
    form = browser.get(f"/pedido/{token}/mis-datos/").content.decode()
    assert "Dirección de envío" not in form
    typed = {"first_name": "Lucía", "last_name": "Hernández", "email": "lucia@correo.test", "phone": "5550128846"}
    assert browser.post(f"/pedido/{token}/mis-datos/", typed | {"wants_invoice": "on"}).status_code == 422
    invoice = {
        "wants_invoice": "on",
        "rfc": "HERL890412K82",
        "legal_name": "Lucia Hernandez Robles",
        "tax_regime": "612",
        "tax_postal_code": "06700",
        "cfdi_use": "G03",
    }
    answer = browser.post(f"/pedido/{token}/mis-datos/", typed | invoice)
    assert (answer.status_code, order(order_id).pre_invoice_version) == (302, 2)
    assert browser.post(f"/pedido/{token}/revisar/").status_code == 302
    assert order(order_id).all_checked
    assert browser.post(f"/pedido/{token}/todo-correcto/").status_code == 302
    pay(order_id, at=now)
    assert "Pago confirmado" in page_of(order_id)
    assert browser.get(f"/pedido/{token}/pre-factura.pdf").content.startswith(b"%PDF")
