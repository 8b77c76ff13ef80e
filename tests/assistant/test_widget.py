"""The widget in a real Chromium on a page of the store, against the real application and real streams."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.http import HttpRequest, HttpResponse
from playwright.sync_api import BrowserContext, FrameLocator, Page, Route, expect, sync_playwright

from seguripago.foundations.facts import wakeups
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as assistance
from seguripago.journey.orders.shapes import OrderView
from seguripago.web.live.tickets import read_ticket
from seguripago.web.shop.cookies import keep_order
from tests.assistance import builders
from tests.assistant.conftest import now
from tests.browsers import FLAGS, browser_program
from tests.live.conftest import Server, start_server

OPEN = "Abrir ASISTENTE CONNECT@Me"
IFRAME = "iframe[title='ASISTENTE CONNECT@Me']"

expect.set_options(timeout=20_000)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.e2e]


@pytest.fixture(scope="module")
def site(django_db_setup: None) -> Iterator[Server]:
    running = start_server("seguripago.config.asgi:application")
    yield running
    running.process.terminate()
    running.process.wait(timeout=10)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    program = browser_program()
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's own loop runs in this thread, which Django would take for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()
    asyncio.set_event_loop(None)


@pytest.fixture
def shop() -> Iterator[builders.Shop]:
    yield builders.open_shop()
    for bell in wakeups._bells.values():
        bell.close()
    wakeups._bells.clear()


@pytest.fixture
def placed(shop: builders.Shop) -> OrderView:
    return builders.place(shop, at=now())


@pytest.fixture
def context(site: Server, chromium: Any, placed: OrderView) -> Iterator[BrowserContext]:
    made = browser_of(site, chromium, placed, width=1280)
    yield made
    made.close()


def browser_of(site: Server, chromium: Any, placed: OrderView, *, width: int, **more: Any) -> BrowserContext:
    """A browser that placed the order."""
    made: BrowserContext = chromium.new_context(
        base_url=f"http://127.0.0.1:{site.port}", viewport={"width": width, "height": 860}, locale="en-US", **more
    )
    made.set_default_timeout(20_000)
    response = HttpResponse()
    keep_order(HttpRequest(), response, placed.access_token)
    cookie = {
        "name": "sp_orders",
        "value": response.cookies["sp_orders"].coded_value,
        "url": f"http://127.0.0.1:{site.port}",
    }
    made.add_cookies([cookie])  # type: ignore[list-item]
    return made


def opened(page: Page) -> FrameLocator:
    page.get_by_role("button", name=OPEN).click()
    return page.frame_locator(IFRAME)


def into_the_chat(frame: FrameLocator) -> None:
    frame.get_by_role("button", name="Solo necesarias").click()
    frame.get_by_role("link", name="Nueva Conversación").click()
    frame.get_by_role("button", name="Iniciar conversación").click()
    expect(frame.get_by_label("Mensaje")).to_be_visible()


def conversation_in(page: Page) -> int:
    topic = page.frame_locator(IFRAME).locator("body").get_attribute("data-live") or ""
    found = read_ticket(topic.split(":")[1].split("@")[0], at=now())
    assert found is not None
    return found


def test_the_buyer_walks_from_the_cookies_to_the_guarantee(context: BrowserContext, placed: OrderView) -> None:
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.goto("/t/sierra-alta/")
    assert page.locator(IFRAME).count() == 0
    frame = opened(page)
    into_the_chat(frame)
    frame.get_by_role("button", name="Todo correcto").click()
    frame.get_by_role("button", name="Ya transferí").click()
    # His own words, not the button: the press has arrived before the money does.
    expect(frame.locator(".me").get_by_text("Ya transferí", exact=True)).to_be_visible()
    expect(frame.get_by_role("heading", name="Transferencia monitoreada")).to_be_visible()
    builders.pay(placed.id, at=now())
    builders.hear(at=now())
    expect(frame.get_by_role("heading", name="Pago confirmado")).to_be_visible()
    expect(frame.get_by_role("heading", name="Garantía CONNECT@Me")).to_be_visible()
    with page.expect_file_chooser() as chooser:
        frame.get_by_role("button", name="Subir comprobante").click()
    chooser.value.set_files({"name": "spei.png", "mimeType": "image/png", "buffer": picture()})
    expect(frame.get_by_role("heading", name="Comprobante recibido")).to_be_visible()
    assert errors == []


def test_a_press_that_the_money_overtakes_on_its_way_shows_no_error(context: BrowserContext, placed: OrderView) -> None:
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    slow: list[Route] = []
    page.route("**/transferi/", lambda route: slow.append(route))
    page.goto("/t/sierra-alta/")
    frame = opened(page)
    into_the_chat(frame)
    frame.get_by_role("button", name="Todo correcto").click()
    with page.expect_request("**/transferi/"):
        frame.get_by_role("button", name="Ya transferí").click()
    builders.pay(placed.id, at=now())
    builders.hear(at=now())
    expect(frame.get_by_role("heading", name="Pago confirmado")).to_be_visible()
    slow.pop().continue_()
    expect(frame.locator(".me").get_by_text("Ya transferí", exact=True)).to_be_visible()
    expect(frame.get_by_text("Tu pago ya está confirmado.")).to_be_visible()
    expect(frame.get_by_role("alert")).to_have_count(0)
    assert errors == []


def picture() -> bytes:
    from io import BytesIO

    from PIL import Image

    kept = BytesIO()
    Image.new("RGB", (300, 500), "white").save(kept, "PNG")
    return kept.getvalue()


def test_what_an_analyst_says_arrives_without_reloading_and_is_counted_while_closed(
    context: BrowserContext, shop: builders.Shop
) -> None:
    builders.someone_is_there(shop, at=now())
    page = context.new_page()
    page.goto("/t/sierra-alta/")
    frame = opened(page)
    into_the_chat(frame)
    expect(frame.get_by_text("Eres la siguiente persona en la fila.")).to_be_visible()
    held = conversation_in(page)
    chat.take(held, shop.beto, at=now())
    expect(frame.get_by_role("heading", name="Beto Luna")).to_be_visible()
    say_as_beto(shop, held, "Hola, ¿me compartes tu No. de Pedido?")
    expect(frame.get_by_text("¿me compartes tu No. de Pedido?")).to_be_visible()
    frame.get_by_label("Mensaje").press("Escape")
    button = page.get_by_role("button", name=OPEN)
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")
    say_as_beto(shop, held, "¿Sigues ahí?")
    expect(page.locator("[data-assistant-launcher] .n")).to_have_text("1")
    button.click()
    expect(frame.get_by_text("¿Sigues ahí?")).to_be_visible()
    expect(page.locator("[data-assistant-launcher] .n")).to_be_hidden()
    expect(frame.get_by_label("Mensaje")).to_be_focused()


def say_as_beto(shop: builders.Shop, held: int, text: str) -> None:
    import uuid

    seen = assistance.conversation(held)
    assert seen is not None
    chat.reply(held, shop.beto, text, client_id=uuid.uuid4(), seen_seq=seen.seq, at=now())


def test_two_tabs_show_the_same_once(context: BrowserContext, shop: builders.Shop) -> None:
    first = context.new_page()
    first.goto("/t/sierra-alta/")
    frame = opened(first)
    into_the_chat(frame)
    address = first.frames[-1].url
    held = conversation_in(first)
    second = context.new_page()
    second.goto(address)
    for number in range(5):
        builders.say(held, f"mensaje número {number}", at=now())
    for where in (frame, second):
        expect(where.get_by_text("mensaje número 4")).to_be_visible()
        for number in range(5):
            expect(where.get_by_text(f"mensaje número {number}")).to_have_count(1)
    second.close()
    builders.say(held, "después de cerrar la otra", at=now())
    expect(frame.get_by_text("después de cerrar la otra")).to_be_visible()


def test_a_message_written_without_a_link_is_sent_once_when_it_is_back(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/t/sierra-alta/")
    frame = opened(page)
    into_the_chat(frame)
    context.set_offline(True)
    frame.get_by_label("Mensaje").fill("¿me escuchan?")
    frame.get_by_role("button", name="Enviar").click()
    expect(frame.get_by_text("Enviando…")).to_be_visible()
    page.wait_for_timeout(1500)
    context.set_offline(False)
    expect(frame.get_by_text("Enviando…")).to_have_count(0)
    expect(frame.get_by_text("¿me escuchan?")).to_have_count(1)
    held = conversation_in(page)
    assert builders.texts(held).count("¿me escuchan?") == 1
    page.reload()
    frame = opened(page)
    frame.get_by_role("link", name=re.compile("CM-|SEGURIPAGO")).first.click()
    expect(frame.get_by_text("¿me escuchan?")).to_have_count(1)


def test_the_order_page_beside_the_chat_redraws_itself(context: BrowserContext, placed: OrderView) -> None:
    page = context.new_page()
    page.goto(f"/pedido/{placed.access_token}/")
    expect(page.get_by_role("button", name=OPEN)).to_be_visible()
    page.get_by_role("link", name="Abrir chat").click()
    frame = page.frame_locator(IFRAME)
    into_the_chat(frame)
    frame.get_by_role("button", name="Todo correcto").click()
    expect(frame.get_by_role("heading", name="Datos bancarios")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#order-live")).to_contain_text("CLABE")
    builders.pay(placed.id, at=now())
    builders.hear(at=now())
    expect(page.get_by_role("link", name="Descargar recibo", exact=True)).to_be_visible()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_every_state_fits_and_is_accessible(site: Server, chromium: Any, placed: OrderView, width: int) -> None:
    context = browser_of(site, chromium, placed, width=width)
    page = context.new_page()
    page.goto("/t/sierra-alta/")
    frame = opened(page)
    expect(frame.get_by_role("button", name="Aceptar todas")).to_be_visible()
    accessible(page)
    box = page.locator(IFRAME).bounding_box()
    assert box is not None
    assert box["width"] == (width if width < 668 else 400)
    into_the_chat(frame)
    frame.get_by_role("button", name="Todo correcto").click()
    expect(frame.get_by_role("heading", name="Transferencia monitoreada")).to_be_visible()
    builders.pay(placed.id, at=now())
    builders.hear(at=now())
    expect(frame.get_by_role("heading", name="Garantía CONNECT@Me")).to_be_visible()
    alone = context.new_page()
    for address in (page.frames[-1].url, "/asistente/sierra-alta/", "/asistente/sierra-alta/nueva/"):
        alone.goto(address)
        accessible(alone)
        assert alone.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def accessible(page: Page) -> None:
    page.wait_for_timeout(400)
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["target"]) for rule in found] == []
