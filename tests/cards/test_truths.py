"""What the database itself keeps of charges, whoever writes to it."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import IntegrityError, connection, transaction

from seguripago.journey.cards import commands as cards
from seguripago.journey.cards.models import CardCharge
from tests.cards.conftest import Till, order_for, wish_for

pytestmark = pytest.mark.django_db


def broken(view: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {view}")
        return int(cursor.fetchone()[0])


def test_a_charge_stays_what_it_was_and_is_booked_whole(till: Till, now: datetime) -> None:
    store_id, order_id = order_for(now)
    paid = cards.start_card_charge(order_id, wish_for(order_id, till.token(store_id)), at=now)
    assert broken("inv_card_charge_not_booked") == broken("inv_card_charge_of_another") == 0

    rows = CardCharge.objects.filter(pk=paid.id)
    for change in (
        {"amount_centavos": 1},
        {"key": "otra"},
        {"installments": 3},
        {"store_id": 9},
        {"state": "declined"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.delete()


def test_the_views_see_what_was_not_booked_and_whose_charge_it_is_not(till: Till, now: datetime) -> None:
    store_id, order_id = order_for(now)
    paid = cards.start_card_charge(order_id, wish_for(order_id, till.token(store_id)), at=now)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE card_charge DISABLE TRIGGER card_charge_is_kept")
        cursor.execute("UPDATE card_charge SET store_id = 0, captured_centavos = 1 WHERE id = %s", [paid.id])
        cursor.execute("ALTER TABLE card_charge ENABLE TRIGGER card_charge_is_kept")
    assert broken("inv_card_charge_not_booked") == broken("inv_card_charge_of_another") == 1
