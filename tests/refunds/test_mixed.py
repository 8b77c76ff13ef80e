"""A deposit by SPEI and the rest by card: each part goes back where it came from, each confirmed by its own side."""

from __future__ import annotations

from datetime import datetime

import pytest

from seguripago.foundations.ledger.rules import Account
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.queries import payment_of
from seguripago.journey.reconciliation import commands as bank_side
from seguripago.journey.reconciliation.models import ReturnInstruction
from seguripago.journey.refunds import commands as refunds
from seguripago.journey.refunds.facts import RefundConfirmed, RefundFailed, RefundInstructed
from seguripago.journey.refunds.queries import refundable, refunds_of
from seguripago.journey.refunds.refusals import RefundElsewhere
from seguripago.journey.refunds.rules import LegState, RefundReason, RefundState, Road
from seguripago.values.money import Money
from tests.cases.world import broken_truths
from tests.refunds.mixed import DEPOSIT, Mixed, mixed
from tests.refunds.test_machine import HUNDRED, approved, leave, view, waiting
from tests.refunds.world import Loopback, carry, decided, hear, published
from tests.web.staff import entered

pytestmark = pytest.mark.django_db


def legs(refund_id: int) -> list[tuple[Road, Money, LegState]]:
    return [(leg.road, leg.amount, leg.state) for leg in view(refund_id).living_legs]


def answered(there: Mixed, at: datetime) -> None:
    """The gateway is told and says what became of it."""
    carry(there.card, at)
    hear(at)


def test_each_part_goes_back_where_it_came_from_and_all_of_it_confirms_the_refund(
    at: datetime, gateway: Loopback
) -> None:
    there = mixed(at)
    assert refundable(there.paid.order_id) == there.paid.total
    refund_id = approved(there.paid, there.paid.total, at, reason=RefundReason.CANCELLED)
    hear(at)
    assert legs(refund_id) == [
        (Road.CARD, there.by_card, LegState.APPROVED),
        (Road.SPEI, DEPOSIT, LegState.APPROVED),
    ]
    assert there.paid.instruction.account == "012180015012884670"
    assert refundable(there.paid.order_id).is_zero

    answered(there, at)
    assert [state for _, _, state in legs(refund_id)] == [LegState.CONFIRMED, LegState.APPROVED]
    assert view(refund_id).state is RefundState.INSTRUCTED
    assert published(RefundConfirmed) == []
    assert order(there.paid.order_id).state == "preparing"
    found = payment_of(there.paid.order_id)
    assert found is not None
    assert found.refunded == there.by_card

    leave(there.paid, at)
    assert [state for _, _, state in legs(refund_id)] == [LegState.CONFIRMED, LegState.CONFIRMED]
    assert view(refund_id).state is RefundState.CONFIRMED
    assert len(published(RefundInstructed)) == len(published(RefundConfirmed)) == 1
    found = payment_of(there.paid.order_id)
    assert found is not None
    assert found.refunded == there.paid.total
    assert order(there.paid.order_id).state == "cancelled"
    for account in (Account.DUE_TO_BUYER, Account.REFUNDS, Account.BANK, Account.CARD_GATEWAY):
        assert there.paid.money(account).is_zero, account
    assert gateway.gone(there.card.ref) == there.by_card.centavos
    assert broken_truths() == {}


def test_the_bank_may_answer_first(at: datetime, gateway: Loopback) -> None:
    there = mixed(at)
    refund_id = approved(there.paid, there.by_card + HUNDRED, at)
    leave(there.paid, at)
    assert legs(refund_id) == [
        (Road.CARD, there.by_card, LegState.APPROVED),
        (Road.SPEI, HUNDRED, LegState.CONFIRMED),
    ]
    assert view(refund_id).state is RefundState.INSTRUCTED
    answered(there, at)
    assert view(refund_id).state is RefundState.CONFIRMED
    assert order(there.paid.order_id).state == "preparing"
    assert refundable(there.paid.order_id) == DEPOSIT - HUNDRED
    assert broken_truths() == {}


