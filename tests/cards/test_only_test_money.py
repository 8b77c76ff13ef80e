"""What a gateway's test mode calls paid is no money: outside the demo no store charges through it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from seguripago.foundations.ledger.queries import balance
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.cards import commands as cards
from seguripago.journey.cards.accounts import account
from seguripago.journey.cards.queries import gateway_of
from seguripago.journey.cards.refusals import OnlyTestMoney
from seguripago.journey.orders.queries import order
from seguripago.ports import registry
from seguripago.ports.card_gateways import GatewayAccount
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from tests.adapters.gateway_conekta import ConektaStand, pem
from tests.adapters.provider import provider
from tests.cards.conftest import wish_for
from tests.money import bank
from tests.office.test_office import enter
from tests.orders import builders

AT = datetime(2026, 11, 23, 15, tzinfo=UTC)
ANA = Actor.staff(3, "Ana Rivera")
LIVE = {"public_key": "pk_live_1", "secret_key": "rk_live_1", "webhook_secret": "whsec_1"}


@pytest.mark.django_db
def test_an_account_in_test_mode_takes_charges_in_the_demo_alone(settings: Any) -> None:
    store_id = bank.bank_store()
    cards.set_gateway_values(store_id, "stripe", {**LIVE, "secret_key": "sk_test_1"}, by=ANA, at=AT)
    cards.use_gateway(store_id, "stripe", by=ANA, at=AT)
    cards.use_gateway(store_id, "", by=ANA, at=AT)

    settings.SEGURIPAGO = replace(settings.SEGURIPAGO, demo=False)
    with pytest.raises(OnlyTestMoney):
        cards.use_gateway(store_id, "stripe", by=ANA, at=AT)
    assert gateway_of(store_id) == ""
    cards.set_gateway_values(store_id, "stripe", LIVE, by=ANA, at=AT)
    cards.use_gateway(store_id, "stripe", by=ANA, at=AT)
    with pytest.raises(OnlyTestMoney):
        cards.set_gateway_values(store_id, "stripe", {"public_key": "pk_test_1"}, by=ANA, at=AT)
    assert gateway_of(store_id) == "stripe"


@pytest.mark.parametrize(
    ("slug", "values", "is_test"),
    [
        ("sandbox", {}, True),
        ("stripe", {"secret_key": "sk_live_1", "public_key": "pk_live_1"}, False),
        ("stripe", {"secret_key": "rk_test_1", "public_key": "pk_live_1"}, True),
        ("mercado_pago", {"secret_key": "APP_USR-1"}, False),
        ("mercado_pago", {"secret_key": "TEST-1"}, True),
        ("openpay", {"api_url": "https://api.openpay.mx"}, False),
        ("openpay", {"api_url": "https://sandbox-api.openpay.mx"}, True),
        ("conekta", {"secret_key": "key_1"}, False),
    ],
)
def test_keys_tell_their_mode_where_the_gateway_says_it(slug: str, values: dict[str, str], is_test: bool) -> None:
    keys = GatewayAccount(**{"api_url": "", "store_key": "", "secret_key": "", "webhook_secret": "", **values})
    assert registry.adapter("card_gateways", slug).is_test(keys) is is_test


@pytest.mark.django_db
def test_the_office_says_so_in_words_and_loses_nothing(settings: Any) -> None:
    store_id = bank.bank_store()
    owner = enter(store_id, "ana", "owner")
    owner.post("/oficina/tarjetas/stripe/cuenta/", {**LIVE, "secret_key": "sk_test_1"})
    settings.SEGURIPAGO = replace(settings.SEGURIPAGO, demo=False)
    refused = owner.post("/oficina/tarjetas/elegir/", {"gateway": "stripe"})
    assert refused.status_code == 422
    assert "llaves de prueba" in refused.content.decode()

    owner.post("/oficina/tarjetas/stripe/cuenta/", LIVE)
    assert owner.post("/oficina/tarjetas/elegir/", {"gateway": "stripe"}).status_code == 302
    back = owner.post("/oficina/tarjetas/stripe/cuenta/", {"public_key": "pk_test_1"})
    assert back.status_code == 422
    assert "llaves de prueba" in back.content.decode()
    assert account(store_id, "stripe").public_key == "pk_live_1"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("livemode", "is_demo", "state"), [(True, False, "paid"), (False, False, "declined"), (False, True, "paid")]
)
def test_a_charge_that_its_gateway_calls_a_test_pays_nothing_outside_the_demo(
    settings: Any, caplog: pytest.LogCaptureFixture, now: datetime, livemode: bool, is_demo: bool, state: str
) -> None:
    # Conekta's keys look alike in both modes: only the charge says it.
    store_id, conekta = bank.bank_store(), ConektaStand(livemode=livemode)
    order_id = builders.placed(now, store_id=store_id)
    keys = {"public_key": "key_publica", "secret_key": "key_privada", "webhook_secret": pem("ours")}
    with provider(conekta) as there:
        conekta.url = there.url
        cards.set_gateway_values(store_id, "conekta", {**keys, "api_url": there.url}, by=ANA, at=AT)
        cards.use_gateway(store_id, "conekta", by=ANA, at=AT)
        settings.SEGURIPAGO = replace(settings.SEGURIPAGO, demo=is_demo)
        charge = cards.start_card_charge(order_id, wish_for(order_id, conekta.token("paid")), at=now)
    assert charge.state == state
    assert (order(order_id).state == "paid") == (state == "paid")
    assert balance(store_id, Account.CARD_GATEWAY) == (order(order_id).total if state == "paid" else Money.zero())
    assert ("calls it a test" in caplog.text) == (state != "paid")
