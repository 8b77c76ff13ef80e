"""The widget on a telephone: no signal, the camera, a half-written line, words that the server changed."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from seguripago.journey.orders.shapes import OrderView
from tests.assistance import builders
from tests.assistant.conftest import now
from tests.assistant.test_widget import (  # noqa: F401 - the fixtures that a browser needs
    IFRAME,
    OPEN,
    browser_of,
    chromium,
    context,
    conversation_in,
    into_the_chat,
    opened,
    picture,
    placed,
    shop,
    site,
)
from tests.live.conftest import Server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.e2e]


@pytest.fixture
def phone(site: Server, chromium: Any, placed: OrderView) -> Any:  # noqa: F811
    made = browser_of(site, chromium, placed, width=390, has_touch=True, is_mobile=True)
    yield made
    made.close()


def test_a_telephone_without_signal_is_not_locked_in_and_the_next_opening_asks_again(phone: BrowserContext) -> None:
    page = phone.new_page()
    page.goto("/t/sierra-alta/")
    page.route("**/asistente/sierra-alta/", lambda route: route.abort("internetdisconnected"))
    page.get_by_role("button", name=OPEN).click()
    close = page.get_by_role("button", name="Cerrar ASISTENTE CONNECT@Me")
    expect(close).to_be_visible()
    close.click()
    expect(page.locator(IFRAME)).to_be_hidden()
    page.unroute("**/asistente/sierra-alta/")
    frame = opened(page)
    expect(frame.get_by_role("button", name="Solo necesarias")).to_be_visible()
    expect(close).to_be_hidden()


def test_the_camera_is_one_touch_away_on_a_telephone_and_nowhere_else(
    phone: BrowserContext,
    context: BrowserContext,  # noqa: F811
) -> None:
    page = phone.new_page()
    page.goto("/t/sierra-alta/")
    frame = opened(page)
    into_the_chat(frame)
    camera = frame.get_by_role("button", name="Tomar una foto")
    expect(camera).to_be_visible()
    with page.expect_file_chooser() as chooser:
        camera.click()
    assert chooser.value.element.get_attribute("capture") == "environment"
    chooser.value.set_files({"name": "foto.png", "mimeType": "image/png", "buffer": picture()})
    expect(frame.get_by_role("heading", name="Comprobante recibido")).to_be_visible()
    desktop = context.new_page()
    desktop.goto("/t/sierra-alta/")
    frame = opened(desktop)
    into_the_chat(frame)
    expect(frame.get_by_role("button", name="Adjuntar archivo")).to_be_visible()
    expect(frame.get_by_role("button", name="Tomar una foto")).to_be_hidden()


@pytest.mark.parametrize("text", ["mi tarjeta es 4111 1111 1111 1111", "no entiendo 🤦\u200d♀️ nada"])
def test_words_that_the_server_masks_or_cleans_are_shown_once(context: BrowserContext, text: str) -> None:  # noqa: F811
    page = context.new_page()
    page.goto("/t/sierra-alta/")
    frame = opened(page)
    into_the_chat(frame)
    page.wait_for_timeout(500)
    # The answer to the message comes first, the stream that brings it back comes later.
    inner = page.frames[-1]
    inner.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    own = frame.locator(".ms.me", has_text=text[:10])
    with page.expect_response("**/decir/"):
        frame.get_by_label("Mensaje").fill(text)
        frame.get_by_role("button", name="Enviar").click()
    inner.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    held = conversation_in(page)
    builders.say(held, "y otra cosa", at=now())
    expect(frame.get_by_text("y otra cosa")).to_be_visible()
    expect(own).to_have_count(1)
    expect(own).not_to_contain_text("4111 1111")


def test_the_mark_under_ones_own_words_has_words_on_a_page_that_was_loaded_anew(context: BrowserContext) -> None:  # noqa: F811
    page = context.new_page()
    page.goto("/t/sierra-alta/")
    into_the_chat(opened(page))
    alone = context.new_page()
    alone.goto(page.frames[-1].url)
    alone.get_by_label("Mensaje").fill("¿me leen?")
    alone.get_by_role("button", name="Enviar").click()
    expect(alone.locator("[data-seq]", has_text="¿me leen?")).to_contain_text("Enviado")
    assert "undefined" not in alone.get_by_role("log").inner_text()


def test_a_half_written_line_survives_a_look_at_the_beginning(context: BrowserContext) -> None:  # noqa: F811
    page: Page = context.new_page()
    page.goto("/t/sierra-alta/")
    frame = opened(page)
    into_the_chat(frame)
    frame.get_by_label("Mensaje").fill("quería preguntar si")
    frame.get_by_role("link", name="Volver").click()
    frame.locator("a.ln", has_text="CM-").first.click()
    expect(frame.get_by_label("Mensaje")).to_have_value("quería preguntar si")
    frame.get_by_role("button", name="Enviar").click()
    expect(frame.locator("[data-seq]", has_text="quería preguntar si")).to_be_visible()
    frame.get_by_role("link", name="Volver").click()
    frame.locator("a.ln", has_text="CM-").first.click()
    expect(frame.get_by_label("Mensaje")).to_have_value("")


BETWEEN = """() => { const cell = document.querySelector("dd.clabe"), words = document.createRange();
  words.selectNodeContents(cell);
  return cell.nextElementSibling.querySelector("svg").getBoundingClientRect().left
    - words.getBoundingClientRect().right; }"""


def test_no_digit_of_the_clabe_lies_under_its_copy_button(phone: BrowserContext) -> None:
    page = phone.new_page()
    page.goto("/t/sierra-alta/")
    frame = opened(page)
    into_the_chat(frame)
    frame.get_by_role("button", name="Todo correcto").click()
    expect(frame.locator("dd.clabe")).to_be_visible()
    for width in (320, 346, 360, 375, 390, 412):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.frames[-1].evaluate(BETWEEN) >= 6, width


def test_a_file_that_cannot_be_taken_is_put_away_again(context: BrowserContext) -> None:  # noqa: F811
    page = context.new_page()
    page.goto("/t/sierra-alta/")
    frame = opened(page)
    into_the_chat(frame)
    frame.locator("#file").set_input_files({"name": "nota.docx", "mimeType": "text/plain", "buffer": b"PK zzz"})
    refused = frame.locator("[data-file]")
    expect(refused).to_contain_text("No podemos leer ese tipo de archivo")
    refused.get_by_role("button", name="Quitar archivo").click()
    expect(refused).to_have_count(0)
