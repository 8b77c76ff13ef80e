"""The desk in a real browser: who spoke first, the palette, every key of the help, saved replies, files, the dark."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.e2e import walking
from tests.e2e.conftest import RunningSite
from tests.e2e.test_f_accessible import everything_wrong
from tests.e2e.walking import BrowserContext, FrameLocator, Page, expect

pytestmark = pytest.mark.usefixtures("clear_desk")

ANALYST, SUPERVISOR = "analista@demo.test", "supervisor@demo.test"
TALK = re.compile(r"/mesa/\d+/$")
NAMES = {"ctrl": "Control", "alt": "Alt", "enter": "Enter", "escape": "Escape"}

type New = Callable[[], BrowserContext]


def attend(site: RunningSite, desk: Page, buyer: Page) -> tuple[FrameLocator, str]:
    """The analyst sits down, the buyer orders and opens the chat, the analyst takes him: the chat and the order."""
    walking.sign_in(desk, ANALYST, site.password, "/mesa/")
    number = walking.order(buyer, "café de olla")
    frame = walking.open_the_assistant(buyer)
    walking.begin_the_conversation(frame)
    desk.goto("/mesa/")
    desk.get_by_role("button", name="Tomar siguiente").click()
    desk.wait_for_url(TALK)
    return frame, number


def palette(desk: Page, said: str) -> None:
    """Ctrl-K, type, Enter."""
    desk.keyboard.press("Control+k")
    expect(desk.get_by_role("combobox", name="Pedido, nombre, código")).to_be_focused()
    desk.keyboard.type(said)
    expect(desk.locator("#palette-found")).to_have_attribute("data-said", said)
    desk.keyboard.press("Enter")


def resolve(desk: Page) -> None:
    """Leave no open conversation behind for the next test."""
    desk.keyboard.press("Escape")
    desk.locator("#open-resolve").click()
    desk.get_by_role("button", name="Sí, cerrarla").click()
    expect(desk.get_by_role("button", name="Abrir de nuevo")).to_be_visible()


def test_the_keyboard_alone_leads_from_signing_in_to_the_bank_details(running_site: RunningSite, desktop: New) -> None:
    desk, buyer = desktop().new_page(), desktop().new_page()
    desk.goto("/mesa/")
    desk.get_by_label("Correo").focus()
    desk.keyboard.type(ANALYST)
    desk.keyboard.press("Tab")
    desk.keyboard.type(running_site.password)
    desk.keyboard.press("Enter")
    desk.wait_for_url(re.compile("/mesa/$"))
    number = walking.order(buyer, "café de olla")
    frame = walking.open_the_assistant(buyer)
    walking.begin_the_conversation(frame)
    expect(desk.locator("#queue .un")).to_have_count(1)
    desk.keyboard.press("n")
    desk.wait_for_url(TALK)
    desk.keyboard.press("/")
    desk.keyboard.type("hola")
    desk.keyboard.press("Enter")
    desk.keyboard.press("Control+Enter")
    expect(frame.get_by_role("log")).to_contain_text("Soy Mariana Ríos, de Sierra Alta Café.")
    walking.say(frame, number)
    expect(desk.get_by_role("heading", name=number)).to_be_visible()
    desk.keyboard.press("Escape")

    desk.keyboard.press("Control+k")
    paused = desk.get_by_role("option", name=re.compile("^Enviar datos bancarios"))
    expect(paused).to_have_attribute("aria-disabled", "true")
    expect(paused).to_contain_text("Falta confirmar")
    desk.keyboard.press("Escape")
    palette(desk, "confirmar todo")
    expect(walking.card(frame, "Confirmación de tu pedido")).to_be_visible()
    frame.get_by_role("button", name="Todo correcto").click()
    expect(desk.get_by_role("button", name="Enviar datos bancarios")).to_be_enabled()
    palette(desk, "enviar datos")
    expect(walking.card(frame, "Datos bancarios")).to_be_visible()
    resolve(desk)


def test_who_spoke_first_is_read_first_and_nothing_typed_is_lost(running_site: RunningSite, desktop: New) -> None:
    desk, buyer, boss = (desktop().new_page() for _ in range(3))
    frame, _number = attend(running_site, desk, buyer)
    # The supervisor's link is cut: what the analyst says does not reach this screen by itself.
    boss.route("**/live/**", lambda route: route.abort())
    walking.sign_in(boss, SUPERVISOR, running_site.password, "/mesa/")
    boss.goto(desk.url)
    boss.get_by_label("Mensaje", exact=True).fill("Yo te ayudo, Lucía")
    desk.get_by_label("Mensaje", exact=True).fill("Ya lo estoy viendo contigo")
    desk.keyboard.press("Control+Enter")
    expect(frame.get_by_role("log")).to_contain_text("Ya lo estoy viendo contigo")

    boss.get_by_label("Mensaje", exact=True).focus()
    with boss.expect_response(re.compile("/responder/")) as answer:
        boss.keyboard.press("Control+Enter")
    assert answer.value.status == 409
    first = boss.get_by_role("alert", name="Lee esto primero")
    expect(first).to_contain_text("Mariana Ríos: Ya lo estoy viendo contigo")
    expect(boss.locator(".ms.fresh")).to_have_count(1)
    expect(boss.get_by_label("Mensaje", exact=True)).to_have_value("Yo te ayudo, Lucía")
    expect(frame.get_by_role("log")).not_to_contain_text("Yo te ayudo")
    assert not everything_wrong(boss, "read first")
    boss.keyboard.press("Control+Enter")
    expect(frame.get_by_role("log")).to_contain_text("Yo te ayudo, Lucía")
    expect(first).to_be_hidden()
    resolve(boss)


def test_saved_replies_fill_themselves_and_one_without_its_value_stays_put(
    running_site: RunningSite, desktop: New
) -> None:
    desk, buyer = desktop().new_page(), desktop().new_page()
    frame, number = attend(running_site, desk, buyer)
    desk.keyboard.press("r")
    desk.keyboard.press("/")
    box = desk.get_by_role("combobox", name="Buscar una respuesta guardada")
    expect(box).to_be_focused()
    desk.keyboard.type("monto")
    option = desk.get_by_role("option", name=re.compile("monto Pedido y monto"))
    expect(option).to_have_attribute("aria-disabled", "true")
    expect(option).to_contain_text("Falta {pedido}, {monto}: primero verifica el pedido.")
    desk.keyboard.press("Enter")
    expect(desk.get_by_label("Mensaje", exact=True)).to_have_value("")
    expect(desk.get_by_role("alert").filter(has_text="primero verifica")).to_be_visible()
    assert not everything_wrong(desk, "saved replies")
    desk.keyboard.press("Escape")
    expect(desk.get_by_label("Mensaje", exact=True)).to_be_focused()

    walking.say(frame, number)
    expect(desk.get_by_role("heading", name=number)).to_be_visible()
    expect(desk.locator("#cans [aria-disabled]")).to_have_count(0)
    desk.keyboard.press("/")
    desk.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "canned-gracias")
    desk.keyboard.type("monto")
    desk.keyboard.press("Enter")
    expect(desk.get_by_label("Mensaje", exact=True)).to_have_value(
        f"Tu pedido {number} es de $340.00, con IVA incluido."
    )
    desk.keyboard.press("Control+Enter")
    expect(frame.get_by_role("log")).to_contain_text(f"Tu pedido {number} es de $340.00")
    desk.keyboard.type("Deposita a 646180115700294217")
    expect(desk.get_by_role("alert").filter(has_text="Usa la tarjeta")).to_be_visible()
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_label("Mensaje", exact=True)).to_have_value("Deposita a 646180115700294217")
    desk.reload()
    expect(desk.get_by_label("Mensaje", exact=True)).to_have_value("Deposita a 646180115700294217")
    desk.get_by_label("Mensaje", exact=True).fill("")
    resolve(desk)


def test_a_file_reaches_the_buyer_and_one_with_a_note_does_not(
    running_site: RunningSite, desktop: New, tmp_path: Path
) -> None:
    desk, buyer = desktop().new_page(), desktop().new_page()
    frame, _number = attend(running_site, desk, buyer)
    drawn = io.BytesIO()
    Image.new("RGB", (80, 60), "#0f6b5c").save(drawn, "PNG")
    picture = drawn.getvalue()
    desk.locator("#file").set_input_files({"name": "guía.png", "mimeType": "image/png", "buffer": picture})
    expect(desk.get_by_role("article", name="Archivo: guía.png")).to_be_visible()
    with buyer.expect_download() as given:
        frame.get_by_role("link", name=re.compile("guía.png")).click()
    given.value.save_as(tmp_path / "guia.png")
    with Image.open(tmp_path / "guia.png") as opened:
        assert opened.size == (80, 60)

    desk.get_by_role("tab", name="Nota privada").click()
    paste = """([bytes]) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(bytes)], "interna.png", { type: "image/png" }));
      const pasted = new ClipboardEvent("paste", { clipboardData: data, bubbles: true });
      document.querySelector("#said").dispatchEvent(pasted);
    }"""
    desk.evaluate(paste, [list(picture)])
    expect(desk.get_by_role("article", name="Archivo: interna.png")).to_contain_text("Solo lo ve el equipo")
    drop = """([text]) => {
      const data = new DataTransfer();
      data.items.add(new File([text], "virus.svg", { type: "image/svg+xml" }));
      document.querySelector("#log").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true }));
    }"""
    desk.evaluate(drop, ["<svg xmlns='http://www.w3.org/2000/svg'/>"])
    expect(desk.get_by_role("alert").filter(has_text="Solo se envían PDF, JPG, PNG y WebP.")).to_be_visible()
    expect(frame.get_by_role("log")).not_to_contain_text("interna.png")
    assert not everything_wrong(desk, "files")
    resolve(desk)


def test_every_key_of_the_help_does_what_it_says(running_site: RunningSite, desktop: New) -> None:
    desk, buyer = desktop().new_page(), desktop().new_page()
    attend(running_site, desk, buyer)
    talk = desk.url
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog", name="Atajos del teclado")).to_be_visible()
    named = desk.locator("#keys [data-keys]").evaluate_all("all => all.map(one => one.dataset.keys)")
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("dialog", name="Atajos del teclado")).to_be_hidden()

    def focused() -> str:
        return str(desk.evaluate("document.activeElement.id"))

    def mode() -> str:
        return str(desk.evaluate("document.querySelector('#composer').elements.mode.value"))

    def seen(selector: str) -> bool:
        return desk.locator(selector).is_visible()

    row = "q-" + talk.rstrip("/").rsplit("/", 1)[1]
    effects: dict[str, Callable[[], bool]] = {
        "ctrl+k": lambda: seen("#palette") and focused() == "palette-q",
        "j": lambda: focused().startswith("q-"),
        "k": lambda: focused().startswith("q-"),
        "r": lambda: focused() == "said" and mode() == "reply",
        "o": lambda: focused() == "said" and mode() == "note",
        "a": lambda: seen("#transfer"),
        "e": lambda: seen("#resolve"),
        "/": lambda: focused() == "canned-q",
        "ctrl+enter": lambda: desk.locator("#log .said", has_text="Con el teclado").count() == 1,
        "alt+1": lambda: focused() == row,
        "alt+2": lambda: True,
        "alt+3": lambda: True,
        "g m": lambda: desk.url.endswith("/mesa/"),
        "n": lambda: "Nadie espera" in desk.inner_text("body"),
        "?": lambda: seen("#keys"),
        "escape": lambda: focused() == "",
    }
    assert set(named) == set(effects)
    for keys in named:
        if desk.url != talk:
            desk.goto(talk)
        desk.evaluate("document.activeElement.blur()")
        if keys == "ctrl+enter":
            desk.get_by_label("Mensaje", exact=True).fill("Con el teclado")
        if keys == "escape":
            desk.get_by_label("Mensaje", exact=True).focus()
        for key in keys.split(" "):
            desk.keyboard.press("+".join(NAMES.get(cap, cap) for cap in key.split("+")))
        for _turn in range(60):
            if effects[keys]():
                break
            desk.wait_for_timeout(100)
        assert effects[keys](), keys
        desk.keyboard.press("Escape")
        desk.keyboard.press("Escape")

    desk.goto(talk)
    desk.keyboard.press("?")
    desk.get_by_label("Usar los atajos de una sola letra").uncheck()
    desk.keyboard.press("Escape")
    desk.keyboard.press("r")
    assert focused() != "said"
    desk.keyboard.press("Control+k")
    expect(desk.get_by_role("dialog", name="Buscar o hacer algo")).to_be_visible()
    desk.keyboard.press("Escape")
    resolve(desk)


def test_the_palette_finds_talks_and_shows_each_role_its_own_ways(running_site: RunningSite, desktop: New) -> None:
    desk, buyer, boss = (desktop().new_page() for _ in range(3))
    frame, number = attend(running_site, desk, buyer)
    walking.say(frame, number)
    expect(desk.get_by_role("heading", name=number)).to_be_visible()
    walking.sign_in(boss, SUPERVISOR, running_site.password, "/mesa/")
    boss.keyboard.press("Control+k")
    expect(boss.get_by_role("option", name="Ir a Medios de pago")).to_be_visible()
    expect(boss.get_by_role("option", name="Ir a Respuestas guardadas")).to_be_visible()
    assert not everything_wrong(boss, "palette")
    boss.keyboard.press("Escape")
    for address in ("/oficina/respuestas/", "/oficina/respuestas/nueva/"):
        boss.goto(address)
        assert not everything_wrong(boss, address)
    boss.goto("/mesa/")
    palette(boss, number)
    boss.wait_for_url(desk.url)
    desk.keyboard.press("Control+k")
    expect(desk.get_by_role("option", name="Ir a la mesa")).to_be_visible()
    expect(desk.get_by_role("option", name="Ir a Medios de pago")).to_have_count(0)
    desk.keyboard.press("Escape")
    palette(desk, "presencia: ocupado")
    expect(desk.get_by_label("Mi presencia")).to_have_value("busy")
    with desk.expect_response(re.compile("/mesa/presencia/")):
        desk.get_by_label("Mi presencia").select_option("auto")
    resolve(desk)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_desk_is_whole_at_every_width_and_in_the_dark(
    running_site: RunningSite, people: Callable[..., BrowserContext], desktop: New, theme: str
) -> None:
    desk, buyer = people(viewport={"width": 1440, "height": 900}, color_scheme=theme).new_page(), desktop().new_page()
    frame, number = attend(running_site, desk, buyer)
    walking.say(frame, number)
    expect(desk.get_by_role("heading", name=number)).to_be_visible()
    assert desk.evaluate("document.documentElement.dataset.theme") == theme
    found: list[str] = []
    for width in (1440, 1280, 1024, 768, 390, 320):
        desk.set_viewport_size({"width": width, "height": 844})
        desk.goto(desk.url)
        walking.without_sideways_scroll(desk)
        expect(desk.get_by_role("button", name="Enviar", exact=True)).to_be_in_viewport(ratio=1)
        if width in (1440, 390):
            found += everything_wrong(desk, f"desk {width} {theme}")
    desk.set_viewport_size({"width": 1280, "height": 844})
    desk.locator("#show-alerts").click()
    found += everything_wrong(desk, f"alerts {theme}")
    desk.keyboard.press("Escape")
    desk.keyboard.press("o")
    found += everything_wrong(desk, f"note {theme}")
    assert not found, "\n".join(found)
    resolve(desk)


ALERTS = """
  window.told = []; window.asked = 0; window.rang = 0;
  window.Notification = class {
    static permission = "default";
    static async requestPermission() { window.asked += 1; this.permission = "granted"; return "granted"; }
    constructor(title) { window.told.push(title); }
    close() {}
  };
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...at) { window.rang += 1; return start.apply(this, at); };
  document.hasFocus = () => false;
