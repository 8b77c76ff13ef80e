"""What a store must hear of is a mail to the store, once, in plain words."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from seguripago.config import command_line_doctor as doctor
from seguripago.config import wiring
from seguripago.foundations.approvals.commands import propose_policy
from seguripago.foundations.approvals.queries import proposal
from seguripago.foundations.facts.commands import listen_once, number_facts, publish
from seguripago.foundations.stores.feed_commands import set_feed_secret
from seguripago.foundations.stores.models import AccountPrefix
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.bank.asking_tables import ListPull
from seguripago.journey.bank.commands import keep_notice, watch_accounts
from seguripago.journey.bank.facts import FeedSilent
from seguripago.journey.notices.models import Mail
from tests.feeds.bank_desk import ANA, fresh_secret, turn
from tests.feeds.test_accounts import SMALL, hired
from tests.orders.builders import make_store

pytestmark = pytest.mark.django_db


def listen(at: datetime) -> None:
    (lane,) = [each for each in wiring.listeners() if each.name == "notices.stores"]
    number_facts()
    while listen_once(lane, at=at):
        pass


def test_the_store_is_written_to_long_before_its_accounts_end(at: datetime) -> None:
    store_id = make_store(prefixes=(("90646", "STP", SMALL),))
    AccountPrefix.objects.filter(store_id=store_id).update(next_number=9_500)
    watch_accounts(at=at)
    listen(at)
    listen(at)
    mail = Mail.objects.get()
    assert mail.to == "ana@cafe.example"
    assert mail.order_id is None
    assert "Quedan 500 CLABE" in mail.text
    assert "/oficina/bancos/" in mail.text
    assert "/oficina/bancos/" in mail.html


def test_a_silent_feed_is_written_about_and_old_news_is_not(at: datetime) -> None:
    store_id = make_store()
    with transaction.atomic():
        publish(FeedSilent(store_id=store_id, at=at, feed="stp", since=at.isoformat()))
        publish(FeedSilent(store_id=store_id, at=at - timedelta(days=9), feed="stp", since=at.isoformat()))
    listen(at)
    assert Mail.objects.get().subject == "No llegan avisos de stp"


def test_a_lone_owners_delay_runs_from_the_moment_the_store_was_told(at: datetime) -> None:
    store_id = make_store()
    ana = hired(store_id, "ana", "owner")
    number = propose_policy(store_id, {"delay_instead_of_second_person": 1}, by=ana, at=at)
    before = proposal(store_id, number)
    assert before is not None
    assert before.free_at is None
    told_at = at + timedelta(minutes=3)
    listen(told_at)
    after = proposal(store_id, number)
    assert after is not None
    assert after.free_at == told_at + timedelta(hours=24)
    assert "Esperar 24 horas" in Mail.objects.get().text


def test_a_proposal_that_another_person_decides_needs_no_mail(at: datetime) -> None:
    store_id = make_store()
    ana = hired(store_id, "ana", "owner")
    hired(store_id, "beto", "supervisor")
    propose_policy(store_id, {"accepts_unsigned_notices": 1}, by=ana, at=at)
    listen(at)
    assert not Mail.objects.exists()


def test_the_code_that_openpay_asks_for_reaches_the_store(at: datetime) -> None:
    store_id, secret = make_store(), fresh_secret()
    set_feed_secret(store_id, "openpay", secret, by=ANA, at=at)
    body = b'{"type": "verification", "verification_code": "3vWQ1x6I", "id": "w7evenqvf4a3crkdmkj6"}'
    hook_key = store_by_id(store_id).hook_key
    answer = keep_notice(
        "openpay", hook_key, body=body, headers={}, remote_address="10.1.1.1", address_secret=secret, at=at
    )
    assert answer == (200, {"received": True})
    turn(at)
    listen(at)
    mail = Mail.objects.get()
    assert "3vWQ1x6I" in mail.text
    assert "/oficina/bancos/openpay/" in mail.text


def test_doctor_says_what_runs_low_and_what_does_not_answer(at: datetime) -> None:
    store_id = make_store(prefixes=(("90646", "STP", SMALL),))
    assert not [*doctor._accounts(), *doctor._keys(), *doctor._feeds()]
    AccountPrefix.objects.filter(store_id=store_id).update(next_number=9_999)
    ListPull.objects.create(store_id=store_id, feed="stp", day=at.date(), tried_at=at, trouble="FeedAway status:503")
    assert "le quedan 1 CLABE" in next(iter(doctor._accounts()))
    assert "status:503" in next(iter(doctor._feeds()))
