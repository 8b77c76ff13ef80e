"""An order paid in two ways: a deposit by SPEI and the rest by card, in one payment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from seguripago.journey.cards.commands.settling import keep_answer
from seguripago.journey.cards.models import CardCharge
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.commands import ask_card
from seguripago.ports.card_gateways import ChargeResult, PayStatus
from seguripago.values.money import Money
from tests.approvals.people import checker, maker
from tests.money import bank
from tests.refunds.test_machine import Paid
from tests.refunds.world import Charged, hear

DEPOSIT = Money(500_00)


@dataclass(frozen=True, slots=True)
class Mixed:
    """The order as its transfer sees it and as its card does."""

    paid: Paid
    card: Charged
    by_card: Money


def mixed(at: datetime, **payer: str) -> Mixed:
    """A transfer brought the deposit, a card all the rest."""
    sold = bank.sale(at)
    total = order(sold.order_id).total
    bank.transfer(sold, DEPOSIT.plain, at=at, **payer)
    asked = ask_card(sold.order_id, at=at)
    assert asked.amount == total - DEPOSIT
    ref = f"ch_{sold.order_id}_rest"
    row = CardCharge.objects.create(
        store_id=sold.store_id,
        payment_id=asked.payment_id,
        gateway="sandbox",
        key=f"{sold.order_id}-test-key-of-the-rest",
        amount_centavos=asked.amount.centavos,
        ask_at=at,
        made_at=at,
        changed_at=at,
    )
    says = ChargeResult(ref, PayStatus.PAID, asked.amount, Money.zero(), card_label="Visa •••• 4242")
    assert keep_answer(row.pk, says, at=at) == "paid"
    hear(at)
    people = (maker(sold.store_id), checker(sold.store_id))
    return Mixed(
        Paid(sold.store_id, sold.order_id, asked.payment_id, total, *people),
        Charged(sold.store_id, sold.order_id, asked.payment_id, row.pk, ref, total, *people),
        asked.amount,
    )
