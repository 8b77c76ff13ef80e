"""Nobody at the desk: the assistant itself leads the buyer from the order number to the confirmed payment."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext

from tests.e2e import walking
from tests.e2e.conftest import RunningSite
from tests.e2e.walking import expect


def test_the_assistant_leads_a_buyer_on_the_phone(
    running_site: RunningSite, phone: Callable[[], BrowserContext]
) -> None:
    page = phone().new_page()
    walking.fill_the_cart(page, "Molino manual")
    walking.fill_the_checkout(page)
    number = walking.place_the_order(page)
    walking.without_sideways_scroll(page)

    frame = walking.open_the_assistant(page)
    walking.begin_the_conversation(frame)
    if not walking.card(frame, "Confirmación de tu pedido").is_visible():
        walking.say(frame, f"hola, mi pedido es el {number.lower().replace('-', ' ')}")
    confirmation = walking.card(frame, "Confirmación de tu pedido")
    for item in ("Existencias", "Datos", "Direcciones", "Tiempos de entrega", "Garantías", "Monto"):
        expect(confirmation.get_by_text(item, exact=True)).to_be_visible()
    frame.get_by_role("button", name="Todo correcto").click()

    details = walking.card(frame, "Datos bancarios")
    expect(details).to_be_visible()
    copied = details.locator("[data-copy]").evaluate_all("all => all.map(one => one.dataset.copy)")
    clabe = next(text for text in copied if re.fullmatch(r"\d{18}", text))
    amount = next(text for text in copied if re.fullmatch(r"\d+\.\d\d", text))
    expect(walking.card(frame, "Transferencia monitoreada")).to_be_attached()

    half = f"{float(amount) / 2:.2f}"
    said = running_site.command("deposit", "--clabe", clabe, "--amount", half)
    assert (said["state"], said["order"]) == ("applied", number)
    expect(frame.get_by_text("faltan", exact=False).last).to_be_attached()
    rest = f"{float(amount) - float(half) + 10:.2f}"
    said = running_site.command("deposit", "--clabe", clabe, "--amount", rest, "--sender-bank", "40072")
    assert said["state"] == "applied"

    expect(walking.card(frame, "Transferencia recibida")).to_be_attached()
    expect(walking.card(frame, "Pago confirmado")).to_be_attached()
    expect(walking.card(frame, "Garantía CONNECT@Me")).to_be_attached()
    frame.get_by_role("button", name=re.compile("Cerrar")).first.click()
    expect(page.get_by_role("link", name="Descargar recibo", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Descargar recibo (JSON)")).to_be_visible()
    walking.without_sideways_scroll(page)


def test_a_guest_in_another_browser_proves_the_order_by_his_email(
    running_site: RunningSite, desktop: Callable[[], BrowserContext]
) -> None:
    shop = desktop().new_page()
    walking.fill_the_cart(shop, "Prensa francesa")
    walking.fill_the_checkout(shop)
    number = walking.place_the_order(shop)

    elsewhere = desktop().new_page()
    elsewhere.goto("/t/sierra-alta/")
    frame = walking.open_the_assistant(elsewhere)
    walking.begin_the_conversation(frame, typed=True)
    walking.say(frame, number)
    expect(walking.card(frame, "Confirmación de tu pedido")).to_be_visible()

    stranger = desktop().new_page()
    stranger.goto("/t/sierra-alta/")
    frame = walking.open_the_assistant(stranger)
    frame.get_by_role("button", name="Solo necesarias").click()
    frame.get_by_role("button", name="Nueva Conversación").or_(
        frame.get_by_role("link", name="Nueva Conversación")
    ).click()
    frame.get_by_label("Nombre").fill("Carla Desconocida")
    frame.get_by_label("Correo").fill("carla@correo.example")
    frame.get_by_label("Teléfono").fill("55 0000 0000")
    frame.get_by_role("button", name="Iniciar conversación").click()
    walking.say(frame, number)
    expect(frame.get_by_role("log")).to_contain_text(number)
    stranger.wait_for_timeout(1500)
    expect(frame.get_by_role("article", name="Confirmación de tu pedido")).to_have_count(0)
    expect(frame.get_by_role("log")).not_to_contain_text("Orizaba")
