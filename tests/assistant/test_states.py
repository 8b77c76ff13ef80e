"""The frame's states as pages: off hours, topics, waits, goodbyes, the way back."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string

from seguripago.foundations.staffing.models import DeskHours
from seguripago.foundations.staffing.rules import Day
from seguripago.foundations.staffing.team_commands import make_team
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as assistance
from seguripago.journey.assistance.models import Conversation
from seguripago.web.assistant import waiting
from seguripago.web.assistant.forms import typed_form
from tests.assistance import builders
from tests.assistant.conftest import HOME, WORDS, Browser, now


def test_off_hours_says_when_people_are_back_and_where_ones_own_order_is(lucia: Browser, shop: builders.Shop) -> None:
    placed = builders.place(shop, at=now())
    lucia.remembers(placed.access_token)
    tomorrow = (datetime.now(UTC).astimezone() + timedelta(days=2)).weekday()
    DeskHours.objects.create(store_id=shop.store_id, weekday=tomorrow, opens=time(9), closes=time(20))
    page = lucia.get(HOME).text
    assert "Ahora no hay analistas en línea" in page
    assert "Volvemos <b>" in page
    assert "Conversar con el asistente ahora" in page
    assert f"/pedido/{placed.access_token}/" in page
    assert "Pagar ahora" in page
    assert "Rastrear mi pedido" not in page
    assert "9:00 a 20:00 (hora del centro)" in page
    assert "Pagar ahora" not in Browser_with_cookies().get(HOME).text


def Browser_with_cookies() -> Browser:  # noqa: N802 - reads like the class that it makes
    browser = Browser()
    browser.accepts_cookies()
    return browser


def test_whoever_is_there_is_counted_and_the_wait_is_not_invented(lucia: Browser, shop: builders.Shop) -> None:
    builders.someone_is_there(shop, at=now())
    page = lucia.get(HOME).text
    assert "1 analista en línea" in page
    assert "Aún no sabemos cuánto tardarán." in page
    assert "Ahora no hay analistas" not in page


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "Aún no sabemos cuánto tardarán."),
        (20, "Suelen responder en menos de un minuto."),
        (110, "Suelen responder en unos 2 minutos."),
        (4000, "Hoy tardan más de una hora."),
    ],
)
def test_a_wait_in_words(seconds: int | None, said: str) -> None:
    assert waiting.wait_words(seconds) == said


def test_the_week_in_words() -> None:
    week = [Day(day, time(9), time(18)) for day in range(5)]
    assert waiting.hours_words(week) == "Atención: lunes a viernes, 9:00 a 18:00 (hora del centro)"
    every = [Day(day, time(9), time(20)) for day in range(7)]
    assert waiting.hours_words(every) == "Atención: todos los días, 9:00 a 20:00 (hora del centro)"
    assert (
        waiting.hours_words([*week, Day(5, time(10), time(14))])
        == "Atención: lunes a viernes, 9:00 a 18:00; sábado, 10:00 a 14:00 (hora del centro)"
    )
    assert waiting.hours_words([]) == ""


@pytest.mark.parametrize(
    ("ticked", "topic"),
    [
        ({"seguripago": "1"}, "seguripago"),
        ({"seguripago": "1", "topic": ["warranty", "invoice"]}, "invoice"),
        ({"seguripago": "", "topic": ["order"]}, "order"),
        ({"seguripago": ""}, "other"),
        ({"seguripago": "1", "topic": ["gobierno"]}, "seguripago"),
    ],
)
def test_what_is_ticked_decides_who_attends(lucia: Browser, ticked: dict[str, str], topic: str) -> None:
    lucia.starts(**ticked)
    assert Conversation.objects.get().topic == topic


def test_all_that_is_ticked_is_kept_and_the_first_team_that_knows_one_of_them_attends(
    lucia: Browser, shop: builders.Shop
) -> None:
    team = make_team(
        shop.store_id, "Garantías", topics=("warranty",), people_ids=(shop.beto,), by=shop.by_sofia, at=now()
    )
    lucia.starts(seguripago="1", topic=["warranty", "invoice"])
    row = Conversation.objects.get()
    assert (row.topic, row.team_id) == ("invoice", team)
    first = assistance.entries(row.pk, audience="desk")[0]
    assert first.topics == ("Facturación", "Garantías", "SEGURIPAGO")
    drawn = render_to_string("desk/entry.html", {"entry": first})
    assert "Facturación, Garantías, SEGURIPAGO" in drawn


@pytest.mark.parametrize(
    ("phone", "is_right"),
    [
        ("55 5012 8846", True),
        ("+52 55 5012 8846", True),
        ("+52 1 55 5012 8846", True),
        ("044 55 5012 8846", True),
        ("55 5012 88", False),
        ("555 5012 88461", False),
    ],
)
def test_a_telephone_is_taken_as_people_in_mexico_write_it(phone: str, is_right: bool) -> None:
    form = typed_form(QueryDict(mutable=False))
    form.phone = phone
    form.is_right()
    assert ("phone" not in form.errors) is is_right


def test_a_question_of_four_thousand_letters_in_many_lines_loses_none(lucia: Browser) -> None:
    lines = "\r\n".join(["x" * 79] * 50)
    lucia.starts(question=lines)
    assert len(Conversation.objects.get().question) == 79 * 50 + 49


def test_a_message_is_sent_and_a_parcel_is_shipped_in_english_too(lucia: Browser) -> None:
    page = lucia.starts()
    assert 'data-sent="Enviado"' in lucia.get(page).text
    lucia.cookies["sp_idioma"] = "en"
    assert 'data-sent="Sent"' in lucia.get(page).text


def test_privacy_is_said_before_the_first_field(lucia: Browser) -> None:
    for address in (f"{HOME}nueva/", f"{HOME}mensaje/"):
        page = lucia.get(address).text
        assert page.index("Aviso de privacidad") < page.index('id="n"')


def test_a_message_is_left_and_kept_once(lucia: Browser) -> None:
    form = lucia.get(f"{HOME}mensaje/").context["form"]
    assert form.question == ""
    typed = {name: WORDS[name] for name in ("name", "email", "phone")} | {"question": "¿Muelen café?", "key": form.key}
    typed["privacy"] = getattr(form, "privacy", "")
    for _sent in range(2):
        page = lucia.send(f"{HOME}mensaje/", typed).headers["Location"]
    assert Conversation.objects.get().is_message
    assert "Una persona te responde aquí y por correo" in lucia.get(page).text


def closed(lucia: Browser, shop: builders.Shop) -> tuple[str, int]:
    builders.someone_is_there(shop, at=now())
    page = lucia.starts()
    held = Conversation.objects.get().pk
    chat.take(held, shop.beto, at=now())
    chat.resolve(held, by=shop.by_beto, at=now())
    return page, held


def test_a_goodbye_works_as_plain_forms(lucia: Browser, shop: builders.Shop) -> None:
    page, held = closed(lucia, shop)
    shown = lucia.get(page).text
    assert "Calificación" in shown
    assert "l•••@correo.test" in shown
    assert lucia.send(f"{page}calificar/", {"rating": "4", "says": "Bien"}).status_code == 302
    assert "Calificaste: <b>Buena</b>" in lucia.get(page).text
    assert lucia.send(f"{page}calificar/", {"rating": "9"}).status_code == 422
    assert lucia.send(f"{page}calificar/", {"rating": "9" * 5000}).status_code == 422
    assert lucia.fetch(f"{page}transcripcion/").json()["message"] == "Va en camino a l•••@correo.test."
    assert lucia.fetch(f"{page}transcripcion/").status_code == 422
    assert Conversation.objects.get(pk=held).rating == 4


def test_an_open_conversation_has_no_goodbye(lucia: Browser) -> None:
    page = lucia.starts()
    assert "Calificación" not in lucia.get(page).text
    assert lucia.get(f"{page}cierre/").text.strip() == ""
    assert lucia.fetch(f"{page}calificar/", {"rating": "5"}).json()["code"] == "SP-325"


def test_what_the_screen_showed_is_kept_and_nonsense_is_not(lucia: Browser) -> None:
    page = lucia.starts()
    row = Conversation.objects.get()
    for said in ("", "-1", "x", "9" * 30):
        assert lucia.send(f"{page}visto/", {"seq": said}).status_code == 204
    assert Conversation.objects.get().buyer_seen_seq == 0
    lucia.send(f"{page}visto/", {"seq": str(row.seq)})
    assert Conversation.objects.get().buyer_seen_seq == row.seq


def test_carla_neither_reads_nor_rates_nor_mails_lucias_conversation(lucia: Browser, shop: builders.Shop) -> None:
    page, _held = closed(lucia, shop)
    carla = Browser_with_cookies()
    assert carla.get(f"{page}cierre/").status_code == 404
    for verb in ("calificar", "transcripcion", "visto"):
        assert carla.send(f"{page}{verb}/", {"rating": "1", "seq": "1"}).status_code == 404


def test_the_way_back_opens_in_a_new_browser_once_and_a_fetch_spends_nothing(
    lucia: Browser, shop: builders.Shop
) -> None:
    page = lucia.starts()
    held = Conversation.objects.get().pk
    chat.make_way_back(held, token="v" * 43, at=now())
    phone = Browser()
    for _fetched in range(3):
        shown = phone.get(f"{HOME}volver/")
        assert shown.status_code == 200
        assert not phone.cookies
    assert phone.send(f"{HOME}volver/", {"key": "v" * 43}).status_code == 422
    opened = phone.send(f"{HOME}volver/", {"key": "v" * 43, "choice": "necessary"})
    assert opened.headers["Location"] == page
    assert WORDS["question"] in phone.get(page).text
    assert WORDS["question"] in lucia.get(page).text
    again = Browser_with_cookies()
    assert again.send(f"{HOME}volver/", {"key": "v" * 43}).status_code == 410
    assert again.get(page).status_code == 404


def test_a_note_is_on_no_page_of_the_buyer(lucia: Browser, shop: builders.Shop) -> None:
    import uuid

    page, held = closed(lucia, shop)
    chat.note(held, shop.beto, "SECRETO de la mesa", client_id=uuid.uuid4(), at=now())
    for address in (page, f"{page}estado/", f"{page}cierre/", HOME):
        assert "SECRETO" not in lucia.get(address).text
    assert re.search("SECRETO", " ".join(line.text for line in assistance.transcript(held))) is None
