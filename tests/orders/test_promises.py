"""Promised dates: over a whole year they are working days, in order, and never earlier for who is further away."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from seguripago.journey.orders.rules.promises import Sending, Zone, counts_from, promised_dates, zone_of
from seguripago.values.calendar import MEXICO, add_working_days, is_working_day

XALAPA = Sending("91000", cutoff_hour=14, near_days=0, national_days=1, remote_days=3)


def local(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=MEXICO)


def promise(at: datetime, destination: str, sending: Sending = XALAPA) -> tuple[date, date]:
    return promised_dates([(2, 4), (1, 5)], at, sending=sending, destination=destination)


def test_every_day_of_a_year_is_promised_honestly() -> None:
    for turn in range(366):
        day = date(2026, 1, 1) + timedelta(days=turn)
        before: tuple[date, date] | None = None
        for hour in (0, 13, 14, 23):
            near, national, remote = (promise(local(day, hour), code) for code in ("94300", "06700", "77500"))
            assert near <= national <= remote
            for first, last in (near, national, remote):
                assert day < first <= last
                assert is_working_day(first)
                assert is_working_day(last)
            assert before is None or near >= before, "later in the day is never sooner"
            before = near
        morning, evening = promise(local(day, 13, 59), "94300"), promise(local(day, 14), "94300")
        assert (morning < evening) == is_working_day(day), "the hour counts on working days only"
        tomorrow = promise(local(day + timedelta(days=1), 9), "94300")
        assert evening == tomorrow, "after the hour is the next day"


def test_a_promise_is_the_slowest_product_and_the_way() -> None:
    monday = date(2026, 3, 9)
    assert promise(local(monday, 10), "94300") == (date(2026, 3, 11), date(2026, 3, 17))
    # Monday 16 March is the holiday of 21 March.
    assert promise(local(monday, 10), "06700") == (date(2026, 3, 12), date(2026, 3, 18))
    assert promise(local(monday, 15), "06700") == (date(2026, 3, 13), date(2026, 3, 19))
    assert promise(local(monday, 10), "77500") == (date(2026, 3, 17), date(2026, 3, 20))


def test_the_day_is_the_one_in_mexico() -> None:
    night = datetime(2026, 3, 10, 3, 0, tzinfo=MEXICO).astimezone(tz=None)
    assert counts_from(night, 14) == date(2026, 3, 10)
    assert counts_from(datetime.fromisoformat("2026-03-10T02:00:00+00:00"), 24) == date(2026, 3, 9)


def test_without_an_hour_the_whole_day_counts() -> None:
    all_day = Sending("91000", 24, 0, 0, 0)
    day = date(2026, 3, 9)
    assert promise(local(day, 23, 59), "94300", all_day)[0] == add_working_days(day, 2)


@pytest.mark.parametrize(
    ("origin", "destination", "zone"),
    [
        ("91000", "94300", Zone.NEAR),
        ("91000", "06700", Zone.NATIONAL),
        ("91000", "23000", Zone.REMOTE),
        ("23000", "23400", Zone.NEAR),
        ("23000", "06700", Zone.REMOTE),
        ("91000", "00000", Zone.NATIONAL),
        ("91000", "", Zone.REMOTE),
        ("91000", "17000", Zone.REMOTE),
    ],
)
def test_zones(origin: str, destination: str, zone: Zone) -> None:
    assert zone_of(origin, destination) is zone
