"""A conversation changes hands under whoever types, a list changes under whoever reads: nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Route

from tests.e2e import walking
from tests.e2e.conftest import RunningSite
from tests.e2e.test_f_accessible import everything_wrong
from tests.e2e.test_k_desk import ANALYST, SUPERVISOR, attend, resolve
from tests.e2e.walking import BrowserContext, Page, expect

pytestmark = pytest.mark.usefixtures("clear_desk")

CARET = "document.activeElement.id + ':' + document.activeElement.selectionStart"

# What a browser does to a page of the background: its own clocks go slowly.
BACKGROUND = """
  const real = setInterval;
  window.setInterval = (act, ms, ...more) => real(act, ms < 20000 ? ms : 3600000, ...more);
"""

type New = Callable[[], BrowserContext]


def pass_to_mariana(boss: Page) -> None:
    """«Transferir» of the conversation's own header."""
    boss.locator("#pass-on").click()
    to = boss.get_by_role("dialog").get_by_label("A quién")
    to.select_option(boss.locator("#to option", has_text="Mariana").get_attribute("value"))
    boss.get_by_role("button", name="Pasarla").click()
    expect(boss.get_by_role("dialog")).to_have_count(0)


def test_what_is_typed_outlives_taking_resolving_and_opening_again(running_site: RunningSite, desktop: New) -> None:
    desk, buyer, boss = (desktop().new_page() for _ in range(3))
    beats: list[str] = []
    desk.add_init_script(BACKGROUND)
    attend(running_site, desk, buyer)
    desk.on("request", lambda request: beats.append(request.url) if request.url.endswith("/presencia/") else None)
    walking.sign_in(boss, SUPERVISOR, running_site.password, "/mesa/")
    boss.goto(desk.url)
    # On the smallest screen the order opens over the conversation and is closed by the same button.
    boss.set_viewport_size({"width": 320, "height": 640})
    for shown in ("true", "false"):
        boss.locator("#show-order").click()
        expect(boss.locator("#show-order")).to_have_attribute("aria-expanded", shown)
    boss.set_viewport_size({"width": 1280, "height": 900})
    said, closed = desk.get_by_label("Mensaje", exact=True), desk.locator(".closed-n")
    # Answered, so that no claim goes back by itself while the others are at it.
    said.fill("Hola, Lucía")
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_role("log")).to_contain_text("Hola, Lucía")
    expect(said).to_have_value("")
    said.press_sequentially("Te confirmo el envío")
    desk.evaluate("document.getElementById('said').setSelectionRange(11, 11); window.here = true")

    def goes_on(text: str, caret: int) -> None:
        expect(said).to_be_focused()
        expect(said).to_have_value(text)
        assert desk.evaluate(CARET) == f"said:{caret}"
        assert desk.evaluate("window.here"), "the page was loaded again"

    boss.locator("#take-this").click()
    expect(closed).to_contain_text("La atiende")
    expect(said).to_be_hidden()
    expect(desk.get_by_role("log")).to_be_focused()
    expect(desk.locator("#open-resolve, #pass-on")).to_have_count(0)
    pass_to_mariana(boss)
    expect(closed).to_have_count(0)
    goes_on("Te confirmo el envío", 11)
    desk.keyboard.type(" ya")
    goes_on("Te confirmo ya el envío", 14)

    resolve(boss)
    expect(desk.get_by_role("button", name="Abrir de nuevo")).to_be_visible()
    expect(closed).to_contain_text("Esta conversación está cerrada")
    assert not everything_wrong(desk, "closed under the hand")
    boss.locator("#reopen").click()
    expect(closed).to_contain_text("La atiende")
    pass_to_mariana(boss)
    goes_on("Te confirmo ya el envío", 14)

    # Whoever may go on answering keeps his place, too, while the header changes above him.
    boss.get_by_label("Mensaje", exact=True).press_sequentially("Aquí sigo")
    boss.evaluate("document.getElementById('said').setSelectionRange(4, 4); window.here = true")
    desk.keyboard.press("Control+Enter")
    expect(said).to_have_value("")
    desk.locator("#pass-on").click()
    desk.get_by_label("A quién").select_option("queue")
    desk.get_by_role("button", name="Pasarla").click()
    expect(boss.locator(".cvh")).not_to_contain_text("Mariana")
    assert boss.evaluate(CARET) == "said:4"
    assert boss.evaluate("window.here")
    expect(boss.get_by_label("Mensaje", exact=True)).to_have_value("Aquí sigo")
    boss.get_by_label("Mensaje", exact=True).fill("")
    resolve(boss)
    if not beats:
        desk.wait_for_event("request", lambda request: request.url.endswith("/presencia/"), timeout=25_000)


def test_what_a_person_may_not_read_any_more_leaves_the_screen(running_site: RunningSite, desktop: New) -> None:
    desk, buyer, boss = (desktop().new_page() for _ in range(3))
    walking.sign_in(desk, ANALYST, running_site.password, "/mesa/")
    walking.sign_in(boss, SUPERVISOR, running_site.password, "/mesa/")
    walking.order(buyer, "café de olla")
    walking.begin_the_conversation(walking.open_the_assistant(buyer))
    desk.locator("#queue .un a").click()
    desk.get_by_label("Mensaje", exact=True).fill("Buenas tardes")
    # At the desk: whoever is away may be stood in for.
    with boss.expect_response(re.compile("/mesa/presencia/")):
        boss.get_by_label("Mi presencia").select_option("available")
    boss.goto(desk.url)
    boss.locator("#take-this").click()
    expect(desk.locator(".closed-n")).to_contain_text("Esta conversación ya no está a tu cargo.")
    expect(desk.get_by_label("Mensaje", exact=True)).to_be_hidden()
    expect(desk.locator("#log [data-seq], .op *")).to_have_count(0)
    desk.keyboard.press("Control+k")
    expect(desk.get_by_role("option", name="Tomar siguiente")).to_be_visible()
    resolve(boss)
    with boss.expect_response(re.compile("/mesa/presencia/")):
        boss.get_by_label("Mi presencia").select_option("away")


