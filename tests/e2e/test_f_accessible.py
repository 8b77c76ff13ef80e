"""Everybody can use every screen: axe finds nothing, nothing runs over the edge, and the keyboard is enough to buy."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Frame, Page

from tests.e2e import walking
from tests.e2e.conftest import RunningSite
from tests.e2e.looking import look
from tests.e2e.walking import expect

pytestmark = pytest.mark.usefixtures("clear_desk")

WIDTHS = {"narrow": 320, "phone": 390, "desk": 1280}
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {
    "runOnly": {"type": "tag", "values": STANDARDS},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
    "iframes": False,
}
AXE = Axe().axe_script
EXAMINE = """async (options) => (await axe.run(document, options)).violations.map((rule) =>
  `${rule.id}: ${rule.nodes.length} × ${rule.nodes[0].target.join(" ")} · ${rule.nodes[0].failureSummary}`)"""
SETTLE = """document.getAnimations({ subtree: true }).forEach((one) => {
  try { one.finish(); } catch { one.cancel(); } })"""
STORE = "/t/sierra-alta"


def test_pages_for_anyone(desktop: Callable[[], BrowserContext]) -> None:
    page = desktop().new_page()
    found: list[str] = []
    for address in (
        f"{STORE}/", f"{STORE}/?q=barro", f"{STORE}/?q=nada", f"{STORE}/p/cafe-coatepec-lavado/",
        f"{STORE}/p/bascula-gramo/", f"{STORE}/carrito/", "/como-funciona/", "/privacidad/", "/verificar/",
        "/verificar/?q=R-2026-999999", "/reclamar/", "/entrar/", "/banco-de-pruebas/", "/no-existe/",
    ):  # fmt: skip
        page.goto(address)
        found += everything_wrong(page, address)
    page.goto("/entrar/")
    page.get_by_role("button", name="Entrar").click()
    found += everything_wrong(page, "/entrar/ refused")
    assert not found, "\n".join(found)


def test_the_pages_of_a_purchase(running_site: RunningSite, desktop: Callable[[], BrowserContext]) -> None:
    page = desktop().new_page()
    found: list[str] = []
    walking.fill_the_cart(page, "barro esmaltado")
    expect(page.get_by_role("button", name="REALIZAR PEDIDO")).to_be_visible()
    found += everything_wrong(page, "checkout")
    page.get_by_text("Necesito factura").click()
    page.get_by_label("Usar también para facturar").uncheck(force=True)
    page.get_by_role("button", name="REALIZAR PEDIDO").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found += everything_wrong(page, "checkout with errors")
    page.goto(f"{STORE}/carrito/")
    found += everything_wrong(page, "cart")
    page.get_by_role("button", name="FINALIZAR COMPRA").click()
    page.get_by_text("Necesito factura").click()
    page.get_by_label("Usar también para facturar").check(force=True)
    walking.fill_the_checkout(page)
    walking.place_the_order(page)
    found += everything_wrong(page, "order placed")
    walking.go_on_without_chat(page)
    expect(page.get_by_role("button", name="Todo correcto")).to_be_visible()
    found += everything_wrong(page, "order to accept")
    page.get_by_role("button", name="Todo correcto").click()
    expect(page.get_by_role("link", name="Banco de pruebas")).to_be_visible()
    found += everything_wrong(page, "order with bank details")
    walking.choose_to_pay(page, "Link de pago encriptado")
    other = page.context.new_page()
    other.goto(str(page.get_by_role("link", name="Abrir mi link de pago").get_attribute("href")))
    found += everything_wrong(other, "/pago/")
    walking.transfer(other)
    expect(other.get_by_role("heading", name="Este pedido ya está pagado")).to_be_visible()
    found += everything_wrong(other, "/pago/ paid")
    expect(page.get_by_role("link", name="Descargar recibo", exact=True)).to_be_visible()
    found += everything_wrong(page, "order paid")
    page.goto("/correo-de-pruebas/")
    found += everything_wrong(page, "/correo-de-pruebas/")
    assert not found, "\n".join(found)


def test_a_card_is_typed_refused_and_asked_about(
    running_site: RunningSite, desktop: Callable[[], BrowserContext]
) -> None:
    page = desktop().new_page()
    walking.fill_the_cart(page, "barro esmaltado")
    walking.fill_the_checkout(page, method=walking.CARD)
    walking.type_card(page, "1234")
    page.get_by_role("button", name="REALIZAR PEDIDO").click()
    expect(page.get_by_text("Aquí solo sirven las tarjetas de prueba")).to_be_visible()
    found = everything_wrong(page, "checkout with a wrong card")
    found += wrong_in(fields_of(page), "the gateway's fields")
    walking.type_card(page, "4000 0000 0000 9995")
    page.get_by_role("button", name="REALIZAR PEDIDO").click()
    expect(page.locator("[data-card-declined]")).to_contain_text("no hay fondos suficientes")
    found += everything_wrong(page, "order with a declined card")
    walking.type_card(page, "4000 0000 0000 3063")
    page.locator("[data-card-button]").click()
    asked = page.frame_locator(".card-3ds-frame").get_by_role("button", name="Autorizar")
    expect(asked).to_be_visible()
    found += everything_wrong(page, "the bank's window")
    found += wrong_in(next(frame for frame in page.frames if "/reto/" in frame.url), "the bank's question")
    for path in ("/tarjetas-de-prueba/", "/movimientos/"):
        page.goto(f"{running_site.sandbox_url}{path}")
        found += everything_wrong(page, path)
    assert not found, "\n".join(found)


def test_every_screen_of_the_assistant(running_site: RunningSite, desktop: Callable[[], BrowserContext]) -> None:
    walking.leave_the_desk_empty(desktop().new_page(), running_site.password)
    page = desktop().new_page()
    number = walking.order(page, "barro esmaltado")
    found: list[str] = []
    frame = walking.open_the_assistant(page)
    expect(frame.get_by_role("button", name="Solo necesarias")).to_be_visible()
    found += wrong_in_frame(page, "cookies")
    found += wrong_in(page, "the page around the open assistant")
    frame.get_by_role("button", name="Aceptar todas").click()
    begin = frame.get_by_role("link", name="Nueva Conversación")
    expect(begin).to_be_visible()
    found += wrong_in_frame(page, "home")
    begin.click()
    start = frame.get_by_role("button", name="Iniciar conversación")
    expect(start).to_be_visible()
    found += wrong_in_frame(page, "form")
    frame.get_by_label("Nombre").fill("")
    frame.get_by_label("Correo").fill("lucia@")
    start.click()
    expect(frame.get_by_role("alert")).to_be_visible()
    found += wrong_in_frame(page, "form with errors")
    frame.get_by_label("Nombre").fill(walking.NAME)
    frame.get_by_label("Correo").fill(walking.EMAIL)
    start.click()
    right = frame.get_by_role("button", name="Todo correcto")
    expect(right).to_be_visible()
    found += wrong_in_frame(page, "chat with the confirmation")
    right.click()
    expect(walking.card(frame, "Datos bancarios")).to_be_visible()
    found += wrong_in_frame(page, "chat with the bank details")
    copied = frame.locator("[data-copy]").evaluate_all("all => all.map(one => one.dataset.copy)")
    clabe, amount = (next(text for text in copied if re.fullmatch(form, text)) for form in (r"\d{18}", r"\d+\.\d\d"))
    running_site.command("deposit", "--clabe", clabe, "--amount", "10.00")
    expect(frame.get_by_role("article", name="Pago parcial recibido")).to_be_attached()
    running_site.command("deposit", "--clabe", clabe, "--amount", amount)
    expect(walking.card(frame, "Garantía CONNECT@Me")).to_be_attached()
    found += wrong_in_frame(page, "chat of a paid order")
    frame.get_by_role("link", name="Volver").click()
    expect(begin).to_be_visible()
    expect(frame.get_by_text(number).first).to_be_visible()
    found += wrong_in_frame(page, "home with a conversation")
    assert not found, "\n".join(found)


def test_the_screens_of_those_who_work_here(running_site: RunningSite, desktop: Callable[[], BrowserContext]) -> None:
    analyst, clerk, owner, buyer = (desktop().new_page() for _ in range(4))
    found: list[str] = []
    walking.sign_in(analyst, "analista@demo.test", running_site.password, "/mesa/")
    found += everything_wrong(analyst, "/mesa/ with nothing open")
    number = walking.order(buyer, "barro esmaltado")
    clabe, amount = walking.ask_for_the_bank_details(buyer)
    running_site.command("deposit", "--clabe", clabe, "--amount", amount)
    running_site.command("deposit", "--clabe", clabe, "--amount", "5.00")
    frame = walking.open_the_assistant(buyer)
    walking.begin_the_conversation(frame)
    newest = look(running_site, "SELECT max(id) FROM assistance_conversation")[0][0]
    analyst.goto(f"/mesa/{newest}/")
    with analyst.expect_navigation():
        analyst.get_by_role("button", name="Tomar conversación").click()
    expect(analyst.get_by_role("button", name="Tomar conversación")).to_have_count(0)
    walking.say(frame, number)
    expect(analyst.get_by_role("heading", name=number)).to_be_visible()
    found += everything_wrong(analyst, "/mesa/ with a conversation")

    walking.sign_in(clerk, "medios@demo.test", running_site.password, "/medios-de-pago/")
    found += everything_wrong(clerk, "/medios-de-pago/")
    clerk.get_by_role("region", name="Depósitos en vivo").get_by_role("link").first.click()
    clerk.wait_for_url(re.compile("/deposito/"))
    found += everything_wrong(clerk, "a deposit")
    case = look(running_site, "SELECT max(id) FROM reconciliation_case")[0][0]
    for page in (
        "?tramo=hoy", f"buscar/?q={number}", "excepciones/", f"caso/{case}/",
        "aprobaciones/", "devoluciones/", "estados-de-cuenta/", "captura/", "cep/", "cierre/", "libro/", "notas/",
        "calendario/",
    ):  # fmt: skip
        clerk.goto(f"/medios-de-pago/{page}")
        found += everything_wrong(clerk, page)

    walking.sign_in(owner, "tienda@demo.test", running_site.password, "/oficina/")
    product = look(running_site, "SELECT min(id) FROM product")[0][0]
    for address in (
        "/oficina/", f"/oficina/pedidos/{number}/", "/oficina/productos/", f"/oficina/productos/{product}/",
        "/oficina/correos/", "/oficina/tienda/", "/oficina/equipo/", "/oficina/bancos/", "/oficina/bancos/stp/",
        "/oficina/tarjetas/", "/oficina/tarjetas/stripe/",
    ):  # fmt: skip
        owner.goto(address)
        found += everything_wrong(owner, address)
    assert not found, "\n".join(found)


def test_the_keyboard_is_enough_to_buy(desktop: Callable[[], BrowserContext]) -> None:
    page = desktop().new_page()
    page.goto(f"{STORE}/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Saltar al contenido")).to_be_focused()
    page.keyboard.press("Enter")
    walk_to(page, "button", "Agregar al carrito Café de olla")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    if "/carrito/" not in page.url:
        walk_to(page, "link", "Carrito")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("/carrito/"))
    walk_to(page, "button", "FINALIZAR COMPRA")
    page.keyboard.press("Space")
    page.wait_for_url(re.compile("/finalizar-compra/"))
    for label, text in (
        ("Nombre", walking.NAME), ("Apellidos", walking.LAST), ("Correo", walking.EMAIL), ("Teléfono", walking.PHONE),
        ("Código postal", "06700"), ("Municipio o alcaldía", "Cuauhtémoc"), ("Estado", "Ciudad de México"),
        ("Colonia", "Roma Norte"), ("Calle", "Orizaba"), ("Núm. ext.", "127"),
    ):  # fmt: skip
        walk_to(page, "", label)
        page.keyboard.type(text)
    walk_to(page, "radio", "CONNECT PAY")
    walk_to(page, "radio", "Transferencia electrónica SPEI")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Link de pago encriptado")).to_be_checked()
    walk_to(page, "button", "REALIZAR PEDIDO")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/pedido/"))
    assert walking.NUMBER.search(page.get_by_role("heading", level=1).inner_text())


FOCUSED = """() => { const one = document.activeElement;
  const ids = (one.getAttribute("aria-labelledby") ?? "").split(" ");
  const by = ids.map((id) => document.getElementById(id)?.textContent);
  const label = one.labels?.[0]?.textContent;
  const name = one.getAttribute("aria-label") || by.join(" ").trim() || label || one.textContent;
  return [name.replace(/\\s+/g, " ").trim(), one.getAttribute("role") ?? {A: "link", BUTTON: "button"}[one.tagName]
    ?? (one.type === "radio" ? "radio" : ""), one.matches(":focus-visible"), one.tagName + "#" + one.id]; }"""


def walk_to(page: Page, role: str, name: str) -> None:
    """Press Tab until this is focused, and see that each stop on the way shows its focus."""
    for _stop in range(140):
        page.keyboard.press("Tab")
        here, kind, is_shown, place = page.evaluate(FOCUSED)
        assert is_shown or place == "BODY#", f"no focus ring on {here} ({place})"
        if here.startswith(name) and role in {"", kind}:
            return
    raise AssertionError(f"Tab never comes to «{name}»")


def everything_wrong(page: Page, what: str) -> list[str]:
    """Examine the page at a desk's and a phone's width, and measure it at three."""
    page.wait_for_load_state()
    found = []
    was = page.viewport_size
    for name, width in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 844})
        wide, high = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        if wide > width + 1:
            found.append(f"{what}: {wide} px wide in a window of {width}: {page.evaluate(TOO_WIDE)}")
        if name != "narrow":
            # The whole page at once: what a bar at the bottom happens to cover now is not covered for good.
            page.set_viewport_size({"width": width, "height": max(844, min(high, 6000))})
            found += wrong_in(page, f"{what} at {width}")
    if was:
        page.set_viewport_size(was)
    return found


def fields_of(page: Page) -> Frame:
    return next(frame for frame in page.frames if "/campos/" in frame.url)


TOO_WIDE = """() => [...document.querySelectorAll("body *")].filter((one) =>
  one.getBoundingClientRect().right > innerWidth + 1)
  .slice(0, 3).map((one) => one.tagName + "." + one.className).join()"""


def wrong_in_frame(page: Page, what: str) -> list[str]:
    """Examine the assistant's own document, where axe of the page around does not reach."""
    frame = next(frame for frame in page.frames if "/asistente/" in frame.url)
    frame.wait_for_load_state()
    found, was = [], page.viewport_size
    for name, width in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 844})
        wide, window = frame.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        if wide > window + 1:
            found.append(f"assistant: {what} at {width}: {wide} px wide in {window}")
        if name != "narrow":
            found += wrong_in(frame, f"assistant: {what} at {width}")
    if was:
        page.set_viewport_size(was)
    return found


def wrong_in(where: Page | Frame, what: str) -> list[str]:
    """Let axe look at a document that has come to rest."""
    where.evaluate(SETTLE)
    where.evaluate(AXE)
    violations: list[Any] = where.evaluate(EXAMINE, OPTIONS)
    return [f"{what}: {violation}" for violation in violations]
