"""«Cobro rápido»: an owner charges without a cart; whoever pays says yes on his own phone and pays by SPEI."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page

from tests.e2e import walking
from tests.e2e.conftest import RunningSite
from tests.e2e.looking import look
from tests.e2e.test_f_accessible import everything_wrong
from tests.e2e.walking import expect

CONCEPT = "Mantenimiento de molino"
KEPT = """
    SELECT o.state, o.kind, l.purpose, l.state, (SELECT count(*) FROM receipt r WHERE r.order_id = o.id),
           (SELECT count(*) FROM guarantee g WHERE g.order_id = o.id)
    FROM shop_order o JOIN payment p ON p.order_id = o.id JOIN payment_link l ON l.payment_id = p.id
    WHERE o.number = %s
"""


def test_an_owner_charges_without_a_cart_and_is_paid(
    running_site: RunningSite, desktop: Callable[[], BrowserContext], phone: Callable[[], BrowserContext]
) -> None:
    owner = desktop().new_page()
    walking.sign_in(owner, "tienda@demo.test", running_site.password, "/oficina/cobros/")
    found = everything_wrong(owner, "charges")
    owner.get_by_role("link", name="Nuevo cobro").first.click()
    owner.get_by_role("main").get_by_label("Nombre del comprador").fill("Lucía Hernández Robles")
    owner.get_by_role("main").get_by_label("Correo").fill("cobro@correo.example")
    owner.get_by_role("main").get_by_label("Teléfono").fill(walking.PHONE)
    owner.get_by_role("main").get_by_label("Concepto").fill(CONCEPT)
    owner.get_by_role("main").get_by_label("Monto con IVA").fill("mil")
    owner.get_by_role("button", name="Crear cobro y link").click()
    expect(owner.get_by_role("alert")).to_contain_text("Escribe un monto como 1,250.00.")
    found += everything_wrong(owner, "a charge with a mistake")
    owner.get_by_role("main").get_by_label("Monto con IVA").fill("1,160.00")
    owner.get_by_role("button", name="Crear cobro y link").click()

    address, phrase, number = shared(owner)
    found += everything_wrong(owner, "a charge")
    payer = phone().new_page()
    payer.goto(address)
    payer.get_by_label("Correo o últimos 4 dígitos del teléfono").fill(walking.PHONE[-4:])
    payer.get_by_role("button", name="Continuar").click()
    expect(payer.get_by_role("main")).to_contain_text(phrase)
    expect(payer.get_by_role("main")).to_contain_text("$1,160.00")
    assert not re.search(r"\d{18}", payer.content()), "the CLABE is shown before the yes"
    payer.get_by_role("button", name="Es correcto, pagar").click()
    walking.transfer(payer)
    expect(payer.get_by_role("heading", name="Este pedido ya está pagado")).to_be_visible()

    expect(owner.locator("#status")).to_contain_text("Pago confirmado")
    expect(owner.locator("#link")).to_contain_text("Pagado")
    owner.get_by_role("button", name="Marcar entregado").click()
    expect(owner.locator("#status").get_by_role("status")).to_have_text("Entregado")
    walking.without_sideways_scroll(payer)
    assert look(running_site, KEPT, number) == [("delivered", "quick", "quick", "paid", 1, 1)]
    assert running_site.command("check-invariants")["rows"] == {} or not any(
        running_site.command("check-invariants")["rows"].values()
    )
    assert found == []


def shared(owner: Page) -> tuple[str, str, str]:
    """Open «Compartir»: the address that would be sent, the phrase beside it, the order's number."""
    owner.get_by_role("link", name=re.compile("^Compartir")).click()
    copy = owner.get_by_role("button", name="Copiar link")
    expect(copy).to_be_visible()
    expect(owner.locator(".share-qr svg")).to_be_visible()
    expect(owner.get_by_role("link", name=re.compile("^WhatsApp"))).to_have_attribute("href", re.compile("wa.me/52"))
    address = str(copy.get_attribute("data-copy"))
    phrase = owner.locator("#link dd").last.inner_text()
    return address, phrase, owner.get_by_role("heading", level=1).inner_text().strip()
