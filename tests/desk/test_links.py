"""The payment link at the desk: sent in one press, for a part, shared, withdrawn; the screen says what became of it."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone

from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from seguripago.journey.orders.queries import order
from seguripago.journey.payments import commands as payments
from seguripago.journey.payments.queries import live_link, payment_of
from seguripago.values.money import Money
from seguripago.web.desk.screens import charge_key
from tests.assistance.builders import ALL, Shop, cards, hear, open_shop, pay, place, say
from tests.desk.test_desk import attended, beto_enters, enter

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def agreed(shop: Shop, at: datetime) -> tuple[Client, int, int]:
    """Beto attends a buyer who accepted the confirmation."""
    beto, talk = beto_enters(shop), attended(shop, at)
    bought = place(shop, at=at)
    say(talk, bought.number, at=at)
    chat.confirm_all(talk, ALL, by=shop.by_beto, at=at)
    chat.buyer_accepts(talk, at=at)
    hear(at=at)
    return beto, talk, bought.id


def panel(beto: Client, talk: int) -> str:
    return beto.get(f"/mesa/{talk}/pedido/").content.decode()


def test_one_press_sends_it_and_it_waits_for_the_six_checks(now: datetime) -> None:
    shop = open_shop()
    beto, talk = beto_enters(shop), attended(shop, now)
    bought = place(shop, at=now)
    say(talk, bought.number, at=now)
    early = beto.post(f"/mesa/{talk}/link/", headers={"HX-Request": "true"}).content.decode()
    assert "Todavía no se puede enviar" in early
    assert "link" not in cards(talk)
    chat.confirm_all(talk, ALL, by=shop.by_beto, at=now)
    chat.buyer_accepts(talk, at=now)
    said = beto.post(f"/mesa/{talk}/link/", headers={"HX-Request": "true"}).content.decode()
    link = live_link(bought.id, at=now)
    assert link is not None
    assert cards(talk).count("link") == 1
    assert (link.phrase in said, "Enviado" in said, "Todavía no" in said) == (True, True, True)


def test_a_deposit_is_exact_and_its_limits_are_said(now: datetime) -> None:
    shop = open_shop()
    beto, talk, order_id = agreed(shop, now)
    for typed in ("", "mucho", "9,135.00", "0"):
        wrong = {"purpose": "deposit", "deposit": typed}
        said = beto.post(f"/mesa/{talk}/link/", wrong, headers={"HX-Request": "true"}).content.decode()
        assert "de $1.00 a $9,134.99" in said
    beto.post(f"/mesa/{talk}/link/", {"purpose": "deposit", "deposit": "33.33 %"}, headers={"HX-Request": "true"})
    link = live_link(order_id, at=now)
    assert link is not None
    assert (link.amount, link.rest) == (Money(304_470), Money(609_030))
    assert "Anticipo" in panel(beto, talk)
    pay(order_id, link.amount, at=now)
    hear(at=now)
    assert "Resto" in panel(beto, talk)


def test_it_is_shared_without_the_buyers_telephone(now: datetime) -> None:
    shop = open_shop()
    beto, talk, order_id = agreed(shop, now)
    beto.post(f"/mesa/{talk}/link/")
    shared = beto.get(f"/mesa/{talk}/link/compartir/", headers={"HX-Request": "true"}).content.decode()
    assert "https://wa.me/?text=" in shared
    assert re.search(r"/pago/[A-Za-z0-9_.-]{100,}/", shared)
    assert "<svg" in shared
    assert "5550128846" not in shared
    assert "html" in beto.get(f"/mesa/{talk}/link/compartir/").content.decode()[:40].lower()
    payments.open_link(
        str(payment_of(order_id).link_token),  # type: ignore[union-attr]
        caller="10.0.0.1",
        agent="Mozilla/5.0 (iPhone) Mobile",
        own_session=False,
        at=now,
    )
    assert 'bdg info">Abierto' in panel(beto, talk)


def test_it_is_withdrawn_with_a_reason_by_whoever_answers(now: datetime) -> None:
    shop = open_shop()
    beto, talk, order_id = agreed(shop, now)
    beto.post(f"/mesa/{talk}/link/")
    assert (
        "motivo"
        in beto.post(f"/mesa/{talk}/link/retirar/", {"why": " "}, headers={"HX-Request": "true"}).content.decode()
    )
    assert live_link(order_id, at=now) is not None
    said = beto.post(f"/mesa/{talk}/link/retirar/", {"why": "Monto equivocado"}, headers={"HX-Request": "true"})
    assert "Retirado" in said.content.decode()
    assert live_link(order_id, at=now) is None
    again = beto.post(f"/mesa/{talk}/link/retirar/", {"why": "Otra vez"}, headers={"HX-Request": "true"})
    assert "ya no estaba vigente" in again.content.decode()
    assert "ya no está vigente" in beto.get(f"/mesa/{talk}/link/compartir/").content.decode()


def test_another_stores_people_see_nothing(now: datetime) -> None:
    shop, rival = open_shop(), open_shop("rival")
    _beto, talk, _order = agreed(shop, now)
    carla = enter("beto@rival.test")
    assert rival
    assert carla.get(f"/mesa/{talk}/link/compartir/").status_code == 404
    assert carla.post(f"/mesa/{talk}/link/retirar/", {"why": "x"}).status_code == 404


def test_an_analyst_charges_whoever_writes_without_a_cart(now: datetime) -> None:
    shop = open_shop()
    beto, talk = beto_enters(shop), attended(shop, now)
    assert "Cobro rápido para este comprador" in panel(beto, talk)
    typed = {
        "key": charge_key(talk),
        "concept": "Curso de barismo",
        "amount": "mil",
        "iva": "1600",
        "days": "3",
        "note": "",
        "phone": "55 5012 8846",
    }
    assert beto.post(f"/mesa/{talk}/cobro/", typed).status_code == 302
    said = beto.get(f"/mesa/{talk}/").content.decode()
    assert ("como 1,250.00" in said, 'value="mil"' in said) == (True, True)
    for _twice in range(2):
        beto.post(f"/mesa/{talk}/cobro/", typed | {"amount": "580"})
    view = reading.conversation(talk)
    assert view is not None
    assert view.order_id is not None
    made = order(view.order_id)
    assert (made.is_quick, made.total, made.made_by) == (True, Money(58_000), "Beto Luna")
    hear(at=now)
    shown = cards(talk)
    assert (shown.count("order_verified"), shown.count("link"), shown.count("confirmation")) == (1, 1, 1)
    chat.buyer_accepts(talk, at=now)
    pay(made.id, at=now)
    hear(at=now)
    assert order(made.id).paid_at is not None
    assert "certificate" in cards(talk)


def test_a_conversation_keeps_its_order(now: datetime) -> None:
    shop = open_shop()
    beto, talk, _order = agreed(shop, now)
    typed = {"key": charge_key(talk), "concept": "Otra cosa", "amount": "580", "iva": "1600", "days": "3", "note": ""}
    beto.post(f"/mesa/{talk}/cobro/", typed)
    assert "ya acompaña al pedido" in beto.get(f"/mesa/{talk}/").content.decode()
    assert cards(talk).count("order_verified") == 1
