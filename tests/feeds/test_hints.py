"""A notice that only says where to look: Stripe, from the signed notice to a deposit, through the real door."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from seguripago.foundations.stores.feed_commands import set_feed_credentials, set_feed_secret
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.bank.asking_tables import Enquiry
from seguripago.journey.bank.commands import ask_due, give_up, keep_notice
from seguripago.journey.bank.models import Deposit
from seguripago.journey.bank.queries import newest
from seguripago.journey.reconciliation.queries import open_cases
from tests.adapters.provider import Provider, Question, Reply, provider
from tests.adapters.test_stripe_mx import FUNDING, MOVEMENT, event
from tests.feeds.bank_desk import ANA, turn
from tests.money.bank import bank_store, deliver, sale
from tests.money.bank import notice as played

pytestmark = pytest.mark.django_db
SECRET = "whsec_de_stripe_para_pruebas"


@pytest.fixture
def stripe() -> Iterator[Provider]:
    with provider(Reply(status=500)) as there:
        yield there


@pytest.fixture
def store(stripe: Provider, db: None, at: datetime) -> int:
    store_id = bank_store()
    set_feed_secret(store_id, "stripe_mx", SECRET, by=ANA, at=at)
    set_feed_credentials(store_id, "stripe_mx", {"secret_key": "rk_live_1", "address": stripe.url}, by=ANA, at=at)
    return store_id


def holds(there: Provider, **changes: Any) -> None:
    def answer(question: Question) -> Reply:
        funding = question.path.endswith("/funding_instructions")
        return Reply(json.dumps(FUNDING if funding else {**MOVEMENT, **changes}).encode())

    there.answer = answer


def notify(store_id: int, at: datetime, body: bytes | None = None) -> int:
    body = body or event()
    stamp = str(int(at.timestamp()))
    code = hmac.new(SECRET.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    answer = keep_notice(
        "stripe_mx",
        store_by_id(store_id).hook_key,
        body=body,
        headers={"stripe-signature": f"t={stamp},v1={code}"},
        remote_address="10.1.1.1",
        at=at,
    )
    assert answer is not None
    return answer[0]


def test_a_hint_becomes_a_deposit_once_however_often_it_comes(stripe: Provider, store: int, at: datetime) -> None:
    holds(stripe)
    for _ in range(3):
        assert notify(store, at) == 200
    turn(at)
    assert Deposit.objects.count() == 0, "a notice of Stripe is only where to look"
    assert ask_due(at=at) == 1
    turn(at)
    assert notify(store, at) == 200
    turn(at)
    ask_due(at=at)
    turn(at)
    deposit = Deposit.objects.get()
    assert deposit.amount_centavos == 913550
    assert (deposit.feed, deposit.owner_account, deposit.is_own_account) == ("stripe_mx", "stripe_mx", True)
    assert newest(store)[0].bank_name == "Banco no informado"


def test_money_at_a_provider_that_fits_no_clabe_waits_for_a_person_and_not_as_a_wrong_account(
    stripe: Provider, store: int, at: datetime
) -> None:
    sale(at, store_id=store)
    holds(stripe)
    notify(store, at)
    turn(at)
    ask_due(at=at)
    turn(at)
    (case,) = open_cases(store)
    assert case.kind == "unknown"


def test_test_money_is_no_deposit_in_production(stripe: Provider, store: int, at: datetime, settings: Any) -> None:
    settings.SEGURIPAGO = replace(settings.SEGURIPAGO, demo=False)
    holds(stripe, livemode=False)
    notify(store, at)
    turn(at)
    assert ask_due(at=at) == 1
    turn(at)
    assert Deposit.objects.count() == 0
    assert "test_environment" in Enquiry.objects.get().trouble


def test_a_hint_that_leads_nowhere_is_an_alarm_after_its_deadline(stripe: Provider, store: int, at: datetime) -> None:
    stripe.answer = lambda question: Reply(b"{}", 404)
    notify(store, at)
    turn(at)
    ask_due(at=at)
    assert give_up(at=at + timedelta(hours=25)) == 1
    turn(at + timedelta(hours=25))
    assert len(open_cases(store)) == 1
    assert Deposit.objects.count() == 0


def test_a_later_hint_about_the_same_thing_is_asked_about_again(stripe: Provider, store: int, at: datetime) -> None:
    holds(stripe)
    notify(store, at)
    turn(at)
    ask_due(at=at)
    turn(at)
    assert Enquiry.objects.get().state == "found"
    later = at + timedelta(hours=3)
    notify(store, later)
    turn(later)
    assert Enquiry.objects.get().state == "waiting"
    assert ask_due(at=later) == 1
    turn(later)
    assert Deposit.objects.count() == 1


def test_the_bank_that_only_plays_is_not_heard_in_production(at: datetime, settings: Any) -> None:
    store_id = bank_store()
    sent = played(store_id, clabe="646180115700294217", amount="10.00", at=at)
    assert deliver(store_id, sent, at=at) == 200
    settings.SEGURIPAGO = replace(settings.SEGURIPAGO, demo=False)
    hook_key = store_by_id(store_id).hook_key
    assert keep_notice("sandbox", hook_key, body=sent.body, headers=sent.headers, remote_address="", at=at) is None
