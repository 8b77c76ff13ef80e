"""What a buyer reads of a refund, in the chat and by mail: granted, not granted, did not arrive; each once."""

from __future__ import annotations

from datetime import datetime

import pytest

from seguripago.foundations.facts.models import Cursor
from seguripago.journey.assistance import commands as chat
from seguripago.journey.notices.models import Mail
from seguripago.journey.orders.queries import order
from seguripago.journey.reconciliation import commands as bank_side
from seguripago.journey.refunds import commands as refunds
from seguripago.journey.refunds.rules import RefundReason
from tests.assistance.builders import hear, say, texts
from tests.refunds.test_machine import HUNDRED, Paid, approved, leave, paid, waiting

pytestmark = pytest.mark.django_db
CLABE = "012180015012884670"


def talking(there: Paid, at: datetime) -> int:
    """The order's buyer has told its number in the chat."""
    bought = order(there.order_id)
    began = chat.StartConversation("t1", bought.buyer.name, bought.buyer.email, "", "SEGURIPAGO", "Hola", "spei", ())
    talk = chat.start_conversation(there.store_id, began, at=at)
    say(talk, bought.number, at=at)
    hear(at=at)
    return talk


def told(talk: int, words: str) -> int:
    return sum(words in text for text in texts(talk))


def mail_of(template: str) -> Mail:
    """The only mail of its kind; no account of anybody's is in it."""
    found = Mail.objects.get(template=template)
    assert CLABE not in found.text + found.html
    return found


def heard_again(at: datetime) -> None:
    """Chat and mail read every fact once more."""
    Cursor.objects.filter(listener__regex=r"^(assistance|notices)").update(seq=0)
    hear(at=at)


def test_a_granted_refund_is_told_with_its_amount_once(at: datetime) -> None:
    there = paid(at)
    talk = talking(there, at)
    approved(there, HUNDRED, at)
    hear(at=at)
    heard_again(at)
    assert told(talk, "Se aprobó tu reembolso de $100.00 MXN. En tu pedido ves cómo va.") == 1
    sent = mail_of("refund_approved")
    assert order(there.order_id).number in sent.subject
    assert "Vuelve por donde pagaste" in sent.text
    assert f"/pedido/{order(there.order_id).access_token}/" in sent.text


def test_where_an_account_is_missing_the_buyer_is_asked_for_it(at: datetime) -> None:
    there = paid(at, payer_account="")
    talk = talking(there, at)
    approved(there, HUNDRED, at)
    hear(at=at)
    assert told(talk, "Dinos en tu pedido a qué CLABE, con su prueba.") == 1
    assert "escribe tu CLABE en la página de tu pedido" in mail_of("refund_approved").text


def test_a_refund_that_is_not_granted_says_why(at: datetime) -> None:
    there = paid(at)
    talk = talking(there, at)
    asked = refunds.ask_refund(
        there.order_id, HUNDRED, reason=RefundReason.BY_STORE, note="Se agotó", by=there.mariana, at=at
    )
    refunds.reject_any(waiting(there, asked)[0], reason="Sí hay otra pieza", by=there.diego, at=at)
    hear(at=at)
    heard_again(at)
    assert told(talk, "El reembolso que se pidió no procede: Sí hay otra pieza") == 1
    sent = mail_of("refund_rejected")
    assert "$100.00 MXN" in sent.text
    assert "Sí hay otra pieza" in sent.text
    assert not Mail.objects.filter(template="refund_approved").exists()


def test_a_refund_that_did_not_arrive_is_told_without_the_banks_words(at: datetime) -> None:
    there = paid(at)
    talk = talking(there, at)
    refund_id = approved(there, HUNDRED, at)
    row = leave(there, at)
    bank_side.fail_return(row.pk, reason="R06 cuenta bloqueada", by=there.diego, at=at)
    hear(at=at)
    heard_again(at)
    assert told(talk, "Tu reembolso de $100.00 MXN no llegó. La tienda lo revisa y te avisa aquí.") == 1
    assert told(talk, "R06") == 0
    sent = mail_of("refund_failed")
    assert "no llegó" in sent.subject
    assert "R06" not in sent.text + sent.html

    # What is decided again is told again: it is another decision.
    again = refunds.propose_again(refund_id, by=there.mariana, at=at)
    later = at.replace(hour=at.hour + 1)
    refunds.approve_any(again, seen=waiting(there, refund_id)[1], by=there.diego, at=later)
    hear(at=later)
    assert told(talk, "Se aprobó tu reembolso de $100.00 MXN") == 2
    assert Mail.objects.filter(template="refund_approved").count() == 2
