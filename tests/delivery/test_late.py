"""Late parcels are told once; one that nobody misses counts as arrived in the end, one that is missed never does."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from seguripago.foundations.facts.models import FactRow
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.delivery.commands import say_not_received, send_parcel, watch_parcels
from seguripago.journey.delivery.listeners import LISTENERS
from seguripago.journey.delivery.queries import ShipmentView, shipments_of
from seguripago.journey.delivery.rules import ShipmentCannot
from seguripago.journey.notices.listeners import LISTENERS as MAILS
from seguripago.journey.notices.models import Mail
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.queries import order
from seguripago.values.calendar import MEXICO, add_working_days
from tests.delivery.builders import BETO, LUCIA, listen, open_shop, paid_order
from tests.guarantee.test_guarantees import broken_invariants

pytestmark = pytest.mark.django_db


@pytest.fixture
def order_id(at: datetime) -> int:
    found = paid_order(open_shop(), at=at)
    listen(*LISTENERS, at=at)
    return found


def parcel(order_id: int) -> ShipmentView:
    return shipments_of(order_id)[-1]


def late_kinds() -> list[str]:
    return list(FactRow.objects.filter(kind="ShipmentLate").order_by("pk").values_list("body__kind", flat=True))


def send(order_id: int, at: datetime) -> int:
    return send_parcel(order_id, None, carrier="dhl", tracking_number="4410887201", by=BETO, at=at)


def after_promise(order_id: int, days: int = 1) -> datetime:
    day = add_working_days(order(order_id).promised_to + timedelta(days=days), 0)
    return datetime.combine(day, time(12), MEXICO)


def test_what_was_not_sent_by_its_day_is_told_once(order_id: int, at: datetime) -> None:
    due = parcel(order_id).ship_by
    assert watch_parcels(at=due) == 0
    assert watch_parcels(at=due + timedelta(seconds=1)) == 1
    assert watch_parcels(at=due + timedelta(days=1)) == 0
    assert (parcel(order_id).late, late_kinds()) == ("to_send", ["to_send"])
    listen(*MAILS, at=due + timedelta(hours=1))
    assert set(Mail.objects.filter(at__gt=due).values_list("template", "to")) == {
        ("shipment_late", "lucia@correo.test"),
        ("parcel_late", "hola@sierra-alta.test"),
    }
    send(order_id, due + timedelta(days=1))
    assert parcel(order_id).late == ""


def test_a_doubt_is_not_the_stores_delay(order_id: int, at: datetime) -> None:
    orders.hold_shipping(order_id, is_held=True, reason="duda", by=BETO, at=at)
    assert watch_parcels(at=parcel(order_id).ship_by + timedelta(days=2)) == 0


def test_what_does_not_come_is_asked_and_in_the_end_counts_as_arrived(order_id: int, at: datetime) -> None:
    send(order_id, at)
    promised = order(order_id).promised_to
    assert watch_parcels(at=datetime.combine(promised, time(23, 59), MEXICO)) == 0
    asked_at = after_promise(order_id)
    assert watch_parcels(at=asked_at) == 1
    assert (parcel(order_id).late, parcel(order_id).is_asked, late_kinds()) == ("to_arrive", True, ["to_arrive"])
    days = store_by_id(order(order_id).store_id).arrival_days
    last_day = datetime.combine(add_working_days(asked_at.date(), days), time(23, 59, 59), MEXICO)
    assert watch_parcels(at=last_day) == 0
    assert watch_parcels(at=last_day + timedelta(minutes=1)) == 1
    assert (parcel(order_id).state, parcel(order_id).delivered_says) == ("delivered", "clock")
    assert order(order_id).state == "delivered"
    assert not any(broken_invariants().values())


def test_what_the_buyer_misses_never_counts_as_arrived(order_id: int, at: datetime) -> None:
    shipment_id = send(order_id, at)
    asked_at = after_promise(order_id)
    watch_parcels(at=asked_at)
    say_not_received(shipment_id, by=LUCIA, at=asked_at)
    say_not_received(shipment_id, by=LUCIA, at=asked_at)
    assert watch_parcels(at=asked_at + timedelta(days=90)) == 0
    assert (parcel(order_id).state, parcel(order_id).is_missed) == ("shipped", True)
    assert late_kinds() == ["to_arrive", "missed"]
    listen(*MAILS, at=asked_at)
    assert "parcel_missed" in set(Mail.objects.values_list("template", flat=True))


def test_while_a_doubt_is_open_nothing_counts_as_arrived(order_id: int, at: datetime) -> None:
    send(order_id, at)
    asked_at = after_promise(order_id)
    watch_parcels(at=asked_at)
    orders.hold_shipping(order_id, is_held=True, reason="duda", by=BETO, at=asked_at)
    assert watch_parcels(at=asked_at + timedelta(days=90)) == 0


def test_only_what_is_on_its_way_can_be_missed(order_id: int, at: datetime) -> None:
    with pytest.raises(ShipmentCannot):
        say_not_received(parcel(order_id).id, by=LUCIA, at=at)
