"""One thing that fails in a way nobody foresaw stops no other: not a notice, not a store, not a case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError

from seguripago.adapters.bank_feeds.sandbox import ADAPTER as SANDBOX
from seguripago.foundations.approvals import commands as approvals
from seguripago.journey.bank.commands import read, read_notices
from seguripago.journey.bank.models import Deposit, NoticeReading
from seguripago.journey.reconciliation.commands import check_days, decide_overdue_cases
from seguripago.journey.reconciliation.models import DayCheck
from seguripago.journey.reconciliation.queries import open_cases, returns
from tests.cases import world
from tests.money import bank
from tests.money.refusing import refusing

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("is_guarded", [True, False])
def test_a_notice_that_met_a_full_disk_is_read_later(
    at: datetime, monkeypatch: pytest.MonkeyPatch, is_guarded: bool
) -> None:
    """The control calls it unreadable for ever, and the deposit is there for no order."""
    if not is_guarded:
        monkeypatch.setattr(read, "PASSES", ())
    sold = bank.sale(at)
    bank.deliver(sold.store_id, bank.notice(sold.store_id, clabe=sold.clabe, amount="1.00", at=at), at=at)
    with refusing("deposit"):
        if is_guarded:
            with pytest.raises(OperationalError):
                read_notices(at=at)
        else:
            read_notices(at=at)
    bank.turn(at)
    assert Deposit.objects.count() == is_guarded
    assert list(NoticeReading.objects.values_list("outcome", flat=True)) == ["deposits" if is_guarded else "unreadable"]


def test_what_never_fits_is_told_to_a_person(at: datetime) -> None:
    sold = bank.sale(at)
    bank.deliver(sold.store_id, bank.notice(sold.store_id, clabe=sold.clabe, amount="1.00", at=at), at=at)
    with refusing("deposit", "program_limit_exceeded"):
        bank.turn(at)
    assert [case.kind for case in open_cases(sold.store_id)] == ["unreadable"]


def test_a_notice_that_breaks_its_reader_stops_no_other(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader with a fault: the first notice raises what no reader may raise, the second one pays an order."""
    sold = bank.sale(at)
    reads = type(SANDBOX).read

    def faulty(self: Any, body: bytes, headers: Mapping[str, str]) -> object:
        if b"ROMPE" in body:
            raise KeyError("monto")
        return reads(self, body, headers)

    monkeypatch.setattr(type(SANDBOX), "read", faulty)
    bad = bank.notice(sold.store_id, clabe=sold.clabe, amount="1.00", at=at, concept="ROMPE")
    bank.deliver(sold.store_id, bad, at=at)
    bank.transfer(sold, sold.total.plain, at=at)
    assert bank.paid_view(sold.order_id).is_confirmed
    assert [case.kind for case in open_cases(sold.store_id)] == ["unreadable"]


def test_a_case_whose_default_fails_keeps_no_other_from_its_own(at: datetime) -> None:
    first, second = world.house(), world.house()
    for there in (first, second):
        changing = approvals.propose_policy(there.store_id, {"returns_unknown_by_itself": 1}, by=there.mariana, at=at)
        approvals.approve_policy(changing, seen=world.proposed(there.store_id, changing).hash, by=there.diego, at=at)
        world.orphan(there, world.TEN, at)
    with refusing("return_instruction", of_store=first.store_id):
        decide_overdue_cases(at=at + timedelta(hours=73))
    assert returns(first.store_id) == ()
    assert len(returns(second.store_id)) == 1


def test_a_store_whose_day_cannot_be_proved_keeps_no_other_from_it(
    at: datetime,
) -> None:
    first, second = bank.bank_store(), bank.bank_store()
    with refusing("day_check", of_store=first):
        check_days(at=at)
    assert list(DayCheck.objects.values_list("store_id", flat=True)) == [second]
