"""What the screens ask stays small among 200,000 deposits: each by an index, and never a table from end to end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seguripago.journey.bank.queries import announcements
from seguripago.journey.reconciliation.queries import (
    Place,
    Wanted,
    came,
    find_deposits,
    live_deposits,
    median_wait_s,
    open_cases,
    slices,
    waiting_by_kind,
    waiting_cases,
)
from seguripago.values.money import Money
from tests.monitor import many

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
MANY = 200_000
BIG = {"deposit", "verdict", "allocation", "reconciliation_case"}


@dataclass(slots=True)
class Seen:
    """What a plan does: the indexes it uses, the big tables it reads from end to end, the most rows of a step."""

    indexes: set[str] = field(default_factory=set)
    scanned: set[str] = field(default_factory=set)
    most: int = 0

    def look(self, node: dict[str, Any]) -> None:
        rows = int(node["Actual Rows"] * node["Actual Loops"]) + int(node.get("Rows Removed by Filter", 0))
        self.most = max(self.most, rows)
        if node["Node Type"] in {"Seq Scan", "Parallel Seq Scan"} and node["Relation Name"] in BIG:
            self.scanned.add(node["Relation Name"])
        if "Index Name" in node:
            self.indexes.add(node["Index Name"])
        for below in node.get("Plans", ()):
            self.look(below)


@contextmanager
def watched() -> Iterator[Seen]:
    """Explain every query that was asked within."""
    seen = Seen()
    with CaptureQueriesContext(connection) as asked:
        yield seen
    for each in list(asked.captured_queries):
        if each["sql"].lstrip().upper().startswith(("SELECT", "(SELECT")):
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + each["sql"].replace("%", "%%"), [])
                (plan,) = cursor.fetchone()
            seen.look((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])


@pytest.fixture(scope="module")
def store_id(django_db_setup: None, django_db_blocker: Any) -> Iterator[int]:
    """One store with 200,000 deposits of two days, in a transaction that nobody keeps."""
    from django.db import transaction

    with django_db_blocker.unblock():
        # A session of its own: one that ran a thousand tests before keeps plans for nearly empty tables.
        connection.close()
    with django_db_blocker.unblock(), transaction.atomic():
        yield many.make(at=NOW, many=MANY, gap_s=0.864).store_id
        transaction.set_rollback(True)


WINDOW = {"since": NOW - timedelta(days=30), "until": NOW + timedelta(minutes=1)}
SEARCHES = {
    "the newest": (Wanted(**WINDOW), "deposit_newest", 60),
    "an amount": (Wanted(**WINDOW, text="1,048.29"), "deposit_by_amount", 1_000),
    "the end of a CLABE": (Wanted(**WINDOW, text="0000031"), "deposit_by_clabe_end", 1_000),
    "a whole CLABE": (Wanted(**WINDOW, text="646180115700000031"), "deposit_by_clabe_end", 1_000),
    "a tracking key": (Wanted(**WINDOW, text="KEY000000007919"), "deposit_by_key_start", 3_000),
    "a rare name": (Wanted(**WINDOW, text="zenaida quetzalli"), "deposit_by_words", 3_000),
    "a common name": (Wanted(**WINDOW, text="hernandez"), "deposit_newest", 3_000),
    "a bank": (Wanted(**WINDOW, bank="40012"), "deposit_", 2_000),
    "a range of amounts": (Wanted(**WINDOW, least=Money(1_999_000), most=Money(1_999_900)), "deposit_", 60_000),
    "what is confirmed": (Wanted(**WINDOW, state="confirmado"), "deposit_newest", 2_000),
    "duplicates": (Wanted(**WINDOW, kind="duplicate"), "case_by_kind", 2_000),
}


@pytest.mark.parametrize("name", SEARCHES)
def test_a_search_goes_by_its_index(store_id: int, name: str) -> None:
    wanted, index, most = SEARCHES[name]
    with watched() as seen:
        page = find_deposits(store_id, wanted)
    assert page.rows, f"{name} finds something"
    assert any(each.startswith(index) for each in seen.indexes), seen.indexes
    assert not seen.scanned
    assert seen.most <= most


def test_a_page_deep_inside_costs_as_much_as_the_first(store_id: int) -> None:
    deep = Place(NOW - timedelta(hours=40), 0)
    with watched() as first:
        find_deposits(store_id, Wanted(**WINDOW))
    with watched() as later:
        page = find_deposits(store_id, Wanted(**WINDOW), before=deep)
    assert page.rows
    assert not later.scanned
    assert later.most <= first.most + 60, "a page is reached, not counted up to"


def test_every_row_is_on_exactly_one_page(store_id: int) -> None:
    wanted, place, found = Wanted(**WINDOW, text="zenaida"), None, []
    while True:
        page = find_deposits(store_id, wanted, before=place, limit=7)
        found += [row.id for row in page.rows]
        place = page.next
        if place is None:
            break
    assert len(found) == len(set(found)) == MANY // 5_000


def test_the_board_reads_little(store_id: int) -> None:
    with watched() as seen:
        live_deposits(store_id)
        announcements(store_id)
        open_cases(store_id, limit=20)
        median_wait_s(store_id)
        waiting_cases(store_id, at=NOW)
        waiting_by_kind(store_id)
        slices(store_id, since=NOW - timedelta(minutes=55), until=NOW + timedelta(minutes=5), minutes=5)
        came(store_id, since=NOW - timedelta(minutes=55), until=NOW + timedelta(minutes=5), minutes=5)
    assert not seen.scanned
    assert seen.most < 8_000, "an hour of 100,000 deposits a day is 4,200"


def test_an_index_fewer_is_noticed(store_id: int) -> None:
    """The control: without its index the search of a key reads far more."""
    from django.db import transaction

    wanted = SEARCHES["a tracking key"][0]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP INDEX deposit_by_key_start")
        with watched() as seen:
            find_deposits(store_id, wanted)
        transaction.set_rollback(True)
    assert seen.most > 50_000
