"""From the buyer's «Enviar» to the other screen of the conversation: fifty messages a second, two hundred streams."""

from __future__ import annotations

import asyncio
import secrets
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory

from bench import floors, world
from bench.load.http_client import Client
from bench.load.stream_client import Event, OpenStream
from bench.report import Figure, percentile
from bench.site import Site
from seguripago.foundations.people.queries import members
from seguripago.journey.assistance import commands
from seguripago.journey.assistance.queries import conversation_by_token
from seguripago.web.assistant import remembering

CONVERSATIONS = 200
RATE = 50
CSRF = "c" * 32


@dataclass(frozen=True, slots=True)
class Talk:
    token: str
    code: str
    cookie: str


def measure(site: Site, *, fast: bool) -> list[Figure]:
    store = world.demo_store(site.store_slug)
    analyst = next(member for member in members(store.id) if member.role == "analyst")
    talks = [_start(store.id, analyst.user_id) for _ in range(CONVERSATIONS)]
    count = RATE * (10 if fast else 30)
    taken = asyncio.run(_run(site, talks, count))
    floor_p50, floor_p99 = floors.commit_and_notify_ms(count=500)
    notes = f"{RATE} messages/s, {CONVERSATIONS} open streams"
    return [
        Figure("chat_delivery_p50_ms", percentile(taken, 0.5), "ms", "lower", count, floor_p50, notes),
        Figure("chat_delivery_p99_ms", percentile(taken, 0.99), "ms", "lower", count, floor_p99),
    ]


def _start(store_id: int, analyst_id: int) -> Talk:
    """A conversation with an analyst, so that the assistant keeps silent."""
    token, at = secrets.token_urlsafe(32), datetime.now(UTC)
    opening = commands.StartConversation(
        token=token,
        name="Lucía Hernández",
        email="lucia.hernandez@correo.example",
        phone="55 5012 8846",
        topic="SEGURIPAGO",
        question="Quiero comprar y pagar de forma segura",
        medium="spei",
        own_order_tokens=(),
    )
    conversation_id = commands.start_conversation(store_id, opening, at=at)
    commands.take(conversation_id, analyst_id, at=at)
    view = conversation_by_token(token)
    assert view is not None
    remembered = HttpResponse()
    remembering.keep_talk(RequestFactory().get("/"), remembered, view.code, token)
    cookie = f"{remembering.TALKS}={remembered.cookies[remembering.TALKS].value}; {settings.CSRF_COOKIE_NAME}={CSRF}"
    return Talk(token, view.code, cookie)


async def _run(site: Site, talks: list[Talk], count: int) -> list[float]:
    """Milliseconds from before the POST to the entry on the conversation's stream."""
    waiting: dict[str, tuple[float, asyncio.Future[float]]] = {}

    async def listen(stream: OpenStream) -> None:
        async for event in stream:
            _arrived(event, waiting)

    streams = [await OpenStream.open(site.host, site.live_port, [f"conversation:{talk.token}"]) for talk in talks]
    tasks = [asyncio.create_task(listen(stream)) for stream in streams]
    senders = [(Client(site.host, site.web_port), asyncio.Lock()) for _ in range(8)]
    await asyncio.sleep(1)
    start, sent = time.perf_counter(), []

    async def send(number: int) -> float:
        talk, mark = talks[number % len(talks)], f"mensaje-{uuid.uuid4().hex}"
        seen = asyncio.get_running_loop().create_future()
        client, lock = senders[number % len(senders)]
        form = {"text": mark, "client_id": str(uuid.uuid4()), "csrfmiddlewaretoken": CSRF}
        headers = {
            "Cookie": talk.cookie,
            "X-CSRFToken": CSRF,
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        began = time.perf_counter()
        waiting[mark] = (began, seen)
        async with lock:
            path = f"/asistente/{site.store_slug}/c/{talk.code}/decir/"
            answer = await client.post(path, urlencode(form).encode(), headers)
        if answer.status != 200:
            raise RuntimeError(f"the chat answered {answer.status}: {answer.body[:300]!r}")
        return await asyncio.wait_for(seen, 20)

    for number in range(count):
        pause = start + number / RATE - time.perf_counter()
        if pause > 0:
            await asyncio.sleep(pause)
        sent.append(asyncio.create_task(send(number)))
    taken = await asyncio.gather(*sent)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for stream in streams:
        await stream.close()
    return list(taken)


def _arrived(event: Event, waiting: dict[str, tuple[float, asyncio.Future[float]]]) -> None:
    if event.name != "entries":
        return
    for entry in event.data["entries"]:
        html = entry["html"]
        place = html.find("mensaje-")
        mark = html[place : place + 40] if place >= 0 else ""
        if mark in waiting:
            began, seen = waiting.pop(mark)
            seen.set_result((event.at - began) * 1000)
