"""A deposit walks from the bank's notice to a paid order; what is doubtful becomes a case."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection

from seguripago.foundations.ledger.queries import balance
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.bank.models import Deposit, RawNotice
from seguripago.journey.orders.commands import expire_orders
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.commands import expire_payments, extend_clock, send_payment_link, send_transfer_details
from seguripago.journey.payments.queries import link, payment_of
from seguripago.journey.payments.refusals import AlreadyPaid, ExtensionRefused, NotAccepted
from seguripago.journey.reconciliation.commands import open_part_expired_cases
from seguripago.journey.reconciliation.queries import live_deposits, open_cases, outcome_of
from seguripago.values.money import Money
from tests.money import bank
from tests.orders import builders

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_is_broken() -> object:
    """After every test every inv_* view is empty."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT viewname FROM pg_views WHERE viewname LIKE 'inv\\_%' ORDER BY 1")
        views = [row[0] for row in cursor.fetchall()]
        assert views
        for view in views:
            cursor.execute(f"SELECT count(*) FROM {view}")
            assert cursor.fetchone()[0] == 0, view


def test_the_exact_amount_confirms_the_order(at: datetime) -> None:
    sold = bank.sale(at)

    assert bank.transfer(sold, sold.total.plain, at=at) == 200

    payment = bank.paid_view(sold.order_id)
    assert payment.is_confirmed
    assert (payment.received, payment.missing) == (sold.total, Money.zero())
    assert payment.received_at == at
    assert order(sold.order_id).state == "paid"
    assert open_cases(sold.store_id) == ()
    assert balance(sold.store_id, Account.BANK) == sold.total
    assert balance(sold.store_id, Account.DUE_TO_BUYER) == -sold.total
    assert balance(sold.store_id, Account.SUSPENSE).is_zero


def test_parts_accumulate_and_the_last_one_confirms(at: datetime) -> None:
    sold = bank.sale(at)

    bank.transfer(sold, "100.00", at=at)
    part = bank.paid_view(sold.order_id)
    assert (part.state, part.received) == ("partly_paid", Money(10_000))
    assert part.instructions is not None
    assert part.instructions.amount == sold.total - Money(10_000)
    assert order(sold.order_id).state == "verified"

    bank.transfer(sold, part.missing.plain, at=at)
    assert bank.paid_view(sold.order_id).is_confirmed
    assert [row.state for row in live_deposits(sold.store_id)] == ["confirmado", "parcial"]


def test_more_than_the_amount_confirms_and_only_the_excess_becomes_a_case(at: datetime) -> None:
    sold = bank.sale(at)

    bank.transfer(sold, (sold.total + Money(1_000)).plain, at=at)

    payment = bank.paid_view(sold.order_id)
    assert payment.is_confirmed
    assert (payment.received, payment.exception) == (sold.total, "excess")
    (case,) = open_cases(sold.store_id)
    assert (case.kind, case.amount) == ("excess", Money(1_000))
    assert balance(sold.store_id, Account.SUSPENSE) == -Money(1_000)


def test_a_second_payment_is_a_duplicate_and_moves_nothing(at: datetime) -> None:
    sold = bank.sale(at)
    bank.transfer(sold, sold.total.plain, at=at)

    bank.transfer(sold, sold.total.plain, at=at)

    (case,) = open_cases(sold.store_id)
    assert (case.kind, case.amount) == ("duplicate", sold.total)
    assert bank.paid_view(sold.order_id).received == sold.total


def test_the_same_notice_twenty_times_is_one_deposit(at: datetime) -> None:
    sold = bank.sale(at)
    sent = bank.notice(sold.store_id, clabe=sold.clabe, amount=sold.total.plain, at=at)

    assert [bank.deliver(sold.store_id, sent, at=at) for _ in range(20)] == [200] * 20
    bank.turn(at)

    assert RawNotice.objects.count() == 20
    assert Deposit.objects.count() == 1
    assert bank.paid_view(sold.order_id).received == sold.total


