"""The ASGI application at /live/: `uvicorn seguripago.web.live.app:application`, or mounted beside the pages."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import threading
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from types import FrameType
from typing import Any, Final
from urllib.parse import parse_qs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seguripago.config.settings")

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from django.conf import settings

from seguripago.web.origins import is_assistants

from .gate import Gate, address_of, session_of
from .hub import Hub
from .listening import listen
from .poll import Poll, answer_once, wait_of
from .reading import Admission, DatabaseReader
from .stream import Receive, Send, Stream, retry
from .topics import MOST_TOPICS, read_cursors

Scope = dict[str, Any]

STREAM_HEADERS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]
LONGEST_QUERY: Final = 4096

log = logging.getLogger(__name__)


class Streams:
    """The application. Its hub starts with the server's lifespan, or with the first stream where there is none."""

    def __init__(self) -> None:
        self._hub: Hub | None = None
        self._reader: DatabaseReader | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._gate = Gate()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
        elif scope["path"] != "/live/":
            await answer(send, 404, "no_such_address")
        elif scope["method"] != "GET":
            await answer(send, 405, "only_get")
        else:
            await self._stream(scope, receive, send)

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        hub, reader = self._started()
        names, after, wait = asked(scope)
        if not names:
            await answer(send, 204)
            return
        if hub.is_closing:
            await start(send)
            await send({"type": "http.response.body", "body": retry() + b"\n"})
            return
        if is_assistants(host_of(scope)) and not all(name.startswith("conversation:") for name in names):
            await answer(send, 404, "not_found")
            return
        address = address_of(scope)
        if self._gate.is_full(address):
            await answer(send, 429, "too_many_streams")
            return
        jar, loop = cookies(scope), asyncio.get_running_loop()
        began = loop.time()
        admission = await reader.admit(
            names, session_key=jar.get(settings.SESSION_COOKIE_NAME, ""), language=language_of(jar)
        )
        if not any(admission.topics):
            is_staffs = all(name.startswith(("desk", "monitor")) for name in names)
            await answer(send, *((401, "sign_in") if is_staffs and not admission.member_id else (404, "not_found")))
            return
        if self._gate.is_full(address):
            # Many asked at once, and each found room while the others were being let in.
            await answer(send, 429, "too_many_streams")
            return
        stream = (Poll if wait else Stream)(send, member_id=admission.member_id, now=loop.time())
        follow(hub, stream, admission, read_cursors(after, len(names)))
        if hub.may_be_stale(stream, since=began):
            stream.withdraw(hub)
        session = session_of(jar.get(settings.SESSION_COOKIE_NAME, ""), admission.topics)
        self._gate.enter(stream, address, session, hub)
        # From here on the frame keeps only what an idle stream needs: memory is counted per open stream.
        greeting = stream.greeting()
        del scope, jar, names, after, admission, reader, loop
        try:
            if isinstance(stream, Poll):
                await answer_once(stream, hub, receive, send, wait)
                return
            await start(send)
            await send({"type": "http.response.body", "body": greeting, "more_body": True})
            del greeting
            stream.begin(hub)
            while (await receive())["type"] != "http.disconnect":
                pass
        finally:
            stream.is_open = False
            hub.unsubscribe(stream)
            self._gate.leave(stream, address, session)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                hub, _ = self._started()
                drain_on_signal(hub)
                await send({"type": "lifespan.startup.complete"})
            else:
                await self._stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    def _started(self) -> tuple[Hub, DatabaseReader]:
        if self._hub is None or self._reader is None:
            self._reader = DatabaseReader()
            self._hub = hub = Hub(self._reader)
            self._tasks = [
                asyncio.create_task(hub.pump(), name="live pump"),
                asyncio.create_task(hub.heal(), name="live healing"),
                asyncio.create_task(listen(hub), name="live listening"),
            ]
            for task in self._tasks:
                task.add_done_callback(complain)
        return self._hub, self._reader

    async def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._reader is not None:
            self._reader.close()
        self._hub, self._reader, self._tasks = None, None, []


def follow(hub: Hub, stream: Stream, admission: Admission, cursors: list[int]) -> None:
    """Subscribe. A cursor that is ahead of the conversation was given by a database that is no more: begin anew."""
    pairs = list(zip(cursors, admission.newest, strict=True))
    ahead = [place for place, (cursor, newest) in enumerate(pairs) if 0 <= newest < cursor]
    places = [newest if place in ahead else cursor for place, (cursor, newest) in enumerate(pairs)]
    hub.subscribe(stream, zip(admission.topics, places, strict=True))
    for place in ahead:
        stream.follows[place].is_reset = True


def complain(task: asyncio.Task[None]) -> None:
    """A background task never ends by itself; if it does, this process goes, and whoever looks after it starts another.

    It would go on beating: every page would believe that there is nothing new.
    """
    if not task.cancelled() and (error := task.exception()) is not None:
        log.critical("%s stopped, and this process with it", task.get_name(), exc_info=error)
        signal.raise_signal(signal.SIGTERM)


def drain_on_signal(hub: Hub) -> None:
    """On SIGTERM and SIGINT end the streams at once, before the server waits for them; then do what was done before."""
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)
        if not callable(before):
            continue

        def drain(
            number: int, frame: FrameType | None, before: Callable[[int, FrameType | None], Any] = before
        ) -> None:
            loop.call_soon_threadsafe(hub.close)
            before(number, frame)

        signal.signal(number, drain)


def asked(scope: Scope) -> tuple[list[str], str, float]:
    """The topics in order, the cursors, the seconds to wait (0: a stream).

    The cursors come as `Last-Event-ID`, or as `after` from a page that opens its stream anew.
    """
    query: bytes = scope["query_string"][:LONGEST_QUERY]
    try:
        fields = parse_qs(query.decode("latin-1"), max_num_fields=MOST_TOPICS + 3)
    except ValueError:
        return [], "", 0.0
    names = fields.get("t", [])[:MOST_TOPICS]
    last = dict(scope["headers"]).get(b"last-event-id", b"").decode("latin-1")
    return names, last or fields.get("after", [""])[0], wait_of(fields.get("wait", [""])[0])


def cookies(scope: Scope) -> dict[str, str]:
    header = b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
    try:
        jar = {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}
    # A cookie may spell a NUL, which no database takes.
    return {name: value for name, value in jar.items() if "\x00" not in value}


def host_of(scope: Scope) -> str:
    host: bytes = dict(scope["headers"]).get(b"host", b"")
    return host.decode("latin-1")


def language_of(jar: dict[str, str]) -> str:
    """The language that somebody chose; never the browser's wish."""
    wish = jar.get(settings.LANGUAGE_COOKIE_NAME, "")
    return wish if wish in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


async def start(send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": STREAM_HEADERS})


async def answer(send: Send, status: int, code: str = "") -> None:
    """A short JSON answer; 204 tells an EventSource to stay away."""
    body = json.dumps({"code": code}).encode() if code else b""
    headers = [(b"cache-control", b"no-store"), (b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers[: 2 if code else 1]})
    await send({"type": "http.response.body", "body": body})


application = Streams()
