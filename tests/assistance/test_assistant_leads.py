"""Nobody at the desk: the assistant walks the buyer through steps 5 to 7; once a person is there, it is silent."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from seguripago.journey.catalogue.commands import set_stock
from seguripago.journey.catalogue.queries import shelf
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.queries import payment_of
from seguripago.values.money import Money
from tests.assistance.builders import (
    ALL,
    HOME,
    cards,
    hear,
    open_shop,
    pay,
    place,
    said_by,
    say,
    someone_is_there,
    start,
    texts,
)

pytestmark = pytest.mark.django_db


def test_the_assistant_leads_from_the_question_to_the_certificate(at: datetime) -> None:
    shop = open_shop()
    bought = place(shop, at=at)
    talk = start(shop, at=at)
    assert "Asistente CONNECT@Me" in texts(talk)[1]
    assert "No. de Pedido" in texts(talk)[-1]

    say(talk, f"claro, es {bought.number.lower()}", at=at)
    assert cards(talk) == ["order_verified", "confirmation"]
    checked = order(bought.id)
    assert checked.all_checked
    assert {check.confirmed_by for check in checked.checks} == {"Asistente CONNECT@Me"}

    chat.buyer_accepts(talk, at=at)
    assert cards(talk)[2:] == ["bank_details", "transfer_monitored"]

    hear(at=at)
    assert cards(talk).count("bank_details") == 1
    pay(bought.id, at=at + timedelta(minutes=1))
    hear(at=at + timedelta(minutes=1))
    hear(at=at + timedelta(minutes=2))
    shown = cards(talk)
    for card in ("transfer_received", "payment_confirmed", "evidence_requested", "receipt", "certificate"):
        assert shown.count(card) == 1, card
    assert shown.index("transfer_received") < shown.index("payment_confirmed") < shown.index("evidence_requested")


def test_the_order_of_this_browser_is_found_without_asking(at: datetime) -> None:
    shop = open_shop()
    bought = place(shop, at=at, email="otra@correo.test", phone="55 9999 0000")
    talk = start(shop, at=at, own=(bought.access_token,))
    assert cards(talk) == ["order_verified", "confirmation"]


def test_yes_in_words_accepts_and_a_part_payment_says_what_is_missing(at: datetime) -> None:
    shop = open_shop()
    bought = place(shop, at=at)
    talk = start(shop, at=at, own=(bought.access_token,))
    say(talk, "Sí, todo correcto", at=at)
    assert order(bought.id).state == "verified"
    pay(bought.id, Money.parse("1000.00"), at=at)
    hear(at=at)
    assert "partial_payment" in cards(talk)
    payment = payment_of(bought.id)
    assert payment is not None
    assert any(str(payment.missing) in text for text in texts(talk))


def test_a_link_or_a_card_is_answered_with_a_link_or_the_card_page(at: datetime) -> None:
    shop = open_shop()
    by_link = place(shop, at=at, preference="link")
    talk = start(shop, at=at, own=(by_link.access_token,), medium="link")
    chat.buyer_accepts(talk, at=at)
    assert "link" in cards(talk)
    assert "bank_details" not in cards(talk)
    by_card = place(shop, at=at, turn=2, preference="spei")
    other = start(shop, at=at, token="t2", own=(by_card.access_token,), medium="card")
    chat.buyer_accepts(other, at=at)
    assert order(by_card.id).preference == "card"
    assert "card_payment" in cards(other)


def test_a_failing_check_goes_to_a_person_and_no_details_are_sent(at: datetime) -> None:
    shop = open_shop()
    bought = place(shop, at=at, ship_to=replace(HOME, postal_code="97000"))
    talk = start(shop, at=at, own=(bought.access_token,))
    failing = [check.label for check in order(bought.id).checks if not check.ok]
    assert failing
    assert "confirmation" not in cards(talk)
    assert any("debe revisar una persona" in text and failing[0] in text for text in texts(talk))


def test_within_90_seconds_an_analyst_at_the_desk_is_left_alone(at: datetime) -> None:
    shop = open_shop()
    someone_is_there(shop, at=at)
    talk = start(shop, at=at)
    assert said_by(talk, "assistant") == []
    someone_is_there(shop, at=at + timedelta(seconds=60))
    assert chat.lead_waiting(at + timedelta(seconds=80)) == 0
    someone_is_there(shop, at=at + timedelta(seconds=85))
    assert chat.lead_waiting(at + timedelta(seconds=91)) == 1
    assert said_by(talk, "assistant")
    assert chat.lead_waiting(at + timedelta(seconds=92)) == 0


def test_an_analyst_who_left_is_replaced_by_the_assistant(at: datetime) -> None:
    shop = open_shop()
    someone_is_there(shop, at=at)
    talk = start(shop, at=at)
    chat.take(talk, shop.beto, at=at)
    chat.reply(talk, shop.beto, "Hola, soy Beto", client_id=uuid.uuid4(), seen_seq=9, at=at)
    say(talk, "¿Hacen envíos a Mérida?", at=at + timedelta(seconds=70))
    assert said_by(talk, "assistant") != []
    assert "Beto Luna" in said_by(talk, "assistant")[0]


def test_a_person_who_takes_over_silences_the_assistant(at: datetime) -> None:
    shop = open_shop()
    bought = place(shop, at=at)
    talk = start(shop, at=at)
    before = len(said_by(talk, "assistant"))
    someone_is_there(shop, at=at)
    chat.take(talk, shop.beto, at=at)
    say(talk, bought.number, at=at + timedelta(seconds=1))
    assert cards(talk) == ["order_verified"]
    assert len(said_by(talk, "assistant")) == before
    assert chat.lead_waiting(at + timedelta(seconds=30)) == 0
    view = reading.conversation(talk)
    assert view is not None
    assert (view.led_by, view.analyst_name, view.state) == ("analyst", "Beto Luna", "assigned")


def test_whom_nobody_serves_is_taken_before_whom_the_assistant_serves(at: datetime) -> None:
    shop = open_shop()
    served = start(shop, at=at, token="served")
    asked = start(shop, at=at + timedelta(seconds=1), token="asked", question="Quiero hablar con una persona")
    someone_is_there(shop, at=at + timedelta(seconds=2))
    fresh = start(shop, at=at + timedelta(seconds=3), token="fresh")
    view = reading.conversation(fresh)
    assert view is not None
    assert view.position == 2
    rows = reading.queue(shop.store_id, shop.beto, at=at + timedelta(seconds=4)).unassigned
    assert [row.id for row in rows] == [asked, fresh, served]
    taken = [chat.take_next(shop.store_id, shop.beto, at=at + timedelta(seconds=5)) for _ in range(3)]
    assert taken == [asked, fresh, served]


def test_thanks_to_an_analyst_need_no_answer_from_a_machine(at: datetime) -> None:
    shop = open_shop()
    someone_is_there(shop, at=at)
    bought = place(shop, at=at)
    talk = start(shop, at=at)
    chat.take(talk, shop.beto, at=at)
    say(talk, bought.number, at=at)
    chat.confirm_all(talk, ALL, by=shop.by_beto, at=at)
    chat.buyer_accepts(talk, at=at)
    chat.send_bank_details(talk, by=shop.by_beto, at=at)
    pay(bought.id, at=at + timedelta(seconds=5))
    hear(at=at + timedelta(seconds=5))
    before = len(said_by(talk, "assistant"))
    say(talk, "Muchas gracias", at=at + timedelta(seconds=10))
    assert chat.lead_waiting(at + timedelta(seconds=200)) == 0
    assert len(said_by(talk, "assistant")) == before


def test_common_questions_are_answered_from_live_data(at: datetime) -> None:
    shop = open_shop()
    set_stock(shop.store_id, shelf(shop.store_id)[0].id, 7, by=shop.by_sofia, at=at)
    talk = start(shop, at=at)
    answers = {
        "¿Hay existencias del molino eléctrico?": "7 piezas",
        "¿Cómo pago?": "CLABE única",
        "¿Qué garantía tienen?": "garantizada",
        "¿Cuánto tardan en llegar?": "días hábiles",
        "¿Me dan factura?": "Constancia",
        "Mi pago no aparece": "verificar tu pedido",
    }
    for question, part in answers.items():
        say(talk, question, at=at)
        assert any(part in text for text in texts(talk)[-3:]), question


def test_asking_for_a_person_says_honestly_that_nobody_is_there(at: datetime) -> None:
    shop = open_shop()
    talk = start(shop, at=at)
    say(talk, "Quiero hablar con una persona", at=at)
    assert any("te comunico con una persona" in text and "no hay analistas" in text for text in texts(talk))


def test_a_correction_in_words_is_noted_and_handed_over(at: datetime) -> None:
    shop = open_shop()
    bought = place(shop, at=at)
    talk = start(shop, at=at, own=(bought.access_token,))
    say(talk, "Quiero corregir algo", at=at)
    say(talk, "El número exterior es 128", at=at)
    assert order(bought.id).correction == "El número exterior es 128"
    confirmation = next(entry for entry in reading.entries(talk) if entry.card == "confirmation")
    assert (confirmation.closed, confirmation.closed_as) == (True, "corrected")
    assert any("la revisa una persona" in text for text in texts(talk))
    chat.take(talk, shop.beto, at=at)
    chat.confirm_all(talk, ALL, by=shop.by_beto, at=at + timedelta(minutes=2))
    assert cards(talk).count("confirmation") == 2
