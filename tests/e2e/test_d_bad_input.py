"""What people do wrong, twice, or too late: nothing typed is lost, nothing is ordered or paid twice, all is kept."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Locator, Page

from seguripago.values import clabe as clabes
from tests.e2e import walking
from tests.e2e.conftest import RunningSite
from tests.e2e.looking import look
from tests.e2e.walking import expect

CLERK, OWNER = "medios@demo.test", "tienda@demo.test"
EMPTY = {
    "Nombre": "Escribe tu nombre.",
    "Apellidos": "Escribe tus apellidos.",
    "Correo": "Escribe tu correo: ahí te enviamos tu No. de Pedido.",
    "Teléfono": "Escribe tu teléfono a 10 dígitos.",
    "Código postal": "Escribe tu código postal.",
    "Municipio o alcaldía": "Escribe tu municipio o alcaldía.",
    "Estado": "Elige tu estado.",
    "Colonia": "Escribe tu colonia.",
    "Calle": "Escribe tu calle.",
    "Núm. ext.": "Escribe el número, o S/N si no tiene.",
}
ODD = {
    "Correo": ("lucia@", "Revisa tu correo: debe parecerse a nombre@gmail.com."),
    "Teléfono": ("55 12", "Tu teléfono debe tener 10 dígitos, por ejemplo 55 5012 8846."),
    "Código postal": ("0670", "El código postal tiene 5 dígitos."),
    "RFC": ("XAXX010101", "Ese RFC no es válido. Cópialo como aparece en tu Constancia, con homoclave."),
    "C.P. fiscal": ("67", "El código postal fiscal tiene 5 dígitos."),
}
KEPT = {"Nombre": "José Ñúñez", "Apellidos": "O'Farrill «Peña» <b>", "Colonia": "Roma Norte", "Calle": "Av. 5 & 7"}


def test_every_mistake_is_said_beside_its_field_and_nothing_typed_is_lost(
    desktop: Callable[[], BrowserContext],
) -> None:
    page = desktop().new_page()
    walking.fill_the_cart(page, "barro esmaltado")
    page.get_by_role("button", name="REALIZAR PEDIDO").click()
    for label, words in EMPTY.items():
        expect(said_beside(page, label)).to_have_text(words)
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(len(EMPTY))

    page.get_by_text("Necesito factura").click()
    typed = KEPT | {label: text for label, (text, _words) in ODD.items()}
    for label, text in typed.items():
        field(page, label).fill(text)
    page.get_by_role("radio", name="Link de pago encriptado").check(force=True)
    page.get_by_role("button", name="REALIZAR PEDIDO").click()
    for label, (_text, words) in ODD.items():
        expect(said_beside(page, label)).to_have_text(words)
    for label, text in typed.items():
        expect(field(page, label)).to_have_value(text)
    expect(page.get_by_role("radio", name="Link de pago encriptado")).to_be_checked()
    expect(page.get_by_role("switch")).to_be_checked()
    for label in KEPT:
        expect(field(page, label)).not_to_have_attribute("aria-invalid", "true")

    page.get_by_role("link", name="Carrito").first.click()
    page.get_by_role("button", name="FINALIZAR COMPRA").click()
    expect(field(page, "Apellidos")).to_have_value(KEPT["Apellidos"])


def test_pressed_twice_back_reload_and_a_second_tab_make_one_order(
    running_site: RunningSite, desktop: Callable[[], BrowserContext]
) -> None:
    email = f"una.sola.vez.{secrets.token_hex(4)}@correo.example"
    page = desktop().new_page()
    walking.fill_the_cart(page, "Café de olla")
    second = page.context.new_page()
    second.goto(page.url)
    for tab in (page, second):
        walking.fill_the_checkout(tab, email=email)
    page.get_by_role("button", name="REALIZAR PEDIDO").dblclick()
    page.wait_for_url(re.compile("/pedido/"))
    address = page.url
    page.reload()
    assert page.url == address

    page.go_back()
    if page.get_by_role("button", name="REALIZAR PEDIDO").is_visible():
        page.get_by_role("button", name="REALIZAR PEDIDO").click()
        page.wait_for_url(address)
    second.get_by_role("button", name="REALIZAR PEDIDO").click()
    second.wait_for_url(address)
    rows = look(running_site, "SELECT number FROM shop_order WHERE buyer_email = %s", email)
    assert len(rows) == 1
    expect(second.get_by_role("heading", level=1)).to_contain_text(str(rows[0][0]))

    page.goto("/t/sierra-alta/carrito/")
    expect(page.get_by_role("heading", name="Tu carrito está vacío")).to_be_visible()


def test_the_last_piece_went_meanwhile(desktop: Callable[[], BrowserContext]) -> None:
    slow, quick = desktop().new_page(), desktop().new_page()
    walking.fill_the_cart(slow, "Jarra de barro negro", "Jarra de barro negro", "Café de olla")
    walking.fill_the_checkout(slow)
    walking.order(quick, "Jarra de barro negro")

    slow.get_by_role("button", name="REALIZAR PEDIDO").click()
    alert = slow.get_by_role("alert")
    expect(alert).to_contain_text(re.compile("Jarra de barro negro, 1.5 L: pediste 2 y queda 1"))
    expect(alert).not_to_contain_text("Café de olla")
    expect(field(slow, "Calle")).to_have_value("Orizaba")
    slow.get_by_role("button", name="Ajustar a lo que queda").click()
    expect(field(slow, "Calle")).to_have_value("Orizaba")
    walking.place_the_order(slow)
    lines = slow.get_by_role("main")
    expect(lines).to_contain_text("Jarra de barro negro")
    expect(lines).to_contain_text("Café de olla")

    late = desktop().new_page()
    late.goto("/t/sierra-alta/p/jarra-barro-negro/")
    expect(late.get_by_role("main")).to_contain_text("Se agotó")
    expect(late.get_by_role("button", name=re.compile("^Agregar"))).to_have_count(0)


def test_unknown_addresses_and_strangers_get_one_404_in_spanish(
    running_site: RunningSite, desktop: Callable[[], BrowserContext]
) -> None:
    page = desktop().new_page()
    rows = look(running_site, "SELECT number FROM shop_order ORDER BY id DESC LIMIT 1")
    number = str(rows[0][0]) if rows else "CM-7K3F-92QX"
    said = set()
    for address in (
        f"/pedido/{number}/", f"/pedido/{'a' * 32}/", f"/pedido/{'a' * 32}/recibo.pdf",
        "/no-existe/", "/t/otra-tienda/", "/t/sierra-alta/p/no-hay/", "/pedido/%00/",
    ):  # fmt: skip
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 404, address
        said.add(page.get_by_role("main").inner_text())
    assert len(said) == 1
    assert "No encontramos esta página" in said.pop()
    expect(page.locator("html")).to_have_attribute("lang", "es-MX")
    page.get_by_role("link", name="Ir al inicio").click()
    unknown = page.request.get("/asistente/otra-tienda/")
    assert (unknown.status, unknown.text()) == (404, ""), "a frame that nobody has says nothing"
    expect(page.get_by_role("link", name="Carrito").first).to_be_visible()


def test_twice_too_late_or_for_nobody_is_kept_with_its_reason(
    running_site: RunningSite, desktop: Callable[[], BrowserContext]
) -> None:
    clerk, buyer, other, owner = (desktop().new_page() for _ in range(4))
    walking.sign_in(clerk, CLERK, running_site.password, "/medios-de-pago/")
    paid = walking.order(buyer, "barro esmaltado")
    clabe, amount = walking.ask_for_the_bank_details(buyer)
    cases = clerk.get_by_role("region", name="Excepciones")

    same = ("deposit", "--clabe", clabe, "--amount", amount, "--times", "20")
    told = running_site.command(*same)
    assert (told["sent"], told["deposits"], told["state"], told["order"]) == (20, 1, "applied", paid)
    expect(buyer.get_by_role("heading", name="Pago confirmado")).to_be_visible()
    again = running_site.command("deposit", "--clabe", clabe, "--amount", amount)
    assert again["state"] == "in_case"
    expect(case_of(cases, "Duplicado", paid)).to_contain_text("ya estaba pagado")
    expect(buyer.get_by_role("main")).to_contain_text("Una persona prepara tu reembolso")

    late = walking.order(other, "barro esmaltado")
    clabe, amount = walking.ask_for_the_bank_details(other)
    walking.sign_in(owner, OWNER, running_site.password, "/oficina/")
    owner.goto(f"/oficina/pedidos/{late}/")
    cancel(owner)
    expect(other.get_by_role("heading", name="Este pedido se canceló")).to_be_visible()
    assert running_site.command("deposit", "--clabe", clabe, "--amount", amount)["state"] == "in_case"
    expect(case_of(cases, "Fuera de plazo", late)).to_contain_text("canceló")
    expect(other.get_by_role("main")).to_contain_text("una persona")

    nobody = clabes.build(clabe[:10], 9_876_543)
    assert running_site.command("deposit", "--clabe", nobody, "--amount", "321.09")["state"] == "in_case"
    expect(cases.get_by_role("article").filter(has_text="$321.09").first).to_contain_text("Sin pedido")
    live = clerk.get_by_role("region", name="Depósitos en vivo")
    expect(live.get_by_role("row").filter(has_text="$321.09").first).to_contain_text("Sin asociar")
    assert not any(running_site.command("check-invariants")["rows"].values())


def field(page: Page, label: str) -> Locator:
    """A field of the form, by its label; the first one, for the billing address repeats them."""
    return page.get_by_label(label, exact=True).first


def said_beside(page: Page, label: str) -> Locator:
    """The message that the field itself names with aria-describedby."""
    wrong = field(page, label)
    expect(wrong).to_have_attribute("aria-invalid", "true")
    named = str(wrong.get_attribute("aria-describedby")).split()
    return page.locator(", ".join(f"#{each}.err" for each in named))


def case_of(cases: Locator, label: str, number: str) -> Locator:
    return cases.get_by_role("article").filter(has_text=number).filter(has_text=label).first


def cancel(page: Page) -> None:
    """The owner cancels the order, with a reason."""
    card = page.locator("section").filter(has_text="Cancelar el pedido")
    card.get_by_role("textbox").fill("Se rompió en la bodega.")
    card.get_by_role("button", name="Cancelar pedido").click()
