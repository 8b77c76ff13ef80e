"""Who reads what at the desk: his own, what he attended, what he may take; nothing else exists for an analyst."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from seguripago.foundations.people.models import User
from seguripago.foundations.people.queries import Member, member
from seguripago.foundations.staffing.commands import be_present
from seguripago.foundations.staffing.team_commands import make_team
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from seguripago.journey.orders.queries import order
from seguripago.values.actor import Actor
from seguripago.web.live.reading import _admit
from tests.assistance.builders import PASSWORD, Shop, open_shop, place, start
from tests.web.staff import hired

pytestmark = pytest.mark.django_db
ANA = Actor.staff(1, "Ana")
PAGES = ("", "pedido/", "mensajes/", "respuestas/")
PRESSES = (
    "tomar",
    "responder",
    "confirmar",
    "datos-bancarios",
    "identificar",
    "resolver",
    "reabrir",
    "transferir",
    "link",
    "ver-datos",
    "solicitar-comprobante",
    "medio",
)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def shop(now: datetime) -> Shop:
    made = open_shop()
    be_present(made.beto, made.store_id, "available", at=now)
    return made


def person(user_id: int) -> Member:
    found = member(user_id)
    assert found is not None
    return found


def entered_as(user_id: int) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=user_id))
    return client


def dario_of(shop: Shop) -> int:
    return User.objects.get(email=hired(shop.store_id, "analyst", "dario")).pk


def may_read(user_id: int, talk: int, at: datetime) -> bool:
    view = reading.conversation(talk)
    assert view is not None
    return reading.may_read(person(user_id), view, at=at)


def test_a_teammates_conversation_is_nothing_to_an_analyst_on_every_page_and_press(shop: Shop, now: datetime) -> None:
    dario = dario_of(shop)
    be_present(dario, shop.store_id, "available", at=now)
    talk = start(shop, at=now)
    chat.take(talk, shop.beto, at=now)
    browser = entered_as(dario)
    before = reading.conversation(talk)
    for page in PAGES:
        assert browser.get(f"/mesa/{talk}/{page}").status_code == 404, page
    for press in PRESSES:
        assert browser.post(f"/mesa/{talk}/{press}/", {"text": "x", "number": "CM", "to": "1"}).status_code == 404, (
            press
        )
    assert reading.conversation(talk) == before
    for page in ("/mesa/", "/mesa/cola/", "/mesa/buscar/?q=Lucía"):
        assert "Lucía" not in browser.get(page).content.decode()


def test_an_answer_without_the_right_hears_the_same_of_every_conversation(shop: Shop, now: datetime) -> None:
    dario = dario_of(shop)
    be_present(dario, shop.store_id, "available", at=now)
    talk = start(shop, at=now)
    chat.take(talk, shop.beto, at=now)
    json = {"Accept": "application/json"}
    told = [
        entered_as(dario).post(f"/mesa/{each}/responder/", {"text": "Hola"}, headers=json)
        for each in (talk, talk + 999)
    ]
    assert [each.status_code for each in told] == [404, 404]
    assert told[0].json() == told[1].json() == {"error": "Esta conversación ya no está a tu cargo.", "entries": []}


def test_an_analyst_reads_what_waits_for_him_what_is_his_and_what_he_attended(shop: Shop, now: datetime) -> None:
    dario = dario_of(shop)
    be_present(dario, shop.store_id, "available", at=now)
    make_team(shop.store_id, "Facturas", topics=["invoice"], people_ids=[dario], by=ANA, at=now)
    invoice = chat.StartConversation("i", "Lucía", "", "", "invoice", "Hola", "spei")
    talk, billed = start(shop, at=now), chat.start_conversation(shop.store_id, invoice, at=now)
    assert may_read(shop.beto, talk, now)
    assert may_read(dario, talk, now)
    assert not may_read(shop.beto, billed, now)
    assert may_read(dario, billed, now)
    assert may_read(shop.beto, billed, now + timedelta(minutes=4)), "open to all after a minute in red"
    chat.take(talk, shop.beto, at=now)
    assert not may_read(dario, talk, now)
    chat.transfer(talk, dario, "", by=shop.by_beto, at=now)
    assert may_read(shop.beto, talk, now), "he attended it"
    assert may_read(dario, talk, now)
    chat.transfer(talk, shop.beto, "", by=Actor.staff(shop.sofia, "Sofía Paz"), at=now)
    assert may_read(dario, talk, now)


def test_an_absent_teammates_buyer_who_waits_may_be_read_and_taken(shop: Shop, now: datetime) -> None:
    dario = dario_of(shop)
    talk = start(shop, at=now)
    chat.take(talk, shop.beto, at=now)
    later = now + timedelta(seconds=60)
    assert may_read(dario, talk, later)
    assert [row.id for row in reading.queue(shop.store_id, dario, at=later).team] == [talk]
    chat.identify_order(talk, "CM-0000-0000", by=shop.by_beto, at=later)
    assert not may_read(dario, talk, later + timedelta(minutes=2)), "nobody waits for an answer there"


def test_supervisors_read_all_of_their_store_and_carla_nothing(shop: Shop, now: datetime) -> None:
    other = open_shop("otra-tienda")
    talk = start(shop, at=now)
    chat.take(talk, shop.beto, at=now)
    assert may_read(shop.sofia, talk, now)
    for stranger in (other.beto, other.sofia):
        assert not may_read(stranger, talk, now)
    payments = User.objects.get(email=hired(shop.store_id, "payments", "mario")).pk
    assert not may_read(payments, talk, now)


def test_the_stream_of_a_conversation_asks_the_same_right(shop: Shop, now: datetime) -> None:
    dario = dario_of(shop)
    be_present(dario, shop.store_id, "available", at=now)
    talk = start(shop, at=now)

    def follows(user_id: int) -> bool:
        session = entered_as(user_id).session.session_key
        assert session is not None
        return _admit([f"desk-conversation:{talk}"], session, "es-mx").topics[0] is not None

    assert follows(dario)
    chat.take(talk, shop.beto, at=now)
    assert follows(shop.beto)
    assert follows(shop.sofia)
    assert not follows(dario)


def test_a_comprobante_is_not_served_without_the_right(shop: Shop, now: datetime) -> None:
    dario = dario_of(shop)
    be_present(dario, shop.store_id, "available", at=now)
    bought = place(shop, at=now)
    talk = start(shop, at=now, own=(bought.access_token,))
    chat.take(talk, shop.beto, at=now)
    chat.identify_order(talk, bought.number, by=shop.by_beto, at=now)
    for found in (1, 2, 3):
        assert entered_as(dario).get(f"/mesa/{talk}/comprobante/{found}/").status_code == 404


def test_refusals_of_the_queue_are_said_in_words_where_the_person_is(shop: Shop, now: datetime) -> None:
    dario = dario_of(shop)
    be_present(dario, shop.store_id, "available", at=now)
    talk = start(shop, at=now)
    chat.take(talk, shop.beto, at=now)
    chat.transfer(talk, dario, "", by=shop.by_beto, at=now)
    beto = Client()
    assert beto.login(username="beto@sierra-alta.test", password=PASSWORD)
    be_present(dario, shop.store_id, "available", at=timezone.now())
    assert beto.post(f"/mesa/{talk}/tomar/").headers["Location"] == f"/mesa/{talk}/"
    assert "La atiende Dario Prueba" in beto.get("/mesa/").content.decode()
    assert beto.post("/mesa/siguiente/").headers["Location"] == "/mesa/"
    assert "Nadie espera" in beto.get("/mesa/").content.decode()


def test_who_only_attended_once_does_not_change_how_a_teammates_buyer_pays(shop: Shop, now: datetime) -> None:
    dario = dario_of(shop)
    be_present(dario, shop.store_id, "available", at=now)
    bought = place(shop, at=now)
    talk = start(shop, at=now)
    chat.take(talk, dario, at=now)
    chat.transfer(talk, shop.beto, "", by=Actor.staff(dario, "Darío"), at=now)
    chat.identify_order(talk, bought.number, by=shop.by_beto, at=now)
    assert may_read(dario, talk, now), "he attended it"
    entered_as(dario).post(f"/mesa/{talk}/medio/", {"preference": "link"})
    assert order(bought.id).preference == "spei"
    entered_as(shop.beto).post(f"/mesa/{talk}/medio/", {"preference": "link"})
    assert order(bought.id).preference == "link"


def test_nothing_goes_out_of_a_closed_conversation(shop: Shop, now: datetime) -> None:
    bought = place(shop, at=now)
    talk = start(shop, at=now, own=(bought.access_token,))
    chat.take(talk, shop.beto, at=now)
    chat.identify_order(talk, bought.number, by=shop.by_beto, at=now)
    beto, htmx = entered_as(shop.beto), {"HX-Request": "true"}
    chat.resolve(talk, by=shop.by_beto, at=now)
    said = reading.entries(talk, audience="desk")[-1].seq
    for press in ("confirmar", "datos-bancarios", "link", "solicitar-comprobante", "identificar"):
        answer = beto.post(f"/mesa/{talk}/{press}/", {"number": bought.number}, headers=htmx).content.decode()
        assert "La conversación está cerrada" in answer, press
    assert reading.entries(talk, audience="desk")[-1].seq == said
    assert order(bought.id).checks == () or not any(check.confirmed_at for check in order(bought.id).checks)


def test_a_script_that_reads_the_page_again_takes_no_notice_away(shop: Shop) -> None:
    beto = entered_as(shop.beto)
    beto.post("/mesa/siguiente/")
    assert "Nadie espera" not in beto.get("/mesa/", headers={"X-Requested-With": "fetch"}).content.decode()
    assert "Nadie espera" in beto.get("/mesa/").content.decode()
