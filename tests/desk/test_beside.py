"""Beside the order: its deposits, the buyer's history, a comprobante looked at closely, only for those who may read."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from seguripago.foundations.ledger.rules import Account
from seguripago.foundations.people.models import User
from seguripago.foundations.staffing.commands import be_present
from seguripago.journey.assistance import commands as chat
from seguripago.journey.evidence.commands import keep_evidence
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.beside import buyer_history
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.commands import refund_payment, send_transfer_details
from seguripago.journey.payments.queries import payment_of
from seguripago.journey.reconciliation.queries.of_order import candidates_for_order, deposits_of_payment
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from tests.assistance.builders import ALL, PASSWORD, Shop, open_shop, pay, place, say, start
from tests.evidence.files import pdf, picture
from tests.money import bank
from tests.monitor.people import area
from tests.web.staff import hired

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def enter(email: str) -> Client:
    client = Client()
    assert client.login(username=email, password=PASSWORD)
    return client


def verified(shop: Shop, at: datetime, *, turn: int = 1, token: str = "t1") -> tuple[int, int]:
    """Beto's conversation about an order whose six points are confirmed, and the order."""
    bought = place(shop, at=at, turn=turn)
    be_present(shop.beto, shop.store_id, "available", at=at)
    talk = start(shop, at=at, token=token)
    chat.take(talk, shop.beto, at=at)
    say(talk, bought.number, at=at)
    chat.confirm_all(talk, ALL, by=shop.by_beto, at=at)
    return talk, bought.id


def panel_of(client: Client, talk: int) -> str:
    return client.get(f"/mesa/{talk}/pedido/").content.decode()


def test_the_buyers_history_counts_this_stores_orders_of_the_same_person(now: datetime) -> None:
    shop, other = open_shop(), open_shop("otra-tienda")
    for turn in (2, 3):
        place(shop, at=now, turn=turn)
    gone = place(shop, at=now, turn=4)
    orders.cancel_order(gone.id, by=shop.by_beto, reason="prueba", at=now)
    place(shop, at=now, turn=5, email="carla@correo.test", phone="55 9999 0000")
    place(other, at=now, turn=6)
    talk, order_id = verified(shop, timezone.now(), turn=7)
    history = buyer_history(order_id)
    assert (history.purchase, history.count, history.over) == (3, 3, 1)
    drawn = panel_of(enter("beto@sierra-alta.test"), talk)
    assert "3.ª compra" in drawn
    assert "lucia@correo.test" not in drawn


def test_what_went_back_is_not_told_as_paid(now: datetime) -> None:
    shop = open_shop()
    past = []
    for turn in (2, 3, 4):
        bought = place(shop, at=now, turn=turn)
        orders.prefill_checks(bought.id, at=now)
        orders.confirm_checks(bought.id, ALL, by=shop.by_beto, at=now)
        orders.accept_confirmation(bought.id, by=Actor.buyer("Lucía"), at=now)
        past.append((bought, send_transfer_details(bought.id, by=shop.by_beto, at=now)))
        pay(bought.id, at=now, source=f"deposit:{turn}")
    (kept, _), (_, in_part), (cancelled, wholly) = past
    back = Money(100_00)
    with transaction.atomic():
        for payment_id, amount in ((in_part, back), (wholly, cancelled.total)):
            refund_payment(
                payment_id, amount, source=f"x:{payment_id}", comes_from=Account.BANK, by=shop.by_beto, at=now
            )
    assert order(cancelled.id).state == "cancelled"
    talk, _order = verified(shop, timezone.now(), turn=7)
    drawn = panel_of(enter("beto@sierra-alta.test"), talk)
    assert f"Otros 3 pedidos; pagado: {kept.total + kept.total - back}" in drawn
    assert "1 sin pagar o cancelado" in drawn


def test_a_first_purchase_says_so(now: datetime) -> None:
    shop = open_shop()
    talk, _order = verified(shop, now)
    drawn = panel_of(enter("beto@sierra-alta.test"), talk)
    assert "1.ª compra" in drawn
    assert "primer pedido" in drawn


def test_a_check_that_would_say_something_else_now_says_so(now: datetime) -> None:
    """Three days later the promised days are others; what was confirmed stays as it was said."""
    shop = open_shop()
    client = enter("beto@sierra-alta.test")
    fresh, _order = verified(shop, now)
    assert "Ahora diría" not in panel_of(client, fresh)
    stale, _order = verified(shop, now - timedelta(days=3), turn=2, token="t2")
    assert "Ahora diría" in panel_of(client, stale)


