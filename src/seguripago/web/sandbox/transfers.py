"""The bank's side: play transfers, sign their notices, and send them until the site has answered."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import random
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from urllib.parse import quote

import httpx

from seguripago.adapters.bank_feeds.sandbox import (
    FORGED_SECRET,
    Behaviour,
    Kind,
    SandboxTransfer,
    misdirected,
    notices_of,
    signature_headers,
)
from seguripago.values import clabe as clabes
from seguripago.values.calendar import MEXICO
from seguripago.values.money import Money, UnreadableAmount
from seguripago.web.sandbox.vault import Due, Vault
from seguripago.web.sandbox.wire import BadRequest

MOST_COPIES: Final = 1_000
MOST_IN_A_BURST: Final = 500
LONGEST_DELAY_S: Final = 3_600
RETRY_AFTER_S: Final = (0.5, 1, 2, 5, 10, 30, 60, 300, 900)
AT_ONCE: Final = 16
AFTERWARDS_S: Final = 1.0
"""How long the bank takes to contradict itself, or to send the money back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where one transfer of a burst goes."""

    clabe: str
    amount: Money
    concept: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """What somebody asked the bank to play, checked. With `targets` there is one transfer to each of them."""

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
    behaviour: Behaviour
    shuffled: bool
    stp_secret: str
    targets: tuple[Target, ...]


def read_play(asked: Mapping[str, Any], *, at: datetime) -> Play:
    """Check what was asked; raises BadRequest naming the field."""
    account, key = _account(asked), str(asked.get("tracking_key") or "")
    if len(key) > 30 or not (key.isascii() and key.isprintable()):
        raise BadRequest("tracking_key")
    try:
        said_day = str(asked.get("operation_date") or "")
        day = date.fromisoformat(said_day) if said_day else at.astimezone(MEXICO).date()
    except ValueError:
        raise BadRequest("operation_date") from None
    amount = _amount(asked)
    institution = str(asked.get("institution") or "40012")
    if not clabes.institution_name(institution):
        raise BadRequest("institution")
    try:
        behaviour = Behaviour(str(asked.get("behaviour") or "normal"))
    except ValueError:
        raise BadRequest("behaviour") from None
    stp_secret = str(asked.get("stp_secret") or "")
    if behaviour is Behaviour.UNSIGNED and not stp_secret:
        raise BadRequest("stp_secret")
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
        stp_secret=stp_secret,
        targets=_targets(asked.get("targets") or []),
    )


def _targets(asked: Any) -> tuple[Target, ...]:
    if not isinstance(asked, list) or len(asked) > MOST_IN_A_BURST or not all(isinstance(one, dict) for one in asked):
        raise BadRequest("targets")
    return tuple(
        Target(clabe=_account(one), amount=_amount(one), concept=str(one.get("concept") or "Pago")[:40])
        for one in asked
    )


def _account(asked: Mapping[str, Any]) -> str:
    account = str(asked.get("clabe", ""))
    if not (account.isascii() and account.isdigit() and 10 <= len(account) <= 18):
        raise BadRequest("clabe")
    return account


def _amount(asked: Mapping[str, Any]) -> Money:
    try:
        amount = Money.parse(str(asked.get("amount", "")))
    except UnreadableAmount:
        raise BadRequest("amount") from None
    if amount <= Money.zero():
        raise BadRequest("amount")
    return amount


class Bank:
    """Keeps what was played and sends the notices; `run` is its one background task."""

    def __init__(self, vault: Vault, site_url: str, client: httpx.AsyncClient) -> None:
        self._vault, self._site_url, self._client = vault, site_url.rstrip("/"), client
        self._more = asyncio.Event()
        self._answered = asyncio.Condition()

    def play(self, play: Play, *, at: datetime) -> list[dict[str, Any]]:
        """Keep the transfers of one request and line their notices up; gives what was sent, one entry a transfer."""
        usual = Target(clabe=play.clabe, amount=play.amount, concept=play.concept)
        targets = play.targets or (usual,) * play.burst
        played, lined_up = [], []
        for number, target in enumerate(targets, start=1):
            key = play.tracking_key if len(targets) == 1 and play.tracking_key else _tracking_key(at)
            transfer_id, transfer = self._keep(play, target, key, at)
            for place, notice in enumerate(notices_of(transfer, play.behaviour)):
                message_id = f"msg_{secrets.token_hex(12)}"
                copies = play.times if notice.kind is Kind.NOTICE else 1
                lined_up += [(transfer_id, notice, message_id, place * AFTERWARDS_S)] * copies
            played.append(
                {
                    "id": transfer_id,
                    "tracking_key": key,
                    "amount": target.amount.plain,
                    "clabe": misdirected(transfer, play.behaviour).clabe,
                    "operation_date": play.operation_date.isoformat(),
                    "institution": play.institution,
                    "number": number,
                }
            )
        if play.shuffled:
            random.shuffle(lined_up)
        unsigned = play.behaviour is Behaviour.UNSIGNED
        secret = FORGED_SECRET if play.behaviour is Behaviour.BAD_SIGNATURE else play.secret
        for place, (transfer_id, notice, message_id, later_s) in enumerate(lined_up):
            self.send(
                self._hook(play.store_key, "stp" if unsigned else "sandbox"),
                notice.body,
                play.stp_secret if unsigned else secret,
                message_id=message_id,
                due_at=at.timestamp() + play.delay_s + later_s + place / 1_000_000,
                transfer_id=transfer_id,
                kind=notice.kind.value,
                amount=notice.amount_text,
                road="basic" if unsigned else "signed",
            )
        return played

    def send(
        self,
        url: str,
        body: bytes,
        secret: str,
        *,
        message_id: str,
        due_at: float,
        transfer_id: int | None = None,
        kind: str = "notice",
        amount: str = "",
        road: str = "signed",
    ) -> None:
        """Line one message up; it is sent until the other side has answered 2xx or 4xx.

        `road` is signed, or basic: without a signature, the secret in Basic auth.
        """
        self._vault.add(
            "delivery",
            transfer_id=transfer_id,
            url=url,
            body=body,
            secret=secret,
            message_id=message_id,
            due_at=due_at,
            kind=kind,
            amount=amount,
            road=road,
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
            headers = _headers(due)
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

    def _keep(self, play: Play, target: Target, key: str, at: datetime) -> tuple[int, SandboxTransfer]:
        """Keep one transfer; its number in the file is the bank's own number for it."""
        transfer_id = self._vault.add(
            "transfer",
            played_at=at.isoformat(),
            store_key=play.store_key,
            clabe=target.clabe,
            amount=target.amount.plain,
            institution=play.institution,
            payer_name=play.payer_name,
            tracking_key=key,
            operation_date=play.operation_date.isoformat(),
            concept=target.concept,
            behaviour=play.behaviour.value,
            body=b"",
        )
        transfer = SandboxTransfer(
            bank_id=30_000_000 + transfer_id,
            clabe=target.clabe,
            amount_text=target.amount.plain,
            tracking_key=key,
            operation_date=play.operation_date,
            settled_at=at,
            sending_institution=play.institution,
            payer_name=play.payer_name,
            payer_account=_payer_account(play.institution, play.payer_name),
            beneficiary_name=play.beneficiary_name,
            concept=target.concept,
            reference=play.reference,
        )
        first, sent_to = notices_of(transfer, play.behaviour)[0], misdirected(transfer, play.behaviour).clabe
        self._vault.change("update transfer set body = ?, clabe = ? where id = ?", (first.body, sent_to, transfer_id))
        return transfer_id, transfer

    def _hook(self, store_key: str, feed: str) -> str:
        return f"{self._site_url}/hooks/bank/{feed}/{quote(store_key, safe='')}/"


def _headers(due: Due) -> dict[str, str]:
    """Sign for this very moment; or bring the secret alone, as a bank does that signs nothing."""
    if due.road == "basic":
        basic = base64.b64encode(f"banco:{due.secret}".encode()).decode()
        return {"content-type": "application/json", "authorization": f"Basic {basic}"}
    return signature_headers(due.body, due.secret, message_id=due.message_id, at=datetime.now(UTC))


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
