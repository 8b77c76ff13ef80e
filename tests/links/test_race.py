"""Two hundred uses of one link at the same moment: one payment. With the locks off, the same uses go wrong."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction

from seguripago.foundations.facts import wakeups
from seguripago.foundations.ledger.queries import balance
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.orders.commands import locking
from seguripago.journey.payments.commands import Settlement, confirm, confirm_payments, hold_link, link, open_link
from seguripago.journey.payments.models import LinkOpen, Payment
from seguripago.journey.payments.queries import links_of, payment_of
from seguripago.journey.payments.refusals import LinkNotPayable
from seguripago.journey.payments.rules import WrongMove
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from tests.links.asking import Asked, ask_again, asked, broken_truths, token_of
from tests.races.together import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
USES = 200
CONNECTIONS = 40
DEPOSIT = Money(50_000)
GATEWAY = Actor.system("Pasarela de tarjetas")


@pytest.fixture(autouse=True)
def _quiet_bell() -> Iterator[None]:
    """Close this process's sender of wake-ups: its connection would keep the test database from being dropped."""
    yield
    for bell in wakeups._bells.values():
        bell.close()
    wakeups._bells.clear()


def use_at_once(deal: Asked, at: datetime, *, uses: int = USES) -> Counter[str]:
    """Pay one link from many connections: each holds it, then settles with money of its own."""
    page, room = deal.page(at), threading.BoundedSemaphore(CONNECTIONS)

    def use(number: int) -> str:
        with room:
            try:
                return pay(number)
            finally:
                connection.close()

    def pay(number: int) -> str:
        try:
            with transaction.atomic():
                held = hold_link(page.id, at=at)
                source = f"charge:{number}"
                paid = Settlement(held.payment_id, source, held.amount, at, Account.CARD_GATEWAY, link_id=held.link_id)
                confirm_payments([paid], by=GATEWAY, at=at)
        except LinkNotPayable as refused:
            return refused.standing.value
        return "paid by me"

    return Counter(str(each) if isinstance(each, str) else type(each).__name__ for each in at_once(uses, use))


@pytest.mark.parametrize("purpose", ["whole", "deposit"])
def test_two_hundred_uses_of_one_link_are_one_payment(at: datetime, purpose: str) -> None:
    deal = asked(at, purpose=purpose, amount=DEPOSIT if purpose == "deposit" else None)
    asks = deal.page(at).amount
    assert use_at_once(deal, at) == {"paid by me": 1, "paid": USES - 1}
    payment = payment_of(deal.sold.order_id)
    assert payment is not None
    assert payment.received == asks
    assert balance(deal.sold.store_id, Account.CARD_GATEWAY) == asks
    states = [each.state.value for each in links_of(deal.sold.order_id, at=at)]
    assert states == (["valid", "paid"] if purpose == "deposit" else ["paid"])
    assert broken_truths() == []


def test_without_the_locks_the_same_uses_pay_more_than_once(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control. The books would tell: what was booked is no longer what the payment has."""
    monkeypatch.setattr(locking, "LOCK", locking.LOCK.replace("FOR NO KEY UPDATE", ""))
    monkeypatch.setattr(confirm, "LOCK", confirm.LOCK.replace("FOR UPDATE", ""))
    monkeypatch.setattr(link, "hold_payment", lambda link_id: None)
    for _ in range(5):
        deal = asked(at, purpose="deposit", amount=DEPOSIT)
        told = use_at_once(deal, at, uses=24)
        if told != {"paid by me": 1, "paid": 23}:
            break
    assert told["paid by me"] != 1 or "inv_payment_not_backed" in broken_truths() or told["paid"] != 23


def test_a_link_that_was_paid_takes_no_late_charge(at: datetime) -> None:
    """A charge was on its way when the transfer came: its money does not enter through the link a second time."""
    deal = asked(at, purpose="deposit", amount=DEPOSIT)
    page = deal.page(at)
    payment_id = Payment.objects.get(order_id=deal.sold.order_id).pk
    by_transfer = Settlement(payment_id, "deposit:1", DEPOSIT, at, Account.SUSPENSE)
    late = Settlement(payment_id, "charge:1", DEPOSIT, at, Account.CARD_GATEWAY, link_id=page.id)
    with transaction.atomic():
        confirm_payments([by_transfer], by=GATEWAY, at=at)
    with pytest.raises(WrongMove), transaction.atomic():
        confirm_payments([late], by=GATEWAY, at=at)
    payment = payment_of(deal.sold.order_id)
    assert payment is not None
    assert payment.received == DEPOSIT


def test_many_looks_at_once_are_all_logged_and_one_is_the_first(at: datetime) -> None:
    deal = asked(at)
    token = token_of(deal.page(at))

    def look(number: int) -> bool:
        return open_link(token, caller=f"10.0.0.{number}", agent="", own_session=False, at=at).first

    assert sorted(at_once(20, look), key=bool) == [False] * 19 + [True]
    assert LinkOpen.objects.count() == 20


def test_links_sent_at_once_leave_one_alive(at: datetime) -> None:
    deal = asked(at)
    sent: list[Any] = at_once(12, lambda _: ask_again(deal.sold.order_id, at))
    assert all(isinstance(handle, str) for handle in sent), sent
    assert [each.state.value for each in links_of(deal.sold.order_id, at=at)] == ["valid", *["superseded"] * 12]