def test_a_small_part_goes_to_the_card_and_what_the_card_lacks_to_the_account(at: datetime, gateway: Loopback) -> None:
    there = mixed(at)
    small = approved(there.paid, HUNDRED, at)
    assert legs(small) == [(Road.CARD, HUNDRED, LegState.APPROVED)]
    assert not ReturnInstruction.objects.exists()
    decided(there.card, at, "50")
    rest = approved(there.paid, there.by_card, at)
    left = there.by_card - HUNDRED - Money(50_00)
    assert legs(rest) == [
        (Road.CARD, left, LegState.APPROVED),
        (Road.SPEI, there.by_card - left, LegState.APPROVED),
    ]
    assert refundable(there.paid.order_id) == DEPOSIT - HUNDRED - Money(50_00)
    answered(there, at)
    leave(there.paid, at)
    assert {each.state for each in refunds_of(there.paid.order_id)} == {RefundState.CONFIRMED}
    assert gateway.gone(there.card.ref) == there.by_card.centavos
    assert broken_truths() == {}


def test_a_card_that_says_no_fails_the_refund_and_only_its_part_goes_out_again(at: datetime, gateway: Loopback) -> None:
    there = mixed(at)
    refund_id = approved(there.paid, there.paid.total, at)
    gateway.behaves = "refuses"
    answered(there, at)
    failed = view(refund_id)
    assert (failed.state, failed.needs_person) == (RefundState.FAILED, True)
    assert "charge_too_old" in failed.words
    leave(there.paid, at)
    assert [state for _, _, state in legs(refund_id)] == [LegState.FAILED, LegState.CONFIRMED]
    assert view(refund_id).state is RefundState.FAILED
    assert order(there.paid.order_id).state == "preparing"
    # What failed may go again, what the bank has sent may not.
    assert refundable(there.paid.order_id) == there.by_card
    assert published(RefundConfirmed) == []

    # Nobody's account takes a card's money: the page does not offer it, and whoever asks is refused.
    assert not failed.may_change_account
    with pytest.raises(RefundElsewhere):
        refunds.propose_again(refund_id, other_account=True, by=there.paid.mariana, at=at)
    page = entered(there.paid.store_id, "supervisor", "dora").get(f"/medios-de-pago/reembolsos/{refund_id}/")
    assert "Proponer: enviar otra vez" in page.content.decode()
    assert "Proponer: pedir otra cuenta" not in page.content.decode()

    gateway.behaves = "fine"
    again = refunds.propose_again(refund_id, by=there.paid.mariana, at=at)
    refunds.approve_any(again, seen=waiting(there.paid, refund_id)[1], by=there.paid.diego, at=at)
    hear(at)
    assert legs(refund_id) == [
        (Road.SPEI, DEPOSIT, LegState.CONFIRMED),
        (Road.CARD, there.by_card, LegState.APPROVED),
    ]
    answered(there, at)
    assert view(refund_id).state is RefundState.CONFIRMED
    assert ReturnInstruction.objects.count() == 1
    assert gateway.gone(there.card.ref) == there.by_card.centavos
    assert order(there.paid.order_id).state == "cancelled"
    assert broken_truths() == {}


def test_a_transfer_that_comes_back_leaves_the_card_part_done(at: datetime, gateway: Loopback) -> None:
    there = mixed(at)
    refund_id = approved(there.paid, there.paid.total, at)
    answered(there, at)
    row = leave(there.paid, at)
    assert view(refund_id).state is RefundState.CONFIRMED
    bank_side.fail_return(row.pk, reason="Cuenta cancelada", by=there.paid.diego, at=at)
    hear(at)
    assert [state for _, _, state in legs(refund_id)] == [LegState.CONFIRMED, LegState.FAILED]
    assert view(refund_id).state is RefundState.FAILED
    assert view(refund_id).may_change_account
    assert [fact.why for fact in published(RefundFailed)] == ["Cuenta cancelada"]
    assert gateway.calls == 1
    assert broken_truths() == {}


def test_where_the_deposit_has_no_account_only_its_part_waits_for_one(at: datetime, gateway: Loopback) -> None:
    there = mixed(at, payer_account="")
    refund_id = approved(there.paid, there.paid.total, at)
    answered(there, at)
    assert legs(refund_id) == [
        (Road.CARD, there.by_card, LegState.CONFIRMED),
        (Road.SPEI, DEPOSIT, LegState.WAITING),
    ]
    told = view(refund_id)
    assert (told.state, told.needs_account) == (RefundState.INSTRUCTED, True)
    assert broken_truths() == {}
