"""The assistant on a page of another site: `localhost` embeds what `127.0.0.1` serves; no browser takes them for one.

Three kinds of browser: one that keeps what it is given, one that refuses third-party cookies, and one that keeps
nothing at all and whose storage throws. In each a buyer talks; in none does the page around, or another frame on it,
hear a word.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browsers import FLAGS, browser_program
from tests.e2e.conftest import RunningSite
from tests.e2e.walking import begin_the_conversation, open_the_assistant, say, sign_in
from tests.ports import is_free, two_free_ports

STORE = "sierra-alta"
PAGES = {
    "/": """<h1>Cafetería de Ana</h1><p id="words">{words}</p><img alt="" width="300" height="200" src="data:,">
        <script>self.heard = []; self.shifts = 0;
        addEventListener("message", (event) => heard.push([event.origin, JSON.stringify(event.data)]));
        new PerformanceObserver((list) => {{ for (const shift of list.getEntries())
          if (!shift.hadRecentInput) shifts += shift.value; }})
          .observe({{ type: "layout-shift", buffered: true }});</script>
        <script src="{site}/asistente.js" data-store="{store}" async></script>""",
    "/with-ad": """<h1>Cafetería de Ana</h1>
        <script>self.heard = [];
        addEventListener("message", (event) => heard.push([event.origin, JSON.stringify(event.data)]));</script>
        <iframe title="Anuncio" src="{other}/ad"></iframe>
        <script src="{site}/asistente.js" data-store="{store}" async></script>""",
    "/ad": """<p>Anuncio</p><script>self.heard = [];
        addEventListener("message", (event) => heard.push(event.data));
        self.attack = () => {{
          for (const connectme of ["closed", "opened", "close", "ready", "unread"]) {{
            const word = {{ connectme, count: 7 }};
            parent.postMessage(word, "*");
            for (let place = 0; place < parent.frames.length; place++)
              if (parent.frames[place] !== self) parent.frames[place].postMessage(word, "*");
          }}
        }};</script>""",
    "/by-hand": """<h1>Otra página</h1><script>self.heard = [];
        addEventListener("message", (event) => heard.push(event.data));</script>
        <iframe title="robado" name="connectme:{here}" src="{site}/asistente/{store}/" width="400"></iframe>""",
    "/opener": """<h1>Otra página</h1><button>Abrir</button><script>self.heard = [];
        addEventListener("message", (event) => heard.push(event.data));
        document.querySelector("button").onclick = () => {{
          self.taken = open("{site}/asistente/{store}/", "connectme:{here}");
          const words = ["opened", "closed", "close"];
          self.drive = () => {{ for (const connectme of words) taken.postMessage({{ connectme }}, "*"); }};
        }};</script>""",
    "/unknown": """<script src="{site}/asistente.js" data-store="no-such-store" async></script>""",
}
REFUSES_STORAGE = """
for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"])
  Object.defineProperty(self, name, { get() { throw new DOMException("refused", "SecurityError"); } });
Object.defineProperty(document, "cookie", { get() { throw new DOMException("refused", "SecurityError"); }, set() {} });
navigator.locks && (navigator.locks.request = () => Promise.reject(new DOMException("refused", "SecurityError")));
self.BroadcastChannel = class { constructor() { throw new DOMException("refused", "SecurityError"); } };
"""


@dataclass
class Sites:
    """Two sites that are not ours: `mine` may embed the assistant, `other` may not."""

    mine: str
    other: str
    servers: list[ThreadingHTTPServer] = field(default_factory=list)


@pytest.fixture(scope="module")
def sites(running_site: RunningSite, browser: Browser) -> Iterator[Sites]:
    port = two_free_ports()
    found = Sites(f"http://localhost:{port}", f"http://localhost:{port + 1}")
    assert is_free(port)
    for origin, other in ((found.mine, found.other), (found.other, found.mine)):
        server = ThreadingHTTPServer(("127.0.0.1", urlsplit(origin).port or 0), pages_of(origin, other, running_site))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        found.servers.append(server)
    owner = browser.new_context(base_url=running_site.url)
    page = owner.new_page()
    sign_in(page, "tienda@demo.test", running_site.password, "/oficina/asistente/")
    page.get_by_label("Agregar un sitio").fill(f"{found.mine}/cualquier/página")
    page.get_by_role("button", name="Agregar").click()
    expect(page.get_by_role("button", name=f"Quitar {found.mine}")).to_be_visible()
    owner.close()
    yield found
    for server in found.servers:
        server.shutdown()
        server.server_close()


def pages_of(origin: str, other: str, site: RunningSite) -> type[BaseHTTPRequestHandler]:
    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = PAGES.get(urlsplit(self.path).path)
            words = "Café de altura, tostado en casa. " * 400
            told = (known or "").format(site=site.url, store=STORE, other=other, here=origin, words=words)
            body = f"<!doctype html><html lang=es-MX><meta charset=utf-8><title>Ana</title><body>{told}".encode()
            self.send_response(200 if known else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *said: Any) -> None:
            """Say nothing."""

    return Pages


@pytest.fixture(scope="module")
def wary_browser(browser: Browser) -> Iterator[Browser]:
    """A Chromium that refuses third-party cookies, but keeps partitioned ones, as Chromium's own incognito does."""
    flags = [*FLAGS, "--test-third-party-cookie-phaseout"]
    launched = browser.browser_type.launch(executable_path=browser_program(), args=flags)
    yield launched
    launched.close()


