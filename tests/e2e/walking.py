"""What a person does on the screens, step by step, by the words that stand on them."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Frame, FrameLocator, Locator, Page, expect

# A machine that also builds, tests and measures answers late; a person would wait that long too.
expect.set_options(timeout=30_000)

NAME, LAST = "Lucía", "Hernández Robles"
EMAIL = "lucia.hernandez@correo.example"
PHONE = "55 5012 8846"
CARD, ON_THE_CARD = "TARJETA DÉBITO Y CRÉDITO", "LUCIA HERNANDEZ"
NUMBER = re.compile(r"CM-[0-9A-Z]{4}-[0-9A-Z]{4}")


def fill_the_cart(page: Page, *products: str) -> None:
    """Step 1: search, put into the cart, look at it, go to the checkout."""
    for product in products:
        page.goto("/t/sierra-alta/")
        page.get_by_role("searchbox").first.fill(product)
        page.get_by_role("searchbox").first.press("Enter")
        page.get_by_role("button", name=re.compile("^Agregar")).first.click()
        page.wait_for_load_state("networkidle")
    page.get_by_role("link", name="Carrito").first.click()
    page.get_by_role("button", name="FINALIZAR COMPRA").click()


def fill_the_checkout(page: Page, *, method: str = "Transferencia electrónica SPEI", email: str = EMAIL) -> None:
    """Step 2: billing and shipping on the left, the way to pay on the right."""
    group = page.get_by_role("group", name="Datos de facturación")
    group.get_by_label("Nombre", exact=True).fill(NAME)
    group.get_by_label("Apellidos").fill(LAST)
    group.get_by_label("Correo").fill(email)
    group.get_by_label("Teléfono").fill(PHONE)
    shipping = page.get_by_role("group", name="Dirección de envío")
    shipping.get_by_label("Código postal").fill("06700")
    shipping.get_by_label("Municipio o alcaldía").fill("Cuauhtémoc")
    shipping.get_by_label("Estado").select_option("Ciudad de México")
    shipping.get_by_label("Colonia").fill("Roma Norte")
    shipping.get_by_label("Calle").fill("Orizaba")
    shipping.get_by_label("Núm. ext.").fill("127")
    shipping.get_by_label("Núm. int.").fill("4B")
    page.get_by_role("radio", name=re.compile(method)).check(force=True)


def place_the_order(page: Page) -> str:
    """REALIZAR PEDIDO: gives the order number."""
    page.get_by_role("button", name="REALIZAR PEDIDO").click()
    page.wait_for_url(re.compile("/pedido/"))
    found = NUMBER.search(page.get_by_role("heading", level=1).inner_text())
    assert found is not None
    return found[0]


def order(page: Page, *products: str, method: str = "Transferencia electrónica SPEI", email: str = EMAIL) -> str:
    """Steps 1 to 3 at once: gives the order number. The checkout would charge a card at once: it is chosen after."""
    fill_the_cart(page, *products)
    fill_the_checkout(page, method="Transferencia electrónica SPEI" if method == CARD else method, email=email)
    number = place_the_order(page)
    if method == CARD:
        choose_to_pay(page, CARD)
        expect(page.locator("[data-card-button]")).to_be_visible()
    return number


def go_on_without_chat(page: Page) -> None:
    """Have the order verified. What follows may show before the page is answered: who presses there presses on a page
    that is about to go.
    """
    with page.expect_navigation():
        page.get_by_role("button", name="Continuar sin chat").click()


def ask_for_the_bank_details(page: Page) -> tuple[str, str]:
    """Step 6 on the order page, without the chat: gives CLABE and amount as they are copied."""
    go_on_without_chat(page)
    page.get_by_role("button", name="Todo correcto").click()
    expect(page.get_by_role("link", name="Banco de pruebas")).to_be_visible()
    copied = page.locator("[data-copy]").evaluate_all("all => all.map(one => one.dataset.copy)")
    clabe = next(text for text in copied if re.fullmatch(r"\d{18}", text))
    amount = next(text for text in copied if re.fullmatch(r"\d+\.\d\d", text))
    return clabe, amount


def choose_to_pay(page: Page, way: str) -> None:
    """Change the way to pay on the order page."""
    page.get_by_text("Cambiar forma de pago").click()
    # The page may be drawn again at this very moment: the label is waited for, as a person would.
    page.locator("#change-preference label").filter(has_text=way).click()
    expect(page.get_by_role("radio", name=way)).to_be_checked()
    page.get_by_role("button", name="Usar esta forma de pago").click()


def type_card(page: Page, number: str) -> None:
    """Type a card into the gateway's frame, and the name beside it."""
    fields = page.frame_locator(".card-frame")
    fields.get_by_label("Número de tarjeta").fill(number)
    fields.get_by_label("Vencimiento").fill("12/30")
    fields.get_by_label("Código de seguridad").fill("123")
    page.get_by_label("Nombre en la tarjeta").fill(ON_THE_CARD)


