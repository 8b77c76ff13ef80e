"""The payment link in the chat: sent by itself, its card follows what becomes of it, deposit and rest, lost and new."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from seguripago.foundations.ledger.rules import Account
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from seguripago.journey.assistance.queries import EntryView
from seguripago.journey.assistance.rules import Intent, understand
from seguripago.journey.orders.queries import order
from seguripago.journey.payments import commands as payments
from seguripago.journey.payments.commands import Settlement, Undone
from seguripago.journey.payments.queries import live_link, payment_of
from seguripago.journey.payments.refusals import LinkEnded
from seguripago.journey.payments.rules.asked_deposit import DepositUnreadable
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from tests.assistance.builders import ALL, Shop, cards, hear, open_shop, pay, place, said_by, say, start

pytestmark = pytest.mark.django_db
CHROME = "Mozilla/5.0 (Linux; Android 15) Mobile Chrome/140"


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("me perdí el link", Intent.LOST_LINK),
        ("perdi la liga de pago", Intent.LOST_LINK),
        ("no encuentro el link que me mandaron", Intent.LOST_LINK),
        ("el link ya no sirve", Intent.LOST_LINK),
        ("mi liga no abre", Intent.LOST_LINK),
        ("el link vencio", Intent.LOST_LINK),
        ("me mandas otra vez el link porfa", Intent.LOST_LINK),
        ("mándame otro link", Intent.LOST_LINK),
        ("no me llegó el link", Intent.LOST_LINK),
        ("quiero pagar un anticipo", Intent.DEPOSIT),
        ("¿puedo dejar un anticipo?", Intent.DEPOSIT),
        ("se puede dar enganche", Intent.DEPOSIT),
        ("quiero pagar la mitad ahorita y el resto después", Intent.DEPOSIT),
        ("puedo abonar el 30%", Intent.DEPOSIT),
    ],
)
def test_what_is_said_of_links_and_deposits_is_understood(said: str, intent: Intent) -> None:
    assert understand(said).has(intent)


@pytest.mark.parametrize(
    "said",
    [
        "quiero pagar con liga",
        "mejor mándame el link",
        "prefiero link de pago",
        "vi su liga en facebook",
        "todo correcto",
    ],
)
def test_who_wants_to_pay_by_link_has_lost_none(said: str) -> None:
    heard = understand(said)
    assert not heard.has(Intent.LOST_LINK)
    assert not heard.has(Intent.DEPOSIT)


def sent(shop: Shop, at: datetime) -> tuple[int, int]:
    """A conversation whose buyer chose the link and was sent it by the assistant, and its order."""
    bought = place(shop, at=at, preference="link")
    talk = start(shop, at=at, medium="link")
    say(talk, bought.number, at=at)
    chat.buyer_accepts(talk, at=at)
    hear(at=at)
    return talk, bought.id


def card(talk: int) -> EntryView:
    return [entry for entry in reading.entries(talk) if entry.card == "link"][-1]


def test_the_assistant_sends_the_link_by_itself_with_what_its_page_shows(at: datetime) -> None:
    talk, order_id = sent(open_shop(), at)
    link = live_link(order_id, at=at)
    assert link is not None
    body = card(talk).body
    assert cards(talk).count("link") == 1
    assert (body["phrase"], body["amount"], body["store_name"]) == (
        link.phrase,
        order(order_id).total,
        "Sierra Alta Café",
    )
    assert len(link.phrase.split()) >= 3


def test_the_card_follows_the_link(at: datetime) -> None:
    talk, order_id = sent(open_shop(), at)
    token = card(talk).body["link_token"]
    payments.open_link(token, caller="10.0.0.1", agent="WhatsApp/2.24", own_session=False, at=at)
    hear(at=at)
    assert not card(talk).closed
    for _twice in range(2):
        payments.open_link(token, caller="10.0.0.1", agent=CHROME, own_session=False, at=at)
        hear(at=at)
    assert card(talk).closed_as == "opened"
    assert [entry.text for entry in reading.entries(talk)].count("Se abrió el link de pago.") == 1
    pay(order_id, at=at)
    hear(at=at)
    assert card(talk).closed_as == "received"


def test_a_link_that_was_given_more_time_has_a_card_with_a_token_as_long(at: datetime) -> None:
    talk, order_id = sent(open_shop(), at)
    before = card(talk)
    payments.extend_clock(order_id, hours=24, by=Actor.buyer("Lucía"), at=at)
    hear(at=at)
    hear(at=at)
    now = card(talk)
    assert cards(talk).count("link") == 2
    assert [entry.closed_as for entry in reading.entries(talk) if entry.card == "link"] == ["replaced", ""]
    late = at + timedelta(hours=30)
    states = [
        payments.open_link(each.body["link_token"], caller="", agent="", own_session=False, at=late).state.value
        for each in (before, now)
    ]
    assert states == ["expired", "valid"]


def test_what_ends_a_link_is_said_on_its_card(at: datetime) -> None:
    shop = open_shop()
    talk, order_id = sent(shop, at)
    chat.revoke_link(talk, why="Monto equivocado", by=shop.by_beto, at=at)
    hear(at=at)
    assert card(talk).closed_as == "revoked"
    with pytest.raises(LinkEnded):
        chat.revoke_link(talk, why="Otra vez", by=shop.by_beto, at=at)
    chat.send_link(talk, token="a" * 32, by=shop.by_beto, at=at)
    chat.send_bank_details(talk, by=shop.by_beto, at=at)
    hear(at=at)
    assert (card(talk).closed_as, live_link(order_id, at=at)) == ("replaced", None)
    chat.send_link(talk, token="b" * 32, by=shop.by_beto, at=at)
    hear(at=at)
    assert [entry.closed for entry in reading.entries(talk) if entry.card == "bank_details"] == [True]
    late = at + timedelta(days=3)
    payments.expire_links(at=late)
    hear(at=late)
    assert card(talk).closed_as == "expired"


def test_who_lost_the_link_gets_another_and_the_old_one_ends(at: datetime) -> None:
    talk, order_id = sent(open_shop(), at)
    first = card(talk)
    say(talk, "me perdí el link", at=at)
    assert "está en la tarjeta de arriba" in said_by(talk, "assistant")[-1]
    later = at + timedelta(minutes=5)
    say(talk, "no encuentro el link", at=later)
    hear(at=later)
    assert cards(talk).count("link") == 2
    assert card(talk).body["link_id"] != first.body["link_id"]
    with_old = reading.entries(talk, first.seq - 1)
    assert [entry.closed_as for entry in with_old if entry.seq == first.seq] == ["replaced"]
    assert order(order_id).state == "verified"


def test_a_deposit_is_for_a_person_and_the_whole_is_not_sent_meanwhile(at: datetime) -> None:
    shop = open_shop()
    bought = place(shop, at=at, preference="link")
    talk = start(shop, at=at, medium="link")
    say(talk, bought.number, at=at)
    say(talk, "todo correcto, pero quiero pagar un anticipo", at=at)
    assert reading.conversation(talk).handed_over == "deposit"  # type: ignore[union-attr]
    chat.buyer_accepts(talk, at=at)
    hear(at=at)
    assert "link" not in cards(talk)
    chat.send_link(talk, token="c" * 32, purpose="deposit", deposit="30 %", by=shop.by_beto, at=at)
    asked = card(talk).body
    assert (asked["purpose"], asked["amount"]) == ("deposit", Money(274_050))


def test_deposit_then_rest_ends_paid_and_is_told_in_order(at: datetime) -> None:
    shop = open_shop()
    bought = place(shop, at=at)
    talk = start(shop, at=at)
    say(talk, bought.number, at=at)
    chat.confirm_all(talk, ALL, by=shop.by_beto, at=at)
    chat.buyer_accepts(talk, at=at)
    with pytest.raises(DepositUnreadable):
        chat.send_link(talk, token="d" * 32, purpose="deposit", deposit="9,135.00", by=shop.by_beto, at=at)
    chat.send_link(talk, token="d" * 32, purpose="deposit", deposit="2,000.00", by=shop.by_beto, at=at)
    hear(at=at)
    pay(bought.id, Money(200_000), at=at)
    hear(at=at)
    shown = cards(talk)
    assert shown[-2:] == ["deposit_received", "link"]
    assert "partial_payment" not in shown
    payment = payment_of(bought.id)
    assert payment is not None
    assert (card(talk).body["purpose"], card(talk).body["amount"]) == ("rest", payment.missing)
    first = next(entry for entry in reading.entries(talk) if entry.card == "link")
    assert first.closed_as == "received"
    pay(bought.id, at=at, source="deposit:2")
    hear(at=at)
    assert order(bought.id).paid_at is not None
    assert card(talk).closed_as == "received"


def test_a_link_that_counted_on_money_that_went_back_says_so(at: datetime) -> None:
    shop = open_shop()
    talk, order_id = sent(shop, at)
    chat.send_link(talk, token="e" * 32, purpose="deposit", deposit="2,000.00", by=shop.by_beto, at=at)
    hear(at=at)
    pay(order_id, Money(200_000), at=at)
    hear(at=at)
    assert (card(talk).body["purpose"], card(talk).closed) == ("rest", False)
    payment = payment_of(order_id)
    assert payment is not None
    gone = Undone(payment.id, "deposit:1", Money(200_000), Money(200_000))
    with transaction.atomic():
        payments.reverse_payments([gone], by=shop.by_beto, at=at)
    hear(at=at)

    said = [entry.text for entry in reading.entries(talk) if entry.kind == "status"]
    assert "Ese link ya no sirve: contaba con dinero que se devolvió. Si aún quieres pagar, pide aquí otro." in said
    assert not [text for text in said if "Tu pedido cambió" in text or "retiró" in text]
    assert card(talk).closed_as == "ended", "there is no newer one"


def test_a_link_that_nobody_needs_because_a_card_paid_says_so(at: datetime) -> None:
    talk, order_id = sent(open_shop(), at)
    asked = payments.ask_card(order_id, at=at)
    with transaction.atomic():
        settled = Settlement(asked.payment_id, "charge:1", asked.amount, at, Account.CARD_GATEWAY)
        payments.confirm_payments([settled], by=Actor.system(), at=at)
    hear(at=at)

    said = [entry.text for entry in reading.entries(talk) if entry.kind == "status"]
    assert not [text for text in said if "Tu pedido cambió" in text]
    assert card(talk).closed
