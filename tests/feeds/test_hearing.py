"""A feed that falls silent is noticed by what is usual at these hours, and said once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from seguripago.foundations.facts.models import FactRow
from seguripago.journey.bank import rules
from seguripago.journey.bank.asking_tables import FeedHour, FeedSilence
from seguripago.journey.bank.commands import count_heard, watch_feeds
from seguripago.journey.bank.queries import feeds_heard
from tests.feeds.bank_desk import post
from tests.money.bank import bank_store

MONDAY = datetime(2026, 3, 9, 18, 30, tzinfo=UTC)  # 12:30 in Mexico


def used_to(store_id: int, *, an_hour: int, until: datetime, days: int = 14) -> None:
    """Two weeks in which STP calls so many times an hour, from nine to six on working days."""
    hour = (until - timedelta(days=days)).replace(minute=0, second=0)
    while hour < until:
        works, at_hour = rules.kind_of_hour(hour)
        if works and 9 <= at_hour < 18:
            FeedHour.objects.create(
                store_id=store_id,
                feed="stp",
                hour=hour,
                heard=an_hour,
                last_at=min(hour + timedelta(minutes=59), until),
            )
        hour += timedelta(hours=1)


def said() -> list[str]:
    return list(
        FactRow.objects.filter(kind__in=["FeedSilent", "FeedHeardAgain"]).order_by("pk").values_list("kind", flat=True)
    )


@pytest.mark.django_db
@pytest.mark.parametrize("at_once", [1, 3, 50_000])
def test_notices_are_counted_once_by_store_feed_and_hour(at: datetime, at_once: int) -> None:
    ana, carla = bank_store(), bank_store()
    for minute in (0, 5, 40):
        assert post(ana, b"{}", at + timedelta(minutes=minute)) == 200
    assert post(carla, b"{}", at) == 200
    later = at + timedelta(hours=1)
    assert count_heard(at=later, at_once=at_once) == 4
    assert count_heard(at=later, at_once=at_once) == 0
    rows = {(row.store_id, row.hour.hour): (row.heard, row.last_at) for row in FeedHour.objects.all()}
    assert rows == {
        (ana, 16): (2, at + timedelta(minutes=5)),
        (ana, 17): (1, at + timedelta(minutes=40)),
        (carla, 16): (1, at),
    }


@pytest.mark.django_db
def test_a_silence_is_said_once_and_its_end_too() -> None:
    store_id = bank_store()
    used_to(store_id, an_hour=10, until=MONDAY)
    assert watch_feeds(at=MONDAY + timedelta(minutes=20)) == 0, "three were to be expected: chance"
    assert watch_feeds(at=MONDAY + timedelta(minutes=50)) == 1
    assert watch_feeds(at=MONDAY + timedelta(hours=5)) == 0
    (heard,) = feeds_heard(store_id, at=MONDAY + timedelta(hours=5))
    assert heard.silent_since is not None
    assert post(store_id, b"{}", MONDAY + timedelta(hours=6)) == 200
    count_heard(at=MONDAY + timedelta(hours=6, minutes=1))
    assert watch_feeds(at=MONDAY + timedelta(hours=6, minutes=1)) == 1
    assert said() == ["FeedSilent", "FeedHeardAgain"]
    assert FeedSilence.objects.get().ended_at is not None


@pytest.mark.django_db
def test_the_night_and_the_weekend_are_no_silence() -> None:
    store_id = bank_store()
    friday_evening = datetime(2026, 3, 6, 23, 59, tzinfo=UTC)
    used_to(store_id, an_hour=10, until=friday_evening)
    assert watch_feeds(at=datetime(2026, 3, 9, 15, 30, tzinfo=UTC)) == 0, "Monday half past nine"
    assert watch_feeds(at=datetime(2026, 3, 9, 16, 30, tzinfo=UTC)) == 1, "Monday half past ten"


@pytest.mark.django_db
def test_a_feed_that_is_new_or_seldom_heard_raises_no_alarm() -> None:
    new, seldom = bank_store(), bank_store()
    used_to(new, an_hour=10, until=MONDAY, days=4)
    FeedHour.objects.create(
        store_id=seldom, feed="stp", hour=MONDAY - timedelta(days=20), heard=1, last_at=MONDAY - timedelta(days=20)
    )
    FeedHour.objects.create(
        store_id=seldom, feed="stp", hour=MONDAY - timedelta(days=8), heard=1, last_at=MONDAY - timedelta(days=8)
    )
    assert watch_feeds(at=MONDAY + timedelta(hours=3)) == 0


@pytest.mark.django_db
def test_what_is_usual_now_is_told_for_the_monitor() -> None:
    store_id = bank_store()
    used_to(store_id, an_hour=12, until=MONDAY)
    (heard,) = feeds_heard(store_id, at=MONDAY)
    assert (heard.feed, heard.title) == ("stp", "STP")
    assert heard.last_at is not None
    assert heard.usual_an_hour == 12
    assert feeds_heard(store_id + 1, at=MONDAY) == ()


def test_the_operation_date_runs_from_cut_off_to_cut_off_and_skips_days_of_rest() -> None:
    def day(*moment: int) -> str:
        return rules.operation_day(datetime(*moment, tzinfo=UTC)).isoformat()  # type: ignore[arg-type]

    assert day(2026, 3, 11, 23, 59) == "2026-03-11"
    assert day(2026, 3, 12, 0, 0) == "2026-03-12", "18:00 in Mexico"
    assert day(2026, 3, 14, 1, 0) == "2026-03-17", "Friday evening: Monday is Juárez's day"
    assert day(2026, 3, 15, 18, 0) == "2026-03-17"
