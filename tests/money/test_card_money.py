"""What a gateway charged is never lost: it confirms the order, or it is booked apart and a person hears of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from procrastinate.contrib.django.models import ProcrastinateJob

from seguripago.foundations.ledger.queries import balance
from seguripago.foundations.ledger.rules import Account
from seguripago.jobs import cards
from seguripago.journey.cards.commands import CardWish, charging, settling
from seguripago.journey.cards.models import CardCharge
from seguripago.journey.orders.commands import cancel_order, expire_orders
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.commands import expire_payments
from seguripago.journey.payments.models import Payment
from seguripago.journey.payments.queries import expected_transfers
from seguripago.journey.reconciliation.queries import open_cases
from seguripago.ports.card_gateways import ChargeResult, NextAction, PayStatus
from seguripago.values.money import Money
from tests.money import bank
from tests.orders import builders

pytestmark = pytest.mark.django_db


def charge(order_id: int, at: datetime) -> CardCharge:
    return tried(order_id, at)


def tried(order_id: int, at: datetime, *, name: str = "un-intento-de-pago") -> CardCharge:
    opened, is_new = charging.open_charge(order_id, CardWish(f"{order_id}-{name}", ""), link_id=None, at=at)
    assert is_new
    return opened


def paid(amount: Money) -> ChargeResult:
    """What the gateway answers to `fetch` for a card that was charged."""
    return ChargeResult("ch_1", PayStatus.PAID, amount, Money.zero(), card_label="VISA 4242")


def test_a_card_that_pays_after_the_transfer_did_becomes_a_case(at: datetime) -> None:
    sold = bank.sale(at)
    opened = charge(sold.order_id, at)
    bank.transfer(sold, sold.total.plain, at=at)

    assert settling.keep_answer(opened.pk, paid(sold.total), at=at) == "paid"
    assert settling.keep_answer(opened.pk, paid(sold.total), at=at) == "paid", "asked again, nothing more happens"
    bank.turn(at)

    (case,) = open_cases(sold.store_id)
    assert (case.kind, case.amount, case.order_number) == ("duplicate", sold.total, order(sold.order_id).number)
    assert balance(sold.store_id, Account.CARD_GATEWAY) == sold.total
    assert balance(sold.store_id, Account.SUSPENSE) == -sold.total
    assert Payment.objects.filter(order_id=sold.order_id, confirmed_at__isnull=False).count() == 1


def test_another_amount_than_asked_confirms_nothing(at: datetime) -> None:
    store_id = bank.bank_store()
    order_id = builders.verified(at, store_id=store_id)
    opened = charge(order_id, at)

    settling.keep_answer(opened.pk, paid(Money(100)), at=at)
    bank.turn(at)

    assert order(order_id).state == "verified"
    assert [(case.kind, case.amount) for case in open_cases(store_id)] == [("contradiction", Money(100))]


def test_a_card_that_pays_late_confirms_while_the_stock_is_there(at: datetime) -> None:
    store_id = bank.bank_store()
    order_id = builders.verified(at, store_id=store_id)
    opened = charge(order_id, at)
    later = at + timedelta(hours=30)
    expire_payments(at=later)
    expire_orders(at=later)

    settling.keep_answer(opened.pk, paid(order(order_id).total), at=later)

    assert order(order_id).state == "paid"
    assert open_cases(store_id) == ()


def test_a_card_that_pays_for_what_was_sold_meanwhile_becomes_a_case(at: datetime) -> None:
    store_id = bank.bank_store()
    product = builders.make_product(store_id, stock=1)
    order_id = builders.verified(at, store_id=store_id, lines=((product, 1),))
    opened = charge(order_id, at)
    later = at + timedelta(hours=30)
    expire_payments(at=later)
    expire_orders(at=later)
    builders.placed(later, store_id=store_id, lines=((product, 1),))

    settling.keep_answer(opened.pk, paid(order(order_id).total), at=later)
    bank.turn(later)

    assert order(order_id).state == "expired"
    assert [case.kind for case in open_cases(store_id)] == ["late"]


def test_a_cancelled_order_waits_for_no_money_and_what_comes_is_a_case(at: datetime) -> None:
    sold = bank.sale(at)
    cancel_order(sold.order_id, by=bank.ANALYST, reason="El comprador lo pidió", at=at)
    bank.turn(at, only=("payments.retire",))

    assert expected_transfers(sold.store_id, at=at) == ()
    assert bank.paid_view(sold.order_id).state == "cancelled"
    bank.transfer(sold, sold.total.plain, at=at)
    (case,) = open_cases(sold.store_id)
    assert case.kind == "late"
    assert "se canceló" in case.says


def opened_at_the_gateway() -> ChargeResult:
    """What the gateway answers when it opens a charge."""
    page = NextAction("redirect", "https://pasarela.example/ch_1")
    return ChargeResult("ch_1", PayStatus.REQUIRES_ACTION, Money(0), Money(0), next_action=page)


def test_a_charge_that_the_gateway_told_us_of_is_not_given_up_within_the_day(at: datetime) -> None:
    """Another account may have been typed meanwhile: the buyer still pays at the one that it was opened at."""
    store_id = bank.bank_store()
    opened = charge(builders.verified(at, store_id=store_id), at)
    settling.keep_answer(opened.pk, opened_at_the_gateway(), at=at)
    opened.refresh_from_db()
    assert settling.give_up_unknown(opened, at=at + timedelta(hours=23)) == "requires_action"
    assert settling.give_up_unknown(opened, at=at + timedelta(hours=25)) == "expired"


@pytest.mark.parametrize("is_guarded", [True, False])
def test_a_charge_that_the_gateway_heard_of_too_late_is_looked_after_again(
    at: datetime, monkeypatch: pytest.MonkeyPatch, is_guarded: bool
) -> None:
    """The process slept between its row and its call; meanwhile the charge was given up as never heard of.

    The control leaves it given up: what the card then pays is booked nowhere.
    """
    if not is_guarded:
        monkeypatch.setattr(settling, "_may_move", lambda charge, answer: charge.state in settling.IN_FLIGHT)
    store_id = bank.bank_store()
    order_id = builders.verified(at, store_id=store_id)
    opened = charge(order_id, at)
    later = at + timedelta(minutes=3)
    assert settling.give_up_unknown(opened, at=later) == "expired"

    state = settling.keep_answer(opened.pk, opened_at_the_gateway(), at=later)
    settling.keep_answer(opened.pk, paid(order(order_id).total), at=later)

    assert state == ("requires_action" if is_guarded else "expired")
    expected = order(order_id).total if is_guarded else Money(0)
    assert balance(store_id, Account.CARD_GATEWAY) == expected


def test_beside_another_charge_it_stays_given_up(at: datetime) -> None:
    order_id = builders.verified(at, store_id=bank.bank_store())
    opened = charge(order_id, at)
    later = at + timedelta(minutes=3)
    settling.give_up_unknown(opened, at=later)
    tried(order_id, later, name="otro-intento-de-pago")

    assert settling.keep_answer(opened.pk, opened_at_the_gateway(), at=later) == "expired"


def test_a_slow_gateway_does_not_stop_the_clocks(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock only leaves a job, once, and only when there is a doubt; the job asks."""
    jobs = ProcrastinateJob.objects.filter(task_name="cards.settle_doubts")
    assert not cards.send_for_doubts(at=at)
    opened = charge(builders.verified(at, store_id=bank.bank_store()), at)
    asked_before = CardCharge.objects.get(pk=opened.pk).ask_at
    assert cards.send_for_doubts(at=at + timedelta(seconds=11))
    assert cards.send_for_doubts(at=at + timedelta(seconds=16))
    assert jobs.count() == 1
    assert CardCharge.objects.get(pk=opened.pk).ask_at == asked_before, "nothing was asked by the clock"

    with monkeypatch.context() as patched:
        # Nobody listens there: the gateway is away.
        patched.setattr(settings, "SEGURIPAGO", replace(settings.SEGURIPAGO, sandbox_url="http://127.0.0.1:9"))
        cards.settle_doubts()
    charge_now = CardCharge.objects.get(pk=opened.pk)
    assert charge_now.state == "created"
    assert charge_now.ask_at > asked_before, "the others are asked about first now"
