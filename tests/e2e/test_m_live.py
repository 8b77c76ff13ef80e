"""live.js in a real browser: who types and looks on, blocked storage, and a proxy that keeps back what does not end."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator

from tests.e2e import walking
from tests.e2e.conftest import RunningSite
from tests.e2e.test_j_widget import answer, begun, seated, take
from tests.e2e.walking import expect

pytestmark = pytest.mark.usefixtures("clear_desk")

SUPERVISOR = "supervisor@demo.test"
NO_STORAGE = """
    if (navigator.locks) navigator.locks.request = () => Promise.reject(new DOMException("blocked", "SecurityError"));
    self.BroadcastChannel = class { constructor() { throw new DOMException("blocked", "SecurityError"); } };
"""
FALLS_BACK_MS = 60_000


def test_both_sides_see_who_types_and_the_desk_who_looks_on(
    running_site: RunningSite, desktop: Callable[[], BrowserContext]
) -> None:
    desk = desktop().new_page()
    seated(desk, running_site)
    lucia = begun(desktop().new_page(), name="Lucía Escribe", email="lucia.m@correo.example")
    take(desk, "Lucía Escribe")
    answer(desk, "Hola, Lucía")
    expect(lucia.get_by_role("log")).to_contain_text("Hola, Lucía")

    types_until(lucia.get_by_role("textbox", name="Mensaje"), desk.locator("#now"), "El comprador está escribiendo…")
    expect(desk.locator("#now")).to_have_attribute("role", "status")
    types_until(desk.get_by_label("Mensaje"), lucia.locator("#now"), r"\S+ está escribiendo…")
    expect(desk.locator("#now")).to_have_text("", timeout=9000)
    expect(lucia.locator("#now")).to_have_text("", timeout=9000)

    # A private note is typed unseen: nobody is told that somebody types.
    desk.get_by_role("tab", name="Nota privada").click()
    desk.get_by_label("Mensaje").press_sequentially("ojo con el monto", delay=20)
    desk.wait_for_timeout(1500)
    assert lucia.locator("#now").inner_text() == ""

    other = desktop().new_page()
    walking.sign_in(other, SUPERVISOR, running_site.password, "/mesa/")
    other.goto(desk.url)
    expect(desk.locator("#now")).to_contain_text("también ve esta conversación")
    expect(other.locator("#now")).to_contain_text("también ve esta conversación")
    expect(other.locator(".vw").first).to_have_attribute("aria-label", re.compile("^La ve "))
    assert "ve esta" not in lucia.locator("#now").inner_text()
    other.goto("/mesa/")
    expect(desk.locator("#now")).to_have_text("", timeout=9000)


def types_until(field: Locator, line: Locator, says: str) -> None:
    """Type on until the other side is told: what is told lasts a few seconds, and a busy machine looks when it can."""
    for _ in range(60):
        field.press_sequentially("a")
        if re.fullmatch(says, line.inner_text()):
            return
        field.page.wait_for_timeout(250)
    raise AssertionError(f"nobody was told {says}")


def test_a_frame_whose_storage_is_blocked_is_told_all_the_same(
    running_site: RunningSite, desktop: Callable[[], BrowserContext]
) -> None:
    desk = desktop().new_page()
    seated(desk, running_site)
    blocked = desktop()
    blocked.add_init_script(NO_STORAGE)
    lucia = begun(blocked.new_page(), name="Lucía Bloqueada", email="lucia.b@correo.example")
    take(desk, "Lucía Bloqueada")
    answer(desk, "Te leo sin guardar nada")
    expect(lucia.get_by_role("log")).to_contain_text("Te leo sin guardar nada")


@contextmanager
def holding_proxy(to: int) -> Iterator[int]:
    """A proxy in a thread of its own that passes on only what has ended; gives its port."""
    loop, ready, port = asyncio.new_event_loop(), threading.Event(), [0]

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        outer: asyncio.StreamWriter | None = None
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: (\d+)", head)
            body = await reader.readexactly(int(length[1])) if length else b""
            head = re.sub(rb"(?i)\r\nconnection: [^\r]*", b"", head)
            inner, outer = await asyncio.open_connection("127.0.0.1", to)
            outer.write(head.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") + body)
            waiting, gone = asyncio.ensure_future(inner.read(-1)), asyncio.ensure_future(reader.read(1))
            await asyncio.wait((waiting, gone), return_when=asyncio.FIRST_COMPLETED)
            if waiting.done():
                writer.write(waiting.result())
                await writer.drain()
            for each in (waiting, gone):
                each.cancel()
        for end in (writer, outer):
            if end is not None:
                end.close()

    async def serve() -> None:
        server = await asyncio.start_server(pipe, "127.0.0.1", 0)
        port[0] = server.sockets[0].getsockname()[1]
        ready.set()
        with suppress(asyncio.CancelledError):
            await server.serve_forever()

    def run() -> None:
        asyncio.set_event_loop(loop)
        serving.append(loop.create_task(serve()))
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(serving[0])
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.close()

    serving: list[asyncio.Task[None]] = []
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(5)
    try:
        yield port[0]
    finally:
        loop.call_soon_threadsafe(serving[0].cancel)
        thread.join(5)


def test_behind_a_proxy_that_holds_streams_back_the_page_asks_for_answers_that_end(
    running_site: RunningSite, desktop: Callable[[], BrowserContext], browser: Browser
) -> None:
    desk = desktop().new_page()
    seated(desk, running_site)
    with holding_proxy(urlsplit(running_site.url).port or 0) as port, browser.new_context() as behind:
        # Not one of the watched people: all that this one asks for is asked of another port.
        buyer = behind.new_page()
        asked: list[str] = []
        buyer.on("request", lambda request: asked.append(request.url))
        url = f"http://127.0.0.1:{port}/asistente/sierra-alta/"
        buyer.goto(url)
        buyer.get_by_role("button", name="Solo necesarias").click()
        buyer.get_by_role("link", name="Nueva Conversación").click()
        buyer.get_by_label("Nombre").fill("Lucía Retenida")
        buyer.get_by_label("Correo").fill("lucia.r@correo.example")
        buyer.get_by_role("button", name="Iniciar conversación").click()
        expect(buyer.get_by_role("log")).to_be_visible()
        take(desk, "Lucía Retenida")
        answer(desk, "Me lees detrás de tu empresa")
        expect(buyer.get_by_role("log")).to_contain_text("Me lees detrás", timeout=FALLS_BACK_MS)
        expect(buyer.locator("body")).not_to_have_attribute("data-offline", "")
        answer(desk, "Y esto también, al momento")
        expect(buyer.get_by_role("log")).to_contain_text("Y esto también")
        assert any("/live-poll.js" in address or "/live-poll." in address for address in asked)
        assert any("wait=" in address for address in asked)
