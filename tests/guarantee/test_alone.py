"""One order whose rows cannot be written keeps no other one waiting, whatever goes over many."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection

from seguripago.jobs.parcels import follow_parcels
from seguripago.journey.delivery.commands import send_parcel, watch_parcels
from seguripago.journey.guarantee.commands import release_due, take_steps
from seguripago.journey.guarantee.models import Guarantee
from seguripago.journey.guarantee.queries import guarantee_of
from seguripago.journey.orders import commands as orders
from tests.delivery.builders import BETO, only_parcel, open_shop
from tests.guarantee.test_guarantees import delivered, held

pytestmark = pytest.mark.django_db


def spoil(table: str, column: str, value: int) -> None:
    """Make the database refuse every new row of the table that is about this one; ends with the test."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION spoilt() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'spoilt'; END $$"
        )
        cursor.execute(
            f"CREATE TRIGGER spoilt BEFORE INSERT ON {table} FOR EACH ROW"
            f" WHEN (NEW.{column} = {value:d}) EXECUTE FUNCTION spoilt()"
        )


def spoil_guarantee(order_id: int) -> None:
    spoil("guarantee_event", "guarantee_id", Guarantee.objects.get(order_id=order_id).pk)


def spoil_parcel(order_id: int) -> None:
    parcel = only_parcel(order_id)
    assert parcel is not None
    spoil("shipment_event", "shipment_id", parcel.id)


def states(*order_ids: int) -> list[str]:
    return [Guarantee.objects.get(order_id=each).state for each in order_ids]


def test_the_others_are_released(at: datetime) -> None:
    store_id = open_shop()
    first, second = delivered(store_id, at, 1), delivered(store_id, at, 2)
    spoil_guarantee(first)
    assert release_due(at + timedelta(days=7)) == 1
    assert states(first, second) == ["held", "released"]


def test_all_that_is_due_is_released_a_batch_at_a_time(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seguripago.journey.guarantee.commands.holding.BATCH", 1)
    store_id = open_shop()
    doubted, *others = [delivered(store_id, at, turn) for turn in (1, 2, 3)]
    orders.hold_shipping(doubted, is_held=True, reason="duda", by=BETO, at=at)
    assert release_due(at + timedelta(days=7)) == 2
    assert states(doubted, *others) == ["held", "released", "released"]


def test_the_others_are_reminded(at: datetime) -> None:
    store_id = open_shop()
    first, second = held(store_id, at, 1), held(store_id, at, 2)
    spoil_guarantee(first)
    promise = guarantee_of(second)
    assert promise is not None
    assert take_steps(promise.ship_by) == 1


def test_the_other_parcels_are_told_late_and_followed(at: datetime) -> None:
    store_id = open_shop()
    first, second = held(store_id, at, 1), held(store_id, at, 2)
    for order_id in (first, second):
        send_parcel(order_id, None, carrier="pruebas", tracking_number="", by=BETO, at=at)
    spoil_parcel(first)
    assert follow_parcels(at + timedelta(seconds=10)) == 1
    assert watch_parcels(at=at + timedelta(days=60)) == 1
