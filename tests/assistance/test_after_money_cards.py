"""What the buyer must do himself after the money is a card with its way: an offer, goods to send, a refund sent."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from seguripago.foundations.facts.commands import listen_once, number_facts
from seguripago.foundations.facts.models import Cursor
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from seguripago.journey.assistance.listeners import LISTENERS as CHAT
from seguripago.journey.assistance.models import Conversation
from seguripago.journey.assistance.queries import EntryView
from seguripago.journey.claims import commands as claims
from seguripago.journey.claims.rules import OfferKind
from seguripago.journey.orders.queries import order
from seguripago.values.money import Money
from tests.claims.world import DAY, HUNDRED, LUCIA, Bought, bank_pays_back, claimed, delivered, offered, view
from tests.refunds.world import hear as hear_money

pytestmark = pytest.mark.django_db
TWO_HUNDRED, THREE_HUNDRED = Money(200_00), Money(300_00)


@pytest.fixture
def at() -> datetime:
    return timezone.now()


@pytest.fixture
def there(at: datetime) -> Bought:
    return delivered(at)


@pytest.fixture
def talk(there: Bought, at: datetime) -> int:
    asked = chat.StartConversation("t" * 40, "Lucía", "lucia@correo.test", "55 5012 8846", "order", "Hola", "spei")
    held = chat.start_conversation(there.store_id, asked, at=at)
    Conversation.objects.filter(pk=held).update(order_id=there.order_id)
    return held


def hear(at: datetime) -> None:
    hear_money(at)
    for listener in CHAT:
        while listen_once(listener, at=at):
            number_facts()


def cards(talk: int, kind: str) -> list[EntryView]:
    return [entry for entry in reading.entries(talk) if entry.card == kind]


def drawn(entry: EntryView) -> str:
    """The card as the buyer's panel draws it, and that the desk draws it too."""
    assert entry.body["text"] in render_to_string("desk/entry.html", {"entry": entry})
    return render_to_string("assistant/entry.html", {"entry": entry})


def test_an_offer_is_a_card_that_opens_the_claim_until_it_is_answered(there: Bought, talk: int, at: datetime) -> None:
    claim_id = claimed(there, at)
    offer = offered(there, claim_id, OfferKind.REFUND_PART, HUNDRED, at)
    hear(at)
    [card] = cards(talk, "claim_offer")
    assert not card.closed
    page = f"/pedido/{order(there.order_id).access_token}/reclamacion/"
    said = drawn(card)
    for words in (f'{page}"', "Ver y responder", "$100.00", view(claim_id).number):
        assert words in said
    claims.accept_offer(claim_id, offer, by=LUCIA, at=at)
    hear(at)
    [card] = cards(talk, "claim_offer")
    assert card.closed_as == "accepted"
    assert page not in drawn(card)
    assert "Aceptada" in drawn(card)


def test_a_refused_a_better_and_a_forgotten_offer_ask_no_more(there: Bought, talk: int, at: datetime) -> None:
    claim_id = claimed(there, at)
    first = offered(there, claim_id, OfferKind.REFUND_PART, HUNDRED, at)
    hear(at)
    claims.refuse_offer(claim_id, first, words="Es poco", by=LUCIA, at=at)
    hear(at)
    offered(there, claim_id, OfferKind.REFUND_PART, TWO_HUNDRED, at)
    hear(at)
    offered(there, claim_id, OfferKind.REFUND_PART, THREE_HUNDRED, at)
    hear(at)
    assert [card.closed_as for card in cards(talk, "claim_offer")] == ["refused", "replaced", ""]
    due = view(claim_id).due_at
    assert due is not None
    claims.run_claims(due)
    hear(due)
    forgotten = cards(talk, "claim_offer")[-1]
    assert forgotten.closed_as == "expired"
    assert "Ya no espera tu respuesta" in drawn(forgotten)


def test_goods_to_send_back_are_a_card_until_they_are_sent(there: Bought, talk: int, at: datetime) -> None:
    claim_id = claimed(there, at)
    label = {"carrier": "dhl", "label_number": "4410887202"}
    offer = offered(there, claim_id, OfferKind.RETURN, there.total, at, **label)
    claims.accept_offer(claim_id, offer, by=LUCIA, at=at)
    hear(at)
    [card] = cards(talk, "claim_return")
    said = drawn(card)
    assert "Envía de vuelta lo que reclamaste" in said
    assert "Tienes hasta el" in said
    assert "Ver cómo devolverlo" in said
    assert "/reclamacion/" in said
    claims.send_back(claim_id, carrier="dhl", tracking_number="4410887202", by=LUCIA, at=at + DAY)
    hear(at + DAY)
    [card] = cards(talk, "claim_return")
    assert card.closed_as == "sent_back"
    assert "/reclamacion/" not in drawn(card)


def test_a_refund_that_the_bank_sent_is_a_card_with_its_tracking_key(there: Bought, talk: int, at: datetime) -> None:
    claim_id = claimed(there, at)
    offer = offered(there, claim_id, OfferKind.REFUND_PART, HUNDRED, at)
    claims.accept_offer(claim_id, offer, by=LUCIA, at=at)
    hear(at)
    assert cards(talk, "refund_sent") == []
    row = bank_pays_back(there, HUNDRED, at)
    hear(at)
    [card] = cards(talk, "refund_sent")
    assert row.tracking_key
    said = drawn(card)
    for words in ("$100.00 MXN", row.tracking_key, "Copiar clave de rastreo", "Ver mi pedido"):
        assert words in said
    assert row.account not in said, "the account is the buyer's own, and the chat may be read over his shoulder"
    [line] = [each.text for each in reading.transcript(talk) if "Reembolso enviado" in each.text]
    assert "$100.00" in line


def test_what_was_heard_before_shows_no_second_card(there: Bought, talk: int, at: datetime) -> None:
    claim_id = claimed(there, at)
    offer = offered(there, claim_id, OfferKind.REFUND_PART, HUNDRED, at)
    claims.accept_offer(claim_id, offer, by=LUCIA, at=at)
    hear(at)
    bank_pays_back(there, HUNDRED, at)
    hear(at)
    before = [(entry.seq, entry.kind, entry.closed_as) for entry in reading.entries(talk)]
    Cursor.objects.filter(listener="assistance").update(seq=0)
    hear(at)
    assert [(entry.seq, entry.kind, entry.closed_as) for entry in reading.entries(talk)] == before
