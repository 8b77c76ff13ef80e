"""The assistant says little, never talks over a person, and says plainly when people come back."""

from __future__ import annotations

import threading
import uuid
from datetime import datetime, time, timedelta

import pytest
from django.db import connection, transaction

from seguripago.foundations.staffing.models import DeskHours
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from seguripago.journey.assistance.commands import leading
from seguripago.journey.assistance.models import Conversation, Entry
from tests.assistance.builders import cards, hear, open_shop, pay, place, said_by, say, someone_is_there, start

SENTENCES = (
    "hola",
    "ya transferí y no aparece mi pago, ¿cuándo llega y qué garantía tiene?",
    "hay en existencia, dan factura y como pago",
    "quiero cancelar",
    "quiero hablar con una persona",
    "CM-0000-0000",
    "mejor con tarjeta",
    "mejor por transferencia",
    "está mal la dirección",
    "todo correcto, ¿a qué cuenta transfiero?",
    "a qué hora abren",
    "gracias",
)


def longest_monologue(talk: int) -> int:
    """How many messages of the assistant stand in a row without a person's."""
    longest = now = 0
    for entry in Entry.objects.filter(conversation_id=talk, kind="text").order_by("seq"):
        now = now + 1 if entry.author_kind == "assistant" else 0
        longest = max(longest, now)
    return longest


@pytest.mark.django_db
@pytest.mark.parametrize("question", SENTENCES)
def test_it_speaks_at_most_twice_until_somebody_answers(at: datetime, question: str) -> None:
    shop = open_shop()
    bought = place(shop, at=at)
    talk = start(shop, at=at, own=(bought.access_token,), question=question)
    for turn, sentence in enumerate(SENTENCES):
        say(talk, sentence, at=at + timedelta(seconds=turn))
        hear(at=at + timedelta(seconds=turn))
    assert longest_monologue(talk) <= 2


@pytest.mark.django_db
def test_the_whole_way_to_the_money_is_walked_in_few_words(at: datetime) -> None:
    shop = open_shop()
    bought = place(shop, at=at)
    talk = start(shop, at=at, own=(bought.access_token,), question="¿cuándo llega y qué garantía tiene?")
    assert "confirmation" in cards(talk)
    say(talk, "todo correcto", at=at)
    hear(at=at)
    pay(bought.id, at=at)
    hear(at=at)
    assert [card for card in cards(talk) if card in ("bank_details", "payment_confirmed", "evidence_requested")] == [
        "bank_details",
        "payment_confirmed",
        "evidence_requested",
    ]
    assert longest_monologue(talk) <= 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("opens", "said"), [(time(18), "hoy a las 18:00"), (time(9), "mañana a las 9:00"), (None, "por correo")]
)
def test_whoever_asks_for_a_person_hears_when_people_are_back(at: datetime, opens: time | None, said: str) -> None:
    shop = open_shop()
    if opens is not None:
        for weekday in range(7):
            DeskHours.objects.create(store_id=shop.store_id, weekday=weekday, opens=opens, closes=time(19))
    talk = start(shop, at=at.replace(hour=17), question="quiero hablar con una persona")
    spoken = " ".join(said_by(talk, "assistant"))
    assert said in spoken
    assert "por correo" in spoken


@pytest.mark.django_db
def test_the_hours_are_told_from_what_the_store_keeps(at: datetime) -> None:
    shop = open_shop()
    DeskHours.objects.create(store_id=shop.store_id, weekday=0, opens=time(9), closes=time(18, 30))
    talk = start(shop, at=at, question="¿a qué hora abren?")
    assert "lunes de 09:00 a 18:30" in " ".join(said_by(talk, "assistant"))


@pytest.mark.django_db
def test_a_wish_to_cancel_is_left_to_a_person_and_changes_nothing(at: datetime) -> None:
    shop = open_shop()
    bought = place(shop, at=at)
    talk = start(shop, at=at, own=(bought.access_token,))
    say(talk, "ya no lo quiero, cancelen", at=at)
    view = reading.conversation(talk)
    assert view is not None
    assert view.handed_over == "cancel"
    assert "Por ahora no transfieras" in said_by(talk, "assistant")[-1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("looks_under_the_lock", [False, True])
def test_the_assistant_never_talks_over_an_analyst(at: datetime, looks_under_the_lock: bool) -> None:
    """Beto is answering while the clock finds the conversation unanswered: only who looks again under the lock sees."""
    shop = open_shop()
    someone_is_there(shop, at=at)
    talk = start(shop, at=at)
    late = at + timedelta(seconds=91)
    someone_is_there(shop, at=late)
    answered = threading.Event()

    def beto_answers() -> None:
        try:
            with transaction.atomic():
                chat.take(talk, shop.beto, at=late)
                seq = Conversation.objects.get(pk=talk).seq
                chat.reply(talk, shop.beto, "Hola, te atiendo", client_id=uuid.uuid4(), seen_seq=seq, at=late)
                answered.set()
                threading.Event().wait(0.4)
        finally:
            connection.close()

    person = threading.Thread(target=beto_answers)
    person.start()
    assert answered.wait(10)
    if looks_under_the_lock:
        leading.lead_waiting(late)
    else:
        with transaction.atomic():
            leading.take_the_lead(Conversation.objects.get(pk=talk), at=late)
    person.join()
    talked_over = bool(said_by(talk, "assistant"))
    assert talked_over is not looks_under_the_lock
