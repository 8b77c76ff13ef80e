"""The other ways to pay: a card that is declined, asked about and charged once; a link that somebody else pays."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page

from tests.e2e import walking
from tests.e2e.conftest import RunningSite
from tests.e2e.looking import look
from tests.e2e.walking import expect

CARD, LINK = walking.CARD, "Link de pago encriptado"
CHARGES = """
    SELECT c.state FROM card_charge c JOIN payment p ON p.id = c.payment_id
    JOIN shop_order o ON o.id = p.order_id WHERE o.number = %s ORDER BY c.id
"""


def test_without_scripts_the_gateways_own_page_declines_then_asks_the_bank_and_charges_once(
    running_site: RunningSite, people: Callable[..., BrowserContext]
) -> None:
    page = people(viewport={"width": 1280, "height": 900}, java_script_enabled=False).new_page()
    number = walking.order(page, "barro esmaltado", method=CARD)
    order_page = page.url

    page.get_by_role("button", name=re.compile("^Pagar")).click()
    pay_at_the_gateway(page, "4000 0000 0000 9995")
    expect(page).to_have_url(re.compile("/pedido/"))
    expect(page.get_by_role("main")).to_contain_text("No se cobró nada. Tu banco dice que no hay fondos suficientes.")
    expect(page.get_by_role("heading", level=1)).to_contain_text(number)

    other_tab = page.context.new_page()
    other_tab.goto(order_page)
    for tab in (page, other_tab):
        tab.get_by_role("button", name=re.compile("^Pagar|^Continuar mi pago")).click()
        expect(tab.get_by_label("Número de tarjeta")).to_be_visible()
    assert page.url == other_tab.url
    pay_at_the_gateway(page, "4000 0000 0000 3220")
    expect(page.get_by_role("heading", name="¿Autorizas esta compra?")).to_be_visible()
    page.get_by_role("button", name="Autorizar").dblclick()

    expect(page.get_by_role("heading", name="Pago confirmado")).to_be_visible()
    other_tab.goto(order_page)
    expect(other_tab.get_by_role("heading", name="Pago confirmado")).to_be_visible()
    assert look(running_site, CHARGES, number) == [("declined",), ("paid",)]


def test_a_link_sent_by_the_assistant_is_paid_by_somebody_else(
    running_site: RunningSite, desktop: Callable[[], BrowserContext], phone: Callable[[], BrowserContext]
) -> None:
    walking.leave_the_desk_empty(desktop().new_page(), running_site.password)
    buyer = desktop().new_page()
    number = walking.order(buyer, "Plato de postre", method=LINK)
    frame = walking.open_the_assistant(buyer)
    walking.begin_the_conversation(frame, medium="Link encriptado")
    frame.get_by_role("button", name="Todo correcto").click()
    link = walking.card(frame, "Link de pago encriptado").get_by_role("link", name="Abrir link de pago")
    expect(link).to_be_visible()
    address = str(link.get_attribute("href"))

    stranger = phone().new_page()
    stranger.goto(address)
    expect(stranger.get_by_role("main")).to_contain_text(number)
    shown = stranger.locator("body").inner_text() + stranger.content()
    for private in (walking.LAST, walking.EMAIL, "5012", "Orizaba", "06700"):
        assert private not in shown, f"the payment page of a link shows {private}"
    walking.without_sideways_scroll(stranger)
    _altered_links_are_nobodys(stranger, address)

    stranger.goto(address)
    stranger.get_by_label("Correo o últimos 4 dígitos del teléfono").fill(walking.PHONE[-4:])
    stranger.get_by_role("button", name="Continuar").click()
    walking.transfer(stranger)
    expect(stranger.get_by_role("heading", name="Este pedido ya está pagado")).to_be_visible()
    expect(walking.card(frame, "Pago confirmado")).to_be_attached()
    expect(buyer.get_by_role("link", name="Descargar recibo", exact=True)).to_be_visible()


def test_another_way_to_pay_keeps_the_number(desktop: Callable[[], BrowserContext]) -> None:
    page = desktop().new_page()
    number = walking.order(page, "barro esmaltado", method=CARD)
    address = page.url
    walking.choose_to_pay(page, "Transferencia electrónica SPEI")
    expect(page.get_by_text("Cambiamos la forma de pago. Tu número de pedido es el mismo.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text(number)
    assert page.url == address, "what was done is said once: its name has left the address"
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text(number)
    expect(page.get_by_text("Cambiamos la forma de pago.", exact=False)).to_have_count(0)
    expect(page.locator("[data-card-button]")).to_have_count(0)
    clabe, _amount = walking.ask_for_the_bank_details(page)
    walking.choose_to_pay(page, LINK)
    expect(page.get_by_role("link", name="Abrir mi link de pago")).to_be_visible()
    walking.choose_to_pay(page, "Transferencia electrónica SPEI")
    expect(page.locator(f"[data-copy='{clabe}']").first).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text(number)


def pay_at_the_gateway(page: Page, card: str) -> None:
    """Type a card on the gateway's own page and press «Pagar»."""
    page.get_by_label("Número de tarjeta").fill(card)
    page.get_by_label("Vencimiento").fill("12/30")
    page.get_by_label("Código de seguridad").fill("123")
    page.get_by_role("button", name=re.compile("^Pagar")).click()


def _altered_links_are_nobodys(page: Page, address: str) -> None:
    """A token with one other letter, a shorter one and an invented one get the very same 404."""
    base, token = address.rstrip("/").rsplit("/", 1)
    other = "A" if token[-1] != "A" else "B"
    said = set()
    for forged in (token[:-1] + other, token[:-4], "x" * len(token), "a"):
        answer = page.goto(f"{base}/{forged}/")
        assert answer is not None
        assert answer.status == 404
        said.add(page.get_by_role("main").inner_text())
    assert len(said) == 1
    assert "No encontramos esta página" in said.pop()
