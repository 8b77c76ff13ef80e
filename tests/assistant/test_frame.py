"""The frame as pages and forms: what is kept, what is refused, who may look."""

from __future__ import annotations

import hashlib
import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import get_template

from seguripago.foundations.stores.site_commands import add_site, remove_site, switch_assistant
from seguripago.journey.assistance.rules.states import _TITLES
from seguripago.journey.orders.queries import order
from tests.assistance import builders
from tests.assistant.conftest import HOME, WORDS, Browser, now


def test_nothing_is_stored_before_the_policy_is_answered(shop: builders.Shop) -> None:
    browser = Browser()
    page = browser.get(HOME)
    assert "Solo necesarias" in page.text
    assert "Aceptar todas" in page.text
    assert "Nueva Conversación" not in page.text
    assert not browser.cookies
    assert browser.get(f"{HOME}nueva/").headers["Location"] == HOME


def test_both_answers_weigh_the_same(shop: builders.Shop) -> None:
    page = Browser().get(HOME).text
    assert len(set(re.findall(r'<button class="([^"]*)" name="choice"', page))) == 1
    assert "checked" not in page


@pytest.mark.parametrize("choice", ["necessary", "all"])
def test_the_choice_is_kept_with_version_and_hash_of_the_words(shop: builders.Shop, choice: str) -> None:
    from seguripago.journey.assistance.models import Consent
    from seguripago.web.assistant.views import POLICY_VERSION, _policy_text

    browser = Browser()
    browser.send(f"{HOME}cookies/", {"choice": choice})
    kept = Consent.objects.get()
    assert (kept.choice, kept.version) == (choice, POLICY_VERSION)
    assert kept.text_hash == hashlib.sha256(_policy_text().encode()).hexdigest()
    assert "Nueva Conversación" in browser.get(HOME).text


def test_an_answer_that_is_none_is_asked_again(shop: builders.Shop) -> None:
    browser = Browser()
    assert browser.send(f"{HOME}cookies/", {"choice": "x"}).status_code == 422
    assert not browser.cookies


def test_another_site_cannot_post_here(lucia: Browser) -> None:
    page = lucia.starts()
    for headers in ({"Origin": "https://carla.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert lucia.post(f"{page}decir/", {"text": "hola"}, headers=headers).status_code == 403
    assert (
        Browser().post(f"{HOME}cookies/", {"choice": "all"}, headers={"Origin": "https://x.example"}).status_code == 403
    )


def test_only_allowed_sites_embed_the_frame_and_its_pages_carry_no_inline_code(lucia: Browser) -> None:
    for address in (HOME, f"{HOME}nueva/", lucia.starts()):
        page = lucia.get(address)
        assert "frame-ancestors 'self';" in page.headers["Content-Security-Policy"]
        assert "no-store" in page.headers["Cache-Control"]
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*src=)", page.text)


def test_the_sites_that_a_store_named_embed_the_frame_and_no_other_stores(shop: builders.Shop) -> None:
    other = builders.open_shop("otra-tienda")
    add_site(shop.store_id, "www.cafe.example", by=shop.by_beto, at=now())
    add_site(shop.store_id, "http://localhost:2425/tienda", by=shop.by_beto, at=now())
    add_site(other.store_id, "https://otra.example", by=shop.by_beto, at=now())
    policy = Browser().get(HOME).headers["Content-Security-Policy"]
    assert "frame-ancestors 'self' http://localhost:2425 https://www.cafe.example;" in policy
    remove_site(shop.store_id, "https://www.cafe.example", by=shop.by_beto, at=now())
    assert "cafe.example" not in Browser().get(HOME).headers["Content-Security-Policy"]


def test_a_store_that_is_unknown_and_one_that_is_off_answer_the_same_nothing(shop: builders.Shop) -> None:
    switch_assistant(shop.store_id, is_on=False, by=shop.by_beto, at=now())
    unknown, off = Browser().get("/asistente/otra/"), Browser().get(HOME)
    assert (unknown.status_code, unknown.content) == (off.status_code, off.content) == (404, b"")
    assert dict(unknown.headers) == dict(off.headers)
    assert "frame-ancestors 'none'" in off.headers["Content-Security-Policy"]
    assert "asistente.js" not in Browser().get("/t/sierra-alta/").text
    switch_assistant(shop.store_id, is_on=True, by=shop.by_beto, at=now())
    assert "Solo necesarias" in Browser().get(HOME).text
    assert "asistente.js" in Browser().get("/t/sierra-alta/").text


def test_an_unknown_store_is_not_found(shop: builders.Shop) -> None:
    assert Browser().get("/asistente/otra/").status_code == 404
    assert Browser().send("/asistente/otra/cookies/", {"choice": "all"}).status_code == 404


def test_the_form_knows_the_order_of_this_browser(lucia: Browser, shop: builders.Shop) -> None:
    lucia.remembers(builders.place(shop, at=now(), preference="link").access_token)
    form = lucia.get(f"{HOME}nueva/").context["form"]
    assert (form.name, form.email, form.phone) == ("Lucía Hernández Robles", builders.EMAIL, builders.PHONE)
    assert form.medium == "link"
    assert form.is_seguripago


def test_the_form_keeps_all_that_was_typed_and_says_what_is_wrong_beside_it(lucia: Browser) -> None:
    typed = WORDS | {"email": "lucia", "phone": "123", "question": "", "medium": "oro", "key": "x"}
    page = lucia.send(f"{HOME}nueva/", typed)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"email", "phone", "question", "medium"}
    assert 'value="lucia"' in page.text
    assert 'value="Lucía Hernández"' in page.text
    assert 'aria-invalid="true" aria-describedby="e-e"' in page.text


