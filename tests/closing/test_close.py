"""A day is closed once, signed and chained; what comes later is an adjustment of the next close."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import IntegrityError, connection, transaction

from seguripago.config.command_line_record import verify_audit
from seguripago.config.command_line_upkeep import check_invariants
from seguripago.foundations.audit.queries import history
from seguripago.foundations.facts.queries import store_version
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.reconciliation.commands import (
    DayAlreadyClosed,
    DayNotThere,
    EarlierDayOpen,
    check_days,
    close_day,
)
from seguripago.journey.reconciliation.models import DayCheck, DayClose
from seguripago.journey.reconciliation.queries import close_file, closing_days, day_view, may_be_closed
from seguripago.values.money import Money

from .books import CLERK, DAY, EVENING, NOON, audited, bank, day_of_sales

pytestmark = pytest.mark.django_db
NEXT = DAY + timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def every_invariant_holds(db: None) -> Any:
    yield
    if not connection.needs_rollback:
        rows = check_invariants()["rows"]
        assert {name: count for name, count in rows.items() if count} == {}


def test_a_day_without_a_statement_is_closed_as_such() -> None:
    store_id = day_of_sales(3)
    close_day(store_id, DAY, by=CLERK, at=EVENING)
    view = day_view(store_id, DAY, at=EVENING)
    assert view.standing == "no_statement"
    assert view.unexplained_pesos.is_zero
    (account,) = view.accounts
    assert account.statement is None
    assert account.deposits == account.ledger == view.moved
    assert (account.deposit_count, account.ledger_count) == (3, 3)
    assert view.opening.is_zero
    assert view.closing == view.moved


def test_the_close_is_signed_by_the_store_and_a_stranger_can_check_it() -> None:
    store_id = day_of_sales(1)
    close_day(store_id, DAY, by=CLERK, at=EVENING)
    file = close_file(store_id, DAY)
    assert file is not None
    said = json.loads(file)
    body = json.dumps(said["body"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(f"seguripago-close-1\n{said['prev_hash']}\n{body}".encode()).hexdigest()
    assert said["hash"] == digest
    assert said["public_key"] == store_by_id(store_id).public_key
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(said["public_key"]))
    key.verify(base64.b64decode(said["signature"]), f"seguripago-close-1\n{digest}".encode())
    assert said["body"]["closed_by"] == CLERK.name
    assert said["body"]["day"] == "2026-03-11"


def test_closing_is_written_down_and_announced() -> None:
    store_id = day_of_sales(1)
    before = store_version([store_id])
    close_id = close_day(store_id, DAY, by=CLERK, at=EVENING)
    (entry,) = history(store_id, f"day:{close_id}")
    assert (entry.action, entry.actor_name, entry.said["day"]) == ("day.closed", CLERK.name, "2026-03-11")
    bank.turn(EVENING)
    assert store_version([store_id]) != before


def test_closes_are_chained_one_to_another() -> None:
    store_id = day_of_sales(2)
    day_of_sales(1, at=NOON + 24 * HOUR, store_id=store_id)
    close_day(store_id, DAY, by=CLERK, at=EVENING)
    close_day(store_id, NEXT, by=CLERK, at=EVENING + 24 * HOUR)
    first, second = DayClose.objects.order_by("place")
    assert (first.prev_hash, second.prev_hash) == ("0" * 64, first.hash)
    assert day_view(store_id, NEXT, at=EVENING).opening == day_view(store_id, DAY, at=EVENING).closing


def test_a_day_is_closed_once_and_in_its_order() -> None:
    store_id = day_of_sales(1)
    close_day(store_id, DAY, by=CLERK, at=EVENING)
    for day in (DAY, DAY - timedelta(days=1)):
        with pytest.raises(DayAlreadyClosed):
            close_day(store_id, day, by=CLERK, at=EVENING)
    day_of_sales(1, at=NOON + 24 * HOUR, store_id=store_id)
    assert not may_be_closed(store_id, NEXT + timedelta(days=1), at=EVENING + 72 * HOUR)
    with pytest.raises(EarlierDayOpen) as refused:
        close_day(store_id, NEXT + timedelta(days=1), by=CLERK, at=EVENING + 72 * HOUR)
    assert refused.value.day == NEXT


def test_a_day_that_has_not_begun_in_mexico_is_not_closed() -> None:
    store_id = day_of_sales(1)
    # It is already the twelfth in UTC.
    with pytest.raises(DayNotThere):
        close_day(store_id, NEXT, by=CLERK, at=EVENING)


def test_a_quiet_day_between_two_others_needs_no_close() -> None:
    store_id = day_of_sales(1)
    close_day(store_id, DAY, by=CLERK, at=EVENING)
    later = DAY + timedelta(days=3)
    day_of_sales(1, at=NOON + 72 * HOUR, store_id=store_id)
    close_day(store_id, later, by=CLERK, at=EVENING + 72 * HOUR)
    assert [row.day for row in closing_days(store_id, at=EVENING)] == [later, DAY]


def test_what_comes_late_never_changes_the_close_and_is_told_in_the_next() -> None:
    store_id = day_of_sales(2)
    close_day(store_id, DAY, by=CLERK, at=EVENING)
    closed = day_view(store_id, DAY, at=EVENING)
    sold = bank.sale(NOON, store_id=store_id)
    bank.transfer(sold, sold.total.plain, at=EVENING + HOUR, operation_date=DAY)
    again = day_view(store_id, DAY, at=EVENING + HOUR)
    assert (again.accounts, again.closing, again.seal) == (closed.accounts, closed.closing, closed.seal)
    assert [each.amount for each in again.later] == [sold.total]

    day_of_sales(1, at=NOON + 24 * HOUR, store_id=store_id)
    close_day(store_id, NEXT, by=CLERK, at=EVENING + 24 * HOUR)
    following = day_view(store_id, NEXT, at=EVENING + 24 * HOUR)
    assert [(each.amount, each.day) for each in following.adjustments] == [(sold.total, DAY)]
    assert following.adjusted == sold.total
    assert following.opening == closed.closing
    assert following.closing == following.opening + following.moved + following.adjusted
    # And only once.
    third = day_view(store_id, NEXT + timedelta(days=1), at=EVENING + 48 * HOUR)
    assert third.adjustments == ()
    assert third.opening == following.closing


def test_money_that_the_bank_took_back_leaves_the_day_on_which_it_went() -> None:
    store_id = day_of_sales(1)
    view = day_view(store_id, DAY, at=EVENING)
    assert view.debits == ()
    assert view.closing == view.moved


def test_cases_that_nobody_decided_are_written_into_the_close() -> None:
    store_id = bank.bank_store()
    sold = bank.sale(NOON, store_id=store_id)
    bank.transfer(sold, (sold.total + Money(1_050)).plain, at=NOON, operation_date=DAY)
    close_day(store_id, DAY, by=CLERK, at=EVENING)
    view = day_view(store_id, DAY, at=EVENING)
    assert [(each.kind, each.amount) for each in view.cases] == [("excess", Money(1_050))]
    assert view.unexplained_pesos.is_zero, "a case is an open question about whose it is, not about whether it is there"


def test_the_close_keeps_the_balances_of_every_account_and_the_head_of_the_audit() -> None:
    store_id = day_of_sales(2)
    audited()
    close_day(store_id, DAY, by=CLERK, at=EVENING)
    view = day_view(store_id, DAY, at=EVENING)
    balances = {each.account: each.amount for each in view.balances}
    assert balances["bank"] == view.closing
    assert Money.sum(balances.values()).is_zero
    assert view.audit.seq > 0
    assert view.seal is not None
    assert view.seal.faults == ()


@pytest.mark.parametrize("change", ["UPDATE day_close SET closed_by = 'x'", "DELETE FROM day_close"])
def test_a_close_stays_as_it_is(change: str) -> None:
    close_day(day_of_sales(1), DAY, by=CLERK, at=EVENING)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_a_close_is_not_even_truncated() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE day_close ENABLE TRIGGER day_close_is_never_truncated")
        with pytest.raises(IntegrityError, match="never truncated"), transaction.atomic():
            cursor.execute("TRUNCATE day_close")


def tamper(sql: str) -> None:
    """Change rows as somebody who owns the tables could."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE day_close DISABLE TRIGGER day_close_is_append_only")
        cursor.execute(sql)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE day_close ENABLE TRIGGER day_close_is_append_only")


