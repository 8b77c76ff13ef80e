"""A carrier that answers: its parcels move by themselves, each thing told once; the one that plays is the demo's."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from seguripago.foundations.facts.models import FactRow
from seguripago.jobs.parcels import follow_parcels
from seguripago.journey.delivery.commands import send_parcel, take_news
from seguripago.journey.delivery.queries import carrier_choices, shipments_of
from seguripago.journey.delivery.rules import UnknownCarrier
from seguripago.journey.orders.queries import order
from seguripago.ports.carriers import CarrierAway, CarrierEvent, asked_carriers, carriers
from tests.delivery.builders import BETO, only_parcel, open_shop, paid_order
from tests.guarantee.test_guarantees import broken_invariants

pytestmark = pytest.mark.django_db


@pytest.fixture
def order_id(at: datetime) -> int:
    return paid_order(open_shop(), at=at)


def send(order_id: int, at: datetime, number: str = "") -> int:
    return send_parcel(order_id, None, carrier="pruebas", tracking_number=number, by=BETO, at=at)


def kinds(order_id: int) -> list[str]:
    parcel = only_parcel(order_id)
    assert parcel is not None
    return [event.kind for event in parcel.events]


def test_a_parcel_goes_from_the_store_to_the_door_in_a_minute(order_id: int, at: datetime) -> None:
    send(order_id, at)
    for second in range(0, 64, 4):
        follow_parcels(at + timedelta(seconds=second))
    parcel = only_parcel(order_id)
    assert parcel is not None
    assert kinds(order_id) == [
        "sent", "collected", "travels", "travels", "arrived_near", "out_for_delivery", "delivered",
    ]  # fmt: skip
    places = [event.place for event in parcel.events]
    assert (places[1], places[-1]) == ("Xalapa, Ver.", "Ciudad de México")
    assert (parcel.state, parcel.delivered_says, parcel.received_by) == (
        "delivered",
        "carrier",
        "Quien abrió en el domicilio",
    )
    assert order(order_id).state == "delivered"
    assert FactRow.objects.filter(kind="ShipmentMoved").count() == 5
    assert not any(broken_invariants().values())


def test_what_is_told_late_or_twice_is_kept_once(order_id: int, at: datetime) -> None:
    parcel = send(order_id, at)
    told = asked_carriers()["pruebas"].follow(
        only_parcel(order_id).tracking_number,  # type: ignore[union-attr]
        None,
        at=at + timedelta(minutes=5),
    )
    assert take_news(parcel, told[:3], at=at + timedelta(seconds=30)) == 3
    assert take_news(parcel, told, at=at + timedelta(minutes=5)) == 3
    assert take_news(parcel, told, at=at + timedelta(minutes=6)) == 0
    assert follow_parcels(at + timedelta(minutes=7)) == 0
    late = CarrierEvent("x", "travels", at, "Mérida, Yuc.")
    assert take_news(parcel, [late], at=at + timedelta(minutes=8)) == 0
    assert kinds(order_id)[-1] == "delivered"


def test_what_nobody_tells_is_left_out_and_a_clock_ahead_is_set_right(order_id: int, at: datetime) -> None:
    parcel = send(order_id, at)
    told = [CarrierEvent("1", "sold", at), CarrierEvent("2", "travels", at + timedelta(days=9), "Puebla")]
    assert take_news(parcel, told, at=at + timedelta(minutes=1)) == 1
    view = only_parcel(order_id)
    assert view is not None
    assert view.events[-1].at == at + timedelta(minutes=1)


def test_nobody_at_home_sends_it_back(at: datetime) -> None:
    carrier = carriers()["pruebas"]
    number = carrier.print_label("91000", "06799", at=at)  # type: ignore[attr-defined]
    order_id = paid_order(open_shop(), at=at)
    send(order_id, at, number)
    follow_parcels(at + timedelta(seconds=90))
    back, again = shipments_of(order_id)
    assert (back.state, back.return_reason, again.state) == ("returned", "Nadie abrió en el domicilio", "preparing")


def test_a_carrier_that_does_not_answer_is_asked_later(
    order_id: int, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(order_id, at)

    def away(*_: Any, **__: Any) -> Any:
        raise CarrierAway

    with monkeypatch.context() as broken:
        broken.setattr(type(asked_carriers()["pruebas"]), "follow", away)
        assert follow_parcels(at + timedelta(seconds=10)) == 0
    assert follow_parcels(at + timedelta(seconds=11)) == 0, "its pace is kept"
    assert follow_parcels(at + timedelta(seconds=14)) == 2


def test_the_carrier_that_plays_is_not_there_in_production(order_id: int, at: datetime, settings: Any) -> None:
    store_id = order(order_id).store_id
    assert "pruebas" in {choice.slug for choice in carrier_choices(store_id)}
    send(order_id, at)
    settings.SEGURIPAGO = replace(settings.SEGURIPAGO, demo=False)
    assert follow_parcels(at + timedelta(minutes=1)) == 0
    assert "pruebas" not in {choice.slug for choice in carrier_choices(store_id)}
    with pytest.raises(UnknownCarrier):
        send(paid_order(store_id, at=at, turn=2), at)


@pytest.mark.parametrize("number", ["PP1234", "PP00000000000000000A", "XX0SQ4K2F9100006700A"])
def test_its_numbers_have_a_check(number: str) -> None:
    assert carriers()["pruebas"].complaint(number)
