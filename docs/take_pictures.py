"""Take the README's three pictures from a running demo: buy, be attended, pay, and look at the three screens.

    make up                                              # in one terminal; it prints the password
    .venv/bin/python docs/take_pictures.py http://127.0.0.1:8000 --password cafe-…

Buyer, analyst and payments area walk the journey in browsers of their own, through the pages alone. Pictures are kept
in docs/img/, each of at most 150 KB: colours are reduced until it fits. `SEGURIPAGO_CHROMIUM` names a browser; else one
of the machine is taken.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import shutil
from decimal import Decimal
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, FrameLocator, Page, ViewportSize, expect, sync_playwright

FOLDER = Path(__file__).parent / "img"
LARGEST = 150 * 1024
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE_MS = 20_000

BUYER = {
    "Nombre": "Lucía",
    "Apellidos": "Herrera Ramos",
    "Correo": "lucia.herrera@correo.example",
    "Teléfono": "55 4821 7730",
    "Código postal": "06700",
    "Municipio o alcaldía": "Cuauhtémoc",
    "Colonia": "Roma Norte",
    "Calle": "Orizaba",
    "Núm. ext.": "112",
}


def main() -> None:
    asked = argparse.ArgumentParser(description="Takes docs/img/*.png from a running demo.")
    asked.add_argument("site", help="where the demo runs, e.g. http://127.0.0.1:8000")
    asked.add_argument("--password", required=True, help="the demo people's password")
    told = asked.parse_args()
    FOLDER.mkdir(exist_ok=True)
    program = os.environ.get("SEGURIPAGO_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        buyer, other, analyst = (person(browser, told.site) for _ in range(3))
        area = person(browser, told.site, width=1440)
        enter(area, "/medios-de-pago/", "medios@demo.test", told.password)
        enter(analyst, "/mesa/", "analista@demo.test", told.password)
        order = buy(buyer)
        chat = ask(buyer)
        attend(analyst, order)
        chat.get_by_role("button", name="Todo correcto").click()
        analyst.get_by_role("button", name="Enviar datos bancarios").click()
        expect(chat.get_by_text("Datos bancarios").first).to_be_visible()
        address = str(buyer.get_by_role("link", name="Banco de pruebas").first.get_attribute("href"))
        whole = transfer(buyer, address, "500.00")
        transfer(buyer, address, str(whole - 500))
        expect(chat.get_by_text("Pago confirmado").first).to_be_visible()
        expect(analyst.get_by_role("log").get_by_text("Pago confirmado").first).to_be_visible()
        buy_without_chat(other)
        transfer(buyer, address, str(whole))
        expect(area.get_by_role("article").get_by_text(order).first).to_be_visible()
        keep(analyst, "mesa.png")
        keep(area, "medios-de-pago.png")
        buyer.reload()
        expect(buyer.get_by_role("link", name="Descargar recibo", exact=True)).to_be_visible()
        keep(buyer, "pedido.png")
        browser.close()


def person(browser: Browser, site: str, *, width: int = 1280) -> Page:
    """Open a browser of somebody's own, shared with nobody."""
    size = ViewportSize(width=width, height=860)
    context = browser.new_context(base_url=site, viewport=size, locale="es-MX", timezone_id="America/Mexico_City")
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    return context.new_page()


def enter(page: Page, path: str, email: str, password: str) -> None:
    """Sign in on the way to a page of the staff."""
    page.goto(path)
    page.get_by_label("Correo").fill(email)
    page.get_by_label("Contraseña").fill(password)
    page.get_by_role("button", name="Entrar").click()
    page.wait_for_url(f"**{path}")


def buy(page: Page, **told: str) -> str:
    """Put two things into the cart and place the order, as Lucía unless told otherwise; gives its number."""
    for product in ("cafe-coatepec-lavado", "prensa-naolinco"):
        page.goto(f"/t/sierra-alta/p/{product}/")
        page.get_by_role("button", name="Agregar al carrito").click()
        page.wait_for_load_state()
    page.goto("/t/sierra-alta/carrito/")
    page.get_by_role("link", name="FINALIZAR COMPRA").or_(page.get_by_role("button", name="FINALIZAR COMPRA")).click()
    for label, text in (BUYER | told).items():
        page.get_by_label(label).first.fill(text)
    page.get_by_label("Estado", exact=True).first.select_option(label="Ciudad de México")
    page.get_by_role("button", name="REALIZAR PEDIDO").click()
    page.wait_for_url("**/pedido/**")
    found = re.search(r"CM-\w{4}-\w{4}", page.get_by_role("heading", level=1).inner_text())
    assert found is not None, "the order page names no order"
    return found[0]


def ask(page: Page) -> FrameLocator:
    """Start a conversation on the order page; gives the assistant's frame."""
    page.get_by_role("button", name="Abrir ASISTENTE CONNECT@Me").click()
    frame = page.frame_locator("iframe").first
    frame.get_by_role("button", name="Solo necesarias").click()
    frame.get_by_role("link", name="Nueva Conversación").click()
    frame.get_by_role("button", name="Iniciar conversación").click()
    expect(frame.get_by_label("Mensaje")).to_be_visible()
    return frame


def attend(page: Page, order: str) -> None:
    """Take the conversation and confirm the six checks, verifying the number where this browser did not prove it."""
    page.reload()
    page.get_by_role("button", name="Tomar siguiente").click()
    panel = page.get_by_role("complementary", name="Pedido")
    confirm = panel.get_by_role("button", name="Confirmar todo")
    number = panel.get_by_label("No. de Pedido")
    expect(confirm.or_(number).first).to_be_visible()
    if number.is_visible():
        number.fill(order)
        panel.get_by_role("button", name="Verificar", exact=True).click()
    confirm.click()


def buy_without_chat(page: Page) -> None:
    """Place an order and take its bank details from the order page alone: the monitor then expects a transfer."""
    buy(page, Nombre="Tomás", Apellidos="Galván Ortiz", Correo="tomas.galvan@correo.example")
    page.get_by_role("button", name="Continuar sin chat").click()
    page.get_by_role("button", name="Todo correcto").click()
    expect(page.get_by_role("link", name="Banco de pruebas").first).to_be_visible()


def transfer(page: Page, address: str, amount: str) -> Decimal:
    """Play a transfer in a second tab of the buyer's, while the order page looks on; gives the amount proposed."""
    bank = page.context.new_page()
    bank.goto(address)
    proposed = Decimal(bank.get_by_label("Monto").input_value().replace(",", ""))
    bank.get_by_label("Monto").fill(amount)
    bank.get_by_role("button", name="Transferir").click()
    expect(bank.get_by_text("Transferencia enviada").first).to_be_visible()
    bank.close()
    return proposed


def keep(page: Page, name: str) -> None:
    """Write a picture of what is on the screen, with as many colours as its size allows."""
    page.wait_for_timeout(1200)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    for colours in (256, 128, 64, 32):
        drawn = io.BytesIO()
        picture.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
            drawn, "PNG", optimize=True
        )
        if drawn.tell() <= LARGEST:
            break
    (FOLDER / name).write_bytes(drawn.getvalue())
    print(f"{name}: {drawn.tell() // 1024} KB, {colours} colours")  # noqa: T201


if __name__ == "__main__":
    main()
