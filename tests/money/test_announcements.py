"""An unsigned notice only announces; whom we believe always wins, whichever came first."""

from __future__ import annotations

import base64
from datetime import datetime

import pytest

from seguripago.adapters.bank_feeds.sandbox import SignedNotice
from seguripago.foundations.stores.queries import feed_secrets, store_by_id
from seguripago.journey.bank.commands import keep_notice
from seguripago.journey.bank.models import Announcement, Attestation, Deposit
from seguripago.journey.bank.queries import announcements
from seguripago.journey.reconciliation.queries import open_cases, outcome_of
from seguripago.values.money import Money
from tests.money import bank

pytestmark = pytest.mark.django_db


def announce(store_id: int, sent: SignedNotice, *, at: datetime) -> None:
    """Send a notice as STP does: the store's secret, no signature."""
    basic = base64.b64encode(f"stp:{feed_secrets(store_id)['stp']}".encode()).decode()
    headers = {"authorization": f"Basic {basic}", "content-type": "application/json"}
    hook_key = store_by_id(store_id).hook_key
    answer = keep_notice("stp", hook_key, body=sent.body, headers=headers, remote_address="127.0.0.1", at=at)
    assert answer is not None
    assert answer[0] == 200
    bank.turn(at)


@pytest.mark.parametrize("signed_first", [False, True])
def test_the_signed_notice_wins_over_an_unsigned_one_with_another_amount(at: datetime, *, signed_first: bool) -> None:
    sold = bank.sale(at)
    wrong = bank.notice(sold.store_id, clabe=sold.clabe, amount="900000.00", at=at, tracking_key="K1")
    true = bank.notice(sold.store_id, clabe=sold.clabe, amount=sold.total.plain, at=at, tracking_key="K1")

    for signed in (True, False) if signed_first else (False, True):
        if signed:
            bank.deliver(sold.store_id, true, at=at)
            bank.turn(at)
        else:
            announce(sold.store_id, wrong, at=at)

    assert bank.paid_view(sold.order_id).is_confirmed
    assert Deposit.objects.get().amount_centavos == sold.total.centavos
    assert [case.kind for case in open_cases(sold.store_id)] == ["contradiction"]
    assert sorted(Attestation.objects.values_list("feed", "believed", "agrees")) == [
        ("sandbox", True, True),
        ("stp", False, False),
    ]
    assert announcements(sold.store_id) == ()


def test_what_is_announced_many_times_is_one_announcement_and_no_money(at: datetime) -> None:
    sold = bank.sale(at)
    sent = bank.notice(sold.store_id, clabe=sold.clabe, amount=sold.total.plain, at=at, tracking_key="K2")

    for _ in range(3):
        announce(sold.store_id, sent, at=at)

    assert (Announcement.objects.count(), Deposit.objects.count()) == (1, 0)
    (told,) = announcements(sold.store_id)
    assert (told.amount, told.tracking_key) == (sold.total, "K2")
    found = outcome_of(sold.store_id, tracking_key="K2", operation_date=at.date(), sending_institution="40012")
    assert found is not None
    assert found.state == "announced"
    assert bank.paid_view(sold.order_id).received == Money.zero()
