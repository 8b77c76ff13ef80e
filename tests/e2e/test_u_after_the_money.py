"""After the money, on phones: a genuine comprobante and a forged one, the parcel, the end of the guarantee; a claim."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Locator, Page, Route

from tests.e2e import walking
from tests.e2e.bank_receipts import forged, screenshot, transfer_of
from tests.e2e.conftest import RunningSite
from tests.e2e.looking import look
from tests.e2e.test_f_accessible import everything_wrong
from tests.e2e.walking import expect

ANALYST, SUPERVISOR, OWNER = "analista@demo.test", "supervisor@demo.test", "tienda@demo.test"
DAMAGE = "La caja llegó golpeada y la charola de goteo viene rota."
BANK_MS = 30_000
"""The demo's bank is told by an order, and answers."""
READ_MS = 90_000
"""Reading a picture begins with loading what reads it."""
MONEY = """
    SELECT p.state, p.received_centavos, (SELECT sum(centavos) FROM allocation), (SELECT count(*) FROM posting),
        (SELECT count(*) FROM deposit)
    FROM payment p JOIN shop_order o ON o.id = p.order_id WHERE o.number = %s
"""
GUARANTEE = """
    SELECT g.state, g.funded_centavos, g.held_centavos, g.released_centavos, g.returned_centavos
    FROM guarantee g JOIN shop_order o ON o.id = g.order_id WHERE o.number = %s
"""
REFUND = """
    SELECT r.reason, r.state, r.amount_centavos
    FROM refund r JOIN shop_order o ON o.id = r.order_id WHERE o.number = %s
"""


def paid_order(buyer: Page) -> str:
    number = walking.order(buyer, "espresso Lumbre")
    walking.ask_for_the_bank_details(buyer)
    walking.transfer(buyer)
    expect(buyer.get_by_role("heading", name="Pago confirmado")).to_be_visible()
    return number


def give(page: Page, where: Locator, name: str, body: bytes) -> None:
    with page.expect_file_chooser() as chooser:
        where.get_by_role("button", name=re.compile("Subir")).first.click()
    chooser.value.set_files({"name": name, "mimeType": "image/png", "buffer": body})
    expect(where).to_contain_text(name)
    expect(where.locator("[data-rows] progress:visible")).to_have_count(0)


def give_while_writing(owner: Page, name: str, body: bytes) -> None:
    """The file arrives while its giver is already writing an offer: the caret stays where it is."""
    held: list[Route] = []
    main, words = owner.get_by_role("main"), owner.get_by_label("Mensaje para tu cliente")
    owner.route("**/archivo/", lambda route: held.append(route))
    with owner.expect_file_chooser() as chooser:
        main.get_by_role("button", name=re.compile("Subir")).click()
    chooser.value.set_files({"name": name, "mimeType": "image/png", "buffer": body})
    expect(main.locator("[data-rows] progress")).to_be_visible()
    words.focus()
    while not held:
        owner.wait_for_timeout(20)
    held[0].continue_()
    owner.unroute("**/archivo/")
    expect(main.get_by_role("link", name=name)).to_be_visible()
    expect(main.locator("[data-rows] > li")).to_have_count(0)
    expect(words).to_be_focused()


def send(owner: Page, number: str, guide: str) -> None:
    owner.goto(f"/oficina/pedidos/{number}/")
    owner.get_by_label("Paquetería").select_option(label="Estafeta")
    owner.get_by_label(re.compile("guía")).fill(guide)
    owner.get_by_role("button", name="Marcar enviado").click()
    expect(owner.get_by_text(guide).first).to_be_visible()


def picture(colour: str) -> bytes:
    drawn = BytesIO()
    Image.new("RGB", (640, 480), colour).save(drawn, "PNG")
    return drawn.getvalue()


def bought_in_the_chat(site: RunningSite, buyer: Page, analyst: Page) -> str:
    """A paid order whose conversation the analyst has open: the order's number."""
    number = paid_order(buyer)
    frame = walking.open_the_assistant(buyer)
    walking.begin_the_conversation(frame)
    newest = look(site, "SELECT max(id) FROM assistance_conversation")[0][0]
    walking.sign_in(analyst, ANALYST, site.password, f"/mesa/{newest}/")
    with analyst.expect_navigation():
        analyst.get_by_role("button", name="Tomar conversación").click()
    walking.say(frame, number)
    expect(analyst.get_by_role("heading", name=number)).to_be_visible()
    return number


def open_claim(buyer: Page) -> None:
    """Reason, one piece, words, a picture, and what he would like."""
    buyer.get_by_role("link", name="Abrir reclamación").click()
    buyer.get_by_role("radio", name="Llegó dañado").check(force=True)
    buyer.get_by_role("spinbutton", name=re.compile("espresso Lumbre")).fill("1")
    buyer.get_by_label("Cuéntanos los detalles").fill(DAMAGE)
    files = [{"name": "golpe.png", "mimeType": "image/png", "buffer": picture("#7a3b12")}]
    buyer.get_by_label("Fotos o PDF").set_input_files(files)
    buyer.get_by_role("radio", name="Reembolso parcial").check(force=True)
    walking.without_sideways_scroll(buyer)
    buyer.get_by_role("button", name="Enviar reclamación").click()
    expect(buyer.get_by_role("main")).to_contain_text("La tienda responde a más tardar el")
    expect(buyer.get_by_role("link", name="golpe.png")).to_be_visible()


