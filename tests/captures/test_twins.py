"""A tracking key is under no seal: what the bank tells under another key is never silently a second deposit."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection

from seguripago.foundations.approvals.queries import proposal
from seguripago.foundations.ledger.queries import balance
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.bank.commands import CepFile, approve_capture, propose_capture, read_notices
from seguripago.journey.orders.queries import order
from seguripago.journey.reconciliation import listeners
from seguripago.journey.reconciliation.commands import (
    approve_case,
    decide_overdue_cases,
    judge_arrived,
    judge_deposits,
    propose_apply,
    propose_dismiss,
)
from seguripago.journey.reconciliation.queries import CaseRow, open_cases
from seguripago.values.money import Money
from tests.captures.ceps import Transfer
from tests.captures.house import House, deposits
from tests.captures.test_captures import house_of
from tests.money import bank
from tests.money.bank import Sale, paid_view, sale, turn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pinned")]
EDITED, TRUE = "EDITADA0001", "BBVA260311000012345"
HALF = Money.parse("100.00")


def let_in(shop: House, sold: Sale, amount: Money, at: datetime, *, key: str = EDITED, is_another: bool = False) -> int:
    """Two people let a CEP in whose key somebody edited: its seal is as good as before."""
    cep = Transfer(account=sold.clabe, amount=amount.plain, tracking_key=key)
    asked = propose_capture(sold.store_id, CepFile(cep.xml()), is_another=is_another, by=shop.beto, at=at)
    found = proposal(sold.store_id, asked)
    assert found is not None
    approve_capture(asked, seen=found.hash, by=shop.dora, at=at)
    return asked


def the_doubt(sold: Sale) -> CaseRow:
    (case,) = open_cases(sold.store_id)
    assert case.kind == "contradiction"
    return case


def approved(shop: House, proposal_id: int, at: datetime) -> tuple[str, ...]:
    found = proposal(shop.store_id, proposal_id)
    assert found is not None
    approve_case(proposal_id, seen=found.hash, by=shop.dora, at=at)
    return found.says


@pytest.fixture
def sold(at: datetime) -> Sale:
    return sale(at)


@pytest.fixture
def people(sold: Sale) -> House:
    return house_of(sold.store_id)


def test_the_true_key_after_an_edited_one_is_a_doubt_and_ends_as_one_deposit(
    people: House, sold: Sale, at: datetime
) -> None:
    let_in(people, sold, sold.total, at)
    turn(at)
    assert order(sold.order_id).state == "paid"
    bank.transfer(sold, sold.total.plain, at=at, tracking_key=TRUE)

    doubt = the_doubt(sold)
    assert (doubt.amount, balance(sold.store_id, Account.SUSPENSE)) == (sold.total, -sold.total)
    decide_overdue_cases(at=at + timedelta(days=2))
    assert the_doubt(sold).id == doubt.id, "no money leaves by itself, whatever the store's policies"

    says = approved(
        people,
        propose_dismiss(doubt.id, reason="Un solo abono en la banca en línea", by=people.beto, at=at),
        at,
    )
    assert any("ya los trajo otro depósito" in line for line in says)
    assert open_cases(sold.store_id) == ()
    assert balance(sold.store_id, Account.SUSPENSE).is_zero
    assert balance(sold.store_id, Account.BANK) == sold.total


@pytest.mark.parametrize("is_guarded", [True, False])
def test_half_the_money_never_pays_an_order_by_being_counted_twice(
    people: House, sold: Sale, at: datetime, monkeypatch: pytest.MonkeyPatch, is_guarded: bool
) -> None:
    """The control judges without looking for twins, and the order is paid with half of its money."""
    if not is_guarded:
        monkeypatch.setattr(listeners, "judge_arrived", judge_deposits)
    half = Money(sold.total.centavos // 2)
    assert half + half == sold.total
    let_in(people, sold, half, at)
    turn(at)
    bank.transfer(sold, half.plain, at=at, tracking_key=TRUE)

    assert paid_view(sold.order_id).is_confirmed is not is_guarded
    assert len(open_cases(sold.store_id)) == is_guarded


def test_if_it_was_another_transfer_it_pays_after_two_people_looked(people: House, sold: Sale, at: datetime) -> None:
    half = Money(sold.total.centavos // 2)
    let_in(people, sold, half, at)
    turn(at)
    bank.transfer(sold, half.plain, at=at, tracking_key=TRUE)
    number = order(sold.order_id).number
    approved(people, propose_apply(the_doubt(sold).id, number=number, by=people.beto, at=at), at)
    assert paid_view(sold.order_id).is_confirmed


def test_what_the_bank_has_told_under_its_key_doubts_nothing(people: House, sold: Sale, at: datetime) -> None:
    half = Money(sold.total.centavos // 2)
    let_in(people, sold, half, at)
    turn(at)
    bank.transfer(sold, half.plain, at=at, tracking_key=EDITED)
    bank.transfer(sold, half.plain, at=at, tracking_key=TRUE)
    assert paid_view(sold.order_id).is_confirmed
    assert open_cases(sold.store_id) == ()


def test_what_differs_in_anything_sealed_is_another_transfer(people: House, sold: Sale, at: datetime) -> None:
    let_in(people, sold, HALF, at)
    turn(at)
    bank.transfer(sold, "100.01", at=at, tracking_key=TRUE)
    bank.transfer(sold, "100.00", at=at, tracking_key="OTRO-DIA", operation_date=at.date() + timedelta(days=1))
    bank.transfer(sold, "100.00", at=at, tracking_key="OTRO-BANCO", sending_institution="40002")
    assert open_cases(sold.store_id) == ()
    assert paid_view(sold.order_id).received == Money(400_01)


def test_a_capture_that_is_read_after_the_banks_word_is_the_doubtful_one(
    people: House, sold: Sale, at: datetime
) -> None:
    """Approved before the notice came, read after it: nobody could see them side by side."""
    let_in(people, sold, HALF, at)
    # Its own notice waits; the bank's is read first, as by another reader.
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM raw_notice_unread RETURNING notice_id")
        ((waiting,),) = cursor.fetchall()
        bank.transfer(sold, HALF.plain, at=at, tracking_key=TRUE)
        cursor.execute("INSERT INTO raw_notice_unread (notice_id) VALUES (%s)", [waiting])
    turn(at)
    assert the_doubt(sold).amount == HALF
    assert paid_view(sold.order_id).received == HALF


def test_of_two_that_arrive_together_one_counts(people: House, sold: Sale, at: datetime) -> None:
    let_in(people, sold, HALF, at)
    sent = bank.notice(sold.store_id, clabe=sold.clabe, amount=HALF.plain, at=at, tracking_key=TRUE)
    bank.deliver(sold.store_id, sent, at=at)
    assert read_notices(at=at) == 2
    ids = [each.pk for each in deposits(sold.store_id)]
    for _ in range(2):
        judge_arrived(ids, at=at)
    assert the_doubt(sold).amount == HALF
    assert paid_view(sold.order_id).received == HALF


def test_what_two_people_said_to_be_another_one_counts(people: House, sold: Sale, at: datetime) -> None:
    bank.transfer(sold, HALF.plain, at=at, tracking_key=TRUE)
    let_in(people, sold, HALF, at, is_another=True)
    turn(at)
    assert paid_view(sold.order_id).received == HALF + HALF
    assert open_cases(sold.store_id) == ()
