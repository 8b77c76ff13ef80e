"""The Mesa de analistas over HTTP: who may enter, what is drawn, what each button does."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from seguripago.foundations.people.commands import hire
from seguripago.foundations.staffing.commands import be_present
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from seguripago.journey.orders.queries import order
from tests.assistance.builders import ALL, PASSWORD, Shop, cards, open_shop, place, say, start, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def enter(email: str) -> Client:
    client = Client()
    assert client.login(username=email, password=PASSWORD)
    return client


def beto_enters(shop: Shop) -> Client:
    return enter("beto@sierra-alta.test")


def attended(shop: Shop, at: datetime) -> int:
    """A conversation that Beto attends."""
    be_present(shop.beto, shop.store_id, "available", at=at)
    talk = start(shop, at=at)
    chat.take(talk, shop.beto, at=at)
    return talk


def test_a_stranger_goes_to_sign_in_and_another_role_finds_nothing(now: datetime) -> None:
    shop = open_shop()
    talk = attended(shop, now)
    for path in ("/mesa/", "/mesa/cola/", f"/mesa/{talk}/", f"/mesa/{talk}/pedido/", "/mesa/buscar/?q=luc"):
        answer = Client().get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/entrar/?next=")
    hire(
        shop.store_id,
        email="medios@sierra-alta.test",
        name="Mario",
        role="payments",
        analyst_number="A-9",
        password=PASSWORD,
    )
    assert enter("medios@sierra-alta.test").get("/mesa/").status_code == 404


def test_beto_of_another_store_finds_nothing_of_this_one(now: datetime) -> None:
    shop = open_shop()
    open_shop("otra-tienda")
    talk = attended(shop, now)
    other = enter("beto@otra-tienda.test")
    assert "Lucía" not in other.get("/mesa/").content.decode()
    assert "Lucía" not in other.get("/mesa/buscar/?q=Luc").content.decode()
    for path in (f"/mesa/{talk}/", f"/mesa/{talk}/pedido/", f"/mesa/{talk}/mensajes/"):
        assert other.get(path).status_code == 404
    for action in (
        "tomar",
        "responder",
        "confirmar",
        "datos-bancarios",
        "identificar",
        "resolver",
        "transferir",
        "link",
    ):
        assert other.post(f"/mesa/{talk}/{action}/", {"text": "x", "number": "CM"}).status_code == 404
    assert reading.entries(talk, audience="desk")[-1].kind == "join"


def test_the_empty_desk_says_what_will_come(now: datetime) -> None:
    page = beto_enters(open_shop()).get("/mesa/").content.decode()
    for words in ("Tu bandeja está al día", "Elige una conversación", "Sin pedido abierto", "Tomar siguiente"):
        assert words in page
    assert "style=" not in page
    assert "onclick" not in page


def test_taking_the_next_opens_the_one_that_waits_longest(now: datetime) -> None:
    shop = open_shop()
    beto = beto_enters(shop)
    beto.get("/mesa/")
    first = start(shop, at=now - timedelta(seconds=20), token="a")
    start(shop, at=now - timedelta(seconds=10), token="b")
    assert beto.post("/mesa/siguiente/").headers["Location"] == f"/mesa/{first}/"
    view = reading.conversation(first)
    assert view is not None
    assert view.analyst_name == "Beto Luna"


def test_the_analyst_walks_the_buyer_from_number_to_bank_details(now: datetime) -> None:
    shop = open_shop()
    beto, talk = beto_enters(shop), attended(shop, now)
    bought = place(shop, at=now)
    page = beto.get(f"/mesa/{talk}/").content.decode()
    assert "Primero verifica el pedido." in page
    htmx = {"HX-Request": "true"}

    panel = beto.post(f"/mesa/{talk}/identificar/", {"number": bought.number}, headers=htmx).content.decode()
    assert bought.number in panel
    for item in ("Existencias", "Datos", "Direcciones", "Tiempos de entrega", "Garantías", "Monto"):
        assert f"<span>{item}</span>" in panel
    refused = beto.post(f"/mesa/{talk}/datos-bancarios/", headers=htmx).content.decode()
    assert "Todavía no se puede enviar" in refused
    assert "bank_details" not in cards(talk)

    one = beto.post(f"/mesa/{talk}/confirmar/", {"item": "stock"}, headers=htmx).content.decode()
    assert "1 de 6" in one
    everything = beto.post(f"/mesa/{talk}/confirmar/", headers=htmx).content.decode()
    assert "6 de 6" in everything
    assert {check.confirmed_by for check in order(bought.id).checks} == {"Beto Luna"}
    assert cards(talk)[-1] == "confirmation"
    assert "Falta que el comprador acepte la confirmación." in everything

    chat.buyer_accepts(talk, at=now)
    sent = beto.post(f"/mesa/{talk}/datos-bancarios/", headers=htmx).content.decode()
    assert "Enviados a las" in sent
    assert "Transferencia monitoreada" in sent
    assert cards(talk)[-2:] == ["bank_details", "transfer_monitored"]
    beto.post(f"/mesa/{talk}/solicitar-comprobante/", headers=htmx)
    assert cards(talk)[-1] == "evidence_requested"


def test_a_reply_is_kept_once_and_a_note_stays_private(now: datetime) -> None:
    shop = open_shop()
    beto, talk = beto_enters(shop), attended(shop, now)
    same = {"text": "Hola, Lucía", "client_id": str(uuid.uuid4()), "seen_seq": "2", "mode": "reply"}
    headers = {"Accept": "application/json"}
    for _time in range(2):
        answer = beto.post(f"/mesa/{talk}/responder/", same, headers=headers)
        assert answer.status_code == 200
    told = json.loads(answer.content)
    assert [entry["seq"] for entry in told["entries"]] == [3]
    assert "Hola, Lucía" in told["entries"][0]["html"]
    beto.post(f"/mesa/{talk}/responder/", {"text": "Ojo", "mode": "note"}, headers=headers)
    assert texts(talk)[-1] == "Hola, Lucía"
    assert "Ojo" in beto.get(f"/mesa/{talk}/").content.decode()


def test_a_dictated_clabe_and_a_blind_reply_are_refused_with_words(now: datetime) -> None:
    shop = open_shop()
    beto, talk = beto_enters(shop), attended(shop, now)
    headers = {"Accept": "application/json"}
    dictated = beto.post(f"/mesa/{talk}/responder/", {"text": "646180115700294217", "seen_seq": "9"}, headers=headers)
    assert dictated.status_code == 422
    assert "usa la tarjeta" in dictated.json()["error"]
    chat.reply(talk, shop.sofia, "Yo lo veo", client_id=uuid.uuid4(), seen_seq=9, at=now)
    blind = beto.post(f"/mesa/{talk}/responder/", {"text": "Hola", "seen_seq": "2"}, headers=headers)
    assert blind.status_code == 409
    assert "Sofía Paz" in blind.json()["error"]
    assert "Yo lo veo" in blind.json()["entries"][0]["html"]


def test_what_a_buyer_writes_is_never_markup(now: datetime) -> None:
    shop = open_shop()
    beto, talk = beto_enters(shop), attended(shop, now)
    say(talk, "<script>alert(1)</script><b>hola</b>", at=now)
    page = beto.get(f"/mesa/{talk}/").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page


def test_a_region_that_says_the_same_is_not_sent_again(now: datetime) -> None:
    shop = open_shop()
    beto, talk = beto_enters(shop), attended(shop, now)
    page = beto.get(f"/mesa/{talk}/").content.decode()
    queue = page.split('hx-get="/mesa/cola/?')[1].split('"')[0].replace("&amp;", "&")
    panel = page.split(f'hx-get="/mesa/{talk}/pedido/?')[1].split('"')[0]
    assert beto.get(f"/mesa/cola/?{queue}").status_code == 204
    assert beto.get(f"/mesa/{talk}/pedido/?{panel}").status_code == 204
    say(talk, "¿Hola?", at=now)
    assert beto.get(f"/mesa/cola/?{queue}").status_code == 200


def test_transfer_and_resolve_leave_their_trace(now: datetime) -> None:
    shop = open_shop()
    beto, talk = beto_enters(shop), attended(shop, now)
    beto.post(f"/mesa/{talk}/transferir/", {"to": str(shop.sofia), "note": "Pide factura"})
    view = reading.conversation(talk)
    assert view is not None
    assert view.analyst_name == "Sofía Paz"
    assert "Pide factura" in texts(talk, audience="desk")
    assert "Pide factura" not in texts(talk)
    # Passed on: he may read what he attended, and only whoever has it now may close it.
    beto.post(f"/mesa/{talk}/resolver/")
    read_only = beto.get(f"/mesa/{talk}/").content.decode()
    assert "La atiende Sofía Paz" in read_only
    assert 'id="composer"' not in read_only
    enter("sofia@sierra-alta.test").post(f"/mesa/{talk}/resolver/")
    closed = beto.get(f"/mesa/{talk}/").content.decode()
    assert "Abrir de nuevo" in closed
    beto.post(f"/mesa/{talk}/reabrir/")
    opened = reading.conversation(talk)
    assert opened is not None
    assert opened.state == "assigned"


def test_the_queries_of_the_desk_do_not_grow_with_its_queue(now: datetime, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    shop = open_shop()
    beto, talk = beto_enters(shop), attended(shop, now)
    bought = place(shop, at=now)
    say(talk, bought.number, at=now)
    chat.confirm_all(talk, ALL, by=shop.by_beto, at=now)
    beto.get(f"/mesa/{talk}/")
    for turn in range(8):
        start(shop, at=now, token=f"more-{turn}")
    # Seven of them are what stands beside the order: deposits, cases in doubt, history, what the checks say now.
    with django_assert_num_queries(40):
        beto.get(f"/mesa/{talk}/")
    for turn in range(8):
        start(shop, at=now, token=f"yet-more-{turn}")
    with django_assert_num_queries(40):
        beto.get(f"/mesa/{talk}/")
