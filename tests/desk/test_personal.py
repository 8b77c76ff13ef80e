"""Personal data at the desk: masked until somebody gives a reason, counted, and kept in the audit."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from seguripago.foundations.audit.queries import history
from seguripago.foundations.staffing.commands import be_present
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from seguripago.journey.assistance.commands import TooManyReveals
from seguripago.journey.assistance.models import Reveal
from tests.assistance.builders import ALL, EMAIL, PASSWORD, PHONE, Shop, open_shop, place, say, start
from tests.web.staff import entered

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def enter(name: str, shop: str = "sierra-alta") -> Client:
    client = Client()
    assert client.login(username=f"{name}@{shop}.test", password=PASSWORD)
    return client


def verified(shop: Shop, at: datetime) -> int:
    """A conversation of Beto's whose order is verified and checked."""
    be_present(shop.beto, shop.store_id, "available", at=at)
    talk = start(shop, at=at)
    chat.take(talk, shop.beto, at=at)
    say(talk, place(shop, at=at).number, at=at)
    chat.confirm_all(talk, ALL, by=shop.by_beto, at=at)
    return talk


def test_nothing_personal_is_on_the_page_until_a_reason_is_given(now: datetime) -> None:
    shop = open_shop()
    talk, beto = verified(shop, now), enter("beto")
    page = beto.get(f"/mesa/{talk}/").content.decode()
    for secret in (EMAIL, PHONE, "Orizaba", "Portón verde"):
        assert secret not in page
    for masked in ("l•••@correo.test", "••• 8846", "•••, 06700 Cuauhtémoc", "Lucía Hernández Robles"):
        assert masked in page
    seen = beto.post(f"/mesa/{talk}/ver-datos/", {"what": "address", "reason": "addresses"}).headers["Location"]
    page = beto.get(seen).content.decode()
    assert "Orizaba 127-4B" in page
    assert EMAIL not in page
    beto.post(f"/mesa/{talk}/ver-datos/", {"what": "contact", "reason": "call"})
    assert EMAIL in beto.get(f"/mesa/{talk}/").content.decode()


def test_before_an_order_is_verified_the_buyers_contact_is_masked_and_revealed_alike(now: datetime) -> None:
    shop = open_shop()
    be_present(shop.beto, shop.store_id, "available", at=now)
    talk, beto = start(shop, at=now, phone=PHONE), enter("beto")
    chat.take(talk, shop.beto, at=now)
    page = beto.get(f"/mesa/{talk}/").content.decode()
    assert EMAIL not in page
    assert "l•••@correo.test" in page
    beto.post(f"/mesa/{talk}/ver-datos/", {"what": "contact", "reason": "call"})
    page = beto.get(f"/mesa/{talk}/").content.decode()
    assert EMAIL in page
    assert PHONE in page


def test_a_reason_is_needed_and_holds_a_quarter_of_an_hour_for_one_person(now: datetime) -> None:
    shop = open_shop()
    talk = verified(shop, now)
    chat.reveal(talk, shop.beto, "contact", "", at=now)
    chat.reveal(talk, shop.beto, "everything", "call", at=now)
    assert not Reveal.objects.exists()
    chat.reveal(talk, shop.beto, "contact", "call", at=now)

    def email_for(user_id: int, at: datetime) -> str:
        panel = reading.desk_panel(talk, reader_id=user_id, at=at)
        assert panel is not None
        assert panel.order is not None
        return panel.order.buyer.email

    assert email_for(shop.beto, now + timedelta(minutes=14)) == EMAIL
    assert email_for(shop.beto, now + timedelta(minutes=15)) == "l•••@correo.test"
    assert email_for(shop.sofia, now + timedelta(minutes=1)) == "l•••@correo.test"


def test_the_audit_says_who_looked_at_what_and_why_and_the_supervisor_reads_it(now: datetime) -> None:
    shop = open_shop()
    talk = verified(shop, now)
    enter("beto").post(f"/mesa/{talk}/ver-datos/", {"what": "contact", "reason": "call"})
    enter("beto").post(f"/mesa/{talk}/ver-datos/", {"what": "contact", "reason": "call"})
    [looked] = [each for each in history(shop.store_id, f"conversation:{talk}") if each.action.endswith("revealed")]
    assert looked.actor_name == "Beto Luna"
    assert looked.said["what"] == "contact"
    assert looked.said["reason"] == "call"
    assert "Llamar al comprador" in enter("sofia").get(f"/mesa/{talk}/").content.decode().split('id="looked"')[1]
    assert 'id="looked"' not in enter("beto").get(f"/mesa/{talk}/").content.decode()


