"""Arrays are written as the driver writes them, only faster."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.array import ListDumper

from seguripago.foundations.quick_lists import QuickListDumper

pytestmark = pytest.mark.django_db

TEXTS = st.lists(
    st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=12), max_size=6
)
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
KINDS = [
    ("text[]", TEXTS),
    ("bigint[]", st.lists(st.integers(-(2**63), 2**63 - 1), max_size=6)),
    ("bigint[]", st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), max_size=6)),
    ("timestamptz[]", st.lists(st.none() | MOMENTS, max_size=6)),
    ("boolean[]", st.lists(st.booleans(), max_size=6)),
    ("date[]", st.lists(st.dates(date(1900, 1, 1), date(2199, 1, 1)), max_size=6)),
    ("timestamptz[]", st.lists(MOMENTS, max_size=6)),
    ("text[]", st.lists(st.none() | st.sampled_from(["", "null", "NULL", '"', "\\", "{}", "a,b", "\x1f"]), max_size=6)),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "lists"), KINDS)
def test_what_was_written_is_read_back(kind: str, lists: st.SearchStrategy[list[Any]]) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(lists)
    def back_and_forth(values: list[Any]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT %s::{kind}", [values])
            assert cursor.fetchone()[0] == values

    back_and_forth()


def test_it_is_the_dumper_of_every_connection() -> None:
    connection.ensure_connection()
    assert connection.connection.adapters.get_dumper(list, "t") is QuickListDumper
    assert QuickListDumper.delimiter == ListDumper.delimiter
