"""A store's gateways: sealed, tried with a call that changes nothing, one of them active; charges stay with theirs."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from django.db import connection

from seguripago.foundations.audit.models import AuditEntry
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.cards import accounts
from seguripago.journey.cards import commands as cards
from seguripago.journey.cards.models import StoreGateway
from seguripago.journey.cards.queries import card_offer, gateway_cards, gateway_of, gateway_seals
from seguripago.journey.cards.refusals import GatewayNotReady, GatewayUnknown, MonthsNotPossible, ValueNotPossible
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from tests.cards.conftest import ASKS_PAGE, Till, order_for, wish_for
from tests.money import bank

pytestmark = pytest.mark.django_db
ANA = Actor.staff(3, "Ana Rivera")
STRIPE = {"public_key": "pk_live_publica", "secret_key": "sk_live_muy_secreta", "webhook_secret": "whsec_muy_secreto"}


@pytest.fixture
def store_id() -> int:
    return bank.bank_store()


def test_a_store_of_the_demo_charges_at_the_gateway_that_plays_until_it_chooses(store_id: int, at: datetime) -> None:
    assert gateway_of(store_id) == "sandbox"
    cards.set_gateway_values(store_id, "stripe", STRIPE, by=ANA, at=at)
    assert gateway_of(store_id) == "sandbox", "setting one up chooses nothing"
    cards.use_gateway(store_id, "stripe", by=ANA, at=at)
    assert gateway_of(store_id) == "stripe"
    offer = card_offer(store_id, Money(1_000_00))
    assert offer is not None
    assert offer.config.public_key == "pk_live_publica"
    cards.use_gateway(store_id, "", by=ANA, at=at)
    assert (gateway_of(store_id), card_offer(store_id, Money(1_000_00))) == ("", None)


def test_in_production_nothing_plays(store_id: int, at: datetime, settings: Any) -> None:
    settings.SEGURIPAGO = replace(settings.SEGURIPAGO, demo=False)
    assert gateway_of(store_id) == ""
    assert "sandbox" not in {each.slug for each in gateway_cards(store_id)}
    with pytest.raises(GatewayUnknown):
        cards.use_gateway(store_id, "sandbox", by=ANA, at=at)


def test_secrets_are_sealed_and_written_down_nowhere(store_id: int, at: datetime) -> None:
    cards.set_gateway_values(store_id, "stripe", STRIPE, by=ANA, at=at)

    assert accounts.account(store_id, "stripe").secret_key == STRIPE["secret_key"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT encode(sealed, 'escape') || given::text || shown::text FROM store_gateway")
        kept = str(cursor.fetchall())
    told = json.dumps([entry.said for entry in AuditEntry.objects.filter(store_id=store_id)])
    assert "pk_live_publica" in kept
    for secret in (STRIPE["secret_key"], STRIPE["webhook_secret"]):
        assert secret not in kept + told + repr(gateway_cards(store_id)) + repr(accounts.Inside(STRIPE))
    row = StoreGateway.objects.get(store_id=store_id, gateway="stripe")
    other = store_by_id(bank.bank_store()).slug
    with pytest.raises(InvalidTag):
        accounts.unseal(row.sealed, slug=other, gateway="stripe")


def test_a_new_webhook_secret_lets_the_one_before_open_for_three_days(store_id: int, at: datetime) -> None:
    cards.set_gateway_values(store_id, "stripe", STRIPE, by=ANA, at=at)
    cards.set_gateway_values(store_id, "stripe", {"webhook_secret": "whsec_nuevo_secreto"}, by=ANA, at=at)

    def accepted(moment: datetime) -> list[str]:
        return [each.webhook_secret for each in accounts.hook_accounts(store_id, "stripe", at=moment)]

    assert accepted(at) == ["whsec_nuevo_secreto", STRIPE["webhook_secret"]]
    assert accepted(at + timedelta(days=3)) == ["whsec_nuevo_secreto"]
    assert accounts.account(store_id, "stripe").secret_key == STRIPE["secret_key"], "what is not named stays"


def test_one_gateway_takes_new_charges_and_those_in_flight_stay_with_theirs(till: Till, now: datetime) -> None:
    store_id, order_id = order_for(now)
    wish = wish_for(order_id, till.token(store_id, ASKS_PAGE))
    started = cards.start_card_charge(order_id, wish, at=now)
    cards.set_gateway_values(store_id, "stripe", STRIPE, by=ANA, at=now)
    cards.use_gateway(store_id, "stripe", by=ANA, at=now)

    till.authorize(started)
    assert cards.settle_card_charge(wish.key, at=now).is_paid
    assert [each.slug for each in gateway_cards(store_id) if each.is_active] == ["stripe"]


def test_what_is_missing_or_unknown_is_refused(store_id: int, at: datetime) -> None:
    with pytest.raises(GatewayUnknown):
        cards.set_gateway_values(store_id, "ninguna", {}, by=ANA, at=at)
    for values in ({"otra": "x"}, {"secret_key": "x" * 5000}, {"secret_key": "con\x00nulo"}):
        with pytest.raises(ValueNotPossible):
            cards.set_gateway_values(store_id, "stripe", values, by=ANA, at=at)
    cards.set_gateway_values(store_id, "stripe", {"public_key": "pk"}, by=ANA, at=at)
    with pytest.raises(GatewayNotReady):
        cards.use_gateway(store_id, "stripe", by=ANA, at=at)
    with pytest.raises(GatewayNotReady):
        cards.try_gateway(store_id, "stripe", by=ANA, at=at)
    for plan in ({5: Money(100)}, {3: Money(-1)}):
        with pytest.raises(MonthsNotPossible):
            cards.set_months(store_id, "sandbox", plan, by=ANA, at=at)


def test_the_months_are_those_that_the_amount_reaches(store_id: int, at: datetime) -> None:
    cards.set_months(store_id, "sandbox", {6: Money(600_00), 3: Money(300_00)}, by=ANA, at=at)

    def offered(centavos: int) -> tuple[int, ...]:
        offer = card_offer(store_id, Money(centavos))
        assert offer is not None
        return offer.months

    assert [offered(centavos) for centavos in (299_99, 300_00, 600_00)] == [(), (3,), (3, 6)]


def test_trying_a_gateway_asks_it_and_changes_nothing(till: Till, now: datetime, settings: Any) -> None:
    store_id, _ = order_for(now)
    assert cards.try_gateway(store_id, "sandbox", by=ANA, at=now) == ""
    settings.SEGURIPAGO = replace(settings.SEGURIPAGO, sandbox_url="http://127.0.0.1:9")
    assert cards.try_gateway(store_id, "sandbox", by=ANA, at=now) != ""
    (card,) = (each for each in gateway_cards(store_id) if each.slug == "sandbox")
    assert card.tested_at == now
    assert card.test_said
    assert till.charges() == 0


def test_another_main_key_seals_them_again(store_id: int, at: datetime, settings: Any) -> None:
    cards.set_gateway_values(store_id, "stripe", STRIPE, by=ANA, at=at)
    before = settings.SEGURIPAGO.main_key
    settings.SEGURIPAGO = replace(settings.SEGURIPAGO, main_key=b"n" * 32, previous_main_keys=(before,))
    assert gateway_seals() == (2, 2, 0)
    assert cards.seal_gateways_again() == 2
    assert gateway_seals() == (2, 0, 0)
    settings.SEGURIPAGO = replace(settings.SEGURIPAGO, previous_main_keys=())
    assert accounts.account(store_id, "stripe").secret_key == STRIPE["secret_key"]