def test_the_list_of_unpaid_orders_moves_by_itself_and_keeps_what_is_written(
    running_site: RunningSite, desktop: New
) -> None:
    desk, boss = desktop().new_page(), desktop().new_page()
    first = walking.order(desktop().new_page(), "café de olla")
    walking.sign_in(desk, ANALYST, running_site.password, "/mesa/pedidos-sin-pagar/")
    row = desk.locator("#unpaid li", has_text=first)
    row.locator("summary").click()
    row.get_by_label("Primer mensaje").fill("Hola, ¿te ayudo?")
    desk.evaluate("document.activeElement.setSelectionRange(5, 5); window.here = true")
    second = walking.order(desktop().new_page(), "café de olla")
    expect(desk.locator("#unpaid li", has_text=second)).to_be_visible()
    expect(row.get_by_label("Primer mensaje")).to_have_value("Hola, ¿te ayudo?")
    expect(row.get_by_label("Primer mensaje")).to_be_focused()
    assert not everything_wrong(desk, "unpaid orders")

    walking.sign_in(boss, SUPERVISOR, running_site.password, "/mesa/pedidos-sin-pagar/")
    for number in (second, first):
        boss.goto("/mesa/pedidos-sin-pagar/")
        taken = boss.locator("#unpaid li", has_text=number)
        taken.locator("summary").click()
        taken.get_by_role("button", name="Enviar y abrir").click()
        boss.wait_for_url(re.compile(r"/mesa/\d+/$"))
        expect(desk.locator("#unpaid li", has_text=number)).to_have_count(0)
        resolve(boss)
    expect(desk.get_by_role("status").filter(has_text=first)).to_contain_text("salió de la lista")
    assert desk.evaluate("window.here")


def test_a_phone_reaches_alerts_and_every_page_of_the_office_and_nothing_leads_nowhere(
    running_site: RunningSite, phone: New, desktop: New
) -> None:
    for email, path in ((ANALYST, "/mesa/"), (SUPERVISOR, "/mesa/"), ("tienda@demo.test", "/mesa/")):
        page = phone().new_page()
        walking.sign_in(page, email, running_site.password, path)
        page.get_by_role("button", name="Avisos").click()
        expect(page.get_by_role("dialog", name="Avisos")).to_be_visible()
        page.keyboard.press("Escape")
        walking.without_sideways_scroll(page)
        page.set_viewport_size({"width": 320, "height": 700})
        walking.without_sideways_scroll(page)
        for way in {str(link.get_attribute("href")) for link in page.locator(".rail a").all()}:
            page.goto(way)
            assert page.locator("#main").count() == 1, f"{email} is led to {way}"
    page.goto("/oficina/")
    for name in ("Respuestas guardadas", "Mesa", "Asistente en tu sitio"):
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", level=1, name=name, exact=True)).to_be_visible()
        walking.without_sideways_scroll(page)
    page.goto("/oficina/respuestas/nueva/")
    page.get_by_label("Texto").press_sequentially("Hola, {nombre}: {nadie}")
    expect(page.locator("#as-read")).to_have_text("Hola, Lucía: {nadie}")
    expect(page.locator("#as-read mark")).to_have_text("{nadie}")


PASTE = """
  const data = new DataTransfer();
  data.setData("text/plain", "12\\t340.00");
  data.items.add(new File([new Uint8Array(8)], "celdas.png", { type: "image/png" }));
  const pasted = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.querySelector("#said").dispatchEvent(pasted);
  pasted.defaultPrevented
"""


def test_words_typed_while_others_go_out_changed_after_a_lost_answer_or_pasted_are_all_said(
    running_site: RunningSite, desktop: New
) -> None:
    desk, buyer = desktop().new_page(), desktop().new_page()
    frame, _number = attend(running_site, desk, buyer)
    said, log, held = desk.get_by_label("Mensaje", exact=True), frame.get_by_role("log"), list[Route]()
    desk.route("**/responder/", lambda route: held.append(route))
    said.fill("Primero")
    desk.keyboard.press("Control+Enter")
    said.press_sequentially(" segundo")
    for _turn in range(60):
        if held:
            break
        desk.wait_for_timeout(100)
    held.pop().continue_()
    expect(said).to_have_value("segundo")
    expect(log).to_contain_text("Primero")

    # The server kept it, its answer never came, and the words were changed before they were sent again.
    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    desk.unroute("**/responder/")
    desk.route("**/responder/", lose)
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_role("alert").filter(has_text="No se pudo enviar")).to_be_visible()
    desk.unroute("**/responder/")
    said.fill("tercero")
    desk.keyboard.press("Control+Enter")
    expect(log).to_contain_text("tercero")
    expect(said).to_have_value("")
    assert [log.inner_text().count(words) for words in ("Primero", "segundo", "tercero")] == [1, 1, 1]

    assert desk.evaluate(PASTE) is False, "a spreadsheet's cells went out as a picture"
    expect(desk.get_by_role("article", name="Archivo")).to_have_count(0)
    resolve(desk)
