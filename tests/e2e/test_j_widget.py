"""The assistant from cookies to goodbye: two buyers at once, nobody at the desk, a goodbye with rating and transcript.

Also by keyboard alone, read by its roles, 320 pixels wide, and in the dark.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Page

from tests.e2e import walking
from tests.e2e.conftest import RunningSite
from tests.e2e.looking import look
from tests.e2e.test_f_accessible import wrong_in_frame
from tests.e2e.walking import expect

pytestmark = pytest.mark.usefixtures("clear_desk")

ANALYST = "analista@demo.test"
STORE = "/t/sierra-alta/"


def begun(page: Page, *, name: str, email: str) -> FrameLocator:
    """A buyer without an order opens the assistant and starts talking."""
    page.goto(STORE)
    frame = walking.open_the_assistant(page)
    frame.get_by_role("button", name="Solo necesarias").click()
    frame.get_by_role("link", name="Nueva Conversación").click()
    frame.get_by_label("Nombre").fill(name)
    frame.get_by_label("Correo").fill(email)
    frame.get_by_role("button", name="Iniciar conversación").click()
    expect(frame.get_by_role("log")).to_be_visible()
    return frame


def seated(desk: Page, site: RunningSite) -> None:
    walking.sign_in(desk, ANALYST, site.password, "/mesa/")
    with desk.expect_response(re.compile("/mesa/presencia/")):
        desk.get_by_label("Mi presencia").select_option("available")


def take(desk: Page, name: str) -> None:
    desk.goto("/mesa/")
    desk.locator("#queue a").filter(has_text=name).first.click()
    taking = desk.get_by_role("button", name="Tomar conversación")
    answer = desk.get_by_label("Mensaje", exact=True)
    expect(taking.or_(answer).first).to_be_visible()
    if taking.is_visible():
        taking.click()
    expect(answer).to_be_visible()


def answer(desk: Page, text: str) -> None:
    desk.get_by_label("Mensaje", exact=True).fill(text)
    desk.get_by_role("button", name="Enviar", exact=True).click()
    expect(desk.get_by_role("log")).to_contain_text(text)


def test_two_buyers_at_once_read_only_their_own(
    running_site: RunningSite, desktop: Callable[[], BrowserContext]
) -> None:
    desk = desktop().new_page()
    seated(desk, running_site)
    lucia = begun(desktop().new_page(), name="Lucía Dosveces", email="lucia.j@correo.example")
    mario = begun(desktop().new_page(), name="Mario Dosveces", email="mario.j@correo.example")
    expect(lucia.get_by_text("90 segundos")).to_be_visible()
    take(desk, "Lucía Dosveces")
    answer(desk, "Hola, Lucía: esto es solo tuyo")
    expect(lucia.get_by_role("log")).to_contain_text("esto es solo tuyo")
    expect(desk.get_by_role("log")).to_contain_text("Visto")
    walking.say(lucia, "Gracias, lo leí")
    expect(lucia.get_by_role("log")).to_contain_text("Visto")
    take(desk, "Mario Dosveces")
    answer(desk, "Hola, Mario: esto es solo tuyo también")
    expect(mario.get_by_role("log")).to_contain_text("Hola, Mario")
    assert "Lucía" not in mario.get_by_role("log").inner_text()
    assert "Mario" not in lucia.get_by_role("log").inner_text()


def test_nobody_is_there_and_a_message_waits_for_a_person(
    running_site: RunningSite, desktop: Callable[[], BrowserContext]
) -> None:
    walking.leave_the_desk_empty(desktop().new_page(), running_site.password)
    page = desktop().new_page()
    page.goto(STORE)
    frame = walking.open_the_assistant(page)
    frame.get_by_role("button", name="Aceptar todas").click()
    expect(frame.get_by_role("heading", name="Ahora no hay analistas en línea")).to_be_visible()
    expect(frame.get_by_role("link", name="Nueva Conversación", exact=True)).to_be_visible()
    assert not wrong_in_frame(page, "off hours")
    frame.get_by_role("link", name="Dejar mensaje").click()
    frame.get_by_label("Nombre").fill("Nora Mensaje")
    frame.get_by_label("Correo").fill("nora.j@correo.example")
    frame.get_by_label("Tu mensaje").fill("¿Muelen el café para prensa francesa?")
    assert not wrong_in_frame(page, "message")
    frame.get_by_role("button", name="Dejar mensaje").click()
    expect(frame.get_by_text("Recibimos tu mensaje.")).to_be_visible()
    expect(frame.get_by_text("puedes cerrar esta ventana")).to_be_visible()
    kept = look(
        running_site, "SELECT is_message, led_by FROM assistance_conversation WHERE buyer_name = 'Nora Mensaje'"
    )
    assert kept == [(True, "analyst")]


def test_a_goodbye_is_rated_and_mailed(running_site: RunningSite, desktop: Callable[[], BrowserContext]) -> None:
    desk = desktop().new_page()
    seated(desk, running_site)
    page = desktop().new_page()
    frame = begun(page, name="Rita Adiós", email="rita.adios@correo.example")
    take(desk, "Rita Adiós")
    answer(desk, "Con gusto, Rita. ¿Algo más?")
    desk.get_by_role("button", name="Nota").click() if desk.get_by_role("button", name="Nota").count() else None
    desk.get_by_role("button", name="Resolver").click()
    desk.get_by_role("button", name="Sí, cerrarla").click()
    expect(frame.get_by_text("Esta conversación se cerró.")).to_be_visible()
    rating = frame.get_by_role("group", name="Calificación")
    expect(rating).to_be_visible()
    assert not wrong_in_frame(page, "closed")
    rating.get_by_role("radio", name="Muy buena").check(force=True)
    frame.get_by_label("Comentario (opcional)").fill("Muy clara")
    frame.get_by_role("button", name="Calificar").click()
    expect(frame.get_by_text("Gracias. Calificaste: Muy buena")).to_be_visible()
    frame.get_by_role("button", name="Enviarme la conversación por correo").click()
    expect(frame.get_by_text("Va en camino a r•••@correo.example.")).to_be_visible()
    frame.get_by_role("button", name="Enviarme la conversación por correo").click()
    expect(frame.get_by_role("alert")).to_contain_text("Ya te la enviamos")
    rated = look(
        running_site, "SELECT rating, rating_says FROM assistance_conversation WHERE buyer_name = 'Rita Adiós'"
    )
    assert rated == [(5, "Muy clara")]
    outbox = page.context.new_page()
    for _look in range(20):
        outbox.goto("/correo-de-pruebas/")
        if outbox.get_by_text("rita.adios@correo.example").count():
            break
        outbox.wait_for_timeout(500)
    outbox.get_by_role("link", name=re.compile("Tu conversación")).first.click()
    expect(outbox.locator("body")).to_contain_text("Con gusto, Rita. ¿Algo más?")
    mails = look(running_site, "SELECT count(*) FROM mail WHERE \"to\" = 'rita.adios@correo.example'")
    assert mails == [(1,)]


def test_the_way_back_spends_nothing_when_it_is_only_fetched(
    running_site: RunningSite, desktop: Callable[[], BrowserContext]
) -> None:
    page = desktop().new_page()
    page.goto("/asistente/sierra-alta/volver/#inventado-inventado-inventado-inventado")
    expect(page.get_by_role("heading", name="Volver a tu conversación")).to_be_visible()
    expect(page).to_have_url(re.compile("/volver/$"))
    expect(page.get_by_role("button", name="Solo necesarias")).to_be_visible()
    page.get_by_role("button", name="Solo necesarias").click()
    expect(page.get_by_role("heading", name="Este enlace ya se usó o venció")).to_be_visible()
    assert page.context.cookies() == []


def test_the_keyboard_is_enough_and_the_roles_say_what_is_what(
    running_site: RunningSite, desktop: Callable[[], BrowserContext]
) -> None:
    page = desktop().new_page()
    page.goto(STORE)
    page.get_by_role("button", name="Abrir ASISTENTE CONNECT@Me").focus()
    page.keyboard.press("Enter")
    frame = page.frame_locator("iframe")
    necessary = frame.get_by_role("button", name="Solo necesarias")
    expect(necessary).to_be_visible()
    tab_to(page, frame, "Solo necesarias")
    page.keyboard.press("Enter")
    expect(frame.get_by_role("link", name="Nueva Conversación")).to_be_visible()
    tab_to(page, frame, "Nueva Conversación")
    page.keyboard.press("Enter")
    expect(frame.get_by_label("Nombre")).to_be_visible()
    for field, text in (("Nombre", "Tecla Sola"), ("Correo", "tecla@correo.example")):
        tab_to(page, frame, field)
        page.keyboard.type(text)
    expect(frame.get_by_role("checkbox", name="SEGURIPAGO", exact=True)).to_be_checked()
    expect(frame.get_by_role("group", name="¿Sobre qué tema?").get_by_role("checkbox")).to_have_count(5)
    tab_to(page, frame, "Iniciar conversación")
    page.keyboard.press("Enter")
    log = frame.get_by_role("log", name="Conversación")
    expect(log).to_be_visible()
    expect(log).to_have_attribute("aria-live", "polite")
    expect(frame.get_by_role("list", name="Pasos de tu compra").get_by_role("listitem")).to_have_count(6)
    tab_to(page, frame, "Mensaje")
    page.keyboard.type("¿Cómo pago?")
    page.keyboard.press("Enter")
    expect(log).to_contain_text("¿Cómo pago?")
    expect(frame.get_by_label("Mensaje")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Abrir ASISTENTE CONNECT@Me")).to_be_focused()


HERE = """() => { const one = document.activeElement;
  return (one.getAttribute("aria-label") || one.labels?.[0]?.textContent || one.textContent || "").trim(); }"""


def tab_to(page: Page, frame: FrameLocator, name: str) -> None:
    """Press Tab until this has the focus inside the frame."""
    inner = next(each for each in page.frames if "/asistente/" in each.url)
    for _stop in range(40):
        if inner.evaluate(HERE).startswith(name):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to «{name}»")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_state_in_light_and_dark_down_to_320_pixels(
    running_site: RunningSite, people: Callable[..., BrowserContext], scheme: str
) -> None:
    walking.leave_the_desk_empty(people(viewport={"width": 1280, "height": 900}).new_page(), running_site.password)
    page = people(viewport={"width": 1280, "height": 900}, color_scheme=scheme).new_page()
    found: list[str] = []
    walking.order(page, "barro esmaltado", email=f"{scheme}.j@correo.example")
    frame = walking.open_the_assistant(page)
    expect(frame.get_by_role("button", name="Aceptar todas")).to_be_visible()
    found += wrong_in_frame(page, f"{scheme} cookies")
    frame.get_by_role("button", name="Aceptar todas").click()
    expect(frame.get_by_role("link", name="Pagar ahora")).to_be_visible()
    found += wrong_in_frame(page, f"{scheme} home")
    frame.get_by_role("link", name="Nueva Conversación").click()
    expect(frame.get_by_role("button", name="Iniciar conversación")).to_be_visible()
    found += wrong_in_frame(page, f"{scheme} form")
    frame.get_by_role("button", name="Iniciar conversación").click()
    frame.get_by_role("button", name="Todo correcto").click()
    expect(walking.card(frame, "Datos bancarios")).to_be_visible()
    found += wrong_in_frame(page, f"{scheme} chat")
    assert not found, "\n".join(found)
