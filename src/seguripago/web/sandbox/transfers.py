"""The bank's side: play transfers, sign their notices, and send them until the site has answered."""

from __future__ import annotations

import asyncio
import contextlib
import random
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

import httpx

from seguripago.adapters.bank_feeds.sandbox import SandboxTransfer, notice_body, signature_headers
from seguripago.values import clabe as clabes
from seguripago.values.money import Money, UnreadableAmount
from seguripago.web.sandbox.vault import Due, Vault
from seguripago.web.sandbox.wire import BadRequest

MOST_COPIES: Final = 1_000
MOST_IN_A_BURST: Final = 500
LONGEST_DELAY_S: Final = 3_600
RETRY_AFTER_S: Final = (0.5, 1, 2, 5, 10, 30, 60, 300, 900)
AT_ONCE: Final = 16
BEHAVIOURS: Final = frozenset({"normal", "bad_signature", "unreadable_amount"})
MEXICO: Final = ZoneInfo("America/Mexico_City")


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """What somebody asked the bank to play, checked."""

    store_key: str
    secret: str
    clabe: str
    amount: Money
    institution: str
    payer_name: str
    tracking_key: str
    operation_date: date
    concept: str
    beneficiary_name: str
    reference: int
    times: int
    delay_s: int
    burst: int
    behaviour: str
    shuffled: bool


def read_play(asked: Mapping[str, Any], *, at: datetime) -> Play:
    """Check what was asked; raises BadRequest naming the field."""
    account, key = str(asked.get("clabe", "")), str(asked.get("tracking_key") or "")
    if not (account.isascii() and account.isdigit() and 10 <= len(account) <= 18):
        raise BadRequest("clabe")
    if len(key) > 30 or not (key.isascii() and key.isprintable()):
        raise BadRequest("tracking_key")
    try:
        amount = Money.parse(str(asked.get("amount", "")))
        said_day = str(asked.get("operation_date") or "")
        day = date.fromisoformat(said_day) if said_day else at.astimezone(MEXICO).date()
    except UnreadableAmount:
        raise BadRequest("amount") from None
    except ValueError:
        raise BadRequest("operation_date") from None
    if amount <= Money.zero():
        raise BadRequest("amount")
    institution = str(asked.get("institution") or "40012")
    if not clabes.institution_name(institution):
        raise BadRequest("institution")
    behaviour = str(asked.get("behaviour") or "normal")
    if behaviour not in BEHAVIOURS:
        raise BadRequest("behaviour")
    store_key, secret = str(asked.get("store_key", "")), str(asked.get("secret", ""))
    if not store_key or not secret.startswith("whsec_"):
        raise BadRequest("store")
    return Play(
        store_key=store_key,
        secret=secret,
        clabe=account,
        amount=amount,
        institution=institution,
        payer_name=str(asked.get("payer_name") or "LUCIA HERNANDEZ ROBLES")[:40],
        tracking_key=key,
        operation_date=day,
        concept=str(asked.get("concept") or "Pago")[:40],
        beneficiary_name=str(asked.get("beneficiary_name") or "")[:40],
        reference=_whole(asked, "reference", 0, 9_999_999),
        times=_whole(asked, "times", 1, MOST_COPIES),
        delay_s=_whole(asked, "delay_s", 0, LONGEST_DELAY_S),
        burst=_whole(asked, "burst", 1, MOST_IN_A_BURST),
        behaviour=behaviour,
        shuffled=asked.get("shuffled") is True,
    )


