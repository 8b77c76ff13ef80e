"""`seguripago sandbox-bank`: the demo's bank and card gateway, on the port after the site's.

POST /transfers (bearer: the demo secret)   play transfers; their notices go to the site's real hook
POST /payouts, GET /payouts/<key> (same)    take an order to send money; what became of it
GET  /transfers/<id> (same)                 what became of one
GET  /estado-de-cuenta/                     everything that was sent, and how the site answered
/api/charges…                               the gateway's API (cards.py)
/pagar/<charge>/                            the gateway's page (card_pages.py)
/reto/<charge>/                             the bank's own step, in a frame of the store's page
/campos/, POST /tokens                      the hosted fields, in a frame of the store's page (card_fields.py)
/movimientos/, /tarjetas-de-prueba/         the gateway's panel, and the cards that anybody may type (card_panel.py)
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import mimetypes
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import httpx
import uvicorn
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from django.template.loader import render_to_string
from django.utils._os import safe_join

from seguripago.ports.store_secrets import store_secret
from seguripago.values.money import Money
from seguripago.web.sandbox import card_fields, card_pages, card_panel
from seguripago.web.sandbox.cards import Gateway
from seguripago.web.sandbox.charges import Charges
from seguripago.web.sandbox.hints import Hints
from seguripago.web.sandbox.payouts import Payouts
from seguripago.web.sandbox.transfers import Bank, read_play
from seguripago.web.sandbox.vault import Vault
from seguripago.web.sandbox.wire import (
    BadRequest,
    Receive,
    Request,
    Response,
    Scope,
    Send,
    receive_request,
    send_response,
)

log = logging.getLogger(__name__)
HOOK_TIMEOUT_S: Final = 10.0
LONGEST_WAIT_S: Final = 5.0
STATEMENT_LINES: Final = 200


@dataclass(frozen=True, slots=True)
class SandboxConfig:
    """Where the sandbox lives. `public_url` is what a buyer's browser calls it."""

    data_dir: Path
    site_url: str
    public_url: str
    main_key: bytes

    @property
    def demo_secret(self) -> str:
        """What the site and the command line show to have transfers played."""
        return store_secret(self.main_key, "sandbox-bank", "")