@pytest.fixture
def visitor(request: pytest.FixtureRequest) -> Iterator[Callable[..., BrowserContext]]:
    made: list[BrowserContext] = []

    def make(kind: str = "keeps all", **options: Any) -> BrowserContext:
        program: Browser = request.getfixturevalue("wary_browser" if kind == "refuses third parties" else "browser")
        context = program.new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
        context.set_default_timeout(30_000)
        if kind == "keeps nothing":
            context.add_init_script(REFUSES_STORAGE)
            context.route("**/asistente/**", without_cookies)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


def without_cookies(route: Route) -> None:
    """Neither give the site a cookie nor take one from it, as a browser does that blocks them all.

    Asked over a connection of our own: Playwright's would keep the cookies in the browser's jar.
    """
    asked, parts = route.request, urlsplit(route.request.url)
    sent = {name: value for name, value in asked.headers.items() if name not in {"cookie", "accept-encoding"}}
    if asked.method == "POST":
        sent.setdefault("origin", f"{parts.scheme}://{parts.netloc}")
    connection = HTTPConnection(parts.netloc, timeout=30)
    try:
        connection.request(asked.method, parts.path, asked.post_data_buffer, sent)
        answer = connection.getresponse()
        kept = {name: value for name, value in answer.getheaders() if name.lower() != "set-cookie"}
        route.fulfill(status=answer.status, headers=kept, body=answer.read())
    finally:
        connection.close()


def watched(page: Page) -> list[str]:
    """The addresses that the page and its frames ask for, with their Referer."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.url} {request.headers.get('referer', '')}"))
    return asked


@pytest.mark.parametrize("kind", ["keeps all", "refuses third parties", "keeps nothing"])
def test_a_buyer_talks_on_a_page_of_another_site(
    running_site: RunningSite, sites: Sites, visitor: Callable[..., BrowserContext], kind: str
) -> None:
    page = visitor(kind).new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    asked = watched(page)
    page.goto(f"{sites.mine}/")
    expect(page.get_by_role("button", name="Abrir ASISTENTE CONNECT@Me")).to_be_visible()
    page.wait_for_timeout(500)
    ours = [address for address in asked if address.startswith(running_site.url)]
    assert len(ours) == 1, "one request a page view, the loader itself"
    assert "/asistente.js" in ours[0]
    assert page.locator("iframe").count() == 0
    assert page.evaluate("shifts") == 0

    frame = open_the_assistant(page)
    begin_the_conversation(frame, typed=True)
    say(frame, "¿Cuánto tarda el envío?")
    expect(frame.locator("[data-seq]", has_text="¿Cuánto tarda el envío?")).to_be_visible()
    expect(frame.get_by_text("Enviando…")).to_have_count(0)
    before = frame.locator("[data-seq]").count()
    say(frame, "¿Tienen garantía?")
    expect(frame.locator("[data-seq]").nth(before)).to_be_visible()

    frame.get_by_role("link", name="Volver").click()
    expect(frame.get_by_role("link", name="Nueva Conversación")).to_be_visible()
    page.evaluate("history.back()")
    expect(frame.get_by_role("log")).to_contain_text("¿Cuánto tarda el envío?")
    page.evaluate("history.forward()")
    expect(frame.get_by_role("link", name="Nueva Conversación")).to_be_visible()
    frame.get_by_role("link", name=re.compile("SEGURIPAGO")).first.click()
    expect(frame.get_by_role("log")).to_contain_text("¿Tienen garantía?")
    expect(frame.get_by_label("Mensaje")).to_be_focused()
    say(frame, "Gracias")
    expect(frame.locator("[data-seq]", has_text="Gracias")).to_be_visible()

    nothing_leaks(page, running_site, sites, asked)
    kept = {cookie.get("name", "") for cookie in page.context.cookies()}
    assert ({"sp_cookies", "sp_conversation"} & kept != set()) is (kind != "keeps nothing")
    assert page.evaluate("shifts") == 0
    assert faults == []
    page.goto(f"{sites.mine}/")
    frame = open_the_assistant(page)
    if kind == "keeps nothing":
        expect(frame.get_by_role("button", name="Solo necesarias")).to_be_visible()
    else:
        expect(frame.get_by_role("link", name=re.compile("SEGURIPAGO")).first).to_be_visible()


def nothing_leaks(page: Page, site: RunningSite, sites: Sites, asked: list[str]) -> None:
    """No secret in an address, a Referer, a window's name or anything that the page around can reach."""
    for address in asked:
        url, _, referer = address.partition(" ")
        for text in (re.sub(r"t=conversation[^&]*", "", url), referer):
            assert not re.search(r"[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])", text), text
        assert "conversation" not in referer
        assert referer in ("", f"{sites.mine}/") or referer.startswith(f"{site.url}/"), referer
    tickets = [address for address in asked if "/live/" in address]
    assert tickets
    assert all(re.search(r"t=conversation%3A\d+\.\d+\.[\w-]+&", address) for address in tickets)
    heard = page.evaluate("heard")
    assert {word for _, word in heard} <= {'{"connectme":"ready"}', '{"connectme":"close"}'}
    reached = page.evaluate("""() => {
        const found = [];
        const inside = frames[0];
        const ways = [() => inside.document, () => inside.name, () => inside.location.href, () => inside.connectme];
        for (const read of ways)
          try { read(); found.push(String(read)); } catch { /* as it must be */ }
        return found;
    }""")
    assert reached == []


