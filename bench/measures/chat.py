"""From before «Enviar» to the entry on the other screen: a hundred messages a second among two thousand open streams.

Half are buyers' (`decir`), half are analysts' (`responder`). An analyst's words are awaited on the buyer's stream; a
buyer's on the desk's where an analyst has the conversation open, else on the buyer's own. Ten desks do besides what a
browser does there: they read queue and order panel again whenever their stream tells them to.
"""

from __future__ import annotations

import asyncio
import html
import itertools
import os
import re
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

import psutil
from django.utils import timezone

from bench import floors, world
from bench.load.http_client import Client
from bench.load.stream_client import Crowd, Event
from bench.measures.streams import more_files
from bench.report import Figure, percentile
from bench.site import Site, postmaster
from bench.talks import CSRF, Talk, analysts, forget, talks
from seguripago.web.live.tickets import topic_of

STREAMS = 2000
RATE = 100
DESKS = 10
"""Pages of the desk that behave like a browser: their stream, their fragments, their presence."""
OPEN_AT_DESK = 100
"""Streams on which an analyst has a conversation open, the ten pages among them; the other streams are buyers'."""
CONNECTIONS = 32
PATIENCE_S = 20
FRAGMENT = re.compile(rb'hx-get="(/mesa/(?:cola|\d+/pedido)/[^"]*)"')
NO_DIGITS = str.maketrans("0123456789", "ghijklmnop")
"""A run of digits would be taken for a card or a CLABE, and blocked as such."""
FORM = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": CSRF}


@dataclass(slots=True)
class Posts:
    """Messages on their way: when each was sent, and who waits for it."""

    waiting: dict[str, tuple[float, asyncio.Future[float]]] = field(default_factory=dict)

    def await_mark(self) -> tuple[str, asyncio.Future[float]]:
        mark = f"mensaje-{uuid.uuid4().hex.translate(NO_DIGITS)}"
        seen: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self.waiting[mark] = (time.perf_counter(), seen)
        return mark, seen

    def saw(self, text: str, at: float) -> None:
        """Milliseconds from before the POST to this text on a screen, for whoever waits for the mark inside."""
        place = text.find("mensaje-")
        mark = text[place : place + 40] if place >= 0 else ""
        if mark in self.waiting:
            began, seen = self.waiting.pop(mark)
            if not seen.done():
                seen.set_result((at - began) * 1000)


def measure(site: Site, *, fast: bool) -> list[Figure]:
    more_files()
    store = world.demo_store(site.store_slug)
    crowd = talks(store.id, analysts(store.id, DESKS), STREAMS - OPEN_AT_DESK)
    count = RATE * (10 if fast else 40)
    before = cpu(site)
    taken, reread_per_s = asyncio.run(_run(site, crowd, count))
    spent = {name: (after - before[name]) * 1000 / count for name, after in cpu(site).items()}
    forget(crowd)
    floor_p50, floor_p99 = floors.commit_and_notify_ms(count=500)
    notes = f"{RATE} messages/s, {STREAMS} open streams, {DESKS} desks that read again {reread_per_s:.0f}/s"
    told = ", ".join(f"{name} {ms:.1f}" for name, ms in spent.items())
    return [
        Figure("chat_delivery_p50_ms", percentile(taken, 0.5), "ms", "lower", count, floor_p50, notes),
        Figure("chat_delivery_p99_ms", percentile(taken, 0.99), "ms", "lower", count, floor_p99, notes),
        Figure("chat_cpu_ms_per_message", sum(spent.values()), "ms", "lower", count, None, told),
    ]


async def _run(site: Site, crowd: list[Talk], count: int) -> tuple[list[float], float]:
    posts = Posts()
    at_desk = crowd[:OPEN_AT_DESK]
    topics = [[topic_of(talk.id, at=timezone.now())] for talk in crowd]
    watching = [
        [*(["desk"] if place < DESKS else []), f"desk-conversation:{talk.id}"] for place, talk in enumerate(at_desk)
    ]
    pages = [DeskPage(site, talk) for talk in at_desk[:DESKS]]
    for page in pages:
        await page.open()

    def hear(seats: list[DeskPage], screen: str) -> Callable[[int, Event], None]:
        def on_event(place: int, event: Event) -> None:
            if event.name == "region" and place < len(seats):
                seats[place].look()
            elif event.name == "entries":
                is_awaited = screen == "desk" or place >= OPEN_AT_DESK
                for entry in event.data["entries"]:
                    if is_awaited or 'data-author="buyer"' not in entry["html"]:
                        posts.saw(entry["html"], event.at)

        return on_event

    buyers = await Crowd.open(site.host, site.live_port, topics, on_event=hear([], "buyer"))
    desks = await Crowd.open(
        site.host,
        site.live_port,
        watching,
        on_event=hear(pages, "desk"),
        cookies=[talk.analyst.cookie for talk in at_desk],
    )
    sender = Sender(site, posts)
    others = itertools.cycle(crowd[OPEN_AT_DESK:])
    theirs, answered = itertools.cycle(at_desk), itertools.cycle(crowd[::-1])

    def one(number: int) -> Awaitable[float]:
        """Of four messages two are an analyst's, one a buyer's whom a desk watches, one another buyer's."""
        match number % 4:
            case 0 | 2:
                return sender.answer(next(answered))
            case 1:
                return sender.say(next(theirs))
            case _:
                return sender.say(next(others))

    await asyncio.sleep(1)
    start = time.perf_counter()
    taken = await paced(one, count, RATE)
    reread_per_s = sum(page.reread for page in pages) / (time.perf_counter() - start)
    for page in pages:
        await page.close()
    ended = buyers.ended() + desks.ended()
    await buyers.close()
    await desks.close()
    if ended:
        raise RuntimeError(f"{ended} streams ended early")
    return taken, reread_per_s