def test_money_of_the_order_and_money_in_doubt_stand_beside_it(now: datetime) -> None:
    there = area(now)
    payment = payment_of(there.sold.order_id)
    assert payment is not None
    [candidate] = candidates_for_order(there.sold.store_id, there.number, payment.id)
    assert candidate.case_id == there.case_id
    assert candidate.reasons
    assert not candidate.account or candidate.account.startswith("•••• ")
    assert deposits_of_payment(payment.id) == ()
    bank.transfer(there.sold, there.sold.total.plain, at=now)
    [deposit] = deposits_of_payment(payment.id)
    assert deposit.amount == deposit.applied == there.sold.total
    assert deposit.tone == "ok"


@pytest.mark.parametrize(("name", "body", "pages"), [("spei.png", picture(), 1), ("spei.pdf", pdf(2), 2)])
def test_a_comprobante_is_looked_at_beside_what_was_expected(now: datetime, name: str, body: bytes, pages: int) -> None:
    shop = open_shop()
    talk, order_id = verified(shop, now)
    paper = keep_evidence(order_id, filename=name, body=body, by=Actor.buyer("Lucía"), at=now)
    client = enter("beto@sierra-alta.test")
    fragment = client.get(f"/mesa/{talk}/comprobante/{paper}/ver/", headers={"X-Requested-With": "fetch"})
    said = fragment.content.decode()
    assert "<html" not in said
    assert "$9,135.00" in said
    assert "eso lo dice el banco" in said
    assert said.count("<img") == pages
    assert "<html" in client.get(f"/mesa/{talk}/comprobante/{paper}/ver/").content.decode()
    for page in range(1, pages + 1):
        drawn = client.get(f"/mesa/{talk}/comprobante/{paper}/{page}.png", follow=True)
        assert drawn["Content-Disposition"].startswith("attachment")
        assert drawn["Content-Type"].startswith("image/")
        assert drawn["X-Content-Type-Options"] == "nosniff"
        assert drawn["Content-Security-Policy"].startswith("sandbox")
    assert client.get(f"/mesa/{talk}/comprobante/{paper}/{pages + 1}.png").status_code == 404


def test_a_comprobante_is_for_those_who_may_read_its_conversation(now: datetime) -> None:
    shop = open_shop()
    open_shop("otra-tienda")
    talk, order_id = verified(shop, now)
    other_talk, _other_order = start(shop, at=now, token="t2"), place(shop, at=now, turn=2)
    paper = keep_evidence(order_id, filename="spei.png", body=picture(), by=Actor.buyer("Lucía"), at=now)
    for path in (f"comprobante/{paper}/ver/", f"comprobante/{paper}/1.png"):
        assert enter("beto@otra-tienda.test").get(f"/mesa/{talk}/{path}").status_code == 404
        assert enter("beto@sierra-alta.test").get(f"/mesa/{other_talk}/{path}").status_code == 404
        assert Client().get(f"/mesa/{talk}/{path}").status_code == 302


def test_a_deposit_in_doubt_that_may_be_the_orders_stands_beside_it_on_the_page(now: datetime) -> None:
    """The analyst reads why and promises nothing; whoever decides finds the way to the case."""
    there = area(now)
    store_id = there.sold.store_id
    bought = order(there.sold.order_id)
    asked = chat.StartConversation("t1", "Lucía", "", "", "order", "Hola", "spei", (bought.access_token,))
    talk = chat.start_conversation(store_id, asked, at=now)
    chat.identify_order(talk, there.number, by=Actor.buyer("Lucía"), at=now)
    email = hired(store_id, "analyst", "dario")
    analyst = Client()
    analyst.force_login(User.objects.get(email=email))
    drawn = panel_of(analyst, talk)
    [candidate] = candidates_for_order(store_id, there.number, None)
    strip = drawn.partition('<section class="doubts">')[2].partition("</section>")[0]
    assert "Depósitos por aclarar que podrían ser de este pedido" in strip
    for said in (str(candidate.amount), candidate.tracking_key, candidate.label, *candidate.reasons):
        assert said in strip, said
    assert "no prometas el pago" in strip
    assert f"/caso/{candidate.case_id}/" not in drawn
    decides = panel_of(there.supervisor, talk)
    assert f"/caso/{candidate.case_id}/" in decides
    assert "no prometas el pago" not in decides
    bank.transfer(there.sold, there.sold.total.plain, at=now)
    paid = panel_of(analyst, talk)
    assert "Transferencia detectada" in paid
    assert "coincide con el monto exacto" in paid
    stranger = area(now)
    assert stranger.supervisor.get(f"/mesa/{talk}/pedido/").status_code == 404