def wrong_on_a_phone(page: Page, where: str) -> list[str]:
    """What axe finds, and what is wider than the two phones: a phone would show all of it smaller."""
    found = everything_wrong(page, where)
    for width in (320, 390):
        page.set_viewport_size({"width": width, "height": 844})
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{where}: {wide} px wide on a phone of {width}")
    return found


def test_a_genuine_comprobante_a_forged_one_the_parcel_and_the_end(
    running_site: RunningSite, phone: Callable[[], BrowserContext]
) -> None:
    buyer, owner = phone().new_page(), phone().new_page()
    number = paid_order(buyer)
    before = look(running_site, MONEY, number)
    truth = transfer_of(running_site, number)
    given = buyer.get_by_role("region", name="Comprobante")
    give(buyer, given, "mi-transferencia.png", screenshot(truth))
    genuine = given.locator(".up", has_text="mi-transferencia.png")
    expect(genuine).to_contain_text("Coincide", timeout=READ_MS)
    give(buyer, given, "editada.png", screenshot(forged(truth)))
    fake = given.locator(".up", has_text="editada.png")
    expect(fake).to_contain_text("Por aclarar", timeout=READ_MS)
    # Whatever a picture says, the money is where the bank put it.
    assert look(running_site, MONEY, number) == before
    assert everything_wrong(buyer, "order with comprobantes") == []

    walking.sign_in(owner, OWNER, running_site.password, f"/oficina/pedidos/{number}/")
    send(owner, number, "8055241528464720099314")
    walking.without_sideways_scroll(owner)
    parcel = buyer.get_by_role("region", name="Envío")
    expect(parcel).to_contain_text("8055241528464720099314")
    buyer.get_by_role("button", name="Recibí todo bien").click()
    expect(buyer.get_by_role("main")).to_contain_text("Cumplida")
    walking.without_sideways_scroll(buyer)
    ((state, funded, held, released, returned),) = look(running_site, GUARANTEE, number)
    assert (state, held, released, returned) == ("released", 0, funded, 0)
    assert not any(running_site.command("check-invariants")["rows"].values())


@pytest.mark.usefixtures("clear_desk")
def test_a_claim_with_evidence_ends_with_a_part_of_the_money_back_and_all_tell_it(
    running_site: RunningSite, phone: Callable[[], BrowserContext], desktop: Callable[[], BrowserContext]
) -> None:
    buyer, owner = phone().new_page(), phone().new_page()
    analyst, supervisor = desktop().new_page(), desktop().new_page()
    number = bought_in_the_chat(running_site, buyer, analyst)
    buyer.reload()
    walking.sign_in(owner, OWNER, running_site.password, f"/oficina/pedidos/{number}/")
    send(owner, number, "8055241528464720099420")
    owner.locator("summary", has_text="Marcar entregado").click()
    owner.get_by_role("button", name="Marcar entregado").click()

    open_claim(buyer)
    found = wrong_on_a_phone(buyer, "the buyer's claim")

    owner.goto("/oficina/reclamaciones/")
    found += wrong_on_a_phone(owner, "the store's claims")
    owner.get_by_role("link", name=f"{number}-R1").click()
    expect(owner.get_by_role("main")).to_contain_text(DAMAGE)
    give_while_writing(owner, "salida.png", picture("#0f6b5c"))
    owner.get_by_label("Qué ofreces").select_option(label="Reembolso parcial")
    owner.get_by_label("Monto en pesos").fill("100.00")
    owner.get_by_label("Mensaje para tu cliente").fill("Te devolvemos lo que cuesta la charola.")
    owner.get_by_role("button", name="Hacer la oferta").click()
    expect(owner.get_by_role("heading", name="Espera a una segunda persona")).to_be_visible()
    found += wrong_on_a_phone(owner, "the store's claim page")

    # The buyer sees the store's evidence as it comes, and no offer before a second person approved it.
    expect(buyer.get_by_role("link", name="salida.png")).to_be_visible()
    expect(buyer.get_by_role("heading", name="La tienda te ofrece")).to_have_count(0)
    walking.sign_in(supervisor, SUPERVISOR, running_site.password, f"/oficina/reclamaciones/{number}-R1/")
    expect(supervisor.get_by_role("main")).to_contain_text("$100.00")
    found += everything_wrong(supervisor, "a claim to approve")
    supervisor.get_by_role("button", name="Aprobar").click()
    expect(buyer.get_by_role("heading", name="La tienda te ofrece")).to_be_visible()
    found += wrong_on_a_phone(buyer, "the buyer's claim with an offer")
    expect(analyst.locator("#panel")).to_contain_text("Espera a tu cliente")
    found += everything_wrong(analyst, "the desk beside a claim")

    buyer.get_by_role("button", name="Aceptar", exact=True).click()
    expect(buyer.get_by_role("heading", name="Tu reembolso")).to_be_visible()
    expect(owner.locator("[data-claim-state=closed]")).to_be_visible()
    # The bank is told, and says that it sent it: the page follows by itself.
    expect(buyer.get_by_role("main").locator(".bdg", has_text="Enviado")).to_be_visible(timeout=BANK_MS)
    found += wrong_on_a_phone(buyer, "the buyer's closed claim")
    ((state, funded, held, released, returned),) = look(running_site, GUARANTEE, number)
    assert (state, held, released, returned) == ("resolved", 0, funded - 100_00, 100_00)
    assert look(running_site, REFUND, number) == [("claim", "confirmed", 100_00)]
    assert not any(running_site.command("check-invariants")["rows"].values())

    buyer.get_by_role("link", name="Volver a mi pedido").click()
    history = buyer.get_by_role("region", name="Historia de tu pedido")
    for step in (
        "Abriste la reclamación", "La tienda agregó un archivo", "La tienda te hizo una oferta", "Aceptaste la oferta",
        "La reclamación concluyó", "Reembolso aprobado", "Reembolso enviado", "Tu garantía terminó con tu reembolso",
    ):  # fmt: skip
        expect(history).to_contain_text(step)
    found += wrong_on_a_phone(buyer, "the order after its claim")
    frame = walking.open_the_assistant(buyer)
    frame.get_by_role("link", name=re.compile(number)).first.click()
    for line in (
        f"Reclamación {number}-R1 abierta: Llegó dañado.", "La tienda agregó algo", "Reembolso parcial ($100.00)",
        "fue aceptada", "concluyó. Llegaron a un acuerdo. Reembolso: $100.00",
    ):  # fmt: skip
        expect(frame.get_by_role("log")).to_contain_text(line)
    assert not found, "\n".join(found)


