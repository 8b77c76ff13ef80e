"""Each step of a claim is said in the chat, and by mail to whom it waits for."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db.models import Q
from django.utils import timezone

from seguripago.foundations.facts.commands import listen_once, number_facts
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance.listeners import LISTENERS as CHAT
from seguripago.journey.assistance.models import Conversation, Entry
from seguripago.journey.claims import commands as claims
from seguripago.journey.claims.rules import OfferKind
from seguripago.journey.notices.listeners import LISTENERS as MAILS
from seguripago.journey.notices.models import Mail
from tests.claims import world
from tests.claims.world import DAY, HUNDRED, LUCIA, claimed, decided, offered, view
from tests.refunds.world import hear as hear_money

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def at() -> datetime:
    return timezone.now()


def hear(at: datetime) -> None:
    """Let the money's rooms hear first, then the chat and the mails."""
    hear_money(at)
    for listener in (*CHAT, *MAILS):
        while listen_once(listener, at=at):
            number_facts()


def told(talk: int, *, is_private: bool = False) -> list[str]:
    rows = Entry.objects.filter(conversation=talk, visibility="desk" if is_private else "all")
    rows = rows.filter(Q(kind="status", body__status="claim") | Q(kind="card", body__card="claim_offer"))
    return [row.body["text"] for row in rows.order_by("seq")]


def mails(template: str) -> list[str]:
    return [row.text for row in Mail.objects.filter(template=template).order_by("pk")]


def test_every_step_is_said_once_in_the_chat_and_by_mail_to_who_must_act(at: datetime) -> None:
    there = world.delivered(at)
    asked = chat.StartConversation("t" * 40, "Lucía", "lucia@correo.test", "55 5012 8846", "order", "Hola", "spei")
    talk = chat.start_conversation(there.store_id, asked, at=at)
    Conversation.objects.filter(pk=talk).update(order_id=there.order_id)
    claim_id = claimed(there, at)
    hear(at)
    hear(at)
    number = view(claim_id).number
    assert told(talk) == [line for line in told(talk) if "abierta: Llegó dañado" in line]
    assert len(told(talk)) == 1
    assert number in mails("claim")[0]
    assert "/reclamacion/" in mails("claim_step")[0]
    offer = offered(there, claim_id, OfferKind.REFUND_PART, HUNDRED, at)
    hear(at)
    assert "Reembolso parcial ($100.00)" in told(talk)[-1]
    claims.refuse_offer(claim_id, offer, words="Es poco", by=LUCIA, at=at)
    hear(at)
    assert len(mails("claim")) == 2
    due = view(claim_id).due_at
    assert due is not None
    claims.run_claims(due - DAY / 4)
    hear(due - DAY / 4)
    assert "por vencer" in told(talk, is_private=True)[0]
    assert len(mails("claim")) == 3
    claims.run_claims(due)
    hear(due)
    assert "la revisa un supervisor" in told(talk)[-1]
    decided(there, claim_id, HUNDRED, due)
    hear(due)
    assert "$100.00 para quien compró" in told(talk)[-1]
    assert "Se puede apelar hasta el" in told(talk)[-1]
    claims.run_claims(due + DAY * 30)
    hear(due + DAY * 30)
    assert any("concluyó" in line and "Reembolso: $100.00" in line for line in told(talk))
    assert any("concluyó" in text for text in mails("claim_step"))
