"""A bank that sends nothing: what the clerk saw, and what a CEP proves, pay an order once a second person agrees."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.captures.ceps import SERIAL, Transfer, pem
from tests.e2e import walking
from tests.e2e.conftest import RunningSite
from tests.e2e.test_f_accessible import everything_wrong
from tests.e2e.walking import BrowserContext, Page, expect

BY_HAND = "/medios-de-pago/captura/"
CEP = "/medios-de-pago/cep/"


def today() -> datetime:
    return datetime.now(ZoneInfo("America/Mexico_City"))


def approve(page: Page, site: RunningSite, address: str) -> None:
    """The second person reads exactly what will be done and agrees."""
    walking.sign_in(page, "supervisor@demo.test", site.password, address)
    page.get_by_role("button", name="Aprobar").click()
    expect(page.get_by_text("Aprobada", exact=True)).to_be_visible()


def test_what_the_clerk_saw_pays_the_order_once_another_agrees(
    running_site: RunningSite, desktop: Callable[[], BrowserContext], phone: Callable[[], BrowserContext]
) -> None:
    buyer, clerk, boss = desktop().new_page(), phone().new_page(), desktop().new_page()
    walking.order(buyer, "café de olla")
    clabe, amount = walking.ask_for_the_bank_details(buyer)
    walking.sign_in(clerk, "medios@demo.test", running_site.password, BY_HAND)
    clerk.get_by_role("button", name="Proponer depósito").click()
    expect(clerk.get_by_role("alert")).to_contain_text("Escribe la clave de rastreo.")
    clerk.get_by_label("CLABE que recibió").fill(f"{clabe[:3]} {clabe[3:]}")
    clerk.get_by_label("Banco que envió").select_option(label="BBVA · 40012")
    clerk.get_by_label("Clave de rastreo").fill("VISTOENBANCA01")
    clerk.get_by_label("Monto").fill(amount)
    clerk.get_by_label("Fecha de operación").fill(f"{today():%Y-%m-%d}")
    walking.without_sideways_scroll(clerk)
    clerk.get_by_role("button", name="Proponer depósito").click()
    clerk.wait_for_url(re.compile("/propuesta/"))
    expect(clerk.get_by_text("Clave de rastreo: VISTOENBANCA01.")).to_be_visible()
    expect(clerk.get_by_role("button", name="Aprobar")).to_have_count(0)
    approve(boss, running_site, clerk.url.removeprefix(running_site.url))
    expect(buyer.get_by_role("link", name="Descargar recibo", exact=True)).to_be_visible(timeout=20_000)


def test_a_cep_pays_the_order_only_once_its_bank_is_known_and_another_agrees(
    running_site: RunningSite, desktop: Callable[[], BrowserContext], tmp_path: Path
) -> None:
    buyer, clerk, boss = (desktop().new_page() for _ in range(3))
    walking.order(buyer, "café de olla")
    clabe, amount = walking.ask_for_the_bank_details(buyer)
    day = f"{today():%d%m%Y}"
    cep = Transfer(account=clabe, amount=amount, day=day, credited=day, hour="000001", tracking_key="CONCEP01")
    paper = {"name": "cep.pdf", "mimeType": "application/pdf", "buffer": cep.pdf()}
    walking.sign_in(clerk, "medios@demo.test", running_site.password, CEP)
    clerk.get_by_label("Archivo del CEP").set_input_files(paper)  # type: ignore[arg-type]
    clerk.get_by_role("button", name="Revisar y proponer").click()
    expect(clerk.get_by_text("Sello no verificable")).to_be_visible()

    key = tmp_path / "banco.pem"
    key.write_bytes(pem())
    assert running_site.command("cep", "pin", SERIAL, str(key))["key"] == "RSA-2048"
    clerk.get_by_label("Archivo del CEP").set_input_files(paper)  # type: ignore[arg-type]
    clerk.get_by_role("button", name="Revisar y proponer").click()
    clerk.wait_for_url(re.compile("/propuesta/"))
    approve(boss, running_site, clerk.url.removeprefix(running_site.url))
    expect(buyer.get_by_role("link", name="Descargar recibo", exact=True)).to_be_visible(timeout=20_000)

    clerk.goto(CEP)
    xml = {"name": "cep.xml", "mimeType": "text/xml", "buffer": cep.xml()}
    clerk.get_by_label("Archivo del CEP").set_input_files(xml)  # type: ignore[arg-type]
    clerk.get_by_role("button", name="Revisar y proponer").click()
    expect(clerk.get_by_role("alert")).to_contain_text("Ese depósito ya está registrado.")


def test_everybody_can_use_the_pages_of_captures(
    running_site: RunningSite, desktop: Callable[[], BrowserContext]
) -> None:
    clerk = desktop().new_page()
    walking.sign_in(clerk, "medios@demo.test", running_site.password, BY_HAND)
    found = everything_wrong(clerk, BY_HAND)
    clerk.get_by_role("button", name="Proponer depósito").click()
    found += everything_wrong(clerk, "a capture with mistakes")
    clerk.goto(CEP)
    found += everything_wrong(clerk, CEP)
    altered = Transfer().xml().replace(b'MontoPago="9135.00"', b'MontoPago="1.00"')
    clerk.get_by_label("Archivo del CEP").set_input_files(
        {"name": "cep.xml", "mimeType": "text/xml", "buffer": altered}
    )
    clerk.get_by_role("button", name="Revisar y proponer").click()
    expect(clerk.get_by_text("Sello inválido")).to_be_visible()
    found += everything_wrong(clerk, "an altered CEP")
    assert not found, "\n".join(found)
