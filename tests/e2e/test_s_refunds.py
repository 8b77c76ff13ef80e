"""Money back to a card, seen by four: one asks, another approves, the buyer reads it, a bank takes the rest."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from . import walking
from .conftest import RunningSite
from .test_f_accessible import everything_wrong
from .walking import CARD

pytestmark = pytest.mark.e2e
LOOK = os.environ.get("SP_LOOK", "")


def kept(page: Page, name: str) -> None:
    """Keep pictures for whoever asked for them, at a desk's and a phone's width, light and dark."""
    if not LOOK:
        return
    was = page.viewport_size
    for scheme in ("light", "dark"):
        page.evaluate("theme => document.documentElement.dataset.theme = theme", scheme)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=str(Path(LOOK) / f"{name}-{scheme}-{width}.png"), full_page=True)
    page.evaluate("() => delete document.documentElement.dataset.theme")
    if was:
        page.set_viewport_size(was)


def test_a_refund_is_asked_approved_and_seen_and_a_chargeback_shows_its_evidence(
    running_site: RunningSite, desktop: Callable[[], BrowserContext]
) -> None:
    buyer, clerk, supervisor = (desktop().new_page() for _ in range(3))
    number = walking.order(buyer, "barro esmaltado", method=CARD)
    walking.type_card(buyer, "4242 4242 4242 4242")
    buyer.locator("[data-card-button]").click()
    expect(buyer.get_by_role("heading", name="Pago confirmado")).to_be_visible()

    walking.sign_in(clerk, "medios@demo.test", running_site.password, "/medios-de-pago/tarjetas/")
    found = everything_wrong(clerk, "card charges")
    kept(clerk, "list")
    clerk.get_by_role("link", name=number).click()
    clerk.get_by_label("Una parte").check()
    clerk.get_by_label("Monto de la parte").fill("100")
    clerk.get_by_label("Motivo").fill("Llegó con un detalle")
    found += everything_wrong(clerk, "a card charge")
    kept(clerk, "ask")
    clerk.get_by_role("button", name="Pedir reembolso").click()
    expect(clerk.get_by_text("Reembolso que espera a una segunda persona", exact=True)).to_be_visible()

    walking.sign_in(supervisor, "supervisor@demo.test", running_site.password, "/medios-de-pago/aprobaciones/")
    supervisor.get_by_role("link", name=re.compile("Reembolso a tarjeta|Revisar|Ver")).first.click()
    expect(supervisor.get_by_text("Llegó con un detalle").first).to_be_visible()
    kept(supervisor, "proposal")
    supervisor.get_by_role("button", name="Aprobar").click()

    # The clerk's page moves by itself, from the approval to the gateway's answer.
    live = clerk.locator("#charge-live")
    expect(live.get_by_text("Reembolso parcial")).to_be_visible()
    expect(live).to_contain_text("Llegó con un detalle")
    found += everything_wrong(clerk, "a card charge with a refund")
    kept(clerk, "refunded")
    expect(buyer.get_by_role("heading", name="Reembolsos")).to_be_visible()
    expect(buyer.get_by_text("Tu banco lo muestra en unos días", exact=False)).to_be_visible()
    found += everything_wrong(buyer, "order with a refund")
    kept(buyer, "buyer")

    panel = desktop().new_page()
    panel.goto(f"{running_site.sandbox_url}/movimientos/")
    panel.get_by_role("button", name="Contracargo", exact=True).first.click()
    expect(panel.get_by_role("button", name="Pierde la tienda").first).to_be_visible()
    expect(live.get_by_text("En disputa")).to_be_visible(timeout=20_000)
    clerk.reload()
    expect(clerk.get_by_role("heading", name="Evidencia para el banco")).to_be_visible()
    found += everything_wrong(clerk, "a chargeback")
    kept(clerk, "chargeback")
    assert not found, "\n".join(found)


def test_a_paid_order_is_cancelled_before_it_leaves_and_its_transfer_goes_back(
    running_site: RunningSite, phone: Callable[[], BrowserContext], desktop: Callable[[], BrowserContext]
) -> None:
    buyer = phone().new_page()
    clerk, supervisor = (desktop().new_page() for _ in range(2))
    number = walking.order(buyer, "barro esmaltado")
    walking.ask_for_the_bank_details(buyer)
    walking.transfer(buyer)
    expect(buyer.get_by_role("heading", name="Pago confirmado")).to_be_visible()

    buyer.get_by_text("Cancelar y pedir mi reembolso").click()
    buyer.get_by_label("¿Por qué? (opcional)").fill("Encontré otro color")
    buyer.get_by_label("Sí, quiero cancelar este pedido").check()
    kept(buyer, "cancel-ask")
    buyer.get_by_role("button", name="Pedir la cancelación").click()
    expect(buyer.get_by_text("La tienda lo revisa; lo aprueban dos personas", exact=False)).to_be_visible()
    found = everything_wrong(buyer, "order that its buyer asked to cancel")
    kept(buyer, "cancel-asked")

    walking.sign_in(clerk, "medios@demo.test", running_site.password, "/medios-de-pago/reembolsos/")
    expect(clerk.get_by_text("Le toca a: Medios de pago, hasta", exact=False).first).to_be_visible()
    found += everything_wrong(clerk, "refunds")
    kept(clerk, "refunds")
    clerk.get_by_role("link", name=number).click()
    clerk.get_by_role("button", name="Proponer el reembolso").click()
    kept(clerk, "refund-proposed")
    address = clerk.url

    walking.sign_in(supervisor, "supervisor@demo.test", running_site.password, address)
    found += everything_wrong(supervisor, "a refund to decide")
    kept(supervisor, "refund-decide")
    supervisor.get_by_role("button", name="Aprobar").click()
    # The demo's bank is told by an order and answers; the page follows by itself.
    expect(supervisor.locator("#refund-live").get_by_text("Confirmado").first).to_be_visible(timeout=30_000)
    kept(supervisor, "refund-confirmed")
    expect(buyer.get_by_role("heading", name="Este pedido se canceló")).to_be_visible(timeout=15_000)
    expect(buyer.get_by_text("El banco lo envió.", exact=False)).to_be_visible()
    expect(buyer.locator(".big-state", has_text="Motivo: Encontré otro color")).to_be_visible()
    found += everything_wrong(buyer, "order whose transfer went back")
    kept(buyer, "cancel-done")
    walking.without_sideways_scroll(buyer)
    assert not found, "\n".join(found)
