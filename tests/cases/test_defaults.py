"""Every case has an owner, a deadline and a default; money moves by itself only under a policy of two people."""

from __future__ import annotations

from datetime import datetime, timedelta

from seguripago.foundations.approvals import commands as approvals
from seguripago.foundations.audit.queries import history
from seguripago.foundations.ledger.rules import Account
from seguripago.jobs.ripe import do_ripe_proposals
from seguripago.journey.reconciliation import commands as cases
from seguripago.journey.reconciliation.queries import open_cases, returns
from seguripago.values.money import Money
from tests.approvals.people import works
from tests.cases import world
from tests.cases.world import House
from tests.money import bank

DAY = timedelta(hours=24)


def decide(there: House, at: datetime, **changes: int) -> None:
    made = approvals.propose_policy(there.store_id, changes, by=there.mariana, at=at)
    approvals.approve_policy(made, seen=world.proposed(there.store_id, made).hash, by=there.diego, at=at)


def test_without_a_policy_an_overdue_case_is_handed_on_and_no_money_moves(there: House, at: datetime) -> None:
    _, case = world.excess(there, at)
    assert (case.owner, case.by_itself) == ("payments", "Si nadie decide a tiempo, pasa a la supervisión.")
    assert cases.decide_overdue_cases(at=at + DAY - timedelta(seconds=1)) == 0
    assert cases.decide_overdue_cases(at=at + DAY) == 1
    (row,) = open_cases(there.store_id)
    assert (row.owner, row.state, row.due_at) == ("supervisor", "open", at + DAY + DAY)
    assert returns(there.store_id) == ()


def test_under_a_policy_of_two_people_an_excess_goes_back_by_itself(there: House, at: datetime) -> None:
    decide(there, at, returns_excess_by_itself=1)
    _, case = world.excess(there, at)
    assert case.by_itself == "Si nadie decide a tiempo, se devuelve a la cuenta de origen."
    assert cases.decide_overdue_cases(at=at + DAY) == 1
    (going,) = returns(there.store_id)
    assert (going.amount, going.state) == (Money(10_00), "approved")
    assert world.page(there.store_id, case.id).state == "approved"
    assert "case.default" in [entry.action for entry in history(there.store_id, f"case:{case.id}")]
    assert cases.decide_overdue_cases(at=at + DAY) == 0


def test_a_little_is_closed_by_itself_only_within_the_tolerance(there: House, at: datetime) -> None:
    decide(there, at, writes_off_by_itself=1, tolerance_centavos=50)
    world.excess(there, at, over=Money(50))
    cases.decide_overdue_cases(at=at + DAY)
    assert open_cases(there.store_id) == ()
    assert there.money(Account.DIFFERENCES) == -Money(50)
    world.excess(there, at, over=Money(51))
    cases.decide_overdue_cases(at=at + DAY)
    assert there.money(Account.DIFFERENCES) == -Money(50)


def test_a_part_that_nobody_decided_about_goes_back_under_its_policy(there: House, at: datetime) -> None:
    decide(there, at, returns_part_by_itself=1)
    sold, case, late = world.part_expired(there, at)
    cases.decide_overdue_cases(at=late + 2 * DAY)
    (going,) = returns(there.store_id)
    assert going.amount == sold.total - Money(100_00)
    assert bank.paid_view(sold.order_id).received == Money.zero()
    assert world.page(there.store_id, case.id).state == "approved"


def test_a_case_with_an_open_proposal_waits_for_it(there: House, at: datetime) -> None:
    decide(there, at, returns_excess_by_itself=1)
    _, case = world.excess(there, at)
    almost = at + DAY - timedelta(minutes=1)
    made = cases.propose_return(case.id, amount=Money(5_00), by=there.mariana, at=almost)
    assert cases.decide_overdue_cases(at=at + DAY) == 0
    world.approve(there, made, at + DAY)
    assert [each.amount for each in returns(there.store_id)] == [Money(5_00)]


def test_a_lone_owner_s_decision_is_done_by_the_clock_a_day_after_the_store_was_told(db: None, at: datetime) -> None:
    store_id = bank.bank_store()
    ana = works(store_id, "owner", "Ana")
    there = House(store_id, ana, ana)
    naming = approvals.propose_policy(store_id, {"delay_instead_of_second_person": 1}, by=ana, at=at)
    approvals.mark_told(naming, at=at)
    assert do_ripe_proposals(at=at + DAY - timedelta(seconds=1)) == 0
    assert do_ripe_proposals(at=at + DAY) == 1

    later = at + DAY
    _, case = world.excess(there, later)
    made = cases.propose_return(case.id, by=ana, at=later)
    approvals.mark_told(made, at=later)
    assert do_ripe_proposals(at=later + DAY) == 1
    assert world.proposed(store_id, made).state == "granted"
    (going,) = returns(store_id)
    assert going.amount == Money(10_00)
    assert world.broken_truths() == {}


def test_a_proposal_that_nobody_decided_opens_its_case_again(there: House, at: datetime) -> None:
    _, case = world.excess(there, at)
    cases.propose_return(case.id, by=there.mariana, at=at)
    approvals.expire_proposals(at=at + DAY)
    bank.turn(at + DAY, only=("reconciliation.open_again",))
    assert world.page(there.store_id, case.id).state == "open"
