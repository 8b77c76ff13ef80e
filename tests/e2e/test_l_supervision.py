"""The wall moves by itself, a whisper reaches one desk and never the buyer, the report says what was played."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Page
from python_calamine import CalamineWorkbook

from tests.e2e import walking
from tests.e2e.conftest import RunningSite
from tests.e2e.looking import look
from tests.e2e.test_f_accessible import everything_wrong
from tests.e2e.walking import expect

pytestmark = pytest.mark.usefixtures("clear_desk")

SECRET = "Ofrécele el envío gratis"
LONG = 20_000
COVERED = """() => [...document.querySelectorAll(".cvh button, .cvh a, .foot-c button")].filter((one) => {
  const { left, top, width, height } = one.getBoundingClientRect();
  return width && !one.contains(document.elementFromPoint(left + width / 2, top + height / 2));
}).map((one) => one.id || one.ariaLabel || one.textContent)"""


def buyer_begins(page: Page) -> FrameLocator:
    walking.order(page, "café de olla")
    frame = walking.open_the_assistant(page)
    walking.begin_the_conversation(frame)
    return frame


def newest(site: RunningSite) -> int:
    return int(look(site, "SELECT max(id) FROM assistance_conversation")[0][0])


def figure(page: Page, name: str) -> int:
    shown = page.locator(".wkpi", has=page.get_by_text(name, exact=True)).locator("dd").inner_text()
    found = re.match(r"\d+", shown)
    assert found is not None
    return int(found.group())


def test_the_wall_moves_and_a_whisper_is_heard_by_one(
    desktop: Callable[[], BrowserContext], running_site: RunningSite
) -> None:
    analyst, supervisor, buyer = desktop().new_page(), desktop().new_page(), desktop().new_page()
    walking.sign_in(analyst, "analista@demo.test", running_site.password, "/mesa/")
    analyst.get_by_label("Mi presencia").select_option("available")
    walking.sign_in(supervisor, "supervisor@demo.test", running_site.password, "/mesa/supervision/")
    expect(supervisor.get_by_role("heading", name="Supervisión", exact=True)).to_be_visible()
    before = figure(supervisor, "Abiertas")

    # A buyer comes: the wall shows him without a press, and draws at most four times a second.
    frame = buyer_begins(buyer)
    talk = newest(running_site)
    row = supervisor.locator("#esperan .talk", has=supervisor.locator(f"#e-{talk}"))
    expect(row).to_be_visible(timeout=LONG)
    expect(row).to_contain_text("Sin nadie")
    assert figure(supervisor, "Abiertas") == before + 1

    # The supervisor gives it to the analyst: one press, and it is on the analyst's desk.
    row.get_by_role("button", name=re.compile("^Pasar a ")).click()
    dialog = supervisor.get_by_role("dialog")
    mariana = dialog.locator("option", has_text="Mariana").get_attribute("value")
    dialog.get_by_label("A quién").select_option(mariana)
    dialog.get_by_role("button", name="Pasarla").click()
    supervisor.wait_for_url(re.compile("/mesa/supervision/"))
    expect(row).to_contain_text("Mariana")

    # The whisper is on the desk at once, wherever the analyst is.
    analyst.evaluate("document.addEventListener('desk:whisper', (event) => { window.heard = event.detail; })")
    row.get_by_role("button", name=re.compile("^Susurrar a Mariana")).click()
    supervisor.get_by_role("dialog").get_by_label("Susurro").fill(SECRET)
    supervisor.get_by_role("dialog").get_by_role("button", name="Susurrar").click()
    whisper = analyst.locator(".whisper").filter(has_text=SECRET)
    expect(whisper).to_be_visible(timeout=LONG)
    analyst.wait_for_function("text => window.heard?.text === text", arg=SECRET)
    found = everything_wrong(analyst, "/mesa/ with a whisper") + everything_wrong(supervisor, "/mesa/supervision/")
    assert not found, "\n".join(found)
    whisper.get_by_role("textbox").fill("Hecho")
    whisper.get_by_role("button", name="Responder").click()
    expect(whisper).to_have_count(0)
    expect(supervisor.locator(".whisper").filter(has_text="Hecho")).to_be_visible(timeout=LONG)

    # Until it is read it stays, and lies over no button of the conversation, however small the screen.
    supervisor.goto(f"/mesa/{talk}/")
    for width in (1280, 1000, 390, 320):
        supervisor.set_viewport_size({"width": width, "height": 844})
        expect(supervisor.locator(".whisper").filter(has_text="Hecho")).to_be_in_viewport()
        supervisor.wait_for_function(f"() => !({COVERED})().length")
    supervisor.set_viewport_size({"width": 1280, "height": 900})

    # The buyer heard nothing of it, in the frame or in what the frame asks for.
    analyst.goto(f"/mesa/{talk}/")
    expect(analyst.locator(".nt").filter(has_text=SECRET)).to_contain_text("Susurro para")
    analyst.get_by_label("Mensaje", exact=True).fill("Hola, te ayudo")
    analyst.get_by_role("button", name="Enviar", exact=True).click()
    expect(frame.get_by_text("Hola, te ayudo")).to_be_visible(timeout=LONG)
    expect(frame.get_by_text(SECRET)).to_have_count(0)
    assert SECRET not in (buyer.content() + frame.locator("body").inner_html())
    expect(row).to_have_count(0, timeout=LONG)


def test_the_report_says_what_was_played_and_so_do_its_files(
    desktop: Callable[[], BrowserContext],
    phone: Callable[[], BrowserContext],
    running_site: RunningSite,
    tmp_path: Path,
) -> None:
    began, answered = look(
        running_site,
        "SELECT count(*), count(*) FILTER (WHERE first_answer_at IS NOT NULL AND NOT is_opened_by_staff"
        " AND NOT is_message) FROM assistance_conversation WHERE started_at >= date_trunc('day', now(),"
        " 'America/Mexico_City') - interval '6 days'",
    )[0]
    page = desktop().new_page()
    walking.sign_in(page, "supervisor@demo.test", running_site.password, "/mesa/informes/")
    expect(page.get_by_role("button", name="7 días")).to_have_attribute("aria-current", "true")
    head = page.locator(".figures")
    expect(head.locator("div", has=page.get_by_text("Conversaciones", exact=True))).to_contain_text(str(began))
    expect(head.locator("div", has=page.get_by_text("Primera respuesta", exact=True))).to_contain_text(
        f"n = {answered}"
    )
    expect(page.locator("#chart canvas")).to_be_visible()
    found = everything_wrong(page, "/mesa/informes/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel (XLSX)").click()
    kept = tmp_path / "informe.xlsx"
    download.value.save_as(kept)
    assert zipfile.is_zipfile(kept)
    book = CalamineWorkbook.from_filelike(io.BytesIO(kept.read_bytes()))
    summary = {row[0]: row[1] for row in book.get_sheet_by_name("Resumen").to_python()}
    assert summary["Conversaciones"] == began
    assert len(book.get_sheet_by_name("Conversaciones").to_python()) - 1 == began
    small = phone().new_page()
    walking.sign_in(small, "tienda@demo.test", running_site.password, "/mesa/informes/")
    walking.without_sideways_scroll(small)
    found += everything_wrong(small, "/mesa/informes/ on a phone")
    small.goto("/mesa/supervision/")
    walking.without_sideways_scroll(small)
    assert not found, "\n".join(found)
