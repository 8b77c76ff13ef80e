"""A card is charged at the gateway of its store, once a form, and a lost answer charges nothing twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from seguripago.foundations.audit.queries import history
from seguripago.foundations.ledger.queries import balance
from seguripago.foundations.ledger.rules import Account
from seguripago.jobs import cards as job
from seguripago.journey.cards import commands as cards
from seguripago.journey.cards.commands import CardWish, charging
from seguripago.journey.cards.models import CardCharge
from seguripago.journey.cards.queries import card_of, charges_of_order, paid_charges
from seguripago.journey.cards.refusals import (
    ChargeInFlight,
    ChecksFail,
    GatewayTrouble,
    MonthsNotOffered,
    NoGateway,
    NotThisKey,
    TooManyTries,
)
from seguripago.journey.cards.rules.charges import ABANDONED
from seguripago.journey.orders.commands import cancel_order
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.commands import send_payment_link
from seguripago.journey.payments.queries import payment_of
from seguripago.journey.payments.refusals import AlreadyPaid
from seguripago.values.money import Money
from tests.cards.conftest import ASKS_FRAME, ASKS_PAGE, LOST, POOR, STOLEN, Till, order_for, wish_for
from tests.money import bank
from tests.orders import builders

pytestmark = pytest.mark.django_db


def test_a_typed_card_pays_the_order_at_once_and_needs_no_analyst(till: Till, now: datetime) -> None:
    store_id = bank.bank_store()
    order_id = builders.placed(now, store_id=store_id)

    charge = cards.start_card_charge(order_id, wish_for(order_id, till.token(store_id)), at=now)

    assert (charge.state, charge.card_label) == ("paid", "Visa •••• 4242")
    assert order(order_id).state == "paid"
    assert order(order_id).accepted_at == now, "the six checks were done by themselves"
    assert balance(store_id, Account.CARD_GATEWAY) == order(order_id).total
    done = [entry.action for entry in history(store_id, subject=f"order:{order_id}")]
    assert {"card.charge_opened", "card.charge_paid", "payment.received"} <= set(done)


def test_a_check_that_fails_stops_the_charge_and_stays_written_down(till: Till, now: datetime) -> None:
    store_id = bank.bank_store()
    # The postal code is another state's.
    order_id = builders.placed(now, store_id=store_id, shipping=replace(builders.ROMA, postal_code="97000"))

    with pytest.raises(ChecksFail):
        cards.start_card_charge(order_id, wish_for(order_id, till.token(store_id)), at=now)

    assert till.charges() == 0
    assert order(order_id).accepted_at is None


def test_the_same_form_is_the_same_charge_and_another_waits_for_its_end(till: Till, now: datetime) -> None:
    store_id, order_id = order_for(now)
    wish = wish_for(order_id, till.token(store_id, ASKS_FRAME))

    first = cards.start_card_charge(order_id, wish, at=now)
    assert cards.start_card_charge(order_id, wish, at=now) == first
    assert first.next_action is not None
    assert first.next_action.kind == "challenge_iframe"
    with pytest.raises(ChargeInFlight) as waits:
        cards.start_card_charge(order_id, wish_for(order_id, till.token(store_id)), at=now)

    assert waits.value.key == wish.key
    assert till.charges() == 1
    till.authorize(first)
    assert cards.settle_card_charge(wish.key, at=now).is_paid
    with pytest.raises(AlreadyPaid):
        cards.start_card_charge(order_id, wish_for(order_id, till.token(store_id)), at=now)


@pytest.mark.parametrize(
    ("number", "reason", "can_retry"), [(POOR, "insufficient_funds", True), (STOLEN, "stolen_card", False)]
)
def test_a_declined_card_says_why_and_another_may_follow(
    till: Till, now: datetime, number: str, reason: str, can_retry: bool
) -> None:
    store_id, order_id = order_for(now)

    declined = cards.start_card_charge(order_id, wish_for(order_id, till.token(store_id, number)), at=now)
    assert (declined.state, declined.decline, declined.can_retry) == ("declined", reason, can_retry)
    assert balance(store_id, Account.CARD_GATEWAY) == Money(0)

    assert cards.start_card_charge(order_id, wish_for(order_id, till.token(store_id)), at=now).is_paid
    assert [each.state for each in charges_of_order(order_id)] == ["paid", "declined"]


def test_an_answer_that_is_lost_is_asked_for_and_never_charged_twice(till: Till, now: datetime) -> None:
    store_id, order_id = order_for(now)

    lost = cards.start_card_charge(order_id, wish_for(order_id, till.token(store_id, LOST)), at=now)
    assert lost.state == "processing"
    with pytest.raises(ChargeInFlight):
        cards.start_card_charge(order_id, wish_for(order_id, till.token(store_id)), at=now)

    assert job.send_for_doubts(at=now + timedelta(seconds=11))
    CardCharge.objects.update(ask_at=now)
    job.settle_doubts()
    assert order(order_id).state == "paid"
    assert till.charges() == 1
    assert balance(store_id, Account.CARD_GATEWAY) == order(order_id).total


def test_a_gateway_that_says_no_to_the_call_ends_the_charge_at_once(till: Till, now: datetime) -> None:
    store_id, order_id = order_for(now)

    with pytest.raises(GatewayTrouble):
        cards.start_card_charge(order_id, wish_for(order_id, "tok_nobody_made"), at=now)

    (ended,) = charges_of_order(order_id)
    assert (ended.state, ended.decline) == ("expired", "refused")
    assert cards.start_card_charge(order_id, wish_for(order_id, till.token(store_id)), at=now).is_paid


def test_the_pauses_grow_while_nothing_is_heard(till: Till, now: datetime) -> None:
    store_id, order_id = order_for(now)
    wish = wish_for(order_id, till.token(store_id, ASKS_PAGE))
    cards.start_card_charge(order_id, wish, at=now)

    pauses = []
    for _ in range(4):
        cards.settle_card_charge(wish.key, at=now)
        pauses.append((CardCharge.objects.get(key=wish.key).ask_at - now).total_seconds())
    assert pauses == [20, 40, 80, 160]
    assert not cards.charges_in_doubt(at=now + timedelta(seconds=100))


def test_what_the_buyer_left_alone_is_given_up_and_so_is_what_nobody_wants(till: Till, now: datetime) -> None:
    store_id, left = order_for(now)
    wish = wish_for(left, till.token(store_id, ASKS_PAGE))
    started = cards.start_card_charge(left, wish, at=now)
    assert cards.settle_card_charge(wish.key, at=now + ABANDONED).state == "cancelled"
    till.authorize(started)
    assert cards.settle_card_charge(wish.key, at=now).state == "cancelled", "the gateway takes it no more"

    _, ended = order_for(now, store_id)
    wish = wish_for(ended, till.token(store_id, ASKS_PAGE))
    cards.start_card_charge(ended, wish, at=now)
    cancel_order(ended, by=bank.ANALYST, reason="Lo pidió", at=now)
    assert cards.settle_card_charge(wish.key, at=now).state == "cancelled"


def test_another_card_gives_up_the_first_but_never_what_was_paid(till: Till, now: datetime) -> None:
    store_id, order_id = order_for(now)
    first = cards.start_card_charge(order_id, wish_for(order_id, till.token(store_id, ASKS_PAGE)), at=now)
    assert cards.cancel_card_charge(first.key, at=now).state == "cancelled"
    second = cards.start_card_charge(order_id, wish_for(order_id, till.token(store_id, ASKS_PAGE)), at=now)
    till.authorize(second)
    assert cards.cancel_card_charge(second.key, at=now).is_paid


def test_a_key_of_another_order_opens_nothing(till: Till, now: datetime) -> None:
    store_id, order_id = order_for(now)
    _, other = order_for(now, store_id)
    paid = cards.start_card_charge(order_id, wish_for(order_id, till.token(store_id)), at=now)
    for key in (paid.key, "x", "", f"{other}-corta", f"{other}-{'á' * 20}", f"0{other}-{'x' * 20}x" * 3):
        with pytest.raises(NotThisKey):
            cards.start_card_charge(other, CardWish(key, ""), at=now)
    assert till.charges() == 1


def test_whoever_tries_out_cards_is_stopped(till: Till, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charging, "MOST_TRIES", 2)
    store_id, order_id = order_for(now)
    for _ in range(2):
        cards.start_card_charge(order_id, wish_for(order_id, till.token(store_id, POOR)), at=now)
    with pytest.raises(TooManyTries):
        cards.start_card_charge(order_id, wish_for(order_id, till.token(store_id)), at=now)
    later = now + timedelta(hours=1, seconds=1)
    assert cards.start_card_charge(order_id, wish_for(order_id, till.token(store_id)), at=later).is_paid


def test_months_are_charged_whole_and_only_as_offered(till: Till, now: datetime) -> None:
    store_id, order_id = order_for(now)
    total = order(order_id).total
    cards.set_months(store_id, "sandbox", {3: Money(100), 6: total + Money(1)}, by=bank.ANALYST, at=now)
    token = till.token(store_id)
    for months in (6, 9, 2, 0):
        with pytest.raises(MonthsNotOffered):
            cards.start_card_charge(order_id, wish_for(order_id, token, installments=months), at=now)

    paid = cards.start_card_charge(order_id, wish_for(order_id, token, installments=3), at=now)
    assert (paid.state, paid.installments, paid.captured) == ("paid", 3, total)
    payment = payment_of(order_id)
    assert payment is not None
    assert payment.amount == total
    assert [each.installments for each in paid_charges([payment.id])[payment.id]] == [3]


def test_a_deposit_by_transfer_and_the_rest_by_card_meet_in_one_payment(till: Till, now: datetime) -> None:
    store_id, order_id = order_for(now)
    total = order(order_id).total
    send_payment_link(order_id, token="m" * 32, purpose="deposit", amount=Money(100_00), by=bank.ANALYST, at=now)
    payment = payment_of(order_id)
    assert payment is not None
    assert payment.link_id is not None
    deposit = cards.start_link_charge(order_id, payment.link_id, wish_for(order_id, till.token(store_id)), at=now)
    assert (deposit.is_paid, deposit.captured, deposit.link_id) == (True, Money(100_00), payment.link_id)
    assert order(order_id).state == "verified"

    rest = cards.start_card_charge(order_id, wish_for(order_id, till.token(store_id)), at=now)
    assert (rest.payment_id, rest.captured) == (payment.id, total - Money(100_00))
    assert order(order_id).state == "paid"
    assert balance(store_id, Account.CARD_GATEWAY) == total
    assert card_of(payment.id) == rest


def test_a_store_without_a_gateway_takes_no_cards(till: Till, now: datetime) -> None:
    store_id, order_id = order_for(now)
    cards.use_gateway(store_id, "", by=bank.ANALYST, at=now)
    with pytest.raises(NoGateway):
        cards.start_card_charge(order_id, wish_for(order_id, till.token(store_id)), at=now)