def test_what_others_do_shows_at_once_and_what_is_being_written_stays(
    running_site: RunningSite, phone: Callable[[], BrowserContext], desktop: Callable[[], BrowserContext]
) -> None:
    buyer, owner, supervisor = phone().new_page(), desktop().new_page(), desktop().new_page()
    number = paid_order(buyer)
    buyer.get_by_role("link", name="Abrir reclamación").click()
    buyer.get_by_role("radio", name="Otro motivo").check(force=True)
    buyer.get_by_label("Cuéntanos los detalles").fill("El recibo dice otro modelo.")
    buyer.get_by_role("button", name="Enviar reclamación").click()
    page = f"/oficina/reclamaciones/{number}-R1/"
    walking.sign_in(owner, OWNER, running_site.password, page)
    walking.sign_in(supervisor, SUPERVISOR, running_site.password, page)

    more = buyer.get_by_label("Agregar algo a tu reclamación")
    more.fill("El modelo que pedí")
    owner.get_by_label("Tu respuesta; la lee tu cliente").fill("Lo corregimos hoy mismo.")
    owner.get_by_role("button", name="Responder").click()
    expect(buyer.get_by_role("main")).to_contain_text("Lo corregimos hoy mismo.")
    changed = buyer.locator("#claim-say")
    expect(changed).to_contain_text("La reclamación cambió mientras escribías.")
    expect(more).to_be_focused()
    buyer.keyboard.type(" es el de 15 bar")
    changed.get_by_role("button", name="Enviar mensaje").click()

    expect(owner.get_by_role("main")).to_contain_text("El modelo que pedí es el de 15 bar")
    offer = owner.get_by_label("Mensaje para tu cliente")
    offer.fill("Te mandamos el recibo corregido.")
    supervisor.get_by_role("button", name="Pasar al supervisor").click()
    expect(owner.locator("#claim-now")).to_contain_text("Para supervisor")
    expect(offer).to_have_value("Te mandamos el recibo corregido.")
    # Who asks for a supervisor is heard on the other side, whose button goes.
    expect(buyer.get_by_role("button", name="Pedir que la revise un supervisor")).to_have_count(0)

    buyer.locator("summary", has_text="Retirar mi reclamación").click()
    buyer.get_by_role("button", name="Sí, retirarla").click()
    expect(owner.locator("[data-claim-state=closed]")).to_be_visible()
    expect(offer).to_have_value("Te mandamos el recibo corregido.")
    expect(owner.locator("#claim-offer")).to_contain_text("esto ya no se puede enviar")
    expect(owner.get_by_role("button", name="Hacer la oferta")).to_have_count(0)
    expect(owner.get_by_label("Tu respuesta; la lee tu cliente")).to_have_count(0)
    expect(supervisor.get_by_label("Mensaje para tu cliente")).to_have_count(0)
