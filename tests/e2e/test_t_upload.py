"""Files given on the order page: chosen, dropped and pasted; seen on their way, stopped, refused and sent again."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import BrowserContext, Page, Route

from tests.e2e import walking
from tests.e2e.test_f_accessible import everything_wrong
from tests.e2e.walking import expect

HAND_OVER = """([how, bytes, name]) => {
  const held = new DataTransfer();
  held.items.add(new File([new Uint8Array(bytes)], name, { type: "image/png" }));
  const where = how === "drop" ? document.querySelector("form[data-upload]") : document.body;
  const event = how === "drop"
    ? new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: held })
    : new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: held });
  where.dispatchEvent(event);
}"""


def picture(shade: int) -> bytes:
    drawn = BytesIO()
    Image.new("RGB", (60, 90), (shade, 90, 90)).save(drawn, "PNG")
    return drawn.getvalue()


def hand_over(page: Page, how: str, shade: int, name: str) -> None:
    page.evaluate(HAND_OVER, [how, list(picture(shade)), name])


def test_files_are_given_in_every_way(phone: Callable[[], BrowserContext], tmp_path: Path) -> None:
    page = phone().new_page()
    walking.order(page, "Máquina de espresso Lumbre 15 bar")
    walking.ask_for_the_bank_details(page)
    given = page.get_by_role("region", name="Comprobante")
    rows = given.locator("[data-rows] li")

    chosen = tmp_path / "elegido.png"
    chosen.write_bytes(picture(1))
    with page.expect_file_chooser() as chooser:
        given.get_by_role("button", name="Subir comprobante").click()
    chooser.value.set_files(chosen)
    expect(given).to_contain_text("elegido.png")
    expect(rows).to_have_count(0)
    hand_over(page, "drop", 2, "soltado.png")
    expect(given).to_contain_text("soltado.png")
    hand_over(page, "paste", 3, "pegado.png")
    expect(given).to_contain_text("pegado.png")

    # What is no comprobante is refused in words, beside its name, and can be taken away.
    nothing = tmp_path / "factura.docx"
    nothing.write_bytes(b"PK no")
    with page.expect_file_chooser() as chooser:
        given.get_by_role("button", name="Subir comprobante").click()
    chooser.value.set_files(nothing)
    expect(given.get_by_role("alert")).to_contain_text("JPG, PNG")
    found = everything_wrong(page, "upload refused")
    assert found == [], found
    given.get_by_role("button", name="Quitar archivo").click()
    expect(rows).to_have_count(0)

    # The network is away: the file waits to be sent again. While one is on its way it can be stopped.
    page.route("**/comprobante/", lambda route: route.abort())
    hand_over(page, "drop", 4, "otra-vez.png")
    expect(rows).to_contain_text("Inténtalo de nuevo")
    page.unroute("**/comprobante/")
    rows.get_by_role("button", name="Reintentar").click()
    expect(rows).to_have_count(0)
    expect(given).to_contain_text("otra-vez.png")
    held: list[Route] = []
    page.route("**/comprobante/", lambda route: held.append(route))
    hand_over(page, "drop", 5, "detenido.png")
    rows.get_by_role("button", name="Cancelar").click()
    expect(rows).to_have_count(0)
    assert len(held) == 1
    page.unroute("**/comprobante/")
    page.reload()
    expect(given).to_contain_text("otra-vez.png")
    expect(given).not_to_contain_text("detenido.png")
    walking.without_sideways_scroll(page)
