"""A part that never became whole is never forgotten: whatever retires its transfer, two people decide about it."""

from __future__ import annotations

from datetime import datetime

from seguripago.foundations.approvals import commands as approvals
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.orders.commands import cancel_order
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.commands import extend_clock
from seguripago.journey.reconciliation import commands as cases
from seguripago.journey.reconciliation.queries import open_cases, returns
from seguripago.values.money import Money
from tests.cases import world
from tests.cases.world import House
from tests.money import bank

LANES = ("payments.retire", "reconciliation_alarms", "reconciliation", "reconciliation.close_parts")


def cancelled(there: House, at: datetime) -> bank.Sale:
    """An order that was cancelled when a part of its amount had arrived."""
    sold = bank.sale(at, store_id=there.store_id)
    bank.transfer(sold, "300.00", at=at)
    cancel_order(sold.order_id, by=there.mariana, reason="El comprador lo pidió", at=at)
    bank.turn(at, only=LANES)
    return sold


def test_the_part_of_a_cancelled_order_is_a_case_and_goes_back(there: House, at: datetime) -> None:
    cancelled(there, at)
    case = world.the_case(there.store_id)
    assert (case.kind, case.amount) == ("part_expired", Money(300_00))
    world.approve(there, cases.propose_return(case.id, by=there.mariana, at=at), at)
    assert [each.amount for each in returns(there.store_id)] == [Money(300_00)]
    assert there.money(Account.DUE_TO_BUYER).is_zero


def test_a_cancelled_order_with_a_part_is_honoured_after_all_when_two_people_say_so(there: House, at: datetime) -> None:
    sold = cancelled(there, at)
    case = world.the_case(there.store_id)
    world.approve(there, cases.propose_ask_for_rest(case.id, by=there.mariana, at=at), at)
    payment = bank.paid_view(sold.order_id)
    assert (payment.state, payment.received) == ("partly_paid", Money(300_00))
    bank.transfer(sold, payment.missing.plain, at=at)
    assert order(sold.order_id).state == "paid"


def test_the_rest_that_comes_by_itself_closes_the_case(there: House, at: datetime) -> None:
    sold, _, late = world.part_expired(there, at)
    bank.transfer(sold, "100.00", at=late)
    bank.turn(late, only=LANES)
    assert order(sold.order_id).state == "paid"
    assert open_cases(there.store_id) == ()


def test_the_rest_that_comes_while_a_proposal_waits_voids_it_and_closes_the_case(there: House, at: datetime) -> None:
    sold, case, late = world.part_expired(there, at)
    made = cases.propose_return(case.id, by=there.mariana, at=late)
    bank.transfer(sold, "100.00", at=late)
    bank.turn(late, only=LANES)
    try:
        world.approve(there, made, late)
    except approvals.ChangedMeanwhile:
        pass
    else:
        raise AssertionError("it was approved")
    assert returns(there.store_id) == ()
    assert bank.paid_view(sold.order_id).received == sold.total
    assert world.page(there.store_id, case.id).state == "done"


def test_a_store_that_sends_money_by_hand_marks_it_with_a_second_person(there: House, at: datetime) -> None:
    _, case = world.excess(there, at)
    world.approve(there, cases.propose_return(case.id, by=there.mariana, at=at), at)
    (going,) = returns(there.store_id)
    made = cases.propose_return_confirmed(going.id, bank_ref="BNET0100", by=there.mariana, at=at)
    cases.approve_return(made, seen=world.proposed(there.store_id, made).hash, by=there.diego, at=at)
    (sent,) = returns(there.store_id)
    assert (sent.state, sent.road, sent.bank_ref) == ("confirmed", "hand", "BNET0100")
    assert there.money(Account.SUSPENSE).is_zero


def test_who_has_more_time_by_himself_has_no_case_yet(there: House, at: datetime) -> None:
    sold = bank.sale(at, store_id=there.store_id)
    bank.transfer(sold, "300.00", at=at)
    extend_clock(sold.order_id, hours=24, by=there.mariana, at=at)
    assert cases.open_part_expired_cases(at=at) == 0
