"""What the assistant answers is true of this order at this moment, or goes to a person who is told of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from django.db import transaction

from seguripago.foundations.facts.commands import publish
from seguripago.foundations.staffing.models import DeskHours
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from seguripago.journey.assistance import rules
from seguripago.journey.assistance.rules import Answer, AnswerTopic, HandOver, Heard, Intent, Situation, understand
from seguripago.journey.orders.commands import cancel_order
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.queries import payment_of
from seguripago.journey.reconciliation.facts import CaseOpened
from seguripago.values.money import Money
from tests.assistance.builders import HOME, Shop, cards, hear, open_shop, pay, place, said_by, say, start, texts

pytestmark = pytest.mark.django_db


def answer(talk: int, text: str, *, at: datetime) -> str:
    """What the assistant says to this."""
    before = len(said_by(talk, "assistant"))
    say(talk, text, at=at)
    return " ".join(said_by(talk, "assistant")[before:])


@pytest.fixture
def shop() -> Shop:
    return open_shop()


def accepted(shop: Shop, *, at: datetime) -> tuple[int, int]:
    """A conversation whose bank details were sent, and its order."""
    bought = place(shop, at=at)
    talk = start(shop, at=at, own=(bought.access_token,))
    chat.buyer_accepts(talk, at=at)
    hear(at=at)
    return talk, bought.id


@pytest.mark.parametrize(
    "question", ["¿cuándo llega mi pedido?", "¿a qué cuenta transfiero?", "¿tienen existencias?", "¿y ahora qué hago?"]
)
def test_of_an_order_that_ended_nothing_is_promised_and_nothing_asked(shop: Shop, at: datetime, question: str) -> None:
    talk, bought = accepted(shop, at=at)
    cancel_order(bought, reason="El comprador lo pidió", by=shop.by_sofia, at=at)
    hear(at=at)
    for turn in range(2):
        said = answer(talk, question, at=at + timedelta(seconds=turn))
        assert "ya no está vigente" in said, "asked again, answered again"
        for untrue in ("se entrega", "Transfiere", "apartados"):
            assert untrue not in said


def test_money_sent_before_we_said_where_to_is_told_apart(shop: Shop, at: datetime) -> None:
    bought = place(shop, at=at)
    talk = start(shop, at=at, own=(bought.access_token,))
    said = answer(talk, "ya deposité", at=at)
    assert "Todavía no te enviamos los datos bancarios" in said
    assert "no envíes más" in said


def test_how_to_pay_names_who_is_paid_the_concept_the_bank_and_the_end(shop: Shop, at: datetime) -> None:
    talk, bought = accepted(shop, at=at)
    payment = payment_of(bought)
    assert payment is not None
    assert payment.instructions is not None
    said = answer(talk, "¿a nombre de quién sale la cuenta?", at=at)
    for part in (payment.instructions.beneficiary, payment.instructions.concept, str(payment.missing), "STP"):
        assert part in said
    assert "Tienes hasta el" in said
    assert payment.instructions.clabe not in said, "account numbers are said by the card alone"


@pytest.mark.parametrize("question", ["oxxo?", "aceptan efectivo", "tienen meses sin intereses?"])
def test_a_way_to_pay_that_we_do_not_have_is_refused_plainly(shop: Shop, at: datetime, question: str) -> None:
    said = answer(start(shop, at=at), question, at=at)
    assert "no los tenemos" in said
    assert "link de pago encriptado" in said


def test_what_sending_and_a_product_cost_is_told_from_what_the_store_keeps(shop: Shop, at: datetime) -> None:
    talk = start(shop, at=at)
    assert str(store_by_id(shop.store_id).shipping) in answer(talk, "¿cuánto cuesta el envío?", at=at)
    assert "4,495.00" in answer(talk, "¿cuánto cuesta el molino?", at=at)


def test_an_unpaid_order_is_not_said_to_be_on_its_way(shop: Shop, at: datetime) -> None:
    talk, bought = accepted(shop, at=at)
    assert "cuando tu pago esté confirmado" in answer(talk, "no me llega", at=at)
    pay(bought, at=at)
    hear(at=at)
    assert "cuando tu pago" not in answer(talk, "¿cuándo llega?", at=at)


def test_another_amount_is_explained_with_what_the_bank_told(shop: Shop, at: datetime) -> None:
    talk, bought = accepted(shop, at=at)
    pay(bought, Money.parse("1000.00"), at=at)
    hear(at=at)
    payment = payment_of(bought)
    assert payment is not None
    said = answer(talk, "me equivoqué de monto", at=at)
    assert str(payment.missing) in said
    assert "la diferencia se te reembolsa" in said


def test_a_link_that_waits_is_not_called_a_transfer(shop: Shop, at: datetime) -> None:
    bought = place(shop, at=at, preference="link")
    talk = start(shop, at=at, own=(bought.access_token,), medium="link")
    chat.buyer_accepts(talk, at=at)
    said = answer(talk, "mi pago no aparece", at=at)
    assert "Ya transferí" not in said
    assert "no nos llega el pago" in said


def test_what_no_rule_knows_goes_to_a_person_and_the_desk_sees_why(shop: Shop, at: datetime) -> None:
    talk = start(shop, at=at)
    said = answer(talk, "¿El café es orgánico?", at=at)
    assert "prefiero que te responda una persona" in said
    view = reading.conversation(talk)
    assert view is not None
    assert view.handed_over == "unsure"


def test_four_questions_in_one_sentence_get_four_answers_in_one_message(shop: Shop, at: datetime) -> None:
    talk = start(shop, at=at)
    before = len(said_by(talk, "assistant"))
    said = answer(talk, "¿Hay existencias del molino, cuánto tarda, dan factura y qué garantía tiene?", at=at)
    for part in ("piezas disponibles", "días hábiles", "Constancia", "garantizada"):
        assert part in said
    assert len(said_by(talk, "assistant")) - before <= 2


def test_a_number_with_a_wrong_character_is_said_to_be_one_and_costs_no_try(shop: Shop, at: datetime) -> None:
    bought = place(shop, at=at)
    talk = start(shop, at=at, email="otra@correo.test")
    wrong = bought.number[:-1] + ("0" if bought.number[-1] != "0" else "1")
    for turn in range(6):
        assert "carácter cambiado" in answer(talk, wrong, at=at + timedelta(seconds=turn))


def test_whoever_waits_for_a_person_is_never_met_with_silence(shop: Shop, at: datetime) -> None:
    failing = place(shop, at=at, ship_to=replace(HOME, postal_code="97000"))
    talk = start(shop, at=at, own=(failing.access_token,))
    assert not order(failing.id).all_checked
    assert "lista de una persona" in answer(talk, "entonces espero", at=at + timedelta(seconds=1))


def test_after_five_tries_the_next_word_is_answered_too() -> None:
    over = Situation(greeted=True, tries_left=0, handed_over="tries")
    assert rules.next_moves(over, Heard("CM", numbers=("CM-7K3F-92QX",))) == (Answer("with_a_person"),)
    assert rules.next_moves(over, None) == ()


def test_trust_is_answered_with_what_can_be_checked(shop: Shop, at: datetime) -> None:
    assert "/verificar/" in answer(start(shop, at=at), "¿es seguro?", at=at)


def test_a_wish_for_a_person_still_comes_before_everything() -> None:
    heard = understand("¿cuánto cuesta? mejor quiero hablar con una persona")
    assert rules.next_moves(Situation(greeted=True), heard)[0] == HandOver("asked")
    assert AnswerTopic(Intent.HOW_TO_PAY) not in rules.next_moves(Situation(greeted=True), heard)


@pytest.mark.parametrize(("kind", "said"), [("excess", "$10.00 de más"), ("duplicate", "otro pago"), ("unknown", "")])
def test_money_above_what_was_asked_is_told_in_the_chat(shop: Shop, at: datetime, kind: str, said: str) -> None:
    talk, bought = accepted(shop, at=at)
    pay(bought, at=at)
    hear(at=at)
    before = len(texts(talk))
    with transaction.atomic():
        publish(CaseOpened(store_id=shop.store_id, at=at, case_id=1, kind=kind, order_id=bought, centavos=1000))
    hear(at=at)
    told = texts(talk)[before:]
    assert len(told) == bool(said)
    assert said in " ".join(told)


@pytest.mark.parametrize("medium", ["spei", "link"])
def test_a_second_conversation_about_the_same_order_shows_what_was_sent(shop: Shop, at: datetime, medium: str) -> None:
    """Whoever lost the first one, in a browser that keeps nothing or on another telephone, can still pay."""
    bought = place(shop, at=at, preference=medium)
    first = start(shop, at=at, own=(bought.access_token,), medium=medium)
    chat.buyer_accepts(first, at=at)
    hear(at=at)
    sent = payment_of(bought.id)
    assert sent is not None
    second = start(shop, at=at, token="t2", medium=medium)
    say(second, bought.number, at=at + timedelta(seconds=5))
    hear(at=at + timedelta(seconds=5))
    card = "bank_details" if medium == "spei" else "link"
    assert cards(second).count(card) == 1
    assert cards(first).count(card) == 1, "nothing is sent a second time"
    now = payment_of(bought.id)
    assert now is not None
    assert (now.link_id, now.instructions, now.monitored_at) == (sent.link_id, sent.instructions, sent.monitored_at)


def test_one_link_is_one_card_and_a_new_one_closes_it(shop: Shop, at: datetime) -> None:
    bought = place(shop, at=at, preference="link")
    talk = start(shop, at=at, own=(bought.access_token,), medium="link")
    chat.buyer_accepts(talk, at=at)
    hear(at=at)
    assert cards(talk).count("link") == 1
    chat.take(talk, shop.beto, at=at)
    chat.send_link(talk, token="n" * 43, by=shop.by_beto, at=at)
    hear(at=at)
    assert [entry.closed for entry in reading.entries(talk) if entry.card == "link"] == [True, False]


def test_back_from_the_link_to_the_transfer_shows_the_details_again(shop: Shop, at: datetime) -> None:
    talk, _bought = accepted(shop, at=at)
    for turn, wish in enumerate(("mejor mándame el link", "mejor por transferencia"), 1):
        say(talk, wish, at=at + timedelta(seconds=turn))
        hear(at=at + timedelta(seconds=turn))
    shown = [entry for entry in reading.entries(talk) if entry.card in ("bank_details", "link")]
    assert [(entry.card, entry.closed) for entry in shown] == [
        ("bank_details", True),
        ("link", True),
        ("bank_details", False),
    ]


def test_hours_of_like_days_are_told_together(shop: Shop, at: datetime) -> None:
    for weekday in range(6):
        closes = time(14) if weekday == 5 else time(18)
        DeskHours.objects.create(store_id=shop.store_id, weekday=weekday, opens=time(9), closes=closes)
    said = answer(start(shop, at=at), "¿a qué hora abren?", at=at)
    assert "lunes a viernes de 09:00 a 18:00, sábado de 09:00 a 14:00" in said


def test_who_is_sent_to_a_person_is_not_asked_for_a_number_in_the_same_breath(shop: Shop, at: datetime) -> None:
    for turn, text in enumerate(("son unos rateros, me robaron", "¿el café es orgánico?")):
        talk = start(shop, at=at, token=f"t{turn}", question=text)
        said = said_by(talk, "assistant")
        assert len(said) == 1
        assert "No. de Pedido" not in said[0]


def test_money_sent_without_a_known_order_is_heard(shop: Shop, at: datetime) -> None:
    said = said_by(start(shop, at=at, question="ya deposité"), "assistant")
    assert "Para buscar tu pago necesito verificar tu pedido" in said[0]


def test_where_we_send_to_and_that_nothing_is_fetched_is_said(shop: Shop, at: datetime) -> None:
    said = answer(start(shop, at=at), "¿puedo recoger en tienda?", at=at)
    assert "no se recogen en la tienda" in said
    assert "direcciones de México" in said


def test_from_the_link_to_the_transfer_the_details_are_one_card(shop: Shop, at: datetime) -> None:
    bought = place(shop, at=at, preference="link")
    talk = start(shop, at=at, own=(bought.access_token,), medium="link")
    chat.buyer_accepts(talk, at=at)
    hear(at=at)
    say(talk, "mejor por transferencia", at=at + timedelta(seconds=1))
    hear(at=at + timedelta(seconds=1))
    assert cards(talk).count("bank_details") == 1


@pytest.mark.parametrize("said", ["ok", "va", "sí", "¿cuánto tarda el envío?"])
def test_ok_to_what_must_be_corrected_accepts_nothing(shop: Shop, at: datetime, said: str) -> None:
    bought = place(shop, at=at)
    talk = start(shop, at=at, own=(bought.access_token,))
    say(talk, "mi apellido está mal", at=at)
    say(talk, said, at=at + timedelta(seconds=1))
    assert order(bought.id).accepted_at is None
    assert order(bought.id).correction == ""
    assert "bank_details" not in cards(talk)
