"""A refund that was done and did not arrive: the money is owed to the buyer still, and a person hears of it."""

from __future__ import annotations

from datetime import datetime

import pytest

from seguripago.foundations.approvals.queries import proposal
from seguripago.foundations.ledger.queries import balance
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.cards.commands.refunding import fail_refund
from seguripago.journey.cards.commands.settling import keep_answer
from seguripago.journey.cards.models import CardCharge, CardRefund
from seguripago.journey.cards.refusals import MoneyUnplaced
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.queries import payment_of
from seguripago.journey.reconciliation import commands as cases
from seguripago.journey.refunds import commands as refunds
from seguripago.journey.refunds.queries import refundable, refunds_of
from seguripago.journey.refunds.rules import RefundState
from seguripago.ports.card_gateways import ChargeResult, PayStatus
from seguripago.values.money import Money
from tests.approvals.people import checker, maker
from tests.cases.world import House, approve, broken_truths, the_case
from tests.links.asking import asked
from tests.refunds.world import Charged, Loopback, carry, charged, decided, hear

pytestmark = pytest.mark.django_db
NOTHING = Money(0)


def deposit_by_card(at: datetime, amount: Money) -> Charged:
    """An order of which a card brought a deposit; the rest was never paid."""
    deal = asked(at, purpose="deposit", amount=amount)
    page, order_id, store_id = deal.page(at), deal.sold.order_id, deal.sold.store_id
    payment = payment_of(order_id)
    assert payment is not None
    row = CardCharge.objects.create(
        store_id=store_id,
        payment_id=payment.id,
        link_id=page.id,
        gateway="sandbox",
        key=f"{order_id}-test-key-of-a-deposit",
        amount_centavos=amount.centavos,
        ask_at=at,
        made_at=at,
        changed_at=at,
    )
    ref = f"ch_{order_id}_deposit"
    paid = ChargeResult(ref, PayStatus.PAID, amount, NOTHING, card_label="Visa •••• 4242")
    assert keep_answer(row.pk, paid, at=at) == "paid"
    return Charged(store_id, order_id, payment.id, row.pk, ref, amount, maker(store_id), checker(store_id))


def comes_back(there: Charged, at: datetime) -> None:
    fail_refund(there.refunds[-1].pk, reason="El banco no lo tomó", at=at)
    hear(at)


def test_a_deposit_that_comes_back_from_its_card_has_a_case_and_goes_back_from_it_once(
    at: datetime, gateway: Loopback
) -> None:
    amount = Money(500_00)
    there = deposit_by_card(at, amount)
    decided(there, at)
    carry(there, at)
    hear(at)
    assert there.money(Account.CARD_GATEWAY) == NOTHING
    comes_back(there, at)

    case = the_case(there.store_id)
    assert (case.amount, there.money(Account.SUSPENSE)) == (amount, -amount)
    assert refundable(there.order_id) == NOTHING
    (refund,) = refunds_of(there.order_id)
    assert (refund.state, refund.words) == (RefundState.FAILED, "El banco no lo tomó")
    # Nothing of it is told to the gateway a second time past its case.
    with pytest.raises(MoneyUnplaced):
        refunds.propose_again(refund.id, by=there.mariana, at=at)
    with pytest.raises(MoneyUnplaced):
        refunds.ask_refund_of_charge(there.store_id, there.charge_id, reason="Otra vez", by=there.mariana, at=at)
    assert broken_truths() == {}

    house = House(there.store_id, there.mariana, there.diego)
    approve(house, cases.propose_return_to_card(case.id, by=there.mariana, at=at), at)
    carry(there, at)
    hear(at)
    assert there.money(Account.SUSPENSE) == there.money(Account.CARD_GATEWAY) == NOTHING
    assert [each.state for each in refunds_of(there.order_id)] == [RefundState.FAILED, RefundState.CONFIRMED]
    assert CardRefund.objects.filter(charge=there.charge_id, state="done").count() == 1
    assert broken_truths() == {}


def test_a_whole_refund_that_comes_back_after_it_cancelled_the_order_is_owed_to_the_buyer(
    at: datetime, gateway: Loopback
) -> None:
    there = charged(at)
    hear(at)
    decided(there, at)
    carry(there, at)
    hear(at)
    assert order(there.order_id).state == "cancelled"
    comes_back(there, at)

    # The store has no right to what an order cost that it does not send: it owes the refund.
    assert balance(there.store_id, Account.DUE_TO_STORE) == balance(there.store_id, Account.DUE_TO_BUYER) == NOTHING
    assert there.money(Account.REFUNDS) == -there.total
    (refund,) = refunds_of(there.order_id)
    assert (refund.state, refund.needs_person) == (RefundState.FAILED, True)
    assert broken_truths() == {}

    again = refunds.propose_again(refund.id, by=there.mariana, at=at)
    decide(there, again, at)
    carry(there, at)
    hear(at)
    assert there.money(Account.REFUNDS) == there.money(Account.CARD_GATEWAY) == NOTHING
    assert refunds_of(there.order_id)[0].state is RefundState.CONFIRMED
    assert gateway.calls == 2
    assert broken_truths() == {}


def decide(there: Charged, proposal_id: int, at: datetime) -> None:
    seen = proposal(there.store_id, proposal_id)
    assert seen is not None
    refunds.approve_any(proposal_id, seen=seen.hash, by=there.diego, at=at)
