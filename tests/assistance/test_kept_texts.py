"""Whatever door a text comes through, no card number, code or password is kept of it."""

from __future__ import annotations

import io
import uuid
from datetime import datetime, timedelta

import pytest
from PIL import Image

from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance.models import Entry
from seguripago.journey.evidence.queries import evidence_of
from seguripago.journey.orders.queries import order
from tests.assistance.builders import ALL, open_shop, place, say, someone_is_there, start

pytestmark = pytest.mark.django_db

CARD = "4111 1111 1111 1111"


def test_nothing_that_a_person_writes_keeps_a_card_number(at: datetime) -> None:
    shop = open_shop()
    someone_is_there(shop, at=at)
    bought = place(shop, at=at)
    talk = start(shop, at=at, own=(bought.access_token,), question=f"cobren a {CARD} por favor")
    say(talk, bought.number, at=at)
    chat.take(talk, shop.beto, at=at)
    say(talk, f"otra vez: {CARD}", at=at)
    chat.note(talk, shop.beto, f"dice que su tarjeta es {CARD}, cvv 123", client_id=uuid.uuid4(), at=at)
    chat.transfer(talk, shop.sofia, f"atiende a {CARD}", by=shop.by_beto, at=at)
    chat.confirm_all(talk, ALL, by=shop.by_sofia, at=at)
    chat.buyer_corrects(talk, f"mi tarjeta es {CARD} y mi nip es 4321", at=at)
    correction = order(bought.id).correction
    chat.confirm_all(talk, ALL, by=shop.by_sofia, at=at + timedelta(seconds=1))
    chat.buyer_accepts(talk, at=at)
    chat.send_bank_details(talk, by=shop.by_sofia, at=at)
    drawn = io.BytesIO()
    Image.new("RGB", (40, 60), "white").save(drawn, "PNG")
    chat.drop_document(talk, drawn.getvalue(), f"{CARD}.png", at=at)
    chat.buyer_transferred(talk, "40012", at.date(), CARD, at=at)
    kept = " ".join(str(entry.body) for entry in Entry.objects.filter(conversation_id=talk))
    kept += correction + " ".join(paper.filename for paper in evidence_of(bought.id))
    assert "•••• 1111" in kept
    assert "4111" not in kept
    assert "4321" not in kept
    assert "cvv 123" not in kept
