"""Money goes back once: told to the bank by one road, booked when it confirms, in its case again when it fails."""

from __future__ import annotations

import hashlib
from datetime import datetime

import pytest
from django.db import DatabaseError, connection, transaction

from seguripago.foundations.approvals import commands as approvals
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.facts.queries import parked
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.bank.queries import DepositView
from seguripago.journey.bank.statement_facts import DebitSeen
from seguripago.journey.reconciliation import commands as cases
from seguripago.journey.reconciliation.models import CasePart, ReturnFile, ReturnInstruction
from seguripago.journey.reconciliation.queries import ReturnView, return_file, returns
from seguripago.journey.reconciliation.rules.returns import (
    NothingToInstruct,
    ReturnDiffers,
    ReturnUnknown,
    ReturnWrongState,
)
from seguripago.values import order_number
from seguripago.values.money import Money
from tests.cases import world
from tests.cases.world import TEN, House
from tests.judging.movements import Listed, Said, tell_all
from tests.money import bank


def approved(there: House, at: datetime, **more: str) -> ReturnView:
    """A return of ten pesos that two people decided."""
    _, case = world.excess(there, at)
    world.approve(there, cases.propose_return(case.id, by=there.mariana, at=at, **more), at)  # type: ignore[arg-type]
    return returns(there.store_id)[0]


def instructed(there: House, at: datetime) -> ReturnView:
    going = approved(there, at)
    cases.make_return_file(there.store_id, by=there.diego, at=at)
    return next(each for each in returns(there.store_id) if each.id == going.id)


def test_a_return_goes_to_the_account_that_the_money_came_from(there: House, at: datetime) -> None:
    going = approved(there, at)
    assert (going.account, going.bank_name, going.amount) == ("012180015012884670", "BBVA", TEN)
    assert going.state_label == "Aprobada, por instruir"


def test_a_return_to_another_account_carries_its_proof(there: House, at: datetime) -> None:
    going = approved(
        there, at, account="646180157000000004", holder="Lucía Hernández", proof="Estado de cuenta, 11 de marzo"
    )
    assert (going.account, going.holder, going.proof) == (
        "646180157000000004",
        "Lucía Hernández",
        "Estado de cuenta, 11 de marzo",
    )


@pytest.mark.parametrize("layout", ["csv", "stp"])
def test_a_file_holds_every_approved_return_once_and_never_again(there: House, at: datetime, layout: str) -> None:
    first, second = approved(there, at), approved(there, at)
    file_id = cases.make_return_file(there.store_id, layout_name=layout, by=there.diego, at=at)
    file = return_file(there.store_id, file_id)
    assert file is not None
    assert (file.count, file.total) == (2, Money(20_00))
    assert file.sha256 == hashlib.sha256(file.body.encode()).hexdigest()
    for each in (first, second):
        assert file.body.count(f"SPDEV{each.id:010d}") == 1
    assert {each.file_id for each in returns(there.store_id, states=["instructed"])} == {file_id}
    with pytest.raises(NothingToInstruct):
        cases.make_return_file(there.store_id, by=there.diego, at=at)
    third = approved(there, at)
    again = return_file(there.store_id, cases.make_return_file(there.store_id, by=there.diego, at=at))
    assert again is not None
    assert (again.count, f"SPDEV{third.id:010d}" in again.body) == (1, True)
    assert return_file(bank.bank_store(), file_id) is None


def test_the_payer_recognises_his_money_by_a_clear_reference(there: House, at: datetime) -> None:
    """pretix #4289: the concept names the order, the reference is digits, and nothing else is in it."""
    sold, case = world.excess(there, at)
    world.approve(there, cases.propose_return(case.id, by=there.mariana, at=at), at)
    file = return_file(there.store_id, cases.make_return_file(there.store_id, by=there.diego, at=at))
    assert file is not None
    heading, line = file.body.splitlines()
    said = dict(zip(heading.split(","), line.split(","), strict=True))
    assert said["concepto"] == f"REEMBOLSO {order_number.bare(world.number_of(sold))}"
    assert said["referencia"].isdigit()
    assert said["monto"] == "10.00"
    assert said["cuenta"] == "'012180015012884670"


