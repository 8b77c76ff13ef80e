"""One machine for every reason: by SPEI to where the money came from, or by card; nothing twice, nothing alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from seguripago.foundations.approvals.commands import ChangedMeanwhile, SamePerson
from seguripago.foundations.approvals.queries import open_proposals_of
from seguripago.foundations.ledger.queries import balance
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.guarantee.queries import guarantee_of
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.queries import payment_of
from seguripago.journey.reconciliation import commands as bank_side
from seguripago.journey.reconciliation.models import ReturnInstruction
from seguripago.journey.refunds import commands as refunds
from seguripago.journey.refunds.facts import RefundApproved, RefundConfirmed, RefundFailed
from seguripago.journey.refunds.queries import RefundView, refund, refundable, refunds_of
from seguripago.journey.refunds.refusals import RefundTooMuch, RefundWithoutWhy
from seguripago.journey.refunds.rules import LegState, RefundReason, RefundState
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from tests.approvals.people import checker, maker, works
from tests.cases import world
from tests.cases.world import broken_truths
from tests.money import bank
from tests.refunds.world import Loopback, carry, charged, decided, hear, published

pytestmark = pytest.mark.django_db
HUNDRED = Money(100_00)


@dataclass(frozen=True, slots=True)
class Paid:
    """An order that a transfer paid, and two people of its store."""

    store_id: int
    order_id: int
    payment_id: int
    total: Money
    mariana: Actor
    diego: Actor

    def money(self, account: Account) -> Money:
        return balance(self.store_id, account)

    @property
    def instruction(self) -> ReturnInstruction:
        return ReturnInstruction.objects.filter(payment_id=self.payment_id).order_by("-pk")[0]


def paid(at: datetime, **payer: str) -> Paid:
    sold = bank.sale(at)
    total = order(sold.order_id).total
    bank.transfer(sold, total.plain, at=at, **payer)
    hear(at)
    found = payment_of(sold.order_id)
    assert found is not None
    assert found.is_confirmed
    return Paid(sold.store_id, sold.order_id, found.id, total, maker(sold.store_id), checker(sold.store_id))


def waiting(there: Paid, refund_id: int) -> tuple[int, str]:
    subject = f"refund:{refund_id}"
    found = open_proposals_of(there.store_id, [subject])[subject]
    return found.id, found.hash


def approved(there: Paid, amount: Money, at: datetime, *, reason: RefundReason = RefundReason.BY_STORE) -> int:
    refund_id = refunds.ask_refund(there.order_id, amount, reason=reason, note="Se agotó", by=there.mariana, at=at)
    proposal_id, seen = waiting(there, refund_id)
    refunds.approve_any(proposal_id, seen=seen, by=there.diego, at=at)
    return refund_id


def view(refund_id: int) -> RefundView:
    found = refund(refund_id)
    assert found is not None
    return found


def leave(there: Paid, at: datetime) -> ReturnInstruction:
    """The bank is told by a file and has carried it out."""
    bank_side.make_return_file(there.store_id, by=there.diego, at=at)
    row = there.instruction
    amount = Money(row.amount_centavos)
    bank_side.confirm_return(row.pk, amount=amount, says="estado de cuenta", by=there.diego, at=at)
    hear(at)
    return row


def test_a_transfer_goes_back_to_the_account_that_sent_it(at: datetime) -> None:
    there = paid(at)
    assert refundable(there.order_id) == there.total
    refund_id = approved(there, HUNDRED, at)
    hear(at)
    row = there.instruction
    assert (row.account, row.state, row.case_id) == ("012180015012884670", "approved", None)
    assert view(refund_id).state is RefundState.APPROVED
    assert refundable(there.order_id) == there.total - HUNDRED

    bank_side.make_return_file(there.store_id, by=there.diego, at=at)
    hear(at)
    assert view(refund_id).state is RefundState.INSTRUCTED
    before = there.money(Account.BANK)
    leave_row = there.instruction
    bank_side.confirm_return(leave_row.pk, amount=HUNDRED, says="x", by=there.diego, at=at)
    bank_side.confirm_return(leave_row.pk, amount=HUNDRED, says="x", by=there.diego, at=at)
    hear(at)
    assert view(refund_id).state is RefundState.CONFIRMED
    assert there.money(Account.BANK) == before - HUNDRED
    found = payment_of(there.order_id)
    assert found is not None
    assert (found.state.value, found.refunded) == ("partly_refunded", HUNDRED)
    assert len(published(RefundConfirmed)) == 1
    assert broken_truths() == {}


def test_a_whole_refund_before_shipping_cancels_the_order_and_ends_the_guarantee(at: datetime) -> None:
    there = paid(at)
    approved(there, there.total, at)
    assert order(there.order_id).shipping_hold
    leave(there, at)
    assert order(there.order_id).state == "cancelled"
    promise = guarantee_of(there.order_id)
    assert promise is not None
    assert promise.state == "resolved"
    assert there.money(Account.DUE_TO_BUYER) == there.money(Account.REFUNDS) == Money(0)
    assert broken_truths() == {}


def test_nobody_decides_alone_and_never_more_than_was_paid(at: datetime) -> None:
    there = paid(at)
    with pytest.raises(RefundTooMuch):
        refunds.ask_refund(
            there.order_id, there.total + HUNDRED, reason=RefundReason.BY_STORE, note="x", by=there.mariana, at=at
        )
    with pytest.raises(RefundWithoutWhy):
        refunds.ask_refund(there.order_id, HUNDRED, reason=RefundReason.BY_STORE, note=" ", by=there.mariana, at=at)
    asked = refunds.ask_refund(
        there.order_id, there.total, reason=RefundReason.BY_STORE, note="Todo", by=there.diego, at=at
    )
    proposal_id, seen = waiting(there, asked)
    with pytest.raises(SamePerson):
        refunds.approve_any(proposal_id, seen=seen, by=there.diego, at=at)
    # What others gave back meanwhile voids what was proposed; the refund stays asked for.
    approved(there, HUNDRED, at)
    with pytest.raises(ChangedMeanwhile):
        refunds.approve_any(proposal_id, seen=seen, by=works(there.store_id, "supervisor", "Rita"), at=at)
    assert view(asked).state is RefundState.ASKED
    assert broken_truths() == {}


def test_a_decided_refund_is_opened_once_for_its_subject(at: datetime) -> None:
    there = paid(at)
    first = approved(there, HUNDRED, at)
    proposal_id = view(first).proposal_id
    assert proposal_id is not None
    made = set()
    for _ in range(2):
        with transaction.atomic():
            made.add(
                refunds.open_refund(
                    there.order_id,
                    HUNDRED,
                    reason=RefundReason.CLAIM,
                    subject="claim:7",
                    proposal_id=proposal_id,
                    by=there.diego,
                    at=at,
                )
            )
    assert len(made) == 1
    assert [each.reason for each in refunds_of(there.order_id)] == [RefundReason.BY_STORE, RefundReason.CLAIM]
    assert refundable(there.order_id) == there.total - HUNDRED - HUNDRED
    assert broken_truths() == {}


def test_the_table_refuses_more_than_transfers_brought(at: datetime) -> None:
    there = paid(at)
    approved(there, there.total, at)
    row = there.instruction
    row.pk, row.amount_centavos = None, 1
    with pytest.raises(IntegrityError, match="payment_returns_within_transfers"), transaction.atomic():
        row.save(force_insert=True)


def test_a_transfer_that_comes_back_asks_for_a_person_and_goes_out_again(at: datetime) -> None:
    there = paid(at)
    refund_id = approved(there, HUNDRED, at)
    row = leave(there, at)
    bank_side.fail_return(row.pk, reason="Cuenta cancelada", by=there.diego, at=at)
    hear(at)
    failed = view(refund_id)
    assert (failed.state, failed.words, failed.needs_person) == (RefundState.FAILED, "Cuenta cancelada", True)
    assert refundable(there.order_id) == there.total
    assert [fact.why for fact in published(RefundFailed)] == ["Cuenta cancelada"]
    found = payment_of(there.order_id)
    assert found is not None
    assert found.refunded == Money(0)

    again = refunds.propose_again(refund_id, by=there.mariana, at=at)
    _, seen = waiting(there, refund_id)
    refunds.approve_any(again, seen=seen, by=there.diego, at=at)
    leave(there, at)
    told = view(refund_id)
    assert told.state is RefundState.CONFIRMED
    assert [(leg.state, leg.is_over) for leg in told.legs] == [(LegState.FAILED, True), (LegState.CONFIRMED, False)]
    assert broken_truths() == {}


def test_what_a_case_returns_is_in_the_same_list(at: datetime) -> None:
    there = world.house()
    sold, case = world.excess(there, at)
    world.approve(there, bank_side.propose_return(case.id, by=there.mariana, at=at), at)
    hear(at)
    (found,) = refunds_of(sold.order_id)
    assert (found.reason, found.case_id, found.state) == (RefundReason.EXCESS, case.id, RefundState.APPROVED)
    bank_side.make_return_file(there.store_id, by=there.diego, at=at)
    row = ReturnInstruction.objects.get()
    bank_side.confirm_return(row.pk, amount=Money(row.amount_centavos), says="x", by=there.diego, at=at)
    hear(at)
    assert view(found.id).state is RefundState.CONFIRMED
    assert len(published(RefundApproved)) == 1
    assert broken_truths() == {}


def test_a_card_goes_back_by_the_same_machine(at: datetime, gateway: Loopback) -> None:
    there = charged(at)
    decided(there, at, "100")
    (found,) = refunds_of(there.order_id)
    assert found.state is RefundState.APPROVED
    carry(there, at)
    hear(at)
    told = view(found.id)
    assert (told.state, told.legs[0].by_card, told.legs[0].to) == (RefundState.CONFIRMED, True, "Visa •••• 4242")
    assert refundable(there.order_id) == there.total - HUNDRED
    assert broken_truths() == {}
