"""The bank takes money back: undone by new postings, whenever it is heard of; nothing is ever updated."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta

import pytest

from seguripago.foundations.ledger.queries import balance, postings_of
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.bank.models import Deposit
from seguripago.journey.cards.commands import CardWish, charging, settling
from seguripago.journey.cards.models import CardCharge
from seguripago.journey.orders.commands import ShippingHeld, WrongState, expire_orders, mark_shipped
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.commands import claim_transfer, expire_payments, send_transfer_details
from seguripago.journey.reconciliation.commands import propose_apply
from seguripago.journey.reconciliation.queries import cases_of_order, open_cases
from seguripago.ports.card_gateways import ChargeResult, PayStatus
from seguripago.values.money import Money
from tests.cases import world
from tests.judging import movements
from tests.judging.movements import Dollars, Listed, Signed, movement, returned, tell_all
from tests.money import bank

pytestmark = pytest.mark.django_db


def test_a_returned_transfer_unconfirms_the_payment_and_stops_the_parcel(at: datetime) -> None:
    sold = bank.sale(at)
    said = movement(sold, sold.total.plain, at=at)
    tell_all([Signed(said)], at=at)
    assert order(sold.order_id).state == "paid"

    tell_all([returned(said)], at=at + timedelta(hours=1))

    payment = bank.paid_view(sold.order_id)
    assert (payment.state, payment.received, payment.is_confirmed) == ("reversed", Money.zero(), False)
    seen = order(sold.order_id)
    assert (seen.state, seen.stock_state, seen.shipping_hold) == ("verified", "held", True)
    (case,) = open_cases(sold.store_id)
    assert (case.kind, case.amount) == ("reversed", sold.total)
    assert f"le faltan ahora {sold.total}" in case.says
    for account in (Account.BANK, Account.SUSPENSE, Account.DUE_TO_BUYER):
        assert balance(sold.store_id, account).is_zero, account
    (deposit,) = Deposit.objects.all()
    journals = {row.journal for row in postings_of(sold.store_id, f"deposit:{deposit.pk}")}
    assert journals == {f"deposit:{deposit.pk}:arrived", f"deposit:{deposit.pk}:returned"}
    with pytest.raises((ShippingHeld, WrongState)):
        mark_shipped(sold.order_id, by=bank.ANALYST, at=at)


def test_the_buyer_pays_again_to_the_same_clabe_and_the_parcel_may_leave(at: datetime) -> None:
    sold = bank.sale(at)
    said = movement(sold, sold.total.plain, at=at)
    tell_all([Signed(said), returned(said)], at=at)
    later = at + timedelta(hours=30)
    expire_payments(at=at + timedelta(hours=23))
    expire_orders(at=at + timedelta(hours=23))

    tell_all([Signed(movement(sold, sold.total.plain, at=at + timedelta(hours=23)))], at=later)

    assert bank.paid_view(sold.order_id).is_confirmed
    seen = order(sold.order_id)
    assert (seen.state, seen.shipping_hold) == ("paid", False)
    assert open_cases(sold.store_id) == ()


def test_the_end_is_the_same_when_the_return_is_heard_of_first(at: datetime) -> None:
    ends = []
    for tellings in itertools.permutations((0, 1, 2)):
        sold = bank.sale(at)
        said = movement(sold, sold.total.plain, at=at, tracking_key="DEVUELTA1")
        told = (Signed(said), returned(said), Listed(said))
        tell_all([told[place] for place in tellings], at=at)
        ends.append(movements.end_state(sold))

    assert all(end == ends[0] for end in ends)
    assert ends[0]["payment"] == ("reversed", 0)
    assert ends[0]["order"] == ("verified", "held", True)


def test_a_return_told_many_times_counts_once(at: datetime) -> None:
    sold = bank.sale(at)
    said = movement(sold, sold.total.plain, at=at)

    tell_all([Signed(said), *[returned(said)] * 5, Signed(said), returned(said)], at=at)

    assert len(open_cases(sold.store_id)) == 1
    assert balance(sold.store_id, Account.BANK).is_zero


def test_one_of_several_parts_goes_back_and_the_rest_still_counts(at: datetime) -> None:
    sold = bank.sale(at)
    first, second = movement(sold, "100.00", at=at), movement(sold, (sold.total - Money(10_000)).plain, at=at)
    tell_all([Signed(first), Signed(second)], at=at)
    assert bank.paid_view(sold.order_id).is_confirmed

    tell_all([returned(first)], at=at)

    payment = bank.paid_view(sold.order_id)
    assert (payment.state, payment.missing) == ("partly_paid", Money(10_000))
    assert order(sold.order_id).state == "verified"
    tell_all([Signed(movement(sold, "100.00", at=at))], at=at)
    assert bank.paid_view(sold.order_id).is_confirmed
    assert order(sold.order_id).shipping_hold is False


def test_what_was_sent_twice_takes_the_place_of_what_went_back(at: datetime) -> None:
    sold = bank.sale(at)
    first, again = movement(sold, sold.total.plain, at=at), movement(sold, sold.total.plain, at=at)
    tell_all([Signed(first), Signed(again)], at=at)
    assert [case.kind for case in open_cases(sold.store_id)] == ["duplicate"]

    tell_all([returned(first)], at=at)

    assert bank.paid_view(sold.order_id).is_confirmed
    assert order(sold.order_id).state == "paid"
    assert open_cases(sold.store_id) == ()
    assert balance(sold.store_id, Account.DUE_TO_BUYER) == -sold.total
    assert balance(sold.store_id, Account.SUSPENSE).is_zero


def test_a_returned_surplus_closes_its_case_and_touches_nothing_else(at: datetime) -> None:
    sold = bank.sale(at)
    first, again = movement(sold, sold.total.plain, at=at), movement(sold, sold.total.plain, at=at)
    tell_all([Signed(first), Signed(again), returned(again)], at=at)

    assert bank.paid_view(sold.order_id).is_confirmed
    assert order(sold.order_id).shipping_hold is False
    assert open_cases(sold.store_id) == ()
    assert balance(sold.store_id, Account.SUSPENSE).is_zero


def test_money_of_nobody_that_went_back_leaves_nothing_to_do(at: datetime) -> None:
    sold = bank.sale(at)
    stray = movement(sold, "55.00", at=at, clabe="012180015012884670")

    tell_all([Signed(stray), returned(stray)], at=at)

    assert open_cases(sold.store_id) == ()
    assert balance(sold.store_id, Account.BANK).is_zero


def test_what_had_left_keeps_its_history_and_is_paid_again_by_new_money(at: datetime) -> None:
    sold = bank.sale(at)
    said = movement(sold, sold.total.plain, at=at)
    tell_all([Signed(said)], at=at)
    mark_shipped(sold.order_id, by=bank.ANALYST, at=at)

    tell_all([returned(said)], at=at)

    seen = order(sold.order_id)
    assert (seen.state, seen.shipping_hold) == ("shipped", True)
    assert bank.paid_view(sold.order_id).state == "reversed"
    tell_all([Signed(movement(sold, sold.total.plain, at=at))], at=at)
    assert bank.paid_view(sold.order_id).is_confirmed
    seen = order(sold.order_id)
    assert (seen.state, seen.shipping_hold) == ("shipped", False)


def test_an_expired_order_whose_part_goes_back_stays_expired(at: datetime) -> None:
    sold = bank.sale(at)
    said = movement(sold, "100.00", at=at)
    tell_all([Signed(said)], at=at)
    later = at + timedelta(hours=30)
    expire_orders(at=later)

    tell_all([returned(said)], at=later)

    assert order(sold.order_id).state == "expired"
    assert bank.paid_view(sold.order_id).state == "reversed"


def test_details_can_be_sent_again_after_a_return(at: datetime) -> None:
    sold = bank.sale(at)
    said = movement(sold, sold.total.plain, at=at)
    tell_all([Signed(said), returned(said)], at=at)

    send_transfer_details(sold.order_id, by=bank.ANALYST, at=at)

    payment = bank.paid_view(sold.order_id)
    assert payment.state == "monitored"
    assert payment.instructions is not None
    assert payment.instructions.clabe == sold.clabe
    claim_transfer(sold.order_id, bank="BBVA", date=at.date(), tracking_key="", at=at)
    assert cases_of_order([payment.id]) == ("reversed",)


def test_money_for_a_transfer_that_was_reversed_is_a_duplicate_once_a_card_has_paid(at: datetime) -> None:
    sold = bank.sale(at)
    said = movement(sold, sold.total.plain, at=at)
    tell_all([Signed(said), returned(said)], at=at)
    pay_by_card(sold.order_id, at)
    assert order(sold.order_id).state == "paid"

    tell_all([Signed(movement(sold, sold.total.plain, at=at))], at=at)

    assert [case.kind for case in open_cases(sold.store_id) if case.kind != "reversed"] == ["duplicate"]


def test_a_part_that_goes_back_after_a_card_has_paid_the_rest_stops_the_parcel(at: datetime) -> None:
    sold = bank.sale(at)
    said = movement(sold, "100.00", at=at)
    tell_all([Signed(said)], at=at)
    pay_by_card(sold.order_id, at)
    assert order(sold.order_id).state == "paid", "the card paid what was missing, and no more"

    tell_all([returned(said)], at=at)

    seen = order(sold.order_id)
    assert (seen.state, seen.shipping_hold) == ("verified", True)
    assert bank.paid_view(sold.order_id).state == "partly_paid"


def test_money_that_two_people_apply_makes_it_whole_and_lets_the_parcel_go(at: datetime) -> None:
    there = world.house()
    sold = bank.sale(at, store_id=there.store_id)
    said = movement(sold, sold.total.plain, at=at)
    tell_all([Signed(said), returned(said)], at=at)
    tell_all(
        [Signed(movement(sold, sold.total.plain, at=at, clabe=world.clabe.build(sold.clabe[:10], 9_999_999)))], at=at
    )
    stray = next(case for case in open_cases(there.store_id) if case.kind == "unknown")

    made = propose_apply(stray.id, number=world.number_of(sold), by=there.mariana, at=at)
    world.approve(there, made, at)

    assert bank.paid_view(sold.order_id).is_confirmed
    assert order(sold.order_id).shipping_hold is False
    assert open_cases(there.store_id) == ()


def test_dollars_that_go_back_leave_nothing_behind(at: datetime) -> None:
    for told in ((0, 1), (1, 0)):
        sold = bank.sale(at)
        said = movement(sold, sold.total.plain, at=at)
        tellings = (Dollars(said), Dollars(said, is_returned=True))
        tell_all([tellings[place] for place in told], at=at)

        assert bank.paid_view(sold.order_id).state == "reversed"
        assert balance(sold.store_id, Account.BANK, currency="USD").is_zero
        assert balance(sold.store_id, Account.SUSPENSE, currency="USD").is_zero


def pay_by_card(order_id: int, at: datetime) -> None:
    """The gateway says that it charged the card."""
    wish = CardWish(key=f"{order_id}-tarjeta-de-la-prueba", return_url="")
    opened, _ = charging.open_charge(order_id, wish, link_id=None, at=at)
    asked = Money(opened.amount_centavos)
    settling.keep_answer(opened.pk, ChargeResult("ch_1", PayStatus.PAID, asked, Money.zero()), at=at)
    assert CardCharge.objects.get(pk=opened.pk).state == "paid"
