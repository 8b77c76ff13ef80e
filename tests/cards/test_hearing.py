"""A gateway's notice is a hint: kept once, believed only when it is signed, and it only leads to a look."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from seguripago.adapters.card_gateways.sandbox import ADAPTER
from seguripago.foundations.ledger.queries import balance
from seguripago.foundations.ledger.rules import Account
from seguripago.foundations.stores.queries import store_by_id
from seguripago.jobs import cards as job
from seguripago.jobs.clocks import CLOCKS
from seguripago.journey.cards import commands as cards
from seguripago.journey.cards.accounts import account
from seguripago.journey.cards.commands import CardWish, charging
from seguripago.journey.cards.models import CardCharge, GatewayEvent
from seguripago.journey.cards.queries import charges_of_order
from seguripago.journey.cards.rules.charges import HINT_KEPT, NOTICE_KEPT
from seguripago.journey.orders.queries import order
from seguripago.ports.card_gateways import ChargeRequest, Payer
from tests.cards.conftest import ASKS_PAGE, Till, order_for, wish_for
from tests.money import bank

pytestmark = pytest.mark.django_db


def arrives(store_id: int, body: bytes, headers: Mapping[str, str], *, gateway: str = "sandbox") -> int:
    """Bring a notice to our own door."""
    path = f"/hooks/card/{gateway}/{store_by_id(store_id).hook_key}/"
    sent = {name: value for name, value in headers.items() if name.startswith("webhook-")}
    return Client().post(path, body, content_type="application/json", headers=sent).status_code


def paid_unheard(till: Till, now: datetime) -> tuple[int, int]:
    """A card that its bank authorised while nobody of us looked: (store, order)."""
    store_id, order_id = order_for(now)
    started = cards.start_card_charge(order_id, wish_for(order_id, till.token(store_id, ASKS_PAGE)), at=now)
    till.authorize(started)
    till.heard.wait_for(1)
    return store_id, order_id


def test_a_signed_notice_leads_to_a_look_and_its_replay_to_nothing(till: Till, now: datetime) -> None:
    store_id, order_id = paid_unheard(till, now)
    _, body, headers = till.heard.heard[-1]

    assert arrives(store_id, body, headers) == 200
    assert order(order_id).state == "verified", "a notice decides nothing"
    assert ProcrastinateJob.objects.filter(task_name=job.JOB).count() == 1
    job.settle_doubts()
    assert order(order_id).state == "paid"

    event = GatewayEvent.objects.get()
    assert (event.state, event.charge_id) == ("looked", charges_of_order(order_id)[0].id)
    ProcrastinateJob.objects.all().delete()
    for _ in range(3):
        assert arrives(store_id, body, headers) == 200
    assert GatewayEvent.objects.get() == event
    assert not ProcrastinateJob.objects.filter(task_name=job.JOB).exists()


def test_what_is_not_signed_is_refused_and_all_of_it_alike(till: Till, now: datetime) -> None:
    store_id, order_id = paid_unheard(till, now)
    _, body, headers = till.heard.heard[-1]
    another = bank.bank_store()

    refused = [
        arrives(store_id, body + b" ", headers),
        arrives(store_id, body, {}),
        arrives(store_id, b"{}", headers),
        arrives(store_id, body, {**headers, "webhook-timestamp": "1700000000"}),
        arrives(store_id, body, {**headers, "webhook-id": "msg_otro"}),
        arrives(another, body, headers),
        arrives(store_id, body, headers, gateway="stripe"),
        arrives(store_id, body, headers, gateway="ninguna"),
        Client().post("/hooks/card/sandbox/nadie/", body, content_type="application/json").status_code,
    ]

    assert refused == [404] * len(refused)
    assert not GatewayEvent.objects.exists()
    assert order(order_id).state == "verified"


def paid_elsewhere(till: Till, now: datetime) -> tuple[int, int, str, str]:
    """A charge that the gateway has and we have not: (store, order, our key, its ref)."""
    store_id, order_id = order_for(now)
    key = f"{order_id}-{'k' * 20}"
    request = ChargeRequest(
        order_ref="CM-7K3F-92QX",
        amount=order(order_id).total,
        payer=Payer("Lucía", "lucia@correo.example"),
        idempotency_key=key,
        return_url=f"{till.heard.url}/volver/",
        notify_url=f"{till.heard.url}/hooks/",
        token=till.token(store_id, ASKS_PAGE),
    )
    started = ADAPTER.charge(request, account(store_id, "sandbox"))
    assert started.next_action is not None
    till.answer_bank(started.next_action.url)
    till.heard.wait_for(1)
    return store_id, order_id, key, started.ref


def test_a_notice_about_a_charge_that_nobody_knows_yet_is_kept_and_tried_again(till: Till, now: datetime) -> None:
    store_id, order_id, key, ref = paid_elsewhere(till, now)
    _, body, headers = till.heard.heard[-1]

    assert arrives(store_id, body, headers) == 200
    cards.look_at_hints(at=now + timedelta(minutes=1))
    event = GatewayEvent.objects.get()
    assert (event.state, event.charge_id) == ("waiting", None)
    assert event.ask_at == now + timedelta(minutes=1, seconds=20)

    opened, _ = charging.open_charge(order_id, CardWish(key, ""), link_id=None, at=now)
    cards.look_at_hints(at=event.ask_at)
    assert GatewayEvent.objects.get().state == "looked"
    assert CardCharge.objects.get(pk=opened.pk).ref == ref
    assert order(order_id).state == "paid"


def test_a_notice_about_nothing_of_ours_is_forgotten_after_a_day(till: Till, now: datetime) -> None:
    store_id, _, _, _ = paid_elsewhere(till, now)
    _, body, headers = till.heard.heard[-1]
    arrives(store_id, body, headers)

    cards.look_at_hints(at=now + HINT_KEPT + timedelta(minutes=1))

    assert GatewayEvent.objects.get().state == "unknown"
    assert not cards.hints_waiting(at=now + timedelta(days=9))


def test_a_notice_finds_a_charge_whose_answer_was_lost_by_our_key(till: Till, now: datetime) -> None:
    store_id, order_id = paid_unheard(till, now)
    CardCharge.objects.update(ref="", state="processing", next_action=None)
    _, body, headers = till.heard.heard[-1]

    assert arrives(store_id, body, headers) == 200
    job.settle_doubts()

    assert GatewayEvent.objects.get().charge_id == charges_of_order(order_id)[0].id
    assert order(order_id).state == "paid"


def test_money_that_a_gateway_takes_after_an_end_is_placed_all_the_same(till: Till, now: datetime) -> None:
    """Also where we had called the charge cancelled: a hint leads to a look whatever we believe."""
    store_id, order_id = paid_unheard(till, now)
    CardCharge.objects.update(state="cancelled", ask_at=None, next_action=None)
    _, body, headers = till.heard.heard[-1]

    arrives(store_id, body, headers)
    job.settle_doubts()

    assert charges_of_order(order_id)[0].is_paid
    assert order(order_id).state == "paid"


def test_old_notices_are_forgotten_but_none_that_waits_or_whose_charge_has_no_end(till: Till, now: datetime) -> None:
    store_id, order_id = paid_unheard(till, now)
    _, body, headers = till.heard.heard[-1]
    assert arrives(store_id, body, headers) == 200
    job.settle_doubts()
    heard = GatewayEvent.objects.get()
    settled, flying = CardCharge.objects.get(), CardCharge.objects.get()
    flying.pk, flying.key, flying.ref = None, "otra", "otra"
    flying.state, flying.ask_at, flying.captured_centavos = "processing", now, 0
    flying.save()
    at = now + NOTICE_KEPT + timedelta(minutes=1)
    kept = {"waits": (None, "waiting", now), "flies": (flying, "looked", now), "is new": (settled, "looked", at)}
    for name, (charge, state, moment) in kept.items():
        GatewayEvent.objects.create(
            gateway="sandbox",
            event_id=name,
            store_id=store_id,
            charge=charge,
            state=state,
            ask_at=moment if state == "waiting" else None,
            occurred_at=moment,
            received_at=moment,
        )

    assert cards.forget_notices(at=at - timedelta(minutes=2)) == 0
    assert arrives(store_id, body, headers) == 200
    assert GatewayEvent.objects.get(event_id=heard.event_id) == heard, "what is kept is known again"
    for clock in (clock for _, clock in CLOCKS if "forget_notices" in clock.__code__.co_names):
        clock(at)
    assert set(GatewayEvent.objects.values_list("event_id", flat=True)) == set(kept)

    # A forgotten one that is replayed leads to one look, decides nothing, and is known again.
    before = CardCharge.objects.values().get(pk=settled.pk)
    assert arrives(store_id, body, headers) == 200
    job.settle_doubts()
    assert arrives(store_id, body, headers) == 200
    assert GatewayEvent.objects.get(event_id=heard.event_id).state == "looked"
    assert CardCharge.objects.values().get(pk=settled.pk) == before
    assert balance(store_id, Account.CARD_GATEWAY) == order(order_id).total
