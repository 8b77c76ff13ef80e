"""Presence: what a person chose, or the hand on the desk."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from seguripago.foundations.staffing import commands as staffing
from seguripago.foundations.staffing import queries as reading
from seguripago.foundations.staffing.commands import Presence
from tests.assistance.builders import Shop, open_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return open_shop()


def beat(shop: Shop, at: datetime, idle_s: float | None = 0, *, user_id: int = 0, automatic: bool = True) -> Presence:
    return staffing.beat(user_id or shop.beto, shop.store_id, idle_s=idle_s, starts_automatic=automatic, at=at)


def test_whoever_sits_down_is_available_while_a_hand_is_on_the_desk_and_away_after_five_minutes(
    shop: Shop, at: datetime
) -> None:
    assert beat(shop, at) == Presence("auto", "available")
    assert beat(shop, at + timedelta(seconds=299), 299).state == "available"
    assert beat(shop, at + timedelta(seconds=300), 300).state == "away"
    assert beat(shop, at + timedelta(seconds=320), 0).state == "available"


def test_the_newest_touch_of_all_the_persons_screens_counts(shop: Shop, at: datetime) -> None:
    beat(shop, at, 0)
    assert beat(shop, at + timedelta(seconds=5), 4000).state == "available"


def test_a_state_chosen_by_hand_stays_until_another_is_chosen(shop: Shop, at: datetime) -> None:
    for choice in ("available", "busy", "away"):
        assert staffing.choose_presence(shop.beto, shop.store_id, choice, at=at) == Presence(choice, choice)
        assert beat(shop, at + timedelta(hours=1), 3600) == Presence(choice, choice)
        assert beat(shop, at + timedelta(hours=1), 0) == Presence(choice, choice)
    assert staffing.choose_presence(shop.beto, shop.store_id, "auto", at=at) == Presence("auto", "available")


def test_whoever_is_not_seen_for_a_minute_is_away_whatever_was_chosen(shop: Shop, at: datetime) -> None:
    staffing.choose_presence(shop.beto, shop.store_id, "available", at=at)
    assert reading.is_available(shop.beto, shop.store_id, at + timedelta(seconds=59))
    assert not reading.is_available(shop.beto, shop.store_id, at + timedelta(seconds=60))
    states = {seat.user_id: seat.state for seat in reading.seats(shop.store_id, at + timedelta(seconds=60))}
    assert states[shop.beto] == "away"


def test_a_supervisor_who_only_looks_in_is_nobodys_analyst(shop: Shop, at: datetime) -> None:
    assert beat(shop, at, user_id=shop.sofia, automatic=False) == Presence("away", "away")
    assert not reading.is_desk_open(shop.store_id, at)


def test_whoever_was_put_away_comes_back_with_a_newer_touch_and_not_with_an_older_one(shop: Shop, at: datetime) -> None:
    beat(shop, at)
    staffing.put_away(shop.beto, shop.store_id, at=at + timedelta(seconds=45))
    assert beat(shop, at + timedelta(seconds=50), 50).state == "away"
    assert beat(shop, at + timedelta(seconds=60), None).state == "away", "a page that a script loads again is no hand"
    assert beat(shop, at + timedelta(seconds=70), 1).state == "available"


def test_whoever_chose_available_and_was_put_away_must_choose_again(shop: Shop, at: datetime) -> None:
    staffing.choose_presence(shop.beto, shop.store_id, "available", at=at)
    staffing.put_away(shop.beto, shop.store_id, at=at)
    assert beat(shop, at + timedelta(seconds=20), 0) == Presence("away", "away")
    assert staffing.choose_presence(shop.beto, shop.store_id, "available", at=at).state == "available"