class SandboxServer:
    """The ASGI application: its state opens with the server's lifespan and closes with it."""

    def __init__(self, config: SandboxConfig) -> None:
        self._config = config
        self._vault: Vault
        self._bank: Bank
        self._charges: Charges
        self._gateway: Gateway
        self._payouts: Payouts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            try:
                response = await self._answer(await receive_request(scope, receive))
            except BadRequest as trouble:
                response = Response.of_json({"error": trouble.code}, trouble.status)
            await send_response(response, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """Open the file, send what is due in the background, and close both when the server stops."""
        await receive()
        limits = httpx.Limits(max_connections=32)
        async with httpx.AsyncClient(timeout=HOOK_TIMEOUT_S, limits=limits, trust_env=False) as client:
            self._vault = Vault(self._config.data_dir / "sandbox-bank.sqlite3")
            self._bank = Bank(self._vault, self._config.site_url, client)
            self._charges = Charges(self._vault, Hints(self._vault, self._bank, self._config.main_key))
            self._gateway = Gateway(self._vault, self._charges, self._config.main_key, self._config.public_url)
            self._payouts = Payouts(self._vault, self._tell)
            sender = asyncio.create_task(self._bank.run())
            sender.add_done_callback(_tell_if_dead)
            await send({"type": "lifespan.startup.complete"})
            await receive()
            sender.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sender
            self._vault.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, request: Request) -> Response:
        match (request.method, request.path.strip("/").split("/")):
            case "POST", ["transfers"]:
                return await self._play(request)
            case "GET", ["transfers", number] if number.isdecimal():
                return self._became(request, int(number))
            case "POST" | "GET", ["payouts", *key]:
                self._allow(request)
                return self._payouts.answer(request, unquote("/".join(key)))
            case _, ["api", *_]:
                return self._gateway.api(request)
            case "GET", ["estado-de-cuenta"] | [""]:
                return self._statement()
            case "GET", ["healthz"]:
                return Response.of_json({"ok": True})
            case "GET", ["static", *_]:
                return _static(request.path.removeprefix("/static/"))
        return self._card_page(request)

    def _card_page(self, request: Request) -> Response:
        """Answer what a buyer's browser, or whoever plays the gateway, asks of it."""
        public_url, today = self._config.public_url.rstrip("/"), datetime.now(UTC).date()
        match (request.method, request.path.strip("/").split("/")):
            case "GET" | "POST", ["pagar", ref]:
                return card_pages.page(self._charges, request, ref, today=today)
            case "GET" | "POST", ["reto", ref]:
                return card_pages.framed(self._charges, request, ref)
            case "GET", ["campos"]:
                return card_fields.fields(request, site_url=self._config.site_url)
            case "POST", ["tokens"]:
                return card_fields.make_token(self._charges, request, public_url=public_url, today=today)
            case "GET" | "POST", ["movimientos"]:
                return card_panel.panel(
                    self._vault, self._charges, request, public_url=public_url, site_url=self._config.site_url
                )
            case "GET", ["tarjetas-de-prueba"]:
                return card_panel.cards_page()
        return card_pages.gone()

    async def _play(self, request: Request) -> Response:
        """Play what is asked and say what was sent; `wait_s` waits that long for the site's answers."""
        self._allow(request)
        asked, at = request.json(), datetime.now(UTC)
        play = read_play(asked, at=at)
        sent = self._bank.play(play, at=at)
        seconds = asked.get("wait_s", 0)
        waits = type(seconds) in (int, float) and seconds > 0 and play.delay_s == 0
        ids = [entry["id"] for entry in sent]
        answered = waits and await self._bank.wait_for(ids, min(seconds, LONGEST_WAIT_S))
        said = {"transfers": sent, "answered": answered, "answers": self._answers(ids[0])}
        return Response.of_json({**said, "notices": self._notices(ids)})

    def _became(self, request: Request, transfer_id: int) -> Response:
        self._allow(request)
        row = self._vault.one("select * from transfer where id = ?", (transfer_id,))
        if row is None:
            return Response.of_json({"error": "not_found"}, 404)
        said = {name: row[name] for name in ("id", "clabe", "amount", "tracking_key", "operation_date", "behaviour")}
        return Response.of_json({**said, "answers": self._answers(transfer_id)})

    def _answers(self, transfer_id: int) -> list[dict[str, Any]]:
        sql = "select state, attempts, last_status from delivery where transfer_id = ? order by id limit 100"
        return [dict(row) for row in self._vault.rows(sql, (transfer_id,))]

    def _notices(self, transfer_ids: list[int]) -> list[dict[str, Any]]:
        """What was lined up for these transfers, in the order of sending, the first hundred."""
        first, last = min(transfer_ids), max(transfer_ids)
        sql = (
            "select d.kind, d.amount, d.state, d.attempts, d.last_status, d.road, t.tracking_key, t.clabe, t.behaviour"
            " from delivery d join transfer t on t.id = d.transfer_id"
            " where d.transfer_id between ? and ? order by d.due_at, d.id limit 100"
        )
        return [dict(row) for row in self._vault.rows(sql, (first, last))]

    def _statement(self) -> Response:
        lines = self._vault.rows(
            "select t.*, count(d.id) as notices, sum(d.state = 'delivered') as delivered,"
            " sum(d.state = 'refused') as refused, sum(d.state = 'waiting') as waiting"
            " from transfer t left join delivery d on d.transfer_id = t.id group by t.id order by t.id desc limit ?",
            (STATEMENT_LINES,),
        )
        said = [
            {**dict(line), "at": datetime.fromisoformat(line["played_at"]), "amount": Money.parse(line["amount"])}
            for line in lines
        ]
        html = render_to_string("sandbox/gateway/statement.html", {"lines": said, "site_url": self._config.site_url})
        return Response(200, html.encode(), headers=card_pages.page_policy())

    def _tell(self, url: str, body: bytes, message_id: str, due_at: float) -> None:
        self._bank.send(url, body, self._config.demo_secret, message_id=message_id, due_at=due_at)

    def _allow(self, request: Request) -> None:
        if not secrets.compare_digest(request.bearer().encode(), self._config.demo_secret.encode()):
            raise BadRequest("unauthorized", 401)


def run(*, host: str, port: int) -> None:
    """Run the sandbox until it is told to stop. The demo only."""
    site = settings.SEGURIPAGO
    if not site.demo:
        raise SystemExit("sandbox-bank: solo en la demostración (SEGURIPAGO_DEMO=1).")
    config = SandboxConfig(site.data_dir, site.base_url, site.sandbox_url, site.main_key)
    uvicorn.run(
        SandboxServer(config),
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )


def _static(name: str) -> Response:
    """Serve a style, a font or a picture of the site's own: the same files, this origin."""
    path: str | None = None
    with contextlib.suppress(SuspiciousFileOperation, ValueError):
        collected = Path(safe_join(str(settings.STATIC_ROOT), name))
        path = str(collected) if collected.is_file() else finders.find(name)
    if not path or not Path(path).is_file():
        return Response(404, b"", "text/plain")
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    return Response(200, Path(path).read_bytes(), kind, {"cache-control": "max-age=300"})


def _tell_if_dead(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.critical("the sandbox bank stopped sending", exc_info=task.exception())
