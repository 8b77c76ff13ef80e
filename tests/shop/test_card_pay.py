"""Paying with a card on the order page: what the form's script is answered, and what works without any script."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from seguripago.journey.cards.commands import set_months
from seguripago.journey.cards.queries import charges_of_order
from seguripago.journey.orders.queries import order
from seguripago.journey.orders.shapes import OrderView
from seguripago.values.money import Money
from seguripago.values.steps import Preference
from tests.cards.conftest import ASKS_FRAME, ASKS_PAGE, POOR, Till
from tests.cards.conftest import now as now
from tests.cards.conftest import site as site
from tests.cards.conftest import till as till
from tests.money import bank
from tests.orders import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def bought(till: Till, now: datetime) -> OrderView:
    return order(builders.placed(now, store_id=bank.bank_store(), preference=Preference.CARD))


def page_of(bought: OrderView) -> str:
    return f"/pedido/{bought.access_token}/"


def key_on(page: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def press(bought: OrderView, token: str, *, key: str = "", **more: str) -> dict[str, Any]:
    """Send the form as its script does."""
    client = Client()
    form = {"key": key or key_on(client.get(page_of(bought)).content.decode()), "token": token, **more}
    answer = client.post(f"{page_of(bought)}tarjeta/", form, headers={"accept": "application/json"})
    assert answer.status_code == 200
    said: dict[str, Any] = answer.json()
    return said


def asked(status: str) -> dict[str, Any]:
    said: dict[str, Any] = Client().post(status, headers={"accept": "application/json"}).json()
    return said


def test_a_card_is_paid_and_the_page_says_what_the_voucher_says(till: Till, bought: OrderView, now: datetime) -> None:
    set_months(bought.store_id, "sandbox", {3: Money(100)}, by=bank.ANALYST, at=now)
    assert "3 meses de" in Client().get(page_of(bought)).content.decode()

    said = press(bought, till.token(bought.store_id), installments="3")

    assert (said["state"], said["go"]) == ("paid", page_of(bought))
    page = Client().get(page_of(bought)).content.decode()
    assert "Visa •••• 4242 · 3 meses sin intereses · autorización" in page


def test_a_declined_card_is_told_why_and_the_next_try_has_a_key_of_its_own(till: Till, bought: OrderView) -> None:
    said = press(bought, till.token(bought.store_id, POOR))
    assert said["state"] == "declined"
    assert "No se cobró nada. Tu banco dice que no hay fondos suficientes." in said["says"]
    assert press(bought, till.token(bought.store_id), key=said["key"])["state"] == "paid"


def test_what_the_bank_asks_is_carried_to_the_page_and_found_there_again(till: Till, bought: OrderView) -> None:
    token = till.token(bought.store_id, ASKS_FRAME)
    key = key_on(Client().get(page_of(bought)).content.decode())
    said = press(bought, token, key=key)
    assert (said["state"], said["action"]["kind"]) == ("requires_action", "challenge_iframe")
    assert press(bought, token, key=key) == said, "a double press"
    assert press(bought, till.token(bought.store_id), key=f"{bought.id}-{'o' * 20}") == said, "another tab"
    reopened = Client().get(page_of(bought))
    assert said["status"] in reopened.content.decode()
    assert till.url in reopened.headers["Content-Security-Policy"]

    till.authorize(charges_of_order(bought.id)[0])
    assert asked(said["status"])["state"] == "paid"


def test_a_failing_check_opens_no_charge(till: Till, now: datetime) -> None:
    wrong = replace(builders.ROMA, postal_code="97000")
    bought = order(builders.placed(now, store_id=bank.bank_store(), preference=Preference.CARD, shipping=wrong))
    said = press(bought, till.token(bought.store_id))
    assert (said["state"], said["key"]) == ("refused", "")
    assert said["go"].endswith("?aviso=revisar")
    assert till.charges() == 0


@pytest.mark.parametrize("months", ["2", "seis", "-3", "", "٣"])
def test_months_that_nobody_offers_are_refused_in_words(till: Till, bought: OrderView, months: str) -> None:
    said = press(bought, till.token(bought.store_id), installments=months)
    assert (said["state"], bool(said["key"])) == ("refused", True)
    assert "Esos meses no se ofrecen" in said["says"]


def test_without_a_script_the_gateways_own_page_takes_the_card(till: Till, bought: OrderView) -> None:
    buyer = Client()
    form = {"key": key_on(buyer.get(page_of(bought)).content.decode())}
    there = buyer.post(f"{page_of(bought)}tarjeta/", form)
    assert there.status_code == 302
    assert there.headers["Location"].startswith(till.url)
    assert buyer.post(f"{page_of(bought)}tarjeta/", form).headers["Location"] == there.headers["Location"]

    back = buyer.get(f"{page_of(bought)}tarjeta/{form['key']}/")
    assert back.headers["Location"].endswith("?aviso=tarjeta-espera")
    other = buyer.post(f"{page_of(bought)}tarjeta/{form['key']}/otra/")
    assert other.headers["Location"].endswith("?aviso=tarjeta-no")


def test_nobody_asks_about_another_orders_charge(till: Till, bought: OrderView, now: datetime) -> None:
    said = press(bought, till.token(bought.store_id, ASKS_PAGE))
    other = order(builders.placed(now, store_id=bought.store_id, preference=Preference.CARD))
    key = said["status"].split("/")[-3]
    for path in (f"tarjeta/{key}/estado/", f"tarjeta/{key}/otra/"):
        assert Client().post(f"{page_of(other)}{path}").status_code == 404
    assert Client().get(f"{page_of(other)}tarjeta/{key}/").status_code == 404
    assert press(other, till.token(bought.store_id), key=key)["state"] == "refused"