def test_the_database_lets_a_return_be_told_only_once(there: House, at: datetime) -> None:
    going = instructed(there, at)
    other = ReturnFile.objects.create(
        store_id=there.store_id, layout="csv", body="x", sha256="0" * 64, count=1, total_centavos=1, made_by="x", at=at
    )
    for change in ({"file": other}, {"tracking_key": "OTRA"}, {"state": "approved", "instructed_at": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            ReturnInstruction.objects.filter(pk=going.id).update(**change)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        ReturnInstruction.objects.filter(pk=going.id).update(account="646180157000000004")
    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM return_instruction WHERE id = %s", [going.id])


def test_the_database_refuses_parts_beyond_what_the_case_holds(there: House, at: datetime) -> None:
    going = approved(there, at)
    row = ReturnInstruction.objects.get(pk=going.id)
    with pytest.raises(DatabaseError, match="does not hold that much"), transaction.atomic():
        CasePart.objects.create(
            case_id=row.case_id, part=9, kind="write_off", centavos=1, proposal_id=row.proposal_id, at=at
        )


def test_nothing_is_booked_before_the_bank_confirms_and_then_once(there: House, at: datetime) -> None:
    going = instructed(there, at)
    before = there.money(Account.BANK)
    for _ in range(3):
        cases.confirm_return(going.id, amount=TEN, says="LQ", by=there.diego, at=at)
    assert there.money(Account.BANK) == before - TEN
    assert there.money(Account.SUSPENSE).is_zero


def test_a_debit_in_a_statement_confirms_its_return(there: House, at: datetime) -> None:
    going = instructed(there, at)
    debits = [
        cases.Debit(going.tracking_key.lower(), TEN, "Estado de cuenta, línea 7", at.date()),
        cases.Debit("OTRA COSA", TEN, "línea 8"),
    ]
    told = cases.confirm_by_debits(there.store_id, debits, by=there.diego, at=at)
    assert told == {going.tracking_key.lower(): going.id}
    assert returns(there.store_id)[0].bank_ref == "Estado de cuenta, línea 7"
    assert cases.confirm_by_debits(bank.bank_store(), debits, by=there.diego, at=at) == {}


def test_a_statement_that_shows_the_debit_confirms_and_one_of_a_failed_return_disturbs_nobody(
    there: House, at: datetime
) -> None:
    first, second = approved(there, at), approved(there, at)
    cases.make_return_file(there.store_id, by=there.diego, at=at)
    cases.fail_return(second.id, reason="Rechazada", by=there.diego, at=at)
    with transaction.atomic():
        publish(
            *(
                DebitSeen(
                    store_id=there.store_id,
                    at=at,
                    row_id=each.id,
                    tracking_key=f"SPDEV{each.id:010d}",
                    centavos=10_00,
                    currency="MXN",
                    operation_date=at.date(),
                    account="646180115700000003",
                    concept="REEMBOLSO",
                )
                for each in (first, second)
            )
        )
    bank.turn(at, only=("reconciliation.returns",))
    assert parked() == ()
    assert {each.id: each.state for each in returns(there.store_id)} == {first.id: "confirmed", second.id: "failed"}


def test_a_debit_of_another_amount_confirms_nothing(there: House, at: datetime) -> None:
    going = instructed(there, at)
    wrong = cases.Debit(going.tracking_key, Money(9_99), "línea 7")
    assert cases.confirm_by_debits(there.store_id, [wrong], by=there.diego, at=at) == {}
    with pytest.raises(ReturnDiffers):
        cases.confirm_return(going.id, amount=Money(9_99), says="", by=there.diego, at=at)
    assert returns(there.store_id)[0].state == "instructed"


def test_a_return_that_was_not_told_to_the_bank_is_not_confirmed(there: House, at: datetime) -> None:
    going = approved(there, at)
    with pytest.raises(ReturnWrongState):
        cases.confirm_return(going.id, amount=TEN, says="", by=there.diego, at=at)
    with pytest.raises(ReturnUnknown):
        cases.confirm_return(10**9, amount=TEN, says="", by=there.diego, at=at)


def test_a_failed_return_is_in_its_case_again_and_goes_elsewhere(there: House, at: datetime) -> None:
    going = instructed(there, at)
    for _ in range(2):
        cases.fail_return(going.id, reason="Cuenta inexistente", by=there.diego, at=at)
    case = world.page(there.store_id, going.case_id)
    assert (case.state, case.held) == ("open", TEN)
    assert "Cuenta inexistente" in case.says[-1]
    made = cases.propose_return(
        case.id, account="646180157000000004", holder="Lucía", proof="Estado de cuenta", by=there.mariana, at=at
    )
    world.approve(there, made, at)
    cases.make_return_file(there.store_id, by=there.diego, at=at)
    second = returns(there.store_id, states=["instructed"])[0]
    cases.confirm_return(second.id, amount=TEN, says="LQ", by=there.diego, at=at)
    assert world.page(there.store_id, case.id).state == "done"
    with pytest.raises(ReturnWrongState):
        cases.confirm_return(going.id, amount=TEN, says="LQ", by=there.diego, at=at)


def test_a_person_marks_what_she_saw_in_online_banking_with_a_second_one(there: House, at: datetime) -> None:
    going = instructed(there, at)
    made = cases.propose_return_confirmed(going.id, bank_ref="MBAN0100261122", by=there.mariana, at=at)
    seen = world.proposed(there.store_id, made)
    assert "referencia MBAN0100261122" in seen.says[0]
    with pytest.raises(approvals.NotYourRole):
        cases.approve_return(made, seen=seen.hash, by=there.mariana, at=at)
    cases.approve_return(made, seen=seen.hash, by=there.diego, at=at)
    assert (returns(there.store_id)[0].state, returns(there.store_id)[0].bank_ref) == ("confirmed", "MBAN0100261122")


def test_a_marked_failure_needs_a_second_person_and_dies_when_the_bank_confirmed(there: House, at: datetime) -> None:
    going = instructed(there, at)
    made = cases.propose_return_failed(going.id, reason="Rechazada", by=there.mariana, at=at)
    cases.confirm_return(going.id, amount=TEN, says="LQ", by=there.diego, at=at)
    seen = world.proposed(there.store_id, made).hash
    with pytest.raises(approvals.ChangedMeanwhile):
        cases.approve_return(made, seen=seen, by=there.diego, at=at)
    assert returns(there.store_id)[0].state == "confirmed"


def took_back(store_id: int, deposit: DepositView, at: datetime) -> None:
    """The bank sends the deposit back by itself; its day's list says so."""
    said = Said(store_id, deposit.clabe, deposit.amount.plain, at, deposit.tracking_key)
    tell_all([Listed(said, "D")], at=at)


@pytest.mark.parametrize("told", [False, True], ids=["not told to the bank yet", "told to the bank"])
def test_money_that_the_bank_took_back_by_itself_is_not_returned_again(there: House, at: datetime, told: bool) -> None:
    case = world.orphan(there, TEN, at)
    world.approve(there, cases.propose_return(case.id, by=there.mariana, at=at), at)
    if told:
        cases.make_return_file(there.store_id, by=there.diego, at=at)
    assert case.deposit is not None
    took_back(there.store_id, case.deposit, at)
    (going,) = returns(there.store_id)
    assert going.state == ("instructed" if told else "failed")
    # What was told to the bank is for a person: nobody knows yet which of the two sent the money.
    assert world.page(there.store_id, case.id).state == ("approved" if told else "done")
