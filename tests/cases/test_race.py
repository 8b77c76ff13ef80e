"""Two who decide over the same money at once: locked it goes right; each time also with the lock off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.db.models import QuerySet

from seguripago.foundations.approvals import commands as approvals
from seguripago.journey.reconciliation import commands as cases
from seguripago.journey.reconciliation.queries import returns
from seguripago.values.money import Money
from tests.approvals.people import checker
from tests.cases import world
from tests.cases.world import House
from tests.money import bank
from tests.races.together import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]

TIMES = 6
LATER = timedelta(hours=72)


@pytest.fixture
def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """No case is locked."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)


@contextmanager
def without_guard() -> Iterator[None]:
    """The database no longer looks whether a case holds what leaves it, nor whether a part is there twice."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE case_part DISABLE TRIGGER case_part_within_case")
        cursor.execute("ALTER TABLE case_part DROP CONSTRAINT case_part_once")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE case_part, return_instruction CASCADE")
            cursor.execute("ALTER TABLE case_part ENABLE TRIGGER case_part_within_case")
            cursor.execute("ALTER TABLE case_part ADD CONSTRAINT case_part_once UNIQUE (case_id, part)")


def overdue(at: datetime) -> tuple[House, int]:
    """A case of ten pesos that goes back by itself now."""
    there = world.house()
    changing = approvals.propose_policy(there.store_id, {"returns_unknown_by_itself": 1}, by=there.mariana, at=at)
    seen = world.proposed(there.store_id, changing).hash
    approvals.approve_policy(changing, seen=seen, by=there.diego, at=at)
    return there, world.orphan(there, Money(10_00), at).id


def two_clocks(at: datetime) -> Money:
    """Six clocks find the same overdue case at once. Gives what goes back in all."""
    there, _ = overdue(at)
    at_once(TIMES, lambda _: cases.decide_overdue_cases(at=at + LATER))
    return Money.sum(each.amount for each in returns(there.store_id))


def test_two_returns_at_once_give_back_what_the_case_holds(at: datetime) -> None:
    assert two_clocks(at) == Money(10_00)
    assert world.broken_truths() == {}


def test_with_lock_and_guard_off_more_goes_back_than_came(at: datetime, without_locks: None) -> None:
    with without_guard():
        for _ in range(6):
            given = two_clocks(at)
            if given > Money(10_00):
                break
        assert given > Money(10_00)
        assert "inv_case_overdrawn" in world.broken_truths()


def test_with_only_the_lock_off_the_database_still_gives_back_once(at: datetime, without_locks: None) -> None:
    for _ in range(3):
        assert two_clocks(at) == Money(10_00)


def test_of_many_checkers_at_once_one_moves_the_money(at: datetime) -> None:
    there = world.house()
    _, case = world.excess(there, at)
    made = cases.propose_return(case.id, by=there.mariana, at=at)
    seen = world.proposed(there.store_id, made).hash
    people = [checker(there.store_id) for _ in range(TIMES)]
    told = at_once(TIMES, lambda place: cases.approve_case(made, seen=seen, by=people[place], at=at))
    assert told.count(None) == 1
    assert all(isinstance(each, approvals.ProposalNotOpen) for each in told if each is not None)
    assert [each.amount for each in returns(there.store_id)] == [Money(10_00)]
    assert world.broken_truths() == {}


def either(made: int, seen: str, there: House, at: datetime) -> Callable[[int], None]:
    """The first approves, the second judges what has arrived."""

    def one(place: int) -> None:
        if place:
            bank.turn(at)
        else:
            cases.approve_case(made, seen=seen, by=there.diego, at=at)

    return one


def test_a_deposit_that_arrives_while_somebody_approves_never_pays_the_order_twice(at: datetime) -> None:
    """Whoever is first, the order is paid once and the rest of the money is a case."""
    for _ in range(4):
        there = world.house()
        sold = bank.sale(at, store_id=there.store_id)
        case = world.orphan(there, sold.total, at)
        made = cases.propose_apply(case.id, number=world.number_of(sold), by=there.mariana, at=at)
        seen = world.proposed(there.store_id, made).hash
        sent = bank.notice(there.store_id, clabe=sold.clabe, amount=sold.total.plain, at=at)
        bank.deliver(there.store_id, sent, at=at)

        told = at_once(2, either(made, seen, there, at))
        assert told[1] is None
        assert told[0] is None or isinstance(told[0], approvals.ChangedMeanwhile)
        bank.turn(at)
        assert bank.paid_view(sold.order_id).received == sold.total
        assert world.broken_truths() == {}


def test_two_files_at_once_never_hold_the_same_return(at: datetime) -> None:
    there = world.house()
    for _ in range(4):
        _, case = world.excess(there, at)
        world.approve(there, cases.propose_return(case.id, by=there.mariana, at=at), at)
    at_once(TIMES, lambda _: cases.make_return_file(there.store_id, by=there.diego, at=at))
    told = returns(there.store_id)
    assert {each.state for each in told} == {"instructed"}
    assert len({each.file_id for each in told}) >= 1
    assert world.broken_truths() == {}


def test_the_bank_confirms_on_two_roads_at_once_and_it_is_booked_once(at: datetime) -> None:
    there = world.house()
    _, case = world.excess(there, at)
    world.approve(there, cases.propose_return(case.id, by=there.mariana, at=at), at)
    cases.make_return_file(there.store_id, by=there.diego, at=at)
    (going,) = returns(there.store_id)
    told = at_once(
        TIMES, lambda _: cases.confirm_return(going.id, amount=Money(10_00), says="LQ", by=there.diego, at=at)
    )
    assert told == [None] * TIMES
    assert world.broken_truths() == {}