def test_an_advertisement_on_the_same_page_neither_drives_nor_hears_it(
    sites: Sites, visitor: Callable[..., BrowserContext]
) -> None:
    page = visitor().new_page()
    page.goto(f"{sites.mine}/with-ad")
    button = page.get_by_role("button", name="Abrir ASISTENTE CONNECT@Me")
    button.click()
    frame = page.frame_locator("iframe[title^=ASISTENTE]")
    begin_the_conversation(frame, typed=True)
    advertisement = page.frame(url=f"{sites.other}/ad")
    assert advertisement is not None
    page.evaluate("heard.length = 0")
    advertisement.evaluate("attack()")
    say(frame, "¿Cuánto tarda el envío?")
    expect(frame.locator("[data-seq]", has_text="¿Cuánto tarda el envío?")).to_be_visible()
    page.wait_for_timeout(300)
    expect(frame.get_by_role("log")).to_be_visible()
    expect(page.locator("[data-assistant-launcher] .n")).to_be_hidden()
    assert advertisement.evaluate("heard") == []
    from_frame = [word for origin, word in page.evaluate("heard") if origin != sites.other]
    assert not [word for word in from_frame if "unread" in word], "the frame took a stranger's word that it is closed"
    frame.get_by_label("Mensaje").press("Escape")
    expect(button).to_be_visible()
    advertisement.evaluate("attack()")
    page.wait_for_timeout(300)
    expect(page.locator("[data-assistant-launcher] .n")).to_be_hidden()


@pytest.mark.parametrize("address", ["/", "/by-hand"])
def test_a_site_that_the_store_did_not_name_shows_nothing_and_hears_nothing(
    sites: Sites, visitor: Callable[..., BrowserContext], address: str
) -> None:
    page = visitor().new_page()
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "frame-ancestors" in said.text else None)
    page.goto(f"{sites.other}{address}")
    if address == "/":
        page.get_by_role("button", name="Abrir ASISTENTE CONNECT@Me").click()
    page.wait_for_timeout(1500)
    assert refused
    assert all(not frame.url.startswith("http://127.") for frame in page.frames[1:])
    assert page.evaluate("heard") == []


def test_an_unknown_store_is_refused_everywhere(sites: Sites, visitor: Callable[..., BrowserContext]) -> None:
    page = visitor().new_page()
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "frame-ancestors" in said.text else None)
    page.goto(f"{sites.mine}/unknown")
    page.get_by_role("button", name="Abrir ASISTENTE CONNECT@Me").click()
    page.wait_for_timeout(1500)
    assert refused
    assert all(not frame.url.startswith("http://127.") for frame in page.frames[1:])


def test_a_page_that_opens_it_in_a_window_neither_drives_nor_hears_it(
    sites: Sites, visitor: Callable[..., BrowserContext]
) -> None:
    context = visitor()
    page = context.new_page()
    page.goto(f"{sites.other}/opener")
    with context.expect_page() as opened:
        page.get_by_role("button", name="Abrir").click()
    taken = opened.value
    expect(taken.get_by_role("button", name="Solo necesarias")).to_be_visible()
    page.evaluate("drive()")
    taken.get_by_role("button", name="Solo necesarias").click()
    expect(taken.get_by_role("link", name="Nueva Conversación")).to_be_visible()
    assert page.evaluate("heard") == []


def test_the_page_behind_scrolls_unless_the_panel_is_the_whole_screen(
    sites: Sites, visitor: Callable[..., BrowserContext]
) -> None:
    page = visitor(viewport={"width": 390, "height": 844}).new_page()
    page.goto(f"{sites.mine}/")
    overflow = "getComputedStyle(document.documentElement).overflowY"
    page.get_by_role("button", name="Abrir ASISTENTE CONNECT@Me").click()
    expect(page.frame_locator("iframe").get_by_role("button", name="Solo necesarias")).to_be_visible()
    assert page.evaluate(overflow) == "hidden"
    assert page.evaluate("shifts") == 0
    page.set_viewport_size({"width": 844, "height": 390})
    page.wait_for_function(f"{overflow} !== 'hidden'")
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(f"{overflow} === 'hidden'")
    page.frame_locator("iframe").get_by_role("button", name="Cerrar asistente").click()
    page.wait_for_function(f"{overflow} !== 'hidden'")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Abrir ASISTENTE CONNECT@Me").click()
    assert page.evaluate(overflow) != "hidden"