def transfer(page: Page) -> None:
    """Follow «Banco de pruebas» in a tab of its own and press «Transferir»."""
    bank = page.context.new_page()
    bank.goto(str(page.get_by_role("link", name="Banco de pruebas").get_attribute("href")))
    bank.get_by_role("button", name="Transferir").click()
    expect(bank.get_by_role("status")).to_contain_text("Transferencia enviada")
    bank.close()


def leave_the_desk_empty(page: Page, password: str) -> None:
    """The analyst steps away, so that nobody attends."""
    sign_in(page, "analista@demo.test", password, "/mesa/")
    with page.expect_response(re.compile("/mesa/presencia/")):
        page.get_by_label("Mi presencia").select_option("away")


def open_the_assistant(page: Page) -> FrameLocator:
    """Step 4: the button at the bottom right, and the frame that it opens."""
    page.get_by_role("button", name="Abrir ASISTENTE CONNECT@Me").click()
    return page.frame_locator("iframe")


def begin_the_conversation(frame: FrameLocator, *, medium: str = "Transferencia", typed: bool = False) -> None:
    """Cookies, Nueva Conversación, personal data, SEGURIPAGO, ¿Pregunta?, Iniciar conversación."""
    frame.get_by_role("button", name="Solo necesarias").click()
    frame.get_by_role("button", name="Nueva Conversación").or_(
        frame.get_by_role("link", name="Nueva Conversación")
    ).click()
    if typed:
        frame.get_by_label("Nombre").fill(f"{NAME} {LAST}")
        frame.get_by_label("Correo").fill(EMAIL)
        frame.get_by_label("Teléfono").fill(PHONE)
    expect(frame.get_by_role("checkbox", name="SEGURIPAGO")).to_be_checked()
    expect(frame.get_by_label("¿Pregunta?")).to_have_value("Quiero comprar y pagar de forma segura")
    frame.get_by_role("radio", name=medium).check(force=True)
    frame.get_by_role("button", name="Iniciar conversación").click()
    expect(frame.get_by_role("log")).to_be_visible()


def say(frame: FrameLocator, text: str) -> None:
    frame.get_by_label("Mensaje").fill(text)
    frame.get_by_role("button", name="Enviar").click()


def card(frame: FrameLocator, title: str) -> Locator:
    """The newest card of that title in the buyer's chat."""
    return frame.get_by_role("article", name=title).last


def sign_in(page: Page, email: str, password: str, path: str) -> None:
    page.goto(path)
    page.get_by_label("Correo").fill(email)
    page.get_by_label("Contraseña").fill(password)
    page.get_by_role("button", name="Entrar").click()
    page.wait_for_url(re.compile(path))


def clear_the_desk(page: Page, password: str) -> None:
    """A supervisor closes whatever earlier walks left open: who holds five conversations takes no sixth."""
    sign_in(page, "supervisor@demo.test", password, "/mesa/")
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    while True:
        page.goto("/mesa/")
        rows = page.locator("#queue [data-conversation]")
        left = {row.get_attribute("data-conversation") for row in rows.all()}
        if not left:
            return
        for conversation in left:
            answer = page.request.post(
                f"/mesa/{conversation}/resolver/",
                form={"csrfmiddlewaretoken": token},
                headers={"Referer": page.url},
            )
            assert answer.ok, answer.status


def sit_down(page: Page, password: str) -> None:
    """The analyst lets the desk see: whoever chose «Disponible» and let a claim wait must choose again."""
    sign_in(page, "analista@demo.test", password, "/mesa/")
    presence = page.get_by_label("Mi presencia")
    for choice in ("busy", "auto"):
        with page.expect_response(re.compile("/mesa/presencia/")):
            presence.select_option(choice)


def without_sideways_scroll(page: Page) -> None:
    wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= window + 1, f"{page.url} is {wide} px wide in a window of {window}"


__all__ = ["Any", "Browser", "BrowserContext", "Frame", "FrameLocator", "Locator", "Page", "expect"]
