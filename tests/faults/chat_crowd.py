"""Buyers and analysts who write through the pages' own doors until they are answered, as the pages' scripts do."""

from __future__ import annotations

import asyncio
import json
import random
import uuid
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from bench.load.http_client import Answer, Client
from bench.talks import CSRF
from tests.faults.chat_house import HOST, ChatSite, ChatStage, Desk, Widget
from tests.live.page import Page

ANSWER_S: Final = 120.0
"""A page waits for its answer as long as the connection stands; who gives up early only doubles the work."""
TWICE: Final = 0.15
"""The share of messages that are posted twice at the same moment."""
UNHEARD: Final = 0.05
"""The share whose connection breaks before the answer is read; the page sends again."""
NOTES: Final = 0.2
FORM: Final = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": CSRF}


@dataclass(frozen=True, slots=True)
class Said:
    """An acknowledged message."""

    conversation_id: int
    text: str
    seq: int
    is_note: bool


@dataclass(slots=True)
class Ledger:
    """What was acknowledged, and how it went."""

    said: list[Said] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def letters(number: int, width: int = 4) -> str:
    """A number without digits, which the chat would take for a card's or an order's."""
    said = ""
    for _ in range(width):
        number, rest = divmod(number, 20)
        said = "bcdfghjklmnpqrstvwxz"[rest] + said
    return said


class Writer:
    """Somebody who writes: one message after the other, each until it was answered."""

    def __init__(self, site: ChatSite, headers: Mapping[str, str], rng: random.Random, ledger: Ledger) -> None:
        self._site, self._headers, self._rng, self._ledger = site, FORM | dict(headers), rng, ledger
        self._client = Client(HOST, site.port)
        self.is_done = False

    async def post(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        """Post until the server has answered; the same client id makes that harmless."""
        pause = 0.1
        while True:
            try:
                if self._rng.random() < UNHEARD:
                    await self._unheard(path, form)
                    self._ledger.counted["answers not heard"] += 1
                if self._rng.random() < TWICE:
                    self._ledger.counted["posted twice"] += 1
                    answer = await self._twice(path, form)
                else:
                    answer = await self._once(self._client, path, form)
                # Who writes more than a minute takes comes back with the same words, as the widget does.
                if answer.status < 500 and answer.status != 429:
                    return answer.status, json.loads(answer.body)
                self._ledger.counted[f"answered {answer.status}"] += 1
            except (OSError, asyncio.IncompleteReadError, TimeoutError, ValueError, IndexError):
                self._ledger.counted["posts broken"] += 1
                await self._client.close()
                self._client = Client(HOST, self._site.port)
            await asyncio.sleep(pause * self._rng.uniform(0.5, 1.5))
            pause = min(pause * 2, 2.0)

    async def _once(self, client: Client, path: str, form: dict[str, str]) -> Answer:
        return await asyncio.wait_for(client.post(path, urlencode(form).encode(), self._headers), ANSWER_S)

    async def _twice(self, path: str, form: dict[str, str]) -> Answer:
        other = Client(HOST, self._site.port)
        try:
            first, second = await asyncio.gather(
                self._once(self._client, path, form), self._once(other, path, form), return_exceptions=True
            )
        finally:
            await other.close()
        if isinstance(first, BaseException):
            raise first
        if not isinstance(second, BaseException) and first.status == second.status == 200:
            seqs = [json.loads(answer.body).get("seq") for answer in (first, second)]
            if seqs[0] != seqs[1]:
                self._ledger.wrong.append(f"doubled: posted twice, numbered {seqs}")
        return first

    async def _unheard(self, path: str, form: dict[str, str]) -> None:
        """Send the request and hang up."""
        body = urlencode(form).encode()
        head = [f"POST {path} HTTP/1.1", f"Host: {HOST}:{self._site.port}", f"Content-Length: {len(body)}"]
        head += [f"{name}: {value}" for name, value in self._headers.items()]
        with suppress(OSError):
            _, writer = await asyncio.open_connection(HOST, self._site.port)
            writer.write("\r\n".join([*head, "", ""]).encode() + body)
            await writer.drain()
            await asyncio.sleep(self._rng.uniform(0, 0.02))
            writer.transport.abort()

    async def close(self) -> None:
        await self._client.close()


class Buyer(Writer):
    """A widget's page and its writing."""

    def __init__(
        self, site: ChatSite, stage: ChatStage, widget: Widget, page: Page, rng: random.Random, ledger: Ledger
    ) -> None:
        super().__init__(site, {"Cookie": widget.cookie, "X-Forwarded-For": widget.address}, rng, ledger)
        self.widget, self.page = widget, page
        self._path = f"/asistente/{stage.slug}/c/{widget.code}/decir/"

    async def write(self, count: int, apart_s: float) -> None:
        """Write so many messages, one after the other, or until `is_done`."""
        for number in range(count):
            await asyncio.sleep(self._rng.uniform(0, 2 * apart_s))
            if self.is_done:
                return
            text = f"caos {letters(self.widget.id)} compra {letters(number)}"
            status, told = await self.post(self._path, {"text": text, "client_id": new_id(self._rng)})
            if status != 200:
                self._ledger.wrong.append(f"lost: {text} was answered {status} {told}")
                continue
            self._ledger.said.append(Said(self.widget.id, text, int(str(told["seq"])), is_note=False))


class Analyst(Writer):
    """A desk's page with the conversations that it shows; writes into those of this person."""

    def __init__(
        self, site: ChatSite, desk: Desk, own: list[Widget], page: Page, rng: random.Random, ledger: Ledger
    ) -> None:
        super().__init__(site, {"Cookie": desk.cookie}, rng, ledger)
        self.desk, self.own, self.page = desk, own, page

    async def write(self, count: int, apart_s: float) -> None:
        """Write so many replies and notes, or until `is_done`."""
        for number in range(count):
            await asyncio.sleep(self._rng.uniform(0, 2 * apart_s))
            if self.is_done:
                return
            widget, is_note = self._rng.choice(self.own), self._rng.random() < NOTES
            text = f"caos {letters(widget.id)} mesa {letters(self.desk.user_id)} {letters(number)}"
            topic, client_id = f"desk-conversation:{widget.id}", new_id(self._rng)
            while True:
                form = {"mode": "note" if is_note else "reply", "text": text, "client_id": client_id}
                form["seen_seq"] = str(self.page.seen(topic))
                status, told = await self.post(f"/mesa/{widget.id}/responder/", form)
                entries = told.get("entries")
                if isinstance(entries, list):
                    self.page.answered(topic, entries)
                if status != 409:
                    break
                self._ledger.counted["read this first"] += 1
            if status != 200:
                self._ledger.wrong.append(f"lost: {text} was answered {status} {told.get('error')}")
                continue
            self._ledger.said.append(Said(widget.id, text, 0, is_note=is_note))


def new_id(rng: random.Random) -> str:
    """A client id by the run's own dice."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))
