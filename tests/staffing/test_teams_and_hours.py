"""Teams, capacities and hours: what is kept, what is refused, and when the desk opens next."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from seguripago.foundations.staffing import queries as staffing
from seguripago.foundations.staffing.refusals import CapacityOutOfRange, HoursOutOfOrder, TeamNameTaken, TeamUnknown
from seguripago.foundations.staffing.rules import Opening, topic_key
from seguripago.foundations.staffing.team_commands import change_team, make_team, set_capacity, set_week
from seguripago.values.actor import Actor
from tests.assistance.builders import Shop, open_shop

pytestmark = pytest.mark.django_db
ANA = Actor.staff(1, "Ana")


@pytest.fixture
def shop() -> Shop:
    return open_shop()


@pytest.mark.parametrize(
    ("said", "key"),
    [("invoice", "invoice"), ("Facturación", "invoice"), (" mi PEDIDO ", "order"), ("¿?", "other"), ("", "other")],
)
def test_a_topic_is_told_by_key_or_label(said: str, key: str) -> None:
    assert topic_key(said) == key


def test_a_team_refuses_a_name_twice_and_people_of_other_stores(shop: Shop, at: datetime) -> None:
    other = open_shop("otra-tienda")
    team = make_team(shop.store_id, "Ventas", topics=["order"], people_ids=[shop.beto, other.beto], by=ANA, at=at)
    found = staffing.team(shop.store_id, team)
    assert found is not None
    assert found.people == (shop.beto,)
    with pytest.raises(TeamNameTaken):
        make_team(shop.store_id, "Ventas", topics=[], people_ids=[], by=ANA, at=at)
    make_team(other.store_id, "Ventas", topics=[], people_ids=[], by=ANA, at=at)
    said = {"name": "X", "topics": ["order"], "people_ids": [], "is_active": True}
    with pytest.raises(TeamUnknown):
        change_team(other.store_id, team, **said, by=ANA, at=at)  # type: ignore[arg-type]


def test_a_capacity_is_between_one_and_fifty(shop: Shop, at: datetime) -> None:
    for wrong in (0, 51, -3):
        with pytest.raises(CapacityOutOfRange):
            set_capacity(shop.store_id, shop.beto, wrong, by=ANA, at=at)


def test_a_day_that_closes_before_it_opens_is_refused(shop: Shop, at: datetime) -> None:
    with pytest.raises(HoursOutOfOrder) as refused:
        set_week(shop.store_id, {1: (time(9), time(9))}, by=ANA, at=at)
    assert refused.value.weekday == 1


def mexico(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 by the clock of central Mexico, six hours behind UTC; the 23rd is a Monday."""
    return datetime(2026, 11, day + (hour + 6) // 24, (hour + 6) % 24, minute, tzinfo=UTC)


def test_the_next_opening_is_told_by_mexicos_clock(shop: Shop, at: datetime) -> None:
    set_week(shop.store_id, dict.fromkeys(range(5), (time(9), time(20))), by=ANA, at=at)
    store = shop.store_id
    assert staffing.next_opening(store, mexico(23, 8, 59)) == Opening(mexico(23, 9), 0, 0, time(9))
    assert staffing.next_opening(store, mexico(23, 9)) == Opening(mexico(24, 9), 1, 1, time(9))
    assert staffing.next_opening(store, mexico(23, 22)) == Opening(mexico(24, 9), 1, 1, time(9))
    assert staffing.next_opening(store, mexico(27, 21)) == Opening(mexico(30, 9), 3, 0, time(9))
    week = staffing.hours_of(store)
    inside = {hour: staffing.reopening(week, mexico(23, hour)) is None for hour in (8, 9, 19, 20)}
    assert inside == {8: False, 9: True, 19: True, 20: False}
    assert staffing.reopening(week, mexico(28, 12)) == Opening(mexico(30, 9), 2, 0, time(9))


def test_a_store_without_hours_is_never_closed_by_the_clock_and_opens_at_no_known_hour(shop: Shop) -> None:
    assert staffing.reopening(staffing.hours_of(shop.store_id), mexico(28, 3)) is None
    assert staffing.next_opening(shop.store_id, mexico(28, 3)) is None


def test_a_store_open_one_day_a_week_opens_a_week_later(shop: Shop, at: datetime) -> None:
    set_week(shop.store_id, {0: (time(9), time(10))}, by=ANA, at=at)
    opening = staffing.next_opening(shop.store_id, mexico(23, 9, 30))
    assert opening is not None
    assert opening.days_ahead == 7
    assert opening.at == mexico(30, 9)