"""


def test_alerts_are_off_until_a_click_and_name_nobody(running_site: RunningSite, desktop: New) -> None:
    desk, buyer = desktop().new_page(), desktop().new_page()
    # The browser's own alerts are written down instead of shown; what decides about them is ours.
    desk.add_init_script(ALERTS)
    frame, _number = attend(running_site, desk, buyer)
    walking.say(frame, "¿Hay en molido fino?")
    expect(desk.get_by_role("log")).to_contain_text("molido fino")
    expect(desk).to_have_title(re.compile(r"^\(\d+\) Mesa de analistas"))
    assert desk.evaluate("[window.asked, window.told.length, window.rang]") == [0, 0, 0]

    desk.locator("#show-alerts").click()
    desk.get_by_role("checkbox", name="Aviso cuando me escriben").check()
    assert desk.evaluate("window.asked") == 1
    desk.get_by_role("checkbox", name="Sonido cuando me escriben").check()
    desk.keyboard.press("Escape")
    rang = desk.evaluate("window.rang")
    walking.say(frame, "¿Y en grano?")
    expect(desk.get_by_role("log")).to_contain_text("en grano")
    for _turn in range(60):
        if desk.evaluate("window.told.length"):
            break
        desk.wait_for_timeout(100)
    assert set(desk.evaluate("window.told")) == {"Mensaje nuevo en una conversación tuya"}
    assert desk.evaluate("window.rang") > rang
    resolve(desk)


def test_the_worker_of_web_push_serves_the_desk_alone(running_site: RunningSite, desktop: New) -> None:
    desk = desktop().new_page()
    walking.sign_in(desk, ANALYST, running_site.password, "/mesa/")
    scope = desk.evaluate("navigator.serviceWorker.register('/mesa/sw.js').then(one => one.scope)")
    assert scope == f"{running_site.url}/mesa/"
    wider = "navigator.serviceWorker.register('/mesa/sw.js', { scope: '/' }).then(() => 'taken', () => 'refused')"
    assert desk.evaluate(wider) == "refused"
