"""A card payment in the chat: it begins, does not pass and says why, passes with the gateway's voucher; no transfer."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from seguripago.journey.cards import commands as charging
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.queries import payment_of
from seguripago.journey.supervision.queries import today, wall
from seguripago.values.money import Money
from seguripago.values.steps import Step
from tests.assistance.builders import cards, hear, open_shop, pay, place, say, start
from tests.cards.conftest import POOR, Till, wish_for
from tests.cards.conftest import now as now
from tests.cards.conftest import site as site
from tests.cards.conftest import till as till

pytestmark = pytest.mark.django_db


def lines(conversation_id: int) -> list[str]:
    return [entry.text for entry in reading.entries(conversation_id) if entry.kind == "status"]


def test_a_card_is_followed_from_its_beginning_to_its_voucher(till: Till, now: datetime) -> None:
    shop = open_shop()
    bought = place(shop, at=now, preference="card")
    charging.set_months(shop.store_id, "sandbox", {3: Money(100)}, by=shop.by_beto, at=now)
    talk = start(shop, at=now, medium="card")
    say(talk, bought.number, at=now)

    charging.start_card_charge(bought.id, wish_for(bought.id, till.token(shop.store_id, POOR)), at=now)
    hear(at=now)
    assert any(text.startswith("Empezó un pago con tarjeta de") for text in lines(talk))
    assert any("No se cobró nada. Tu banco dice que no hay fondos suficientes." in text for text in lines(talk))

    wish = wish_for(bought.id, till.token(shop.store_id), installments=3)
    charging.start_card_charge(bought.id, wish, at=now)
    hear(at=now)
    assert any("a 3 meses sin intereses" in text for text in lines(talk))
    (voucher,) = (entry for entry in reading.entries(talk) if entry.card == "card_charged")
    assert voucher.body["says"].startswith("Visa •••• 4242 · 3 meses sin intereses · autorización ")
    shown = cards(talk)
    assert "payment_confirmed" in shown
    assert not {"transfer_received", "evidence_requested"} & set(shown)


def test_a_link_that_a_card_paid_shows_no_transfer_and_asks_for_no_comprobante(till: Till, now: datetime) -> None:
    shop = open_shop()
    bought = place(shop, at=now, preference="link")
    talk = start(shop, at=now, medium="link")
    say(talk, bought.number, at=now)
    chat.buyer_accepts(talk, at=now)
    hear(at=now)
    payment = payment_of(bought.id)
    assert payment is not None
    assert payment.link_id is not None

    wish = wish_for(bought.id, till.token(shop.store_id))
    charging.start_link_charge(bought.id, payment.link_id, wish, at=now)
    hear(at=now)

    assert order(bought.id).paid_at is not None
    shown = cards(talk)
    assert {"card_charged", "payment_confirmed"} <= set(shown)
    assert not {"transfer_received", "evidence_requested"} & set(shown)
    panel = reading.desk_panel(talk)
    assert panel is not None
    assert panel.step is Step.LISTO

    later = now + timedelta(hours=3)
    by_transfer = place(shop, at=now, turn=2)
    other = start(shop, at=now, token="t2")
    say(other, by_transfer.number, at=now)
    chat.buyer_accepts(other, at=now)
    hear(at=now)
    pay(by_transfer.id, at=now)
    seen = wall(shop.store_id, today(shop.store_id, since=now, at=later), at=later)
    assert {one.order_number for one in seen.stuck if one.step is Step.COMPROBANTE} == {by_transfer.number}
    assert {step.step: step.open for step in seen.steps if step.open} == {Step.COMPROBANTE: 1, Step.LISTO: 1}
