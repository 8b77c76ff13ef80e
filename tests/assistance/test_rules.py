"""Pure decisions of the chat."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from seguripago.journey.assistance import rules
from seguripago.journey.assistance.rules import Event, Heard, Intent, OrderSituation, Situation, understand
from seguripago.values import order_number
from seguripago.values.steps import Preference, Step

NUMBER = order_number.draw(lambda letters: letters[3])


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("¿Tienen existencias del molino?", Intent.STOCK),
        ("¿Cuándo llega mi paquete?", Intent.DELIVERY),
        ("¿Qué garantía tiene?", Intent.WARRANTY),
        ("¿Cómo pago?", Intent.HOW_TO_PAY),
        ("No aparece mi pago", Intent.MY_PAYMENT),
        ("mi transferencia no se ve", Intent.MY_PAYMENT),
        ("Necesito FACTURA con uso G03", Intent.INVOICE),
        ("Quiero hablar con una persona", Intent.PERSON),
        ("ya transferí desde BBVA", Intent.TRANSFERRED),
        ("Sí, todo correcto", Intent.ACCEPTS),
        ("está mal la dirección", Intent.REJECTS),
        ("Muchas gracias", Intent.THANKS),
    ],
)
def test_a_sentence_of_a_buyer_is_understood(said: str, intent: Intent) -> None:
    assert intent in understand(said).intents


def test_no_is_stronger_than_yes() -> None:
    heard = understand("sí, pero está mal mi teléfono")
    assert heard.has(Intent.REJECTS)
    assert not heard.has(Intent.ACCEPTS)


def test_a_number_is_found_however_it_is_typed() -> None:
    assert understand(f"hola es el {NUMBER.lower().replace('-', ' ')} gracias").numbers == (NUMBER,)


def test_a_wish_to_pay_another_way_is_heard() -> None:
    assert understand("mejor quiero pagar con tarjeta").medium is Preference.CARD
    assert understand("mi tarjeta es roja").medium is None


def test_every_state_and_event_is_decided_or_refused() -> None:
    assert rules.next_state("waiting", Event.TAKE) == "assigned"
    assert rules.next_state("resolved", Event.BUYER_SPEAKS) == "waiting"
    with pytest.raises(rules.Impossible):
        rules.next_state("waiting", Event.REOPEN)


def test_the_assistant_never_asks_for_money_before_the_acceptance() -> None:
    for checked in (False, True):
        for shown in (False, True):
            order = OrderSituation(
                number=NUMBER,
                state="placed",
                preference=Preference.SPEI,
                checks_ran=True,
                all_checked=checked,
                failing=() if checked else ("Monto",),
                confirmation_open=shown,
            )
            moves = rules.next_moves(Situation(greeted=True, order=order), understand("¿a qué cuenta deposito?"))
            assert not any(isinstance(move, rules.SendDetails | rules.SendLink) for move in moves)


def test_an_order_that_ended_gets_no_bank_details() -> None:
    order = OrderSituation(
        number=NUMBER,
        state="expired",
        preference=Preference.SPEI,
        all_checked=True,
        accepted=True,
        confirmation_open=True,
    )
    assert rules.next_moves(Situation(greeted=True, order=order), None) == (rules.HandOver("order_over"),)


def test_after_five_tries_no_number_is_tried() -> None:
    moves = rules.next_moves(Situation(greeted=True, tries_left=0), Heard("x", numbers=(NUMBER,)))
    assert moves == (rules.HandOver("tries"),)


def test_nobody_there_or_ninety_seconds_and_the_assistant_leads() -> None:
    spoke = datetime(2026, 3, 11, 16, 30, tzinfo=UTC)

    def leads(seconds: int, *, is_attended: bool, answered: bool = False) -> bool:
        return rules.assistant_should_lead(
            state="assigned",
            led_by="analyst",
            last_buyer_at=spoke,
            last_staff_at=spoke + timedelta(seconds=1) if answered else None,
            is_attended=is_attended,
            at=spoke + timedelta(seconds=seconds),
        )

    assert leads(0, is_attended=False)
    assert not leads(89, is_attended=True)
    assert leads(90, is_attended=True)
    assert not leads(900, is_attended=False, answered=True)


def test_the_bar_stands_where_the_buyer_stands() -> None:
    def step(**known: bool) -> Step:
        base = {"has_order": True, "accepted": False, "details_sent": False, "paid": False, "has_evidence": False}
        return rules.step_of(**(base | known))

    assert step(has_order=False) is Step.PEDIDO
    assert step() is Step.CONFIRMACION
    assert step(accepted=True) is Step.DATOS_BANCARIOS
    assert step(accepted=True, details_sent=True) is Step.TRANSFERENCIA
    assert step(accepted=True, paid=True) is Step.COMPROBANTE
    assert step(accepted=True, paid=True, has_evidence=True) is Step.LISTO
