"""Days are Mexico's, on both sides of midnight."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance.commands import words
from seguripago.journey.assistance.models import Reminder
from seguripago.journey.orders import commands as orders
from tests.assistance.builders import open_shop, place, said_by

pytestmark = pytest.mark.django_db


def test_what_was_delivered_in_the_evening_was_delivered_that_day(at: datetime) -> None:
    shop = open_shop()
    bought = place(shop, at=at)
    evening = datetime(2026, 3, 21, 2, 30, tzinfo=UTC)
    said = words.about_delivery(replace(bought, delivered_at=evening), (), store_by_id(shop.store_id))
    assert said == "Tu pedido se entregó el 20 mar."


@pytest.mark.parametrize(
    ("ends", "said"), [((2026, 3, 12, 5, 30), "hoy a las 23:30"), ((2026, 3, 12, 6, 30), "mañana a las 00:30")]
)
def test_what_ends_after_midnight_does_not_end_today(at: datetime, ends: tuple[int, ...], said: str) -> None:
    shop = open_shop()
    ends_at = datetime(*ends, tzinfo=UTC)  # type: ignore[arg-type, misc]
    bought = replace(place(shop, at=at), expires_at=ends_at)
    assert f"vence {said}" in words.reminder(bought, "last", at=ends_at - timedelta(hours=2))


def test_whoever_paid_while_the_clock_went_round_is_not_reminded(at: datetime) -> None:
    from seguripago.journey.assistance.commands import reminding

    shop = open_shop()
    bought = place(shop, at=at)
    talk = chat.open_conversation(shop.store_id, bought.id, shop.beto, "Hola, Lucía", at=at)
    orders.cancel_order(bought.id, by=shop.by_beto, reason="prueba", at=at)
    assert not reminding._remind(bought.id, "half", at=at + timedelta(hours=12))
    assert not said_by(talk, "assistant")
    assert not Reminder.objects.exists()