def test_the_twenty_first_look_of_an_hour_is_refused_in_words(now: datetime) -> None:
    shop = open_shop()
    talk = verified(shop, now)
    for turn in range(20):
        chat.reveal(talk, shop.beto, "contact", "call", at=now - timedelta(minutes=59) + timedelta(minutes=turn * 3))
        Reveal.objects.update(what="tax")
    assert Reveal.objects.count() == 20
    with pytest.raises(TooManyReveals):
        chat.reveal(talk, shop.beto, "contact", "call", at=now)
    htmx = {"HX-Request": "true"}
    answer = enter("beto").post(f"/mesa/{talk}/ver-datos/", {"what": "contact", "reason": "call"}, headers=htmx)
    assert "Ya viste 20 datos personales" in answer.content.decode()
    assert EMAIL not in answer.content.decode()
    chat.reveal(talk, shop.beto, "contact", "call", at=now + timedelta(minutes=2))


def test_another_reason_is_kept_in_the_persons_own_words_and_never_without(now: datetime) -> None:
    shop = open_shop()
    talk, beto, htmx = verified(shop, now), enter("beto"), {"HX-Request": "true"}
    asked = {"what": "contact", "reason": "other"}
    for words in ("", "  ", "\u200b\u200b\u200b\u200b\u200b\u200b", "ver"):
        answer = beto.post(f"/mesa/{talk}/ver-datos/", asked | {"words": words}, headers=htmx).content.decode()
        assert "Escribe cuál es el motivo" in answer
        assert EMAIL not in answer
    assert not Reveal.objects.exists()
    words = "Devolver la llamada; tarjeta 4152 3131 1234 5678"
    assert EMAIL in beto.post(f"/mesa/{talk}/ver-datos/", asked | {"words": words}, headers=htmx).content.decode()
    kept = Reveal.objects.get().reason
    assert kept.startswith("Devolver la llamada")
    assert "4152" not in kept
    assert "Devolver la llamada" in enter("sofia").get(f"/mesa/{talk}/").content.decode().split('id="looked"')[1]


def test_a_search_finds_by_the_whole_mailbox_or_telephone_only_and_shows_neither(now: datetime) -> None:
    shop = open_shop()
    start(shop, at=now, phone=PHONE)
    beto = enter("beto")
    for said in (EMAIL, EMAIL.upper(), PHONE, "5550128846", "+52 55 5012 8846", "Lucía"):
        found = beto.get("/mesa/buscar/", {"q": said}).content.decode()
        assert "Lucía Hernández" in found, said
        assert PHONE not in found
    for part in ("lucia@", "correo.test", "8846", "5012 8846"):
        assert "Lucía" not in beto.get("/mesa/buscar/", {"q": part}).content.decode(), part


def test_a_search_finds_number_and_code_however_they_are_spaced(now: datetime) -> None:
    shop = open_shop()
    talk = verified(shop, now)
    view = reading.conversation(talk)
    assert view is not None
    beto = enter("beto")
    number, code = view.order_number, view.code
    bare = (number.lower().replace("-", " "), number.replace("-", ""), code.replace("-", ""), code.replace("-", " "))
    for said in (number, number[3:7], code, code.lower(), *bare):
        assert "Lucía Hernández" in beto.get("/mesa/buscar/", {"q": said}).content.decode(), said


def test_carla_and_an_analyst_without_the_right_reveal_nothing(now: datetime) -> None:
    shop = open_shop()
    open_shop("otra-tienda")
    talk = verified(shop, now)
    chat.transfer(talk, shop.sofia, "", by=shop.by_beto, at=now)
    asked = {"what": "contact", "reason": "call"}
    for other in (enter("beto", "otra-tienda"), entered(shop.store_id, "analyst", "dario")):
        assert other.post(f"/mesa/{talk}/ver-datos/", asked).status_code == 404
    assert not Reveal.objects.exists()