def test_the_same_form_sent_twice_opens_one_conversation(lucia: Browser) -> None:
    key = lucia.get(f"{HOME}nueva/").context["form"].key
    first, second = (lucia.send(f"{HOME}nueva/", WORDS | {"key": key}).headers["Location"] for _ in range(2))
    assert first == second
    page = lucia.get(first)
    assert page.context["entries"][0].text == WORDS["question"]
    assert lucia.get(HOME).text.count(f'href="{first}"') == 1


def test_a_stranger_does_not_find_the_conversation(lucia: Browser) -> None:
    page = lucia.starts()
    carla = Browser()
    carla.accepts_cookies()
    for address in ("", "estado/"):
        assert carla.get(page + address).status_code == 404
    for verb in ("decir/", "aceptar/", "corregir/", "transferi/", "archivo/"):
        assert carla.send(page + verb, {"text": "hola"}).status_code == 404
    assert page not in carla.get(HOME).text


def test_a_conversation_of_another_store_is_not_shown_in_this_one(lucia: Browser) -> None:
    builders.open_shop("otra-tienda")
    page = lucia.starts()
    assert lucia.get(page.replace("sierra-alta", "otra-tienda")).status_code == 404
    assert page not in lucia.get("/asistente/otra-tienda/").text


def test_a_message_sent_twice_is_kept_once(lucia: Browser) -> None:
    page = lucia.starts()
    sent = {"text": "¿Cuándo llega?", "client_id": str(uuid.uuid4())}
    first, second = (lucia.fetch(f"{page}decir/", sent).json()["seq"] for _ in range(2))
    assert first == second
    texts = [entry.text for entry in lucia.get(page).context["entries"]]
    assert texts.count("¿Cuándo llega?") == 1


def test_without_a_script_the_chat_works_as_a_form(lucia: Browser) -> None:
    page = lucia.starts()
    assert lucia.send(f"{page}decir/", {"text": "hola"}).headers["Location"] == page
    refused = lucia.send(f"{page}decir/", {"text": " "})
    assert refused.status_code == 422
    assert "Escribe algo antes de enviar." in refused.text
    assert lucia.fetch(f"{page}decir/", {"text": "x" * 5000}).json()["code"] == "SP-305"


def test_what_a_buyer_writes_is_never_markup(lucia: Browser) -> None:
    page = lucia.starts()
    lucia.fetch(f"{page}decir/", {"text": "<img src=x onerror=alert(1)>"})
    assert "<img" not in lucia.get(page).text
    assert "&lt;img src=x onerror" in lucia.get(page).text