def test_two_equal_honest_transfers_stay_two(at: datetime) -> None:
    sold = bank.sale(at)
    half = Money(sold.total.centavos // 2)

    bank.transfer(sold, half.plain, at=at)
    bank.transfer(sold, half.plain, at=at)

    assert Deposit.objects.count() == 2
    assert bank.paid_view(sold.order_id).received == half * 2


def test_the_same_tracking_key_of_two_banks_is_two_deposits(at: datetime) -> None:
    sold = bank.sale(at)

    for institution in ("40012", "40072"):
        bank.transfer(sold, "10.00", at=at, tracking_key="6022135", sending_institution=institution)

    assert Deposit.objects.count() == 2


def test_another_amount_for_a_known_movement_is_an_alarm_not_an_update(at: datetime) -> None:
    sold = bank.sale(at)
    bank.transfer(sold, "100.00", at=at, tracking_key="CLAVE1")

    bank.transfer(sold, "900.00", at=at, tracking_key="clave1")

    assert Deposit.objects.get().amount_centavos == 10_000
    assert bank.paid_view(sold.order_id).received == Money(10_000)
    assert [case.kind for case in open_cases(sold.store_id)] == ["contradiction"]


def test_money_for_no_order_is_kept_with_suggestions(at: datetime) -> None:
    sold = bank.sale(at)
    stray = sold.clabe[:10] + "9999990"
    from seguripago.values import clabe

    orphan = clabe.build(stray[:10], 9_999_99)
    number = order(sold.order_id).number
    sent = bank.notice(
        sold.store_id, clabe=orphan, amount=sold.total.plain, at=at, concept=number.lower().replace("-", " ")
    )
    bank.deliver(sold.store_id, sent, at=at)
    bank.turn(at)

    (case,) = open_cases(sold.store_id)
    assert (case.kind, case.suggestion) == ("unknown", number)
    assert not bank.paid_view(sold.order_id).is_confirmed


def test_money_to_an_account_that_is_not_the_stores_is_a_case(at: datetime) -> None:
    store_id = bank.bank_store()
    bank.deliver(store_id, bank.notice(store_id, clabe="012180015012884670", amount="10.00", at=at), at=at)
    bank.turn(at)

    assert [case.kind for case in open_cases(store_id)] == ["wrong_account"]


def test_an_unreadable_notice_is_kept_raw_and_raises_an_alarm(at: datetime) -> None:
    sold = bank.sale(at)
    bank.deliver(sold.store_id, bank.notice(sold.store_id, clabe=sold.clabe, amount="10,00", at=at), at=at)
    bank.turn(at)

    assert RawNotice.objects.count() == 1
    assert Deposit.objects.count() == 0
    assert [case.kind for case in open_cases(sold.store_id)] == ["unreadable"]


def test_a_forged_notice_leaves_no_trace(at: datetime) -> None:
    sold = bank.sale(at)
    sent = bank.notice(sold.store_id, clabe=sold.clabe, amount=sold.total.plain, at=at)
    forged = type(sent)(sent.body.replace(b"PRUEBA", b"PRUEBO"), sent.headers)

    assert bank.deliver(sold.store_id, forged, at=at) == 401
    bank.turn(at)

    assert RawNotice.objects.count() == 0
    assert not bank.paid_view(sold.order_id).is_confirmed


def test_an_unsigned_notice_only_announces(at: datetime) -> None:
    import base64

    from seguripago.foundations.stores.queries import feed_secrets, store_by_id
    from seguripago.journey.bank.commands import keep_notice

    sold = bank.sale(at)
    sent = bank.notice(sold.store_id, clabe=sold.clabe, amount=sold.total.plain, at=at, tracking_key="STP1")
    basic = base64.b64encode(f"stp:{feed_secrets(sold.store_id)['stp']}".encode()).decode()
    answer = keep_notice(
        "stp",
        store_by_id(sold.store_id).hook_key,
        body=sent.body,
        headers={"authorization": f"Basic {basic}", "content-type": "application/json"},
        remote_address="127.0.0.1",
        at=at,
    )
    bank.turn(at)

    assert answer is not None
    assert answer[0] == 200
    assert not bank.paid_view(sold.order_id).is_confirmed
    found = outcome_of(sold.store_id, tracking_key="STP1", operation_date=at.date(), sending_institution="40012")
    assert found is not None
    assert found.state == "announced"

    bank.deliver(sold.store_id, sent, at=at)
    bank.turn(at)
    assert bank.paid_view(sold.order_id).is_confirmed
    assert Deposit.objects.count() == 1


def test_late_money_confirms_by_itself_while_the_order_can_be_honoured(at: datetime) -> None:
    sold = bank.sale(at)
    later = at + timedelta(hours=30)
    assert expire_payments(at=later) == 1
    expire_orders(at=later)
    assert order(sold.order_id).state == "expired"

    bank.transfer(sold, sold.total.plain, at=later)

    payment = bank.paid_view(sold.order_id)
    assert payment.is_confirmed
    assert payment.exception == "late"
    assert order(sold.order_id).state == "paid"


def test_late_money_for_what_was_sold_meanwhile_is_a_case(at: datetime) -> None:
    store_id = bank.bank_store()
    product = builders.make_product(store_id, stock=1)
    sold = bank.sale(at, store_id=store_id, lines=((product, 1),))
    later = at + timedelta(hours=30)
    expire_payments(at=later)
    expire_orders(at=later)
    bank.sale(later, store_id=store_id, lines=((product, 1),))

    bank.transfer(sold, sold.total.plain, at=later)

    assert [case.kind for case in open_cases(store_id)] == ["late"]
    assert order(sold.order_id).state == "expired"


def test_money_after_the_watch_is_a_case(at: datetime) -> None:
    sold = bank.sale(at)
    much_later = at + timedelta(days=40)
    expire_payments(at=much_later)

    bank.transfer(sold, sold.total.plain, at=much_later)

    assert [case.kind for case in open_cases(sold.store_id)] == ["late"]


def test_a_part_whose_clock_ended_becomes_a_case_once(at: datetime) -> None:
    sold = bank.sale(at)
    bank.transfer(sold, "10.00", at=at)
    later = at + timedelta(hours=30)

    assert open_part_expired_cases(at=later) == 1
    assert open_part_expired_cases(at=later) == 0
    assert payment_of(sold.order_id).state == "partly_paid"  # type: ignore[union-attr]


def test_bank_details_wait_for_the_buyers_acceptance(at: datetime) -> None:
    order_id = builders.placed(at, store_id=bank.bank_store())

    with pytest.raises(NotAccepted):
        send_transfer_details(order_id, by=bank.ANALYST, at=at)
    assert payment_of(order_id) is None


def test_details_sent_twice_keep_the_clabe_and_a_link_retires_them(at: datetime) -> None:
    sold = bank.sale(at)
    send_transfer_details(sold.order_id, by=bank.ANALYST, at=at)
    assert bank.paid_view(sold.order_id).instructions.clabe == sold.clabe  # type: ignore[union-attr]

    send_payment_link(sold.order_id, token="a" * 43, by=bank.ANALYST, at=at)
    payment = bank.paid_view(sold.order_id)
    assert payment.channel == "link"
    assert payment.link_token is not None
    found = link(payment.link_token)
    assert found is not None
    assert (found.state, found.order_id) == ("active", sold.order_id)
    altered = payment.link_token[:-30] + ("A" if payment.link_token[-30] != "A" else "B") + payment.link_token[-29:]
    assert link(altered) is None

    bank.transfer(sold, sold.total.plain, at=at)
    assert link(payment.link_token).state == "paid"  # type: ignore[union-attr]
    with pytest.raises(AlreadyPaid):
        send_transfer_details(sold.order_id, by=bank.ANALYST, at=at)


def test_the_clock_can_be_extended_but_not_for_ever(at: datetime) -> None:
    sold = bank.sale(at)
    extend_clock(sold.order_id, hours=24, by=builders.LUCIA, at=at)

    assert bank.paid_view(sold.order_id).expires_at == at + timedelta(hours=48)
    assert order(sold.order_id).expires_at >= at + timedelta(hours=48)
    with pytest.raises(ExtensionRefused):
        extend_clock(sold.order_id, hours=48, by=builders.LUCIA, at=at)


def test_judging_again_changes_nothing(at: datetime) -> None:
    from seguripago.journey.reconciliation.commands import judge_deposits

    sold = bank.sale(at)
    bank.transfer(sold, sold.total.plain, at=at)

    judge_deposits(list(Deposit.objects.values_list("pk", flat=True)), at=at)

    assert open_cases(sold.store_id) == ()
    assert balance(sold.store_id, Account.DUE_TO_BUYER) == -sold.total
