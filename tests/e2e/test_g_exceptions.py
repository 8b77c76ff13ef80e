"""An exception from end to end: two people, two browsers, and the buyer who watches his page turn paid."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.e2e import walking
from tests.e2e.conftest import RunningSite
from tests.e2e.walking import BrowserContext, Page, expect


def wrong_by_one(clabe: str) -> str:
    """Another CLABE of the same store that nobody was given, as a slip of the finger makes it."""
    from seguripago.values.clabe import LENGTH, build

    return build(clabe[: LENGTH - 8], 999_997)


def test_a_deposit_without_an_order_is_given_to_it_by_two_people(
    desktop: Callable[[], BrowserContext], running_site: RunningSite
) -> None:
    """The clerk proposes, the supervisor approves what he sees, the buyer's page says that it is paid."""
    buyer, clerk, supervisor = desktop().new_page(), desktop().new_page(), desktop().new_page()
    number = walking.order(buyer, "Molino")
    clabe, amount = walking.ask_for_the_bank_details(buyer)
    walking.sign_in(clerk, "medios@demo.test", running_site.password, "/medios-de-pago/")
    walking.sign_in(supervisor, "supervisor@demo.test", running_site.password, "/medios-de-pago/")
    sent = running_site.command("deposit", "--clabe", wrong_by_one(clabe), "--amount", amount)
    assert sent["state"] == "in_case"

    # It comes to the clerk's board by itself; he opens it and proposes the order.
    case = clerk.locator("article.ex").filter(has_text="Sin pedido").first
    expect(case).to_be_visible()
    case.get_by_role("link", name="Ver y proponer").click()
    clerk.get_by_role("button", name="Proponer aplicar al pedido").click()
    form = clerk.locator("form.act:not([hidden])")
    form.get_by_label("Pedido").fill(number)
    expect(form.locator(".preview")).to_contain_text(f"El pedido {number} queda pagado")
    form.get_by_role("button", name="Proponer").click()
    expect(clerk.get_by_text("Lo propusiste tú")).to_be_visible()
    expect(clerk.get_by_role("link", name="Revisar y aprobar")).to_have_count(0)

    approve(supervisor, number)
    expect(clerk.locator("#case-live")).to_contain_text("Resuelto")
    expect(buyer.get_by_role("link", name="Descargar recibo", exact=True)).to_be_visible(timeout=20_000)


def approve(page: Page, number: str) -> None:
    """The second person: the proposal is on his board already; the dialog says exactly what will be done."""
    page.get_by_role("link", name="Revisar y aprobar").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text(f"El pedido {number} queda pagado")
    expect(dialog.locator(".hash")).to_have_text(re.compile(r"^([0-9a-f]{4} ?){4}$"))
    dialog.get_by_role("button", name="Aprobar").click()
    expect(page.locator("#case-live")).to_contain_text("Resuelto")


def test_on_a_phone_no_button_ever_lies_on_the_clabe(
    phone: Callable[[], BrowserContext], running_site: RunningSite
) -> None:
    """A note above the bank details moves them down to where the assistant's button is: its digits stay free."""
    buyer = phone().new_page()
    walking.order(buyer, "barro esmaltado")
    clabe, amount = walking.ask_for_the_bank_details(buyer)
    running_site.command("deposit", "--clabe", clabe, "--amount", amount, "--behaviour", "dollars")
    expect(buyer.get_by_text("Llegó un depósito en USD")).to_be_visible()
    covered = buyer.evaluate(COVERED, clabe)
    assert covered == []


COVERED = """async (clabe) => {
  const button = document.querySelector("[data-assistant-launcher]").shadowRoot.querySelector("button");
  const spot = [...document.querySelectorAll("b, dd, span, p")].filter((one) =>
    !one.children.length && one.textContent.replace(/\\s/g, "") === clabe)[0];
  const text = document.createRange();
  text.selectNodeContents(spot);
  const found = [];
  for (let top = 0; top < document.documentElement.scrollHeight; top += 40) {
    scrollTo(0, top);
    await new Promise((ready) => requestAnimationFrame(() => requestAnimationFrame(ready)));
    const one = text.getBoundingClientRect(), other = button.getBoundingClientRect();
    if (one.right > other.left && one.left < other.right && one.bottom > other.top && one.top < other.bottom)
      found.push(top);
  }
  return found; }"""
