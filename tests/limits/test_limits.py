"""Limits: counted in one statement, forgotten when their window is over, and nobody can be read from the table."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from seguripago.foundations.limits.commands import alias, forget_windows, is_spent, take
from seguripago.foundations.limits.models import LimitWindow
from seguripago.foundations.limits.rules import Limit
from seguripago.web.limits import is_own, network_of

THREE = Limit("test.three", 3, 60)
AT = datetime(2026, 3, 4, 12, 0, 5, tzinfo=UTC)


@pytest.mark.django_db
def test_one_too_many_waits_for_the_end_of_the_window() -> None:
    assert [take(THREE, "ana", at=AT + timedelta(seconds=second)) for second in (0, 1, 2)] == [0, 0, 0]
    assert is_spent(THREE, "ana", at=AT + timedelta(seconds=2))
    assert take(THREE, "ana", at=AT + timedelta(seconds=15)) == 45
    assert take(THREE, "beto", at=AT) == 0, "each has a window of its own"
    assert take(Limit("test.other", 3, 60), "ana", at=AT) == 0
    later = AT + timedelta(seconds=60)
    assert not is_spent(THREE, "ana", at=later)
    assert take(THREE, "ana", at=later) == 0


@pytest.mark.django_db
def test_no_address_stands_in_the_table_and_the_next_day_nobody_is_known_again() -> None:
    take(THREE, "203.0.113.9", at=AT)
    row = LimitWindow.objects.get()
    take(THREE, "203.0.113.9", at=AT + timedelta(days=1))
    assert LimitWindow.objects.exclude(key=row.key).count() == 1
    assert "203" not in alias("203.0.113.9", at=AT)
    assert alias("203.0.113.9", at=AT) == alias("203.0.113.9", at=AT + timedelta(hours=11))
    assert alias("203.0.113.9", at=AT) != alias("203.0.113.9", at=AT + timedelta(hours=12))


@pytest.mark.django_db
def test_what_is_over_is_forgotten() -> None:
    take(THREE, "ana", at=AT)
    take(THREE, "beto", at=AT + timedelta(seconds=50))
    assert forget_windows(AT + timedelta(seconds=61)) == 1
    assert LimitWindow.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_counted_right() -> None:
    allowed: list[int] = []

    def try_it() -> None:
        try:
            allowed.append(take(THREE, "ana", at=AT))
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(wait > 0 for wait in allowed) == [False] * 3 + [True] * 9


def test_an_address_is_counted_by_the_network_that_one_caller_gets() -> None:
    assert network_of("203.0.113.9") == network_of("::ffff:203.0.113.9") == "203.0.113.9"
    assert network_of("2001:db8:1:2:3::4") == network_of("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert is_own("127.0.0.1")
    assert is_own("::1")
    assert not is_own("10.0.0.7")
