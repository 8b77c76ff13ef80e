"""A card is typed into the gateway's own frame: declined, asked about in a window or on a page, paid once, lost."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page

from tests.e2e import walking
from tests.e2e.conftest import RunningSite
from tests.e2e.looking import look
from tests.e2e.walking import expect

CHARGES = """
    SELECT c.state, c.installments FROM card_charge c JOIN payment p ON p.id = c.payment_id
    JOIN shop_order o ON o.id = p.order_id WHERE o.number = %s ORDER BY c.id
"""
DISPUTES = """
    SELECT d.state FROM card_chargeback d JOIN card_charge c ON c.id = d.charge_id JOIN payment p ON p.id = c.payment_id
    JOIN shop_order o ON o.id = p.order_id WHERE o.number = %s
"""
PAID = re.compile("Pago confirmado")


def test_declined_then_asked_in_a_window_which_escape_does_not_lose(
    running_site: RunningSite, desktop: Callable[[], BrowserContext]
) -> None:
    page = desktop().new_page()
    number = walking.order(page, "barro esmaltado", method=walking.CARD)
    walking.type_card(page, "4000 0000 0000 9995")
    press(page)
    alert = page.locator("[data-card-declined]")
    expect(alert).to_contain_text("No se cobró nada. Tu banco dice que no hay fondos suficientes.")
    expect(page.get_by_label("Nombre en la tarjeta")).to_have_value(walking.ON_THE_CARD)

    walking.type_card(page, "4000 0000 0000 3063")
    press(page)
    window = page.frame_locator(".card-3ds-frame")
    expect(window.get_by_role("heading", name="¿Autorizas esta compra?")).to_be_visible()
    page.get_by_role("heading", name="Tu banco quiere saber si eres tú").press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Continuar con tu banco").click()
    window.get_by_role("button", name="Rechazar").click()
    expect(alert).to_contain_text("Tu banco no pudo comprobar que eres tú.")

    press(page)
    window.get_by_role("button", name="Autorizar").click()
    expect(page.get_by_role("heading", name=PAID)).to_be_visible()
    expect(page.get_by_role("link", name="Descargar recibo", exact=True)).to_be_visible()
    assert look(running_site, CHARGES, number) == [("declined", 1), ("declined", 1), ("paid", 1)]


def test_two_tabs_and_a_double_press_are_one_charge_in_months_that_the_bank_asks_about(
    running_site: RunningSite, phone: Callable[[], BrowserContext]
) -> None:
    page = phone().new_page()
    number = walking.order(page, "barro esmaltado", method=walking.CARD)
    walking.without_sideways_scroll(page)
    other_tab = page.context.new_page()
    other_tab.goto(page.url)
    walking.type_card(page, "4000 0000 0000 3220")
    page.get_by_label("Cómo la pagas").select_option("3")
    page.locator("[data-card-button]").dblclick()
    expect(page.get_by_role("heading", name="¿Autorizas esta compra?")).to_be_visible()

    walking.type_card(other_tab, "4242 4242 4242 4242")
    press(other_tab)
    expect(other_tab.get_by_role("heading", name="¿Autorizas esta compra?")).to_be_visible()
    assert other_tab.url == page.url
    page.get_by_role("button", name="Autorizar").dblclick()
    expect(page.get_by_role("heading", name=PAID)).to_be_visible()
    assert look(running_site, CHARGES, number) == [("paid", 3)]

    page.goto(f"{running_site.sandbox_url}/movimientos/")
    row = page.get_by_role("row").filter(has_text=number)
    row.get_by_role("button", name="Contracargo").click()
    expect(row).to_contain_text("Contracargo abierto")
    deadline = time.monotonic() + 20
    while look(running_site, DISPUTES, number) != [("open",)]:
        assert time.monotonic() < deadline, "nobody heard of the chargeback"
        time.sleep(0.2)


def test_a_lost_answer_is_found_by_the_job_and_never_charged_again(
    running_site: RunningSite, desktop: Callable[[], BrowserContext]
) -> None:
    page = desktop().new_page()
    number = walking.order(page, "barro esmaltado", method=walking.CARD)
    address = page.url
    walking.type_card(page, "4000 0000 0000 0374")
    with page.expect_response(re.compile("/tarjeta/$")) as answered:
        press(page)
    assert answered.value.json()["state"] == "processing"
    # Whoever leaves now asks nothing more: only the job does.
    page.close()
    deadline = time.monotonic() + 40
    while look(running_site, CHARGES, number) != [("paid", 1)]:
        assert time.monotonic() < deadline, look(running_site, CHARGES, number)
        time.sleep(0.5)
    back = desktop().new_page()
    back.goto(address)
    expect(back.get_by_role("heading", name=PAID)).to_be_visible()


def test_the_checkout_charges_at_once_and_asks_no_card_twice(
    running_site: RunningSite, desktop: Callable[[], BrowserContext]
) -> None:
    page = desktop().new_page()
    walking.fill_the_cart(page, "barro esmaltado")
    walking.fill_the_checkout(page, method=walking.CARD)
    page.get_by_label("Calle", exact=True).first.fill("")
    walking.type_card(page, "5555 5555 5555 4444")
    page.get_by_label("Cómo la pagas").select_option("3")
    page.get_by_role("button", name="REALIZAR PEDIDO").click()
    expect(page.get_by_text("Tarjeta lista Mastercard •••• 4444")).to_be_visible()
    page.get_by_label("Calle", exact=True).first.fill("Orizaba")
    page.get_by_role("button", name="REALIZAR PEDIDO").dblclick()
    expect(page.get_by_role("heading", name=PAID)).to_be_visible()
    found = walking.NUMBER.search(page.get_by_role("heading", level=1).inner_text())
    assert found is not None
    assert look(running_site, CHARGES, found[0]) == [("paid", 3)]


def press(page: Page) -> None:
    page.locator("[data-card-button]").click()
