"""«Crear cobro y link» pressed many times at the same moment: one charge, one link; without the key, several."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from django.db import connection

from seguripago.journey.orders.models import Order
from seguripago.journey.payments.commands import make_quick_charge
from seguripago.journey.payments.models import Link
from seguripago.values import order_number
from tests.orders.builders import BETO, make_store
from tests.orders.charges import asking
from tests.races.together import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
TIMES = 8
KEY = "order_once_per_checkout"


def press(at: datetime) -> list[int | Exception]:
    store_id, asked = make_store(), asking()

    def one(_position: int) -> int:
        drawn = {"number": order_number.draw(secrets.choice), "access_token": secrets.token_urlsafe(24)}
        again = dataclasses.replace(asked, **drawn)
        return make_quick_charge(store_id, again, token=secrets.token_urlsafe(32), by=BETO, at=at)

    return at_once(TIMES, one)


def test_however_often_it_is_pressed_it_is_one_charge_with_one_link(at: datetime) -> None:
    told = press(at)
    [made] = Order.objects.values_list("pk", flat=True)
    assert told == [made] * TIMES
    assert Link.objects.count() == 1


@contextmanager
def without_the_key() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE shop_order DROP CONSTRAINT {KEY}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            # The rows of the failed world must go before the key can come back.
            cursor.execute("TRUNCATE shop_order, payment, fact CASCADE")
            cursor.execute(f"ALTER TABLE shop_order ADD CONSTRAINT {KEY} UNIQUE (store_id, checkout_key)")


def test_without_the_checkouts_key_the_same_press_charges_again(at: datetime) -> None:
    """The control: the same presses, and nothing in the database that tells them from others."""
    with without_the_key():
        for _ in range(5):
            press(at)
            if Order.objects.values("checkout_key").distinct().count() < Order.objects.count():
                return
    raise AssertionError("the race did not happen: the test beside this one proves nothing")
