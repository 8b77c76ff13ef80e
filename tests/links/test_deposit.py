"""A deposit and its rest: two links, each with its own exact amount, one payment."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from seguripago.foundations.audit.queries import history
from seguripago.foundations.facts.models import FactRow as Fact
from seguripago.foundations.ledger.queries import balance
from seguripago.foundations.ledger.rules import Account
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.orders.commands import cancel_order, expire_orders
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.commands import (
    Settlement,
    confirm_payments,
    expire_links,
    expire_payments,
    hold_link,
    refund_payment,
    retire_payments,
    send_transfer_details,
)
from seguripago.journey.payments.models import Link, Payment
from seguripago.journey.payments.queries import links_of, live_link
from seguripago.journey.payments.refusals import AlreadyPaid, DepositOutOfPlace
from seguripago.journey.payments.rules import LinkStanding, Purpose
from seguripago.journey.reconciliation.commands import open_part_expired_cases
from seguripago.journey.reconciliation.commands.deeds import Deed
from seguripago.journey.reconciliation.models import Case
from seguripago.journey.reconciliation.queries import open_cases
from seguripago.journey.reconciliation.rules.actions import CaseCannot
from seguripago.values.money import Money
from tests.judging.movements import Signed, movement, returned, tell_all
from tests.links.asking import Asked, ask_again, asked, broken_truths, heard, newest
from tests.money import bank

pytestmark = pytest.mark.django_db
DEPOSIT = Money(50_000)


@pytest.fixture(autouse=True)
def nothing_is_broken() -> object:
    yield
    assert broken_truths() == []


def facts_of(order_id: int) -> list[str]:
    return list(Fact.objects.filter(subject=f"order:{order_id}").order_by("pk").values_list("kind", flat=True))


def test_the_deposit_asks_for_its_own_amount_and_the_rest_is_asked_for_by_itself(at: datetime) -> None:
    deal = asked(at, purpose="deposit", amount=DEPOSIT)
    page = deal.page(at)
    assert (page.purpose, page.amount, page.missing) == (Purpose.DEPOSIT, DEPOSIT, DEPOSIT)
    assert page.rest == deal.sold.total - DEPOSIT
    assert page.instructions is not None
    assert page.instructions.amount == DEPOSIT

    later = at + timedelta(hours=20)
    bank.transfer(deal.sold, DEPOSIT.plain, at=later)

    assert deal.page(later).state is LinkStanding.PAID
    rest = live_link(deal.sold.order_id, at=later)
    assert rest is not None
    assert (rest.purpose, rest.amount, rest.rest) == (Purpose.REST, deal.sold.total - DEPOSIT, Money.zero())
    assert rest.instructions is not None
    assert rest.instructions.amount == rest.amount
    assert rest.handle != deal.handle
    payment = bank.paid_view(deal.sold.order_id)
    assert (payment.state, payment.exception, payment.by_deposit) == ("partly_paid", "none", True)
    assert (payment.link_purpose, payment.link_amount) == ("rest", rest.amount)
    until = later + timedelta(hours=store_by_id(deal.sold.store_id).transfer_hours)
    assert payment.expires_at == rest.expires_at == until
    assert order(deal.sold.order_id).expires_at >= until
    told = facts_of(deal.sold.order_id)
    assert "PartialReceived" not in told
    assert told[-2:] == ["PaymentLinkSent", "DepositConfirmed"]

    bank.transfer(deal.sold, rest.amount.plain, at=later)

    assert [link.state for link in links_of(deal.sold.order_id, at=later)] == ["paid", "paid"]
    assert bank.paid_view(deal.sold.order_id).is_confirmed
    assert order(deal.sold.order_id).state == "paid"
    assert open_cases(deal.sold.store_id) == ()


def test_a_deposit_in_two_transfers_is_paid_when_the_second_comes(at: datetime) -> None:
    deal = asked(at, purpose="deposit", amount=DEPOSIT)
    bank.transfer(deal.sold, "200.00", at=at)
    page = deal.page(at)
    assert (page.state, page.missing) == (LinkStanding.VALID, Money(30_000))
    assert page.instructions is not None
    assert page.instructions.amount == Money(30_000)
    assert facts_of(deal.sold.order_id)[-1] == "PartialReceived"

    bank.transfer(deal.sold, "300.00", at=at)
    assert deal.page(at).state is LinkStanding.PAID
    assert newest(deal.sold.order_id, at).purpose is Purpose.REST


def test_more_than_the_deposit_makes_the_rest_smaller(at: datetime) -> None:
    deal = asked(at, purpose="deposit", amount=DEPOSIT)
    bank.transfer(deal.sold, "700.00", at=at)
    assert newest(deal.sold.order_id, at).amount == deal.sold.total - Money(70_000)


def test_the_whole_by_the_deposits_clabe_confirms_and_asks_for_nothing_more(at: datetime) -> None:
    deal = asked(at, purpose="deposit", amount=DEPOSIT)
    bank.transfer(deal.sold, deal.sold.total.plain, at=at)
    (link,) = links_of(deal.sold.order_id, at=at)
    assert link.state is LinkStanding.PAID
    assert bank.paid_view(deal.sold.order_id).is_confirmed


def test_instalments_are_deposits_one_after_another(at: datetime) -> None:
    deal = asked(at, purpose="deposit", amount=DEPOSIT)
    bank.transfer(deal.sold, DEPOSIT.plain, at=at)
    second = ask_again(deal.sold.order_id, at, purpose="deposit", amount=DEPOSIT)
    bank.transfer(deal.sold, DEPOSIT.plain, at=at)
    links = links_of(deal.sold.order_id, at=at)
    assert [(link.purpose.value, link.state.value) for link in links] == [
        ("rest", "valid"),
        ("deposit", "paid"),
        ("rest", "superseded"),
        ("deposit", "paid"),
    ]
    assert links[1].handle == second
    assert links[0].amount == deal.sold.total - DEPOSIT * 2


@pytest.mark.parametrize("centavos", [0, -1, "whole", "more"])
def test_a_deposit_is_more_than_nothing_and_less_than_what_is_missing(at: datetime, centavos: int | str) -> None:
    deal = asked(at)
    wrong = {"whole": deal.sold.total, "more": deal.sold.total + Money(1)}.get(str(centavos))
    with pytest.raises(DepositOutOfPlace) as refused:
        ask_again(deal.sold.order_id, at, purpose="deposit", amount=wrong or Money(int(centavos)))
    assert refused.value.missing == deal.sold.total
    assert deal.page(at).is_valid, "what was asked before still holds"
    with pytest.raises(DepositOutOfPlace):
        ask_again(deal.sold.order_id, at, purpose="deposit")


def test_what_is_asked_as_the_whole_after_a_part_is_the_rest(at: datetime) -> None:
    sold = bank.sale(at)
    bank.transfer(sold, "100.00", at=at)
    ask_again(sold.order_id, at)
    page = newest(sold.order_id, at)
    assert (page.purpose, page.amount) == (Purpose.REST, sold.total - Money(10_000))
    with pytest.raises(DepositOutOfPlace):
        ask_again(sold.order_id, at, purpose="rest", amount=sold.total)
    bank.transfer(sold, page.amount.plain, at=at)
    with pytest.raises(AlreadyPaid):
        ask_again(sold.order_id, at, purpose="rest")


def test_the_rest_that_does_not_come_in_time_is_for_a_person(at: datetime) -> None:
    deal = asked(at, purpose="deposit", amount=DEPOSIT)
    bank.transfer(deal.sold, DEPOSIT.plain, at=at)
    rest = newest(deal.sold.order_id, at)
    before, after = rest.expires_at - timedelta(seconds=1), rest.expires_at
    for moment in (before, after):
        expire_payments(at=moment)
        expire_orders(moment)
        assert expire_links(at=moment) == (moment == after)
        open_part_expired_cases(at=moment)
        assert [case.kind for case in open_cases(deal.sold.store_id)] == ["part_expired"] * (moment == after)
    assert newest(deal.sold.order_id, after).state is LinkStanding.EXPIRED
    assert expire_links(at=after) == 0


def test_a_deposit_that_the_bank_takes_back_ends_both_links(at: datetime) -> None:
    deal = asked(at, purpose="deposit", amount=DEPOSIT)
    said = movement(deal.sold, DEPOSIT.plain, at=at)
    tell_all([Signed(said)], at=at)
    rest = newest(deal.sold.order_id, at)
    assert rest.is_valid

    tell_all([returned(said)], at=at + timedelta(hours=1))

    links = links_of(deal.sold.order_id, at=at)
    assert [(link.state.value, link.ended_why) for link in links] == [
        ("superseded", "returned"),
        ("revoked", "returned"),
    ]
    assert not bank.paid_view(deal.sold.order_id).by_deposit
    again = ask_again(deal.sold.order_id, at, purpose="deposit", amount=DEPOSIT)
    tell_all([Signed(movement(deal.sold, DEPOSIT.plain, at=at))], at=at + timedelta(hours=2))
    assert [link.handle for link in links_of(deal.sold.order_id, at=at) if link.state == "paid"] == [again]


def test_a_whole_payment_that_the_bank_takes_back_can_be_paid_by_another_link(at: datetime) -> None:
    deal = asked(at)
    said = movement(deal.sold, deal.sold.total.plain, at=at)
    tell_all([Signed(said), returned(said)], at=at)
    assert deal.page(at).state is LinkStanding.REVOKED
    ask_again(deal.sold.order_id, at)
    tell_all([Signed(movement(deal.sold, deal.sold.total.plain, at=at))], at=at + timedelta(hours=1))
    assert newest(deal.sold.order_id, at).state is LinkStanding.PAID


def test_the_rest_by_bank_details_is_still_by_design(at: datetime) -> None:
    deal = asked(at, purpose="deposit", amount=DEPOSIT)
    bank.transfer(deal.sold, DEPOSIT.plain, at=at)
    send_transfer_details(deal.sold.order_id, by=bank.ANALYST, at=at)
    payment = bank.paid_view(deal.sold.order_id)
    assert (payment.channel, payment.by_deposit, payment.link_id) == ("spei", True, None)
    assert newest(deal.sold.order_id, at).state is LinkStanding.SUPERSEDED


def test_a_cancelled_order_ends_the_rest_and_says_what_is_left_over(at: datetime) -> None:
    deal = asked(at, purpose="deposit", amount=DEPOSIT)
    bank.transfer(deal.sold, DEPOSIT.plain, at=at)
    cancel_order(deal.sold.order_id, by=bank.ANALYST, reason="El cliente ya no quiere", at=at)
    assert newest(deal.sold.order_id, at).state is LinkStanding.REVOKED, "before anybody has heard of it"
    heard(at)
    rest = Link.objects.latest("pk")
    assert (rest.state, rest.ended_why) == ("revoked", "order_cancelled")
    assert "PartLeftOver" in facts_of(deal.sold.order_id)
    retire_payments([deal.sold.order_id], at=at)
    assert Link.objects.latest("pk").state == "revoked"


def test_every_change_of_a_link_has_its_audit_row(at: datetime) -> None:
    deal = asked(at, purpose="deposit", amount=DEPOSIT)
    bank.transfer(deal.sold, DEPOSIT.plain, at=at)
    ask_again(deal.sold.order_id, at)
    done = [entry.action for entry in history(deal.sold.store_id, f"order:{deal.sold.order_id}")]
    assert sorted(action for action in done if "link" in action) == [
        "payment.link_ended",
        "payment.link_paid",
        *["payment.link_sent"] * 3,
    ]


@pytest.mark.parametrize(
    ("what", "sql", "refused"),
    [
        ("more", "UPDATE payment_link SET amount_centavos = amount_centavos + 1", "link_keeps_its_word"),
        ("alive again", "UPDATE payment_link SET state = 'active', ended_at = NULL", "link_keeps_its_word"),
        ("ended, no time", "UPDATE payment_link SET ended_at = NULL", "link_ended_has_its_time"),
    ],
)
def test_the_database_refuses_what_must_never_be(at: datetime, what: str, sql: str, refused: str) -> None:
    deal = asked(at)
    bank.transfer(deal.sold, deal.sold.total.plain, at=at)
    with pytest.raises(IntegrityError, match=refused), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(("purpose", "off"), [("whole", -1), ("whole", 1), ("deposit", 0), ("rest", -1)])
def test_the_database_refuses_a_link_that_asks_for_something_else(at: datetime, purpose: str, off: int) -> None:
    deal: Asked = asked(at)
    payment = Payment.objects.get(order_id=deal.sold.order_id)
    Link.objects.update(state="revoked", ended_at=at)
    amount = payment.amount_centavos + off
    with pytest.raises(IntegrityError, match="link_asks_what_is_missing"), transaction.atomic():
        Link.objects.create(
            payment=payment,
            store_id=payment.store_id,
            handle="x" * 32,
            purpose=purpose,
            amount_centavos=amount,
            target_centavos=amount,
            order_version=1,
            phrase="cacao luna río",
            made_at=at,
            expires_at=at,
        )


def test_a_deposit_by_card_and_the_rest_by_transfer_meet_in_one_payment(at: datetime) -> None:
    deal = asked(at, purpose="deposit", amount=DEPOSIT)
    by_card(deal, 1, at)
    rest = newest(deal.sold.order_id, at)
    assert rest.purpose is Purpose.REST
    bank.transfer(deal.sold, rest.amount.plain, at=at)
    assert bank.paid_view(deal.sold.order_id).is_confirmed
    assert balance(deal.sold.store_id, Account.CARD_GATEWAY) == DEPOSIT
    assert balance(deal.sold.store_id, Account.BANK) == deal.sold.total - DEPOSIT


def test_what_a_card_brought_is_not_returned_by_transfer(at: datetime) -> None:
    deal = asked(at, purpose="deposit", amount=DEPOSIT)
    by_card(deal, 1, at)
    late = newest(deal.sold.order_id, at).expires_at
    open_part_expired_cases(at=late)
    payment_id = bank.paid_view(deal.sold.order_id).id
    with pytest.raises(CaseCannot, match="tarjeta"), transaction.atomic():
        Deed(Case.objects.get(), 1, at, bank.ANALYST, late).take_back(())
    with transaction.atomic():
        refund_payment(
            payment_id, DEPOSIT, source="card_refund:1", comes_from=Account.CARD_GATEWAY, by=bank.ANALYST, at=late
        )
    links = links_of(deal.sold.order_id, at=at)
    assert [(each.state.value, each.ended_why) for each in links] == [
        ("superseded", "returned"),
        ("revoked", "returned"),
    ]
    assert balance(deal.sold.store_id, Account.CARD_GATEWAY).is_zero


def by_card(deal: Asked, charge: int, at: datetime) -> None:
    """Charge a card through a link, as the room of the cards settles it."""
    with transaction.atomic():
        held = hold_link(deal.page(at).id, at=at)
        paid = Settlement(
            held.payment_id, f"charge:{charge}", held.amount, at, Account.CARD_GATEWAY, link_id=held.link_id
        )
        confirm_payments([paid], by=bank.ANALYST, at=at)