@pytest.mark.parametrize(
    ("sql", "fault", "view"),
    [
        ("UPDATE day_close SET body = replace(body, 'Sofía', 'Nadie') WHERE place = 1", "hash", "hash_differs"),
        ("UPDATE day_close SET signature = repeat('A', 86) || '==' WHERE place = 2", "signature", ""),
        ("DELETE FROM day_close WHERE place = 1", "chain", "chain_broken"),
        ("DELETE FROM day_close WHERE place = 2", "missing", "end_missing"),
        ("UPDATE day_close SET day = day - 5 WHERE place = 2", "", "chain_broken"),
    ],
)
def test_who_changes_or_removes_a_close_is_seen(sql: str, fault: str, view: str) -> None:
    store_id = day_of_sales(1)
    day_of_sales(1, at=NOON + 24 * HOUR, store_id=store_id)
    audited()
    close_day(store_id, DAY, by=CLERK, at=EVENING)
    close_day(store_id, NEXT, by=CLERK, at=EVENING + 24 * HOUR)
    audited()
    assert verify_audit()["ok"]
    with transaction.atomic():
        tamper(sql)
        if fault:
            said = verify_audit()
            assert not said["ok"]
            assert fault in {name for each in said["closes_broken"] for name in each["faults"]}
        if view:
            rows = check_invariants()["rows"]
            assert rows[f"inv_day_close_{view}"] > 0
        transaction.set_rollback(True)


