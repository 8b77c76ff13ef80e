"""What happens outside the chat appears in it, once, however often it is told."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.models import FactRow
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from seguripago.journey.assistance.listeners import LISTENERS, show_in_chat
from seguripago.journey.delivery.commands import send_parcel
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.queries import order
from seguripago.journey.payments import commands as payments
from tests.assistance.builders import ALL, Shop, cards, hear, open_shop, pay, place, someone_is_there, start, texts
from tests.delivery.builders import arrive

pytestmark = pytest.mark.django_db


def attended(shop: Shop, at: datetime) -> tuple[int, int]:
    """A conversation about an order, with Beto."""
    someone_is_there(shop, at=at)
    bought = place(shop, at=at)
    talk = start(shop, at=at, own=(bought.access_token,))
    chat.take(talk, shop.beto, at=at)
    chat.identify_order(talk, bought.number, by=shop.by_beto, at=at)
    return talk, bought.id


def test_what_is_done_on_the_order_page_is_shown_in_the_chat(at: datetime) -> None:
    shop = open_shop()
    talk, order_id = attended(shop, at)
    orders.prefill_checks(order_id, at=at)
    orders.confirm_checks(order_id, ALL, by=shop.by_sofia, at=at)
    hear(at=at)
    assert cards(talk) == ["order_verified", "confirmation"]
    orders.accept_confirmation(order_id, by=shop.by_sofia, at=at + timedelta(minutes=1))
    payments.send_transfer_details(order_id, by=shop.by_sofia, at=at + timedelta(minutes=2))
    hear(at=at + timedelta(minutes=2))
    assert cards(talk) == ["order_verified", "confirmation", "bank_details", "transfer_monitored"]
    shown = {entry.card: entry for entry in reading.entries(talk)}
    assert (shown["confirmation"].closed, shown["confirmation"].closed_as) == (True, "accepted")


def test_shipment_and_delivery_are_told(at: datetime) -> None:
    shop = open_shop()
    talk, order_id = attended(shop, at)
    chat.confirm_all(talk, ALL, by=shop.by_beto, at=at)
    chat.buyer_accepts(talk, at=at)
    chat.send_bank_details(talk, by=shop.by_beto, at=at)
    pay(order_id, at=at)
    hear(at=at)
    send_parcel(
        order_id, None, carrier="dhl", tracking_number="1234567890", by=shop.by_sofia, at=at + timedelta(days=1)
    )
    hear(at=at + timedelta(days=1))
    arrive(order_id, by=shop.by_sofia, at=at + timedelta(days=3))
    hear(at=at + timedelta(days=3))
    parcels = [entry for entry in reading.entries(talk) if entry.card == "shipment"]
    assert [entry.body["state"] for entry in parcels] == ["shipped", "delivered"]
    assert parcels[0].closed


def test_facts_told_twice_add_nothing(at: datetime) -> None:
    shop = open_shop()
    talk, order_id = attended(shop, at)
    chat.confirm_all(talk, ALL, by=shop.by_beto, at=at)
    chat.buyer_accepts(talk, at=at)
    chat.send_bank_details(talk, by=shop.by_beto, at=at)
    pay(order_id, at=at)
    hear(at=at)
    before = [entry.seq for entry in reading.entries(talk, audience="desk")]
    heard = {kind.__name__ for kind in LISTENERS[0].facts}
    rows = FactRow.objects.filter(kind__in=heard).order_by("pk")
    again = [Fact.kinds[row.kind].from_json(row.body) for row in rows]
    assert again
    for _time in range(2):
        show_in_chat(again, at + timedelta(minutes=5))
    assert [entry.seq for entry in reading.entries(talk, audience="desk")] == before


def test_a_cancelled_order_says_not_to_transfer(at: datetime) -> None:
    shop = open_shop()
    talk, order_id = attended(shop, at)
    orders.cancel_order(order_id, by=shop.by_sofia, reason="Sin existencias", at=at)
    hear(at=at)
    assert any("No transfieras" in text and order(order_id).number in text for text in texts(talk))


def test_a_resolved_conversation_still_receives_the_money(at: datetime) -> None:
    shop = open_shop()
    talk, order_id = attended(shop, at)
    chat.confirm_all(talk, ALL, by=shop.by_beto, at=at)
    chat.buyer_accepts(talk, at=at)
    chat.send_bank_details(talk, by=shop.by_beto, at=at)
    chat.resolve(talk, by=shop.by_beto, at=at)
    pay(order_id, at=at)
    hear(at=at)
    assert "payment_confirmed" in cards(talk)
