"""Steps 1 to 7 with a buyer, an analyst, a payments clerk and the store's owner, each in a browser of their own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

from tests.e2e import walking
from tests.e2e.conftest import RunningSite
from tests.e2e.walking import expect

ANALYST, CLERK, OWNER = "analista@demo.test", "medios@demo.test", "tienda@demo.test"


def test_from_the_cart_to_a_guaranteed_and_delivered_order(
    running_site: RunningSite, desktop: Callable[[], BrowserContext], tmp_path: Path
) -> None:
    buyer, analyst, clerk = (desktop().new_page() for _ in range(3))
    walking.sign_in(analyst, ANALYST, running_site.password, "/mesa/")
    walking.sign_in(clerk, CLERK, running_site.password, "/medios-de-pago/")

    walking.fill_the_cart(buyer, "espresso Lumbre", "Taza de barro")
    walking.fill_the_checkout(buyer)
    number = walking.place_the_order(buyer)
    pre_invoice = _download(buyer, "Descargar PRE-FACTURA", tmp_path / "prefactura.pdf")
    assert pre_invoice.startswith(b"%PDF")

    frame = walking.open_the_assistant(buyer)
    walking.begin_the_conversation(frame)
    analyst.get_by_role("button", name="Tomar siguiente").click()
    expect(analyst.get_by_role("heading", name="Lucía Hernández Robles")).to_be_visible()
    expect(analyst.get_by_role("button", name="Enviar datos bancarios")).to_be_disabled()
    analyst.get_by_label("Mensaje").fill("Hola, Lucía. ¿Me compartes tu número de pedido?")
    analyst.get_by_role("button", name="Enviar", exact=True).click()
    expect(frame.get_by_role("log")).to_contain_text("¿Me compartes tu número de pedido?")
    walking.say(frame, number)
    expect(analyst.get_by_role("heading", name=number)).to_be_visible()

    analyst.get_by_role("button", name="Confirmar todo").click()
    expect(walking.card(frame, "Confirmación de tu pedido")).to_be_visible()
    frame.get_by_role("button", name="Todo correcto").click()
    expect(analyst.get_by_role("button", name="Enviar datos bancarios")).to_be_enabled()
    analyst.get_by_role("button", name="Enviar datos bancarios").click()
    expect(walking.card(frame, "Datos bancarios")).to_be_visible()
    expect(walking.card(frame, "Transferencia monitoreada")).to_be_attached()
    expected = clerk.get_by_role("region", name="Transferencias esperadas")
    expect(expected).to_contain_text(number)

    with buyer.context.expect_page() as opened:
        bank_link = buyer.get_by_role("link", name="Banco de pruebas")
        if bank_link.get_attribute("target") != "_blank":
            page = buyer.context.new_page()
            page.goto(str(bank_link.get_attribute("href")))
        else:
            bank_link.click()
    bank = opened.value
    bank.get_by_role("button", name="Transferir").click()

    expect(walking.card(frame, "Transferencia recibida")).to_be_attached()
    expect(walking.card(frame, "Pago confirmado")).to_be_attached()
    expect(walking.card(frame, "Garantía CONNECT@Me")).to_be_attached()
    expect(clerk.get_by_role("region", name="Depósitos en vivo")).to_contain_text(number)
    expect(buyer.get_by_role("link", name="Descargar recibo", exact=True)).to_be_visible()

    _evidence(buyer, frame, tmp_path)
    _verify(buyer, running_site, tmp_path)
    _ship_and_deliver(running_site, desktop, buyer, number)
    assert running_site.command("check-invariants")["rows"].values()
    assert not any(running_site.command("check-invariants")["rows"].values())


def _download(page: Page, name: str, target: Path) -> bytes:
    with page.expect_download() as downloading:
        page.get_by_role("link", name=name, exact=True).click()
    downloading.value.save_as(target)
    return target.read_bytes()


def _evidence(buyer: Page, frame: walking.FrameLocator, folder: Path) -> None:
    """The comprobante is asked for, uploaded in the chat, and kept."""
    from PIL import Image

    picture = folder / "comprobante.png"
    Image.new("RGB", (320, 480), "white").save(picture)
    frame.locator("input[type=file]").first.set_input_files(picture)
    expect(frame.get_by_role("log")).to_contain_text("comprobante.png")


def _verify(buyer: Page, site: RunningSite, folder: Path) -> None:
    """Receipt and certificate can be checked by anyone."""
    receipt = json.loads(_download(buyer, "Descargar recibo (JSON)", folder / "recibo.json"))
    assert _download(buyer, "Descargar recibo", folder / "recibo.pdf").startswith(b"%PDF")
    text = json.dumps(receipt)
    found = re.search(r"R-\d{4}-\d{6}", text)
    assert found is not None
    anyone = buyer.context.new_page()
    anyone.goto("/verificar/")
    anyone.get_by_role("textbox").first.fill(found[0])
    anyone.get_by_role("button", name=re.compile("Verificar|Comprobar|Consultar")).first.click()
    expect(anyone.get_by_role("main")).to_contain_text(found[0])
    anyone.close()


def _ship_and_deliver(site: RunningSite, desktop: Callable[[], BrowserContext], buyer: Page, number: str) -> None:
    owner = desktop().new_page()
    walking.sign_in(owner, OWNER, site.password, "/oficina/")
    owner.get_by_role("link", name=number).first.click()
    owner.get_by_label("Paquetería").select_option(index=1)
    owner.get_by_label("Número de guía").fill("1234567890")
    owner.get_by_role("button", name="Marcar enviado").click()
    expect(buyer.get_by_text("1234567890").first).to_be_visible()
    owner.locator("summary", has_text="Marcar entregado").click()
    owner.get_by_label("Quién lo recibió (opcional)").fill("Lucía H.")
    owner.get_by_role("button", name="Marcar entregado").click()
    expect(buyer.get_by_role("button", name="Recibí todo bien")).to_be_visible()
    buyer.get_by_role("button", name="Recibí todo bien").click()
    expect(buyer.get_by_text("Garantía cumplida").or_(buyer.get_by_text("Cumplida")).first).to_be_visible()
