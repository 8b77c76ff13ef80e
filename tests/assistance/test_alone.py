"""Nobody spoils it for another: a browser that guesses the server's ids, a conversation that cannot be read."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest

from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from seguripago.journey.assistance.models import Conversation, Entry, ProofAttempt
from seguripago.journey.assistance.rules import stable_uuid
from seguripago.journey.payments.queries import payment_of
from tests.assistance.builders import (
    ALL,
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


def test_a_browser_that_computes_the_servers_ids_keeps_no_card_and_no_note_away(at: datetime) -> None:
    shop = open_shop()
    someone_is_there(shop, at=at)
    bought = place(shop, at=at)
    talk = start(shop, at=at, own=(bought.access_token,))
    chat.take(talk, shop.beto, at=at)
    chat.identify_order(talk, bought.number, by=shop.by_beto, at=at)
    chat.confirm_all(talk, ALL, by=shop.by_beto, at=at)
    chat.buyer_accepts(talk, at=at)
    chat.send_bank_details(talk, by=shop.by_beto, at=at)
    payment = payment_of(bought.id)
    assert payment is not None
    guessed = stable_uuid("payment_confirmed", payment.id)
    said = [chat.say(talk, "Hola", client_id=guessed, at=at) for _time in range(2)]
    assert said[0] == said[1], "sent twice it is kept once, as ever"
    seq = Conversation.objects.get(pk=talk).seq
    for ahead in range(3):
        chat.say(talk, "Hola", client_id=stable_uuid(talk, seq + 3 + ahead, "transfer_note"), at=at)
    chat.transfer(talk, shop.sofia, "Ojo con este comprador", by=shop.by_beto, at=at)
    assert "Ojo con este comprador" in texts(talk, audience="desk")
    pay(bought.id, at=at)
    hear(at=at)
    assert "payment_confirmed" in cards(talk)


def test_a_conversation_that_cannot_be_led_keeps_nobody_behind_it_waiting(at: datetime) -> None:
    shop = open_shop()
    someone_is_there(shop, at=at)
    broken, sound = start(shop, at=at), start(shop, at=at + timedelta(seconds=1), token="t2")
    held = Conversation.objects.get(pk=broken)
    Entry.objects.create(
        conversation=held,
        seq=held.seq + 1,
        kind="text",
        author_kind="buyer",
        author_name="Lucía",
        client_id=uuid.uuid4(),
        body={"words": "no text"},
        at=at,
    )
    Conversation.objects.filter(pk=broken).update(seq=held.seq + 1)
    later = at + timedelta(seconds=95)
    someone_is_there(shop, at=later)
    assert chat.lead_waiting(later) == 1
    assert said_by(sound, "assistant")
    assert not said_by(broken, "assistant")


def test_a_number_that_was_refused_is_not_tried_again_when_the_assistant_begins(at: datetime) -> None:
    shop = open_shop()
    someone_is_there(shop, at=at)
    talk = start(shop, at=at)
    say(talk, "Es el CM-0000-0000", at=at + timedelta(seconds=5))
    assert ProofAttempt.objects.filter(conversation_id=talk).count() == 1
    later = at + timedelta(seconds=95)
    someone_is_there(shop, at=later)
    assert chat.lead_waiting(later) == 1
    assert ProofAttempt.objects.filter(conversation_id=talk).count() == 1
    assert sum("No pude verificar" in text for text in texts(talk)) == 1
    say(talk, "Perdón, otra vez: CM-0000-0000", at=later)
    assert ProofAttempt.objects.filter(conversation_id=talk).count() == 2


def test_a_conversation_that_the_store_began_shows_its_proof_before_anything_else(at: datetime) -> None:
    from django.db import connection

    shop = open_shop()
    bought = place(shop, at=at)
    talk = chat.open_conversation(shop.store_id, bought.id, shop.beto, "Hola, Lucía", at=at)
    chat.confirm_all(talk, ALL, by=shop.by_beto, at=at)
    chat.buyer_accepts(talk, at=at)
    chat.send_bank_details(talk, by=shop.by_beto, at=at)
    assert cards(talk)[:3] == ["order_verified", "confirmation", "bank_details"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM inv_chat_details_without_proof")
        assert cursor.fetchone() == (0,)
    view = reading.conversation(talk)
    assert view is not None
    assert view.order_number == bought.number
