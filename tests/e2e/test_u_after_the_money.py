"""After the money, on phones: a genuine comprobante and a forged one, the parcel, and the end of the guarantee."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Locator, Page

from tests.e2e import walking
from tests.e2e.bank_receipts import forged, screenshot, transfer_of
from tests.e2e.conftest import RunningSite
from tests.e2e.looking import look
from tests.e2e.test_f_accessible import everything_wrong
from tests.e2e.walking import expect

OWNER = "tienda@demo.test"
READ_MS = 90_000
"""Reading a picture begins with loading what reads it."""
MONEY = """
    SELECT p.state, p.received_centavos, (SELECT sum(centavos) FROM allocation), (SELECT count(*) FROM posting),
        (SELECT count(*) FROM deposit)
    FROM payment p JOIN shop_order o ON o.id = p.order_id WHERE o.number = %s
"""
GUARANTEE = """
    SELECT g.state, g.funded_centavos, g.held_centavos, g.released_centavos, g.returned_centavos
    FROM guarantee g JOIN shop_order o ON o.id = g.order_id WHERE o.number = %s
"""


def paid_order(buyer: Page) -> str:
    number = walking.order(buyer, "espresso Lumbre")
    walking.ask_for_the_bank_details(buyer)
    walking.transfer(buyer)
    expect(buyer.get_by_role("heading", name="Pago confirmado")).to_be_visible()
    return number


def give(page: Page, where: Locator, name: str, body: bytes) -> None:
    with page.expect_file_chooser() as chooser:
        where.get_by_role("button", name=re.compile("Subir")).first.click()
    chooser.value.set_files({"name": name, "mimeType": "image/png", "buffer": body})
    expect(where).to_contain_text(name)


def send(owner: Page, number: str, guide: str) -> None:
    owner.goto(f"/oficina/pedidos/{number}/")
    owner.get_by_label("Paquetería").select_option(label="Estafeta")
    owner.get_by_label(re.compile("guía")).fill(guide)
    owner.get_by_role("button", name="Marcar enviado").click()
    expect(owner.get_by_text(guide).first).to_be_visible()


def test_a_genuine_comprobante_a_forged_one_the_parcel_and_the_end(
    running_site: RunningSite, phone: Callable[[], BrowserContext]
) -> None:
    buyer, owner = phone().new_page(), phone().new_page()
    number = paid_order(buyer)
    before = look(running_site, MONEY, number)
    truth = transfer_of(running_site, number)
    given = buyer.get_by_role("region", name="Comprobante")
    give(buyer, given, "mi-transferencia.png", screenshot(truth))
    genuine = given.locator(".up", has_text="mi-transferencia.png")
    expect(genuine).to_contain_text("Coincide", timeout=READ_MS)
    give(buyer, given, "editada.png", screenshot(forged(truth)))
    fake = given.locator(".up", has_text="editada.png")
    expect(fake).to_contain_text("Por aclarar", timeout=READ_MS)
    # Whatever a picture says, the money is where the bank put it.
    assert look(running_site, MONEY, number) == before
    assert everything_wrong(buyer, "order with comprobantes") == []

    walking.sign_in(owner, OWNER, running_site.password, f"/oficina/pedidos/{number}/")
    send(owner, number, "8055241528464720099314")
    walking.without_sideways_scroll(owner)
    parcel = buyer.get_by_role("region", name="Envío")
    expect(parcel).to_contain_text("8055241528464720099314")
    buyer.get_by_role("button", name="Recibí todo bien").click()
    expect(buyer.get_by_role("main")).to_contain_text("Cumplida")
    walking.without_sideways_scroll(buyer)
    ((state, funded, held, released, returned),) = look(running_site, GUARANTEE, number)
    assert (state, held, released, returned) == ("released", 0, funded, 0)
    assert not any(running_site.command("check-invariants")["rows"].values())
