"""Unpaid orders at the desk: the list, the conversation that an analyst begins, and the two reminders."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from seguripago.foundations.audit.queries import history
from seguripago.foundations.staffing.team_commands import set_capacity, set_reminders
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from seguripago.journey.assistance.commands import HandsFull, NotUnpaid, UseTheCard
from seguripago.journey.assistance.models import Conversation, Reminder
from seguripago.journey.notices.models import Mail
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.commands import claim_transfer
from seguripago.values.actor import Actor
from tests.assistance.builders import (
    ALL,
    EMAIL,
    PASSWORD,
    hear,
    open_shop,
    pay,
    place,
    said_by,
    say,
    start,
    texts,
)
from tests.assistant.conftest import HOME, Browser
from tests.orders.charges import accepted
from tests.web.staff import entered

pytestmark = pytest.mark.django_db
HELLO = "Hola, Lucía. ¿Te ayudo a terminar tu pedido?"


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def enter(name: str, shop: str = "sierra-alta") -> Client:
    client = Client()
    assert client.login(username=f"{name}@{shop}.test", password=PASSWORD)
    return client


def test_the_list_holds_open_orders_with_whom_nobody_talks(now: datetime) -> None:
    shop = open_shop()
    later, sooner, paid = (place(shop, at=now - timedelta(hours=h), turn=t) for t, h in ((1, 1), (2, 3), (3, 2)))
    talked = place(shop, at=now, turn=4)
    talk = start(shop, at=now, own=(talked.access_token,))
    chat.identify_order(talk, talked.number, by=Actor.buyer("Lucía"), at=now)
    other = start(shop, at=now, token="paid", own=(paid.access_token,))
    chat.identify_order(other, paid.number, by=Actor.buyer("Lucía"), at=now)
    chat.confirm_all(other, ALL, by=shop.by_beto, at=now)
    chat.buyer_accepts(other, at=now)
    chat.send_bank_details(other, by=shop.by_beto, at=now)
    pay(paid.id, at=now)
    chat.resolve(other, by=shop.by_sofia, at=now)
    assert [row.number for row in reading.unpaid_orders(shop.store_id)] == [sooner.number, later.number]
    page = enter("beto").get("/mesa/pedidos-sin-pagar/").content.decode()
    assert sooner.number in page
    assert talked.number not in page
    assert EMAIL not in page


def test_nobody_is_told_that_anything_is_held_for_a_charge_without_a_cart(now: datetime) -> None:
    shop = open_shop()
    charge = order(accepted(shop.store_id, now))
    page = enter("beto").get("/mesa/pedidos-sin-pagar/").content.decode()
    assert f"Tu cobro {charge.number} sigue vigente y todavía no vemos tu pago." in page
    buyer = Browser()
    buyer.accepts_cookies()
    buyer.remembers(charge.access_token)
    home = buyer.get(HOME).content.decode()
    assert f'Tu cobro <span class="oid">{charge.number}</span> sigue vigente hasta' in home
    talk = start(shop, at=now, own=(charge.access_token,))
    say(talk, charge.number, at=now)
    say(talk, "¿hay existencias?", at=now)
    chat.remind_unpaid(charge.expires_at - timedelta(hours=3))
    said = texts(talk)
    assert "Tu cobro es por 1 × Mantenimiento de molino: no aparta piezas de la tienda." in said
    assert any(text.startswith(f"Tu cobro {charge.number} espera tu pago hasta") for text in said)
    assert not [text for text in (page, home, *said) if "apartado" in text]


def test_an_opened_conversation_is_identified_and_found_by_the_buyers_browser_alone(now: datetime) -> None:
    shop = open_shop()
    bought = place(shop, at=now)
    enter("beto").post(f"/mesa/pedidos-sin-pagar/{bought.id}/abrir/", {"text": HELLO})
    talk = Conversation.objects.get()
    assert talk.is_opened_by_staff
    assert (talk.order_id, talk.analyst_id, talk.state) == (bought.id, shop.beto, "assigned")
    assert texts(talk.pk)[-1] == HELLO
    assert talk.unseen_since is not None, "a mail brings it to whoever does not look"
    assert reading.talks_of_orders([bought.access_token]) == {talk.code: next(iter(_secrets(bought.access_token)))}
    assert reading.talks_of_orders([place(shop, at=now, turn=2).access_token]) == {}
    assert "conversation.opened" in [each.action for each in history(shop.store_id, f"conversation:{talk.pk}")]


def _secrets(order_token: str) -> tuple[str, ...]:
    return tuple(reading.talks_of_orders([order_token]).values())


def test_the_frame_of_that_browser_shows_it_and_another_browser_does_not(now: datetime) -> None:
    shop = open_shop()
    bought = place(shop, at=now)
    chat.open_conversation(shop.store_id, bought.id, shop.beto, HELLO, at=now)
    page = f"{HOME}c/{Conversation.objects.get().code}/"
    buyer, stranger = Browser(), Browser()
    for browser in (buyer, stranger):
        browser.accepts_cookies()
    buyer.remembers(bought.access_token)
    assert page in buyer.get(HOME).content.decode()
    assert HELLO in buyer.get(page).content.decode()
    assert page not in stranger.get(HOME).content.decode()
    assert stranger.get(page).status_code == 404


def test_opened_twice_there_is_one_conversation_and_after_resolving_it_goes_on(now: datetime) -> None:
    shop = open_shop()
    bought = place(shop, at=now)
    first = chat.open_conversation(shop.store_id, bought.id, shop.beto, HELLO, at=now)
    assert chat.open_conversation(shop.store_id, bought.id, shop.sofia, "Hola", at=now) == first
    assert texts(first)[-1] == HELLO
    chat.resolve(first, by=shop.by_beto, at=now)
    assert chat.open_conversation(shop.store_id, bought.id, shop.sofia, "¿Sigues ahí?", at=now) == first
    assert texts(first)[-1] == "¿Sigues ahí?"


def test_nothing_is_opened_about_a_paid_or_foreign_order_nor_with_bank_digits_nor_with_full_hands(
    now: datetime,
) -> None:
    shop, other = open_shop(), open_shop("otra-tienda")
    bought, theirs = place(shop, at=now), place(other, at=now)
    with pytest.raises(NotUnpaid):
        chat.open_conversation(shop.store_id, theirs.id, shop.beto, HELLO, at=now)
    with pytest.raises(UseTheCard):
        chat.open_conversation(shop.store_id, bought.id, shop.beto, "646180115700294217", at=now)
    set_capacity(shop.store_id, shop.beto, 1, by=shop.by_sofia, at=now)
    held = start(shop, at=now)
    chat.take(held, shop.beto, at=now)
    with pytest.raises(HandsFull):
        chat.open_conversation(shop.store_id, bought.id, shop.beto, HELLO, at=now)
    chat.open_conversation(shop.store_id, bought.id, shop.sofia, HELLO, at=now)


def test_carla_of_another_store_and_the_payments_area_open_nothing(now: datetime) -> None:
    shop = open_shop()
    open_shop("otra-tienda")
    bought = place(shop, at=now)
    carla = enter("beto", "otra-tienda")
    assert bought.number not in carla.get("/mesa/pedidos-sin-pagar/").content.decode()
    assert carla.post(f"/mesa/pedidos-sin-pagar/{bought.id}/abrir/", {"text": HELLO}).status_code == 422
    payments = entered(shop.store_id, "payments", "mario")
    assert payments.get("/mesa/pedidos-sin-pagar/").status_code == 404
    assert Client().get("/mesa/pedidos-sin-pagar/").status_code == 302
    assert not Conversation.objects.exists()


def test_a_buyer_is_reminded_at_half_of_the_term_and_two_hours_before_its_end_and_never_more(now: datetime) -> None:
    shop = open_shop()
    bought = place(shop, at=now)
    half, end = now + (bought.expires_at - now) / 2, bought.expires_at
    assert chat.remind_unpaid(half - timedelta(seconds=1)) == 0
    moments = (half, half + timedelta(hours=1), end - timedelta(hours=2), end - timedelta(hours=1), end)
    assert [chat.remind_unpaid(moment) for moment in moments] == [1, 0, 1, 0, 0]
    hear(at=end)
    mails = Mail.objects.filter(template="payment_reminder").order_by("pk")
    assert [mail.to for mail in mails] == [EMAIL, EMAIL]
    assert "sigue apartado" in mails[0].text
    assert "vence pronto" in mails[1].text
    assert f"/pedido/{bought.access_token}/" in mails[0].text


def test_where_there_is_a_conversation_the_assistant_reminds_in_it_once_it_is_quiet(now: datetime) -> None:
    shop = open_shop()
    bought = place(shop, at=now)
    talk = chat.open_conversation(shop.store_id, bought.id, shop.beto, HELLO, at=now)
    half = now + (bought.expires_at - now) / 2
    chat.say(talk, "Lo pienso", client_id=uuid.uuid4(), at=half)
    assert chat.remind_unpaid(half + timedelta(minutes=1)) == 0
    assert chat.remind_unpaid(half + timedelta(minutes=31)) == 1
    assert "sigue apartado" in said_by(talk, "assistant")[-1]
    hear(at=half)
    assert not Mail.objects.filter(template="payment_reminder").exists()


def test_an_announced_transfer_or_a_store_that_switched_it_off_reminds_nobody(now: datetime) -> None:
    shop = open_shop()
    bought = place(shop, at=now)
    half = now + (bought.expires_at - now) / 2
    set_reminders(shop.store_id, reminds=False, by=shop.by_sofia, at=now)
    assert chat.remind_unpaid(half) == 0
    set_reminders(shop.store_id, reminds=True, by=shop.by_sofia, at=now)
    talk = start(shop, at=now, own=(bought.access_token,))
    chat.identify_order(talk, bought.number, by=Actor.buyer("Lucía"), at=now)
    chat.confirm_all(talk, ALL, by=shop.by_beto, at=now)
    chat.buyer_accepts(talk, at=now)
    chat.send_bank_details(talk, by=shop.by_beto, at=now)
    claim_transfer(bought.id, bank="40012", date=now.date(), tracking_key="", at=now)
    assert chat.remind_unpaid(half + timedelta(hours=6)) == 0
    assert not Reminder.objects.exists()


def test_the_list_is_drawn_again_only_when_it_says_something_else(now: datetime) -> None:
    shop = open_shop()
    place(shop, at=now)
    beto, htmx, address = enter("beto"), {"HX-Request": "true"}, "/mesa/pedidos-sin-pagar/"
    mark = beto.get(address).content.decode().split(f"{address}?v=")[1].split('"')[0]
    assert beto.get(address, {"v": mark}, headers=htmx).status_code == 204
    second = place(shop, at=now, turn=2)
    fresh = beto.get(address, {"v": mark}, headers=htmx).content.decode()
    assert second.number in fresh
    assert "<html" not in fresh
