"""Two hundred submissions of one card form: one charge at the gateway, one payment; without the lock there are more."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest
from django.db import connection

from seguripago.journey.cards import commands as cards
from seguripago.journey.cards.commands import CardWish, charging
from seguripago.journey.cards.queries import ChargeView, charges_of_order
from seguripago.journey.orders.queries import order
from tests.cards.conftest import Till, order_for, wish_for
from tests.cards.conftest import now as now
from tests.cards.conftest import site as site
from tests.cards.conftest import till as till
from tests.races.together import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
FORMS = 200


def submitted(order_id: int, wish: CardWish, count: int, at: datetime) -> list[ChargeView | Exception]:
    return at_once(count, lambda _: cards.start_card_charge(order_id, wish, at=at))


def test_a_form_that_is_sent_two_hundred_times_is_one_payment(till: Till, now: datetime) -> None:
    store_id, order_id = order_for(now)
    wish = wish_for(order_id, till.token(store_id))

    answers = submitted(order_id, wish, FORMS, now)

    assert not [each for each in answers if isinstance(each, Exception)]
    assert [each.state for each in charges_of_order(order_id)] == ["paid"]
    assert order(order_id).state == "paid"
    assert till.charges() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM fact WHERE store_id = %s AND kind = 'PaymentConfirmed'", [store_id])
        assert cursor.fetchone()[0] == 1


def test_without_the_lock_they_collide(till: Till, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: nobody waits at the order, and nobody looks for one that is there already."""
    store_id, order_id = order_for(now)
    wish = wish_for(order_id, till.token(store_id))
    monkeypatch.setattr(charging, "lock_order", lambda order_id: None)

    answers = submitted(order_id, wish, 12, now)

    kinds = Counter(type(each).__name__ for each in answers)
    assert kinds["IntegrityError"] or kinds["ChargeInFlight"] or kinds["AlreadyPaid"], kinds
