"""A whole charge at Mercado Pago, Conekta and Openpay: our rooms, their stand-ins, the real door for their notices."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

import pytest
from django.test import Client

from seguripago.foundations.ledger.queries import balance
from seguripago.foundations.ledger.rules import Account
from seguripago.foundations.stores.queries import store_by_id
from seguripago.jobs import cards as job
from seguripago.journey.cards import commands as cards
from seguripago.journey.cards.models import CardCharge, GatewayEvent
from seguripago.journey.orders.queries import order
from seguripago.values.actor import Actor
from tests.adapters.gateway_conekta import ConektaStand
from tests.adapters.gateway_mercado_pago import MercadoPagoStand
from tests.adapters.gateway_openpay import OpenpayStand
from tests.adapters.gateway_stand import Notice, Stand
from tests.adapters.provider import Reply, provider
from tests.cards.conftest import wish_for
from tests.money import bank
from tests.orders import builders

pytestmark = pytest.mark.django_db
ANA = Actor.staff(3, "Ana Rivera")


def connect(store_id: int, stand: Stand, *, at: datetime) -> None:
    """The owner types what the gateway asks for, and chooses it."""
    theirs = stand.account
    values = {need.name: getattr(theirs, need.name) for need in stand.gateway.needs}
    cards.set_gateway_values(store_id, stand.gateway.slug, values, by=ANA, at=at)
    assert cards.try_gateway(store_id, stand.gateway.slug, by=ANA, at=at) == ""
    cards.use_gateway(store_id, stand.gateway.slug, by=ANA, at=at)


def ref_of(charge_id: int) -> str:
    """The gateway's own name for a charge."""
    return CardCharge.objects.values_list("ref", flat=True).get(pk=charge_id)


def arrives(store_id: int, slug: str, notice: Notice) -> int:
    path = f"/hooks/card/{slug}/{store_by_id(store_id).hook_key}/?{urlencode(notice.query)}"
    return Client().post(path, notice.body, content_type="application/json", headers=notice.headers).status_code


@pytest.mark.parametrize("kind", [MercadoPagoStand, ConektaStand, OpenpayStand])
def test_a_card_whose_bank_asks_first_is_paid_by_a_signed_hint_and_a_look(kind: type[Stand], now: datetime) -> None:
    stand, store_id = kind(), bank.bank_store()
    order_id = builders.placed(now, store_id=store_id)
    with provider(stand) as there:
        stand.url = there.url
        connect(store_id, stand, at=now)
        started = cards.start_card_charge(order_id, wish_for(order_id, stand.token("step")), at=now)
        assert started.state == "requires_action"
        assert started.next_action is not None
        ref = ref_of(started.id)
        stand.finish(ref, "paid")

        slug = stand.gateway.slug
        assert arrives(store_id, slug, stand.notice(ref, secret="otra-clave-cualquiera")) == 404
        notice = stand.notice(ref)
        assert [arrives(store_id, slug, notice) for _ in range(3)] == [200, 200, 200]
        assert order(order_id).state != "paid"
        job.settle_doubts()
    assert GatewayEvent.objects.count() == 1
    assert order(order_id).state == "paid"
    assert balance(store_id, Account.CARD_GATEWAY) == order(order_id).total


@pytest.mark.parametrize("kind", [MercadoPagoStand, ConektaStand, OpenpayStand])
def test_an_answer_that_was_lost_is_found_and_nothing_is_charged_twice(kind: type[Stand], now: datetime) -> None:
    stand, store_id = kind(), bank.bank_store()
    order_id = builders.placed(now, store_id=store_id)
    with provider(stand) as there:
        stand.url = there.url
        connect(store_id, stand, at=now)
        stand.spoil = lambda body: Reply(is_lost=True) if stand.asked[-1].method == "POST" else Reply(body)
        wish = wish_for(order_id, stand.token("paid"))
        lost = cards.start_card_charge(order_id, wish, at=now)
        assert (lost.state, ref_of(lost.id)) == ("processing", "")
        stand.spoil = None
        found = cards.settle_card_charge(wish.key, at=now)
        if stand.has_page:
            stand.finish(ref_of(found.id), "paid")
            found = cards.settle_card_charge(wish.key, at=now)
        again = cards.start_card_charge(order_id, wish, at=now)
    assert (found.state, again) == ("paid", found)
    assert stand.count() == 1
    assert balance(store_id, Account.CARD_GATEWAY) == order(order_id).total