def test_who_rewrites_the_audit_as_a_whole_is_seen_by_the_close() -> None:
    """Hashing the whole chain anew makes it fit again; the head that the close wrote down does not."""
    store_id = day_of_sales(1)
    audited()
    close_day(store_id, DAY, by=CLERK, at=EVENING)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE audit_seal DISABLE TRIGGER audit_seal_is_append_only")
            cursor.execute("UPDATE audit_seal SET hash = reverse(hash)")
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE audit_seal ENABLE TRIGGER audit_seal_is_append_only")
        seal = day_view(store_id, DAY, at=EVENING).seal
        assert seal is not None
        assert seal.faults == ("audit",)
        transaction.set_rollback(True)


def test_the_clock_proves_yesterday_once_after_half_past_midnight() -> None:
    store_id = day_of_sales(2)
    midnight = NOON.replace(hour=6) + 24 * HOUR
    assert check_days(at=midnight + timedelta(minutes=29)) == 0
    assert check_days(at=midnight + timedelta(minutes=31)) >= 1
    assert check_days(at=midnight + timedelta(minutes=32)) == 0
    row = DayCheck.objects.get(store_id=store_id)
    assert (row.day, row.standing) == (DAY, "no_statement")
    listed = closing_days(store_id, at=midnight)[0]
    assert (listed.day, listed.is_closed, listed.standing, listed.lines) == (DAY, False, "no_statement", 2)
    close_day(store_id, DAY, by=CLERK, at=midnight + HOUR)
    assert closing_days(store_id, at=midnight)[0].is_closed


def test_another_store_has_its_own_chain() -> None:
    ana, carla = day_of_sales(1), day_of_sales(1)
    close_day(ana, DAY, by=CLERK, at=EVENING)
    assert [row.is_closed for row in closing_days(carla, at=EVENING)] == [False]
    close_day(carla, DAY, by=CLERK, at=EVENING)
    assert {row.prev_hash for row in DayClose.objects.all()} == {"0" * 64}
    assert close_file(carla, DAY) != close_file(ana, DAY)