def test_the_whole_way_by_plain_forms(lucia: Browser, shop: builders.Shop) -> None:
    placed = builders.place(shop, at=now())
    lucia.remembers(placed.access_token)
    page = lucia.starts()
    assert [step.label for step in lucia.get(page).context["steps"] if step.is_current] == ["Confirmación"]
    assert "Todo correcto" in lucia.get(page).text
    assert lucia.send(f"{page}corregir/", {"text": ""}).status_code == 422
    assert lucia.send(f"{page}aceptar/").status_code == 302
    shown = lucia.get(page)
    assert "Confirmaste a las" in shown.text
    assert 'data-copy="' in shown.text
    assert lucia.fetch(f"{page}aceptar/").status_code == 200, "a second press is harmless"
    claim = {"bank": "40012", "date": "2030-01-01", "tracking_key": "ABC123"}
    assert lucia.send(f"{page}transferi/", claim).status_code == 302
    assert "Ya transferí desde BBVA" in lucia.get(page).text
    builders.pay(placed.id, at=now())
    builders.hear(at=now())
    shown = lucia.get(page)
    for title in ("Transferencia monitoreada", "Transferencia recibida", "Pago confirmado", "Garantía CONNECT@Me"):
        assert title in shown.text
    assert f"/pedido/{placed.access_token}/recibo.pdf" in shown.text
    assert [step.label for step in shown.context["steps"] if step.is_current] == ["Comprobante"]


def test_a_correction_reaches_the_order(lucia: Browser, shop: builders.Shop) -> None:
    placed = builders.place(shop, at=now())
    lucia.remembers(placed.access_token)
    page = lucia.starts()
    assert lucia.fetch(f"{page}corregir/", {"text": "Mi calle es Orizaba 129"}).status_code == 200
    assert "Pediste una corrección a las" in lucia.get(page).text
    assert order(placed.id).correction == "Mi calle es Orizaba 129"


def test_files_that_are_no_comprobante_are_refused_in_words(lucia: Browser, shop: builders.Shop) -> None:
    page = lucia.starts()
    assert lucia.fetch(f"{page}archivo/").json()["message"] == "Elige un archivo primero."
    broken = SimpleUploadedFile("nota.png", b"\x89PNG\r\n\x1a\n broken")
    assert lucia.fetch(f"{page}archivo/", {"file": broken}).json()["code"] == "SP-403"
    lucia.remembers(builders.place(shop, at=now()).access_token)
    page = lucia.starts()
    script = SimpleUploadedFile("comprobante.pdf", b"<script>alert(1)</script>")
    refused = lucia.fetch(f"{page}archivo/", {"file": script})
    assert refused.status_code == 422
    assert "No podemos leer ese tipo de archivo" in refused.json()["message"]
    big = SimpleUploadedFile("foto.png", b"x" * (10 * 1024 * 1024 + 1))
    assert lucia.fetch(f"{page}archivo/", {"file": big}).json()["code"] == "SP-392"


def test_who_waits_is_told_the_place_in_the_queue(shop: builders.Shop) -> None:
    builders.someone_is_there(shop, at=now())
    pages = []
    for _ in range(3):
        browser = Browser()
        browser.accepts_cookies()
        pages.append((browser, browser.starts()))
    said = [browser.get(f"{page}estado/").text for browser, page in pages]
    assert "Eres la siguiente persona en la fila." in said[0]
    assert "lugar 3 de la fila" in said[2]


def test_a_closed_conversation_says_so(lucia: Browser, shop: builders.Shop) -> None:
    from seguripago.journey.assistance import commands

    builders.someone_is_there(shop, at=now())
    page = lucia.starts()
    talk = lucia.get(page).context["talk"]
    commands.take(talk.id, shop.beto, at=now())
    shown = lucia.get(page).text
    assert "Beto Luna" in shown
    assert "Analista verificado" in shown
    commands.resolve(talk.id, by=shop.by_beto, at=now())
    assert "Esta conversación se cerró" in lucia.get(f"{page}estado/").text


def test_every_card_of_the_chat_can_be_drawn() -> None:
    for card in set(_TITLES) - {"order_verified"}:
        get_template(f"assistant/cards/{card}.html")


def test_the_loader_is_one_cacheable_file(client: Browser, db: None) -> None:
    first = client.get("/asistente.js")
    assert first.headers["Content-Type"].startswith("text/javascript")
    assert "public" in first.headers["Cache-Control"]
    again = client.get("/asistente.js", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert not client.cookies


def test_pages_ask_the_database_a_fixed_number_of_times(
    lucia: Browser, shop: builders.Shop, django_assert_max_num_queries: object
) -> None:
    page = lucia.starts()
    for number in range(20):
        lucia.fetch(f"{page}decir/", {"text": f"mensaje {number}"})
    for address, most in ((HOME, 4), (f"{HOME}nueva/", 3), (page, 4), (f"{page}estado/", 4)):
        with django_assert_max_num_queries(most):  # type: ignore[operator]
            lucia.get(address)
