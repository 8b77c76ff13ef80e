"""The papers of an order lead back to it: the PRE-FACTURA in somebody's chat, the mail in somebody's mailbox."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

from tests.e2e import walking
from tests.e2e.conftest import RunningSite
from tests.e2e.walking import expect


def test_the_pre_invoice_dropped_into_another_browsers_chat_names_the_order(
    running_site: RunningSite,
    desktop: Callable[[], BrowserContext],
    phone: Callable[[], BrowserContext],
    tmp_path: Path,
) -> None:
    walking.leave_the_desk_empty(desktop().new_page(), running_site.password)
    shop = desktop().new_page()
    number = walking.order(shop, "barro esmaltado")
    paper = tmp_path / "la que me enviaron.pdf"
    assert keep(shop, "Descargar PRE-FACTURA", paper).startswith(b"%PDF")

    elsewhere = phone().new_page()
    elsewhere.goto("/t/sierra-alta/")
    frame = walking.open_the_assistant(elsewhere)
    walking.begin_the_conversation(frame, typed=True)
    expect(frame.get_by_role("article", name="Confirmación de tu pedido")).to_have_count(0)
    frame.locator("#file").set_input_files(paper)
    expect(frame.get_by_role("log")).to_contain_text(f"Pedido {number} verificado")
    expect(walking.card(frame, "Confirmación de tu pedido")).to_contain_text("Orizaba")
    frame.get_by_role("button", name="Todo correcto").click()
    expect(walking.card(frame, "Datos bancarios")).to_be_visible()


def test_the_mail_of_the_order_carries_the_paper_and_the_way_back(
    desktop: Callable[[], BrowserContext], tmp_path: Path
) -> None:
    email = f"correo.de.vuelta.{secrets.token_hex(4)}@correo.example"
    shop = desktop().new_page()
    number = walking.order(shop, "barro esmaltado", email=email)
    address = shop.url
    shop.close()

    box = desktop().new_page()
    mail = open_the_mail(box, email)
    expect(mail.get_by_role("heading")).to_contain_text(number)
    attached = mail.get_by_role("link", name=re.compile("PRE-FACTURA.*pdf"))
    with box.expect_download() as downloading:
        attached.click()
    downloading.value.save_as(tmp_path / "adjunta.pdf")
    assert (tmp_path / "adjunta.pdf").read_bytes().startswith(b"%PDF")

    back = str(mail.locator("a[href*='/pedido/']").first.get_attribute("href"))
    assert back.rstrip("/") == address.split("?")[0].rstrip("/")
    box.goto(back)
    expect(box.get_by_role("heading", level=1)).to_contain_text(number)


def open_the_mail(page: Page, email: str) -> walking.Locator:
    """Wait until the mail of this address has left, and read it."""
    listed = page.get_by_role("navigation", name="Correos").get_by_role("link").filter(has_text=email)
    for _try in range(20):
        page.goto("/correo-de-pruebas/")
        if listed.count():
            break
        page.wait_for_timeout(500)
    listed.first.click()
    return page.get_by_role("article")


def keep(page: Page, name: str, target: Path) -> bytes:
    with page.expect_download() as downloading:
        page.get_by_role("link", name=name, exact=True).click()
    downloading.value.save_as(target)
    return target.read_bytes()