async def paced(one: Callable[[int], Awaitable[float]], count: int, rate: float) -> list[float]:
    """Start `count` errands at their moments, whatever the earlier ones do, and gather what each gives."""
    start, sent = time.perf_counter(), []
    for number in range(count):
        pause = start + number / rate - time.perf_counter()
        if pause > 0:
            await asyncio.sleep(pause)
        sent.append(asyncio.ensure_future(one(number)))
    return list(await asyncio.gather(*sent))


class Sender:
    """Posts messages over a few connections and waits for each on the other screen."""

    def __init__(self, site: Site, posts: Posts) -> None:
        self._site = site
        self._posts = posts
        self._free: asyncio.LifoQueue[Client] = asyncio.LifoQueue()
        for _ in range(CONNECTIONS):
            self._free.put_nowait(Client(site.host, site.web_port))

    async def say(self, talk: Talk) -> float:
        """The buyer writes."""
        path = f"/asistente/{self._site.store_slug}/c/{talk.code}/decir/"
        return await self._post(path, {}, talk.cookie, talk.address)

    async def answer(self, talk: Talk) -> float:
        """The analyst answers, having read everything."""
        told = {"seen_seq": str(10**9), "mode": "reply"}
        return await self._post(f"/mesa/{talk.id}/responder/", told, talk.analyst.cookie, talk.address)

    async def _post(self, path: str, told: dict[str, str], cookie: str, address: str) -> float:
        mark, seen = self._posts.await_mark()
        form = told | {"text": mark, "client_id": str(uuid.uuid4()), "csrfmiddlewaretoken": CSRF}
        client = await self._free.get()
        try:
            headers = FORM | {"Cookie": cookie, "X-Forwarded-For": address}
            reply = await client.post(path, urlencode(form).encode(), headers)
        finally:
            self._free.put_nowait(client)
        if reply.status != 200:
            raise RuntimeError(f"{path} answered {reply.status}: {reply.body[:300]!r}")
        return await asyncio.wait_for(seen, PATIENCE_S)


class DeskPage:
    """What a browser does with the desk's page: presence, and its two fragments again when the stream says so."""

    BEAT_S = 20

    def __init__(self, site: Site, talk: Talk) -> None:
        self._clients = [Client(site.host, site.web_port) for _ in range(3)]
        self._talk = talk
        self._fragments: list[str] = []
        self._wanted: list[asyncio.Event] = []
        self._tasks: list[asyncio.Task[None]] = []
        self.reread = 0

    async def open(self) -> None:
        page = await self._clients[0].get(f"/mesa/{self._talk.id}/", {"Cookie": self._talk.analyst.cookie})
        if page.status != 200:
            raise RuntimeError(f"the desk answered {page.status}")
        self._fragments = [html.unescape(found.decode()) for found in FRAGMENT.findall(page.body)]
        if len(self._fragments) != 2:
            raise RuntimeError(f"the desk has {len(self._fragments)} fragments")
        self._wanted = [asyncio.Event() for _ in self._fragments]
        self._tasks = [asyncio.create_task(self._keep(place)) for place in range(2)]
        self._tasks.append(asyncio.create_task(self._be_present()))

    def look(self) -> None:
        for wanted in self._wanted:
            wanted.set()

    async def _keep(self, place: int) -> None:
        """One request of a fragment at a time; what changed meanwhile is asked for once more."""
        while True:
            await self._wanted[place].wait()
            self._wanted[place].clear()
            headers = {"Cookie": self._talk.analyst.cookie, "HX-Request": "true"}
            answer = await self._clients[place].get(self._fragments[place], headers)
            self.reread += 1
            if found := FRAGMENT.search(answer.body):
                self._fragments[place] = html.unescape(found[1].decode())

    async def _be_present(self) -> None:
        while True:
            headers = FORM | {"Cookie": self._talk.analyst.cookie, "X-Requested-With": "fetch"}
            await self._clients[2].post("/mesa/presencia/", b"state=available", headers)
            await asyncio.sleep(self.BEAT_S)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for client in self._clients:
            await client.close()


def cpu(site: Site) -> dict[str, float]:
    """Processor seconds so far: of pages, streams, worker, PostgreSQL, and of this process, which is the load."""
    own = psutil.Process(os.getpid()).cpu_times()
    return {
        "web": site.cpu_s(site.web_pid),
        "live": site.cpu_s(site.live_pid),
        "worker": site.cpu_s(site.worker_pid),
        "postgres": site.cpu_s(postmaster()),
        "load": own.user + own.system,
    }
