"""A payment link on a stranger's phone: the token leaves, a proof is asked for, the money comes, the page turns."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page

from tests.e2e import walking
from tests.e2e.conftest import RunningSite
from tests.e2e.looking import look
from tests.e2e.test_f_accessible import everything_wrong
from tests.e2e.walking import expect

LINK = "Link de pago encriptado"
WATCH = """() => new MutationObserver(() => {
  if (!self.paidAt && document.querySelector("[data-panel=paid]")) self.paidAt = Date.now();
}).observe(document.body, { childList: true, subtree: true })"""
CONFIRMED = """
    SELECT extract(epoch FROM p.confirmed_at)::float FROM payment p JOIN shop_order o ON o.id = p.order_id
    WHERE o.number = %s AND p.confirmed_at IS NOT NULL
"""
OPENS = """
    SELECT l.own_session FROM payment_link_open l JOIN payment_link k ON k.id = l.link_id
    JOIN payment p ON p.id = k.payment_id JOIN shop_order o ON o.id = p.order_id WHERE o.number = %s ORDER BY l.id
"""


def test_a_stranger_pays_a_link_on_a_phone(
    running_site: RunningSite, desktop: Callable[[], BrowserContext], phone: Callable[[], BrowserContext]
) -> None:
    buyer = desktop().new_page()
    number, first = order_with_a_link(buyer)
    walking.choose_to_pay(buyer, "Transferencia electrónica SPEI")
    walking.choose_to_pay(buyer, LINK)
    address = link_on(buyer)
    token = urlsplit(address).path.split("/")[2]

    stranger = phone().new_page()
    asked = listen(stranger)
    found: list[str] = []
    stranger.goto(address)
    assert re.fullmatch(r"/pago/abierto/[0-9a-f]{24}/", urlsplit(stranger.url).path)
    assert token not in stranger.content() + stranger.evaluate(
        "JSON.stringify([location.href, document.referrer, performance.getEntries().map((one) => one.name)])"
    )
    expect(stranger.get_by_role("main")).to_contain_text(number)
    found += everything_wrong(stranger, "link to prove")
    for private in (walking.LAST, walking.EMAIL, "5012", "Orizaba", "data-copy"):
        assert private not in stranger.content(), f"before a proof the page shows {private}"

    # Another link in another tab of the same browser: the older one of this order, which is no longer used.
    other = stranger.context.new_page()
    asked_too = listen(other)
    other.goto(first)
    expect(other.get_by_role("heading", name="Este link ya no se usa")).to_be_visible()
    found += everything_wrong(other, "link superseded")

    prove(stranger, "0000")
    expect(stranger.get_by_role("alert")).to_contain_text("No coincide con los datos del pedido.")
    expect(stranger.get_by_label("Correo o últimos 4 dígitos del teléfono")).to_have_value("0000")
    prove(stranger, walking.PHONE[-4:])
    expect(stranger.get_by_role("button", name="Copiar CLABE")).to_be_visible()
    walking.without_sideways_scroll(stranger)
    found += everything_wrong(stranger, "link to pay")
    stranger.get_by_role("link", name="Tarjeta").click()
    expect(stranger.get_by_role("button", name=re.compile("^Pagar"))).to_be_visible()
    stranger.get_by_role("link", name="SPEI").click()
    copied = stranger.locator("[data-copy]").evaluate_all("all => all.map(one => one.dataset.copy)")
    clabe = next(text for text in copied if re.fullmatch(r"\d{18}", text))
    amount = next(text for text in copied if re.fullmatch(r"\d+\.\d\d", text))

    stranger.evaluate(WATCH)
    running_site.command("deposit", "--clabe", clabe, "--amount", amount)
    expect(stranger.get_by_role("heading", name="Este pedido ya está pagado")).to_be_visible()
    expect(stranger.get_by_role("main")).to_contain_text(re.compile(r"R-\d{4}-\d+"))
    found += everything_wrong(stranger, "link paid")
    ((confirmed_at,),) = look(running_site, CONFIRMED, number)
    waited = stranger.evaluate("self.paidAt") / 1000 - confirmed_at
    assert waited < 3, f"the page turned {waited:.2f} s after the money was confirmed"
    print(f"\nlink page paid {waited * 1000:.0f} ms after the confirmation")

    stranger.get_by_role("link", name="Ver mi pedido").click()
    stranger.get_by_label("Correo o teléfono completo del pedido").fill(walking.EMAIL)
    stranger.get_by_role("button", name="Continuar").click()
    expect(stranger).to_have_url(re.compile("/pedido/"))
    assert look(running_site, OPENS, number) == [(False,), (False,)]
    hosts = {urlsplit(url).netloc for url in asked + asked_too if "/campos/" not in url}
    assert hosts <= {urlsplit(running_site.url).netloc, urlsplit(running_site.sandbox_url).netloc}
    assert not found, "\n".join(found)


def test_a_proof_by_keyboard_stays_while_it_is_typed_and_a_card_pays(desktop: Callable[[], BrowserContext]) -> None:
    buyer = desktop().new_page()
    _number, address = order_with_a_link(buyer)
    dark = desktop().new_page()
    dark.emulate_media(color_scheme="dark")
    dark.goto(address)
    assert everything_wrong(dark, "dark link") == []
    field = dark.get_by_label("Correo o últimos 4 dígitos del teléfono")
    field.focus()
    dark.keyboard.type("884")
    # Something happens to the order that changes nothing here: the page looks again, and what is typed stays.
    with dark.expect_response(re.compile(r"/estado/")) as answered:
        dark.evaluate("document.dispatchEvent(new CustomEvent('live:status', { detail: {} }))")
    assert answered.value.status == 204
    expect(field).to_have_value("884")
    expect(field).to_be_focused()
    dark.keyboard.type("6")
    dark.keyboard.press("Enter")
    expect(dark.get_by_role("button", name="Copiar CLABE")).to_be_visible()
    dark.get_by_role("link", name="Tarjeta").click()
    walking.type_card(dark, "4242 4242 4242 4242")
    assert everything_wrong(dark, "dark link by card") == []
    dark.get_by_role("button", name=re.compile("^Pagar")).click()
    expect(dark.get_by_role("heading", name="Este pedido ya está pagado")).to_be_visible()


def order_with_a_link(page: Page) -> tuple[str, str]:
    """Order, accept, and give the number and the address of the link."""
    number = walking.order(page, "Plato de postre", method=LINK)
    walking.go_on_without_chat(page)
    page.get_by_role("button", name="Todo correcto").click()
    return number, link_on(page)


def link_on(page: Page) -> str:
    link = page.get_by_role("link", name="Abrir mi link de pago")
    expect(link).to_be_visible()
    return str(link.get_attribute("href"))


def prove(page: Page, said: str) -> None:
    page.get_by_label("Correo o últimos 4 dígitos del teléfono").fill(said)
    page.get_by_role("button", name="Continuar").click()


def listen(page: Page) -> list[str]:
    """Every address that a page asks for."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return asked
