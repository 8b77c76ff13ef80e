"""The way of money reads by indexes, among a hundred thousand orders that wait: from the notice to every clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from bench.crowd import waiting
from seguripago.config import wiring
from seguripago.foundations.facts.commands import Listener, listen_once, number_facts, retry_parked
from seguripago.foundations.facts.queries import order_version, store_version
from seguripago.jobs.clocks import CLOCKS
from seguripago.journey.bank.commands import read_notices
from seguripago.journey.orders.queries import order_by_token
from seguripago.journey.payments.commands import expire_payments
from seguripago.journey.payments.queries import expected_sum, expected_transfers, overdue_parts, payment_of
from seguripago.values import clabe as clabes
from seguripago.values import order_number
from seguripago.values.money import Money
from tests.money import bank
from tests.plans.conftest import Town
from tests.plans.looking import BIG, big_tables, watching

pytestmark = pytest.mark.django_db
JUDGES = ("reconciliation", "reconciliation_alarms")


def notices(town: Town, count: int, *, after: int = 0, contradicted: bool = True) -> None:
    """Whole, in part, too much, to a number never given out but with an order's name, the same again, contradicted."""
    at = datetime.now(UTC)
    for place, (order_id, clabe, amount) in enumerate(waiting(town.many, 2_000)[after : after + count]):
        said = {"clabe": clabe, "amount": amount, "at": at, "tracking_key": f"PLAN{order_id:012d}"}
        match place % 8:
            case 1:
                said["amount"] = "100.00"
            case 2:
                said["amount"] = (Money.parse(amount) + Money(5_000)).plain
            case 3:
                said["clabe"] = clabes.build(clabe[:10], 9_000_000 + after + place)
                said["concept"] = f"pago {named(order_id)}"
            case 4:
                assert bank.deliver(town.store_id, bank.notice(town.store_id, **said), at=at) == 200
            case 5 if contradicted:
                assert bank.deliver(town.store_id, bank.notice(town.store_id, **said), at=at) == 200
                said["amount"] = "1.00"
        assert bank.deliver(town.store_id, bank.notice(town.store_id, **said), at=at) == 200


def named(order_id: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM shop_order WHERE id = %s", [order_id])
        return order_number.bare(cursor.fetchone()[0])


def judges() -> list[Listener]:
    return [listener for listener in wiring.listeners() if listener.name in JUDGES]


def test_the_watch_sees_a_table_that_is_read_from_end_to_end(town: Town) -> None:
    """The control: if this is not seen, the tests below prove nothing."""
    assert {"shop_order", "payment", "transfer_instructions", "deposit", "posting", "verdict", "fact"} <= set(
        big_tables()
    )
    with watching() as seen, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM payment WHERE confirmed_by = 'nobody'")
    assert "payment is read from end to end" in seen.faults[0]
    assert "rows of payment were read without an index" in seen.faults[-1]


@pytest.mark.parametrize("count", [1, 200])
def test_from_the_notice_to_the_confirmed_payment_everything_is_found_by_an_index(town: Town, count: int) -> None:
    notices(town, count)
    at = datetime.now(UTC)
    with watching() as seen:
        assert read_notices(at=at) >= count
        number_facts()
        assert sum(listen_once(judge, at=at) for judge in judges()) >= count
        number_facts()
    assert seen.faults == []
    assert seen.explained > 10


def test_the_number_of_statements_does_not_grow_with_the_batch(town: Town) -> None:
    """Contradictions stop parcels one by one; everything else is done in sets."""
    counted = []
    for count, after in ((16, 0), (160, 16)):
        notices(town, count, after=after, contradicted=False)
        with watching() as seen:
            read_notices(at=datetime.now(UTC))
            number_facts()
            for judge in judges():
                listen_once(judge, at=datetime.now(UTC))
        counted.append(seen)
    few, many = counted
    more = many.said - few.said
    assert many.explained <= few.explained + 5, more.most_common(5)


@pytest.mark.parametrize("listener", wiring.listeners(), ids=lambda listener: listener.name)
def test_every_listener_reads_its_news_by_indexes(town: Town, listener: Listener) -> None:
    notices(town, 24)
    bank.turn(datetime.now(UTC))
    with watching() as seen:
        listen_once(listener, at=datetime.now(UTC))
        retry_parked(listener, at=datetime.now(UTC))
    assert seen.faults == []


def name_of(clock: Callable[[datetime], object]) -> str:
    return "-".join(clock.__code__.co_names)


@pytest.mark.parametrize("clock", [clock for _, clock in CLOCKS], ids=name_of)
def test_every_clock_finds_its_news_by_indexes(town: Town, clock: Callable[[datetime], object]) -> None:
    """The first look may take stock of everything that there is; the next one finds what is new."""
    clock(datetime.now(UTC))
    with watching() as seen:
        clock(datetime.now(UTC) + timedelta(minutes=2))
    assert seen.faults == []


@pytest.mark.parametrize(
    "clock", [clock for _, clock in CLOCKS if not {"check_days", "count_heard"} & {name_of(clock)}], ids=name_of
)
def test_every_clock_takes_a_bounded_number_when_everything_is_due(
    town: Town, clock: Callable[[datetime], object]
) -> None:
    """Closing a day and counting what was heard must read all that is new; the others take so many at a time."""
    with watching() as seen:
        began = time.perf_counter()
        clock(datetime.now(UTC) + timedelta(days=40))
        taken = time.perf_counter() - began
    assert seen.faults == []
    assert taken < 20


def test_what_the_payments_area_waits_for_is_read_by_indexes(town: Town) -> None:
    at = datetime.now(UTC)
    with watching() as seen:
        assert len(expected_transfers(town.store_id, at=at, limit=50)) == 50
        overdue_parts(at=at)
        expected_sum(town.store_id, at=at, until=at + timedelta(hours=2))
        assert expire_payments(at=at) == 0
        assert expire_payments(at=at + timedelta(days=2)) > 0
    assert seen.faults == []


def test_an_order_page_among_many_is_read_by_indexes(town: Town) -> None:
    chosen = town.many.open_orders[BIG]
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_token FROM shop_order WHERE id = %s", [chosen])
        (token,) = cursor.fetchone()
    with watching() as seen:
        view = order_by_token(token)
        assert view is not None
        assert view.id == chosen
        assert payment_of(chosen) is not None
        order_version(list(town.many.open_orders[:200]))
        store_version([town.store_id])
    assert seen.faults == []