class Bank:
    """Keeps what was played and sends the notices; `run` is its one background task."""

    def __init__(self, vault: Vault, site_url: str, client: httpx.AsyncClient) -> None:
        self._vault, self._site_url, self._client = vault, site_url.rstrip("/"), client
        self._more = asyncio.Event()
        self._answered = asyncio.Condition()

    def play(self, play: Play, *, at: datetime) -> list[dict[str, Any]]:
        """Keep the transfers of one request and line their notices up; gives what was sent, one entry a transfer."""
        played, notices = [], []
        for number in range(play.burst):
            key = play.tracking_key if play.burst == 1 and play.tracking_key else _tracking_key(at)
            transfer_id, body = self._keep(play, key, at)
            message_id = f"msg_{secrets.token_hex(12)}"
            notices += [(transfer_id, body, message_id, copy) for copy in range(play.times)]
            played.append(
                {
                    "id": transfer_id,
                    "tracking_key": key,
                    "amount": play.amount.plain,
                    "operation_date": play.operation_date.isoformat(),
                    "institution": play.institution,
                    "number": number + 1,
                }
            )
        if play.shuffled:
            random.shuffle(notices)
        for place, (transfer_id, body, message_id, _) in enumerate(notices):
            self.send(
                self._hook(play.store_key),
                body,
                play.secret if play.behaviour != "bad_signature" else f"whsec_{'A' * 43}=",
                message_id=message_id,
                due_at=at.timestamp() + play.delay_s + place / 1_000_000,
                transfer_id=transfer_id,
            )
        return played

    def send(
        self, url: str, body: bytes, secret: str, *, message_id: str, due_at: float, transfer_id: int | None = None
    ) -> None:
        """Line one signed message up; it is sent until the other side has answered 2xx or 4xx."""
        self._vault.add(
            "delivery", transfer_id=transfer_id, url=url, body=body, secret=secret, message_id=message_id, due_at=due_at
        )
        self._more.set()

    async def wait_for(self, transfer_ids: list[int], seconds: float) -> bool:
        """Wait until every notice of these transfers has been answered; False when the time is over first."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._answered:
                await self._answered.wait_for(lambda: self._vault.waiting_of(transfer_ids) == 0)
        return self._vault.waiting_of(transfer_ids) == 0

    async def run(self) -> None:
        """Send what falls due, a few at a time, for ever."""
        while True:
            due = self._vault.due(time.time(), AT_ONCE)
            if due:
                await asyncio.gather(*(self._attempt(notice) for notice in due))
                continue
            self._more.clear()
            at = self._vault.next_due_at()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._more.wait(), None if at is None else max(0.001, at - time.time()))

    async def _attempt(self, due: Due) -> None:
        """Sign for this very moment, send once, and keep the answer."""
        try:
            headers = signature_headers(due.body, due.secret, message_id=due.message_id, at=datetime.now(UTC))
            answer = await self._client.post(due.url, content=due.body, headers=headers)
            status, words = answer.status_code, answer.text[:500]
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as trouble:
            status, words = 0, type(trouble).__name__
        state, due_at = _after(status, due.attempts + 1)
        self._vault.change(
            "update delivery set attempts = attempts + 1, state = ?, last_status = ?, answer = ?, due_at = ?"
            " where id = ?",
            (state, status, words, due_at, due.id),
        )
        async with self._answered:
            self._answered.notify_all()

    def _keep(self, play: Play, key: str, at: datetime) -> tuple[int, bytes]:
        """Keep one transfer; its number in the file is the bank's own number for it."""
        transfer_id = self._vault.add(
            "transfer",
            played_at=at.isoformat(),
            store_key=play.store_key,
            clabe=play.clabe,
            amount=play.amount.plain,
            institution=play.institution,
            payer_name=play.payer_name,
            tracking_key=key,
            operation_date=play.operation_date.isoformat(),
            concept=play.concept,
            behaviour=play.behaviour,
            body=b"",
        )
        body = notice_body(
            SandboxTransfer(
                bank_id=30_000_000 + transfer_id,
                clabe=play.clabe,
                amount_text=play.amount.plain if play.behaviour != "unreadable_amount" else "10,00",
                tracking_key=key,
                operation_date=play.operation_date,
                settled_at=at,
                sending_institution=play.institution,
                payer_name=play.payer_name,
                payer_account=_payer_account(play.institution, play.payer_name),
                beneficiary_name=play.beneficiary_name,
                concept=play.concept,
                reference=play.reference,
            )
        )
        self._vault.change("update transfer set body = ? where id = ?", (body, transfer_id))
        return transfer_id, body

    def _hook(self, store_key: str) -> str:
        return f"{self._site_url}/hooks/bank/sandbox/{quote(store_key, safe='')}/"


def _after(status: int, attempts: int) -> tuple[str, float]:
    """Say what becomes of a notice: done, refused for good, or tried again later."""
    if 200 <= status < 300:
        return "delivered", time.time()
    if 400 <= status < 500 and status not in {408, 425, 429}:
        return "refused", time.time()
    if attempts > len(RETRY_AFTER_S):
        return "given_up", time.time()
    return "waiting", time.time() + RETRY_AFTER_S[attempts - 1]


def _tracking_key(at: datetime) -> str:
    return f"BP{at.astimezone(MEXICO):%Y%m%d%H%M%S}{secrets.randbelow(10**10):010d}"


def _payer_account(institution: str, payer_name: str) -> str:
    """Give the same payer at the same bank the same account; its control digit is right."""
    number = sum((place + 1) * ord(char) for place, char in enumerate(payer_name)) % 10**7
    return clabes.build(f"{institution[-3:]}1800000", number)


def _whole(asked: Mapping[str, Any], name: str, least: int, most: int) -> int:
    value = asked.get(name)
    if value is None or value == "":
        return least
    if type(value) is not int or not least <= value <= most:
        raise BadRequest(name)
    return value
