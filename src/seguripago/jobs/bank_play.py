"""`seguripago deposit …`: play the bank from the command line, through the real door.

The notice is written and signed as the demo's bank does, and posted to the running site's hook, N times the very same
bytes. Then the reconciliation is asked what it judged, for at most ten seconds. Asked to, the bank misbehaves: late,
in a burst out of order, contradicting itself, without a signature, to an account that nobody has.
"""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

import httpx
from django.conf import settings

from seguripago.adapters.bank_feeds.sandbox import (
    FORGED_SECRET,
    Behaviour,
    SandboxTransfer,
    notices_of,
    signature_headers,
)
from seguripago.foundations.stores import queries as stores
from seguripago.journey.reconciliation import queries as reconciliation
from seguripago.values import clabe as clabes
from seguripago.values.calendar import MEXICO
from seguripago.values.money import Money, UnreadableAmount
from seguripago.values.refusal import Refusal

MOST_TIMES: Final = 10_000
MOST_IN_A_BURST: Final = 500
LONGEST_DELAY_S: Final = 600
AFTERWARDS_S: Final = 0.5
SOON_S: Final = 3.0
PATIENCE_S: Final = 10.0
LOOK_EVERY_S: Final = 0.05
HOOK_TIMEOUT_S: Final = 15.0
FEED: Final = "sandbox"
SOON_SAID: Final = frozenset({Behaviour.UNSIGNED, Behaviour.UNREADABLE_AMOUNT})
"""What never becomes money by itself: nobody waits ten seconds for it."""


class DepositUnplayable(Refusal):
    """The deposit cannot be played as it was asked; nothing was sent."""

    code = "SP-290"


class SiteAway(Refusal):
    """The site does not answer its hook, or refused the notice."""

    code = "SP-291"


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a notice: how many deposits it made, their state, and the order they were applied to."""

    deposits: int = 0
    state: str = "announced"
    order: str | None = None


@dataclass(frozen=True, slots=True)
class Door:
    """The hook to which notices go, and how they are made believable there."""

    url: str
    secret: str
    is_signed: bool

    def headers(self, body: bytes, message_id: str, signed_at: datetime) -> dict[str, str]:
        """The headers of a notice; the same notice at the same moment has the very same."""
        if self.is_signed:
            return signature_headers(body, self.secret, message_id=message_id, at=signed_at)
        basic = base64.b64encode(f"banco:{self.secret}".encode()).decode()
        return {"content-type": "application/json", "authorization": f"Basic {basic}"}


def deposit(
    *,
    clabe: str,
    amount: str,
    sender_bank: str = "40012",
    tracking_key: str | None = None,
    times: int = 1,
    url: str | None = None,
    behaviour: str = "normal",
    burst: int = 1,
    delay: float = 0,
) -> dict[str, Any]:
    """Post a transfer's notices, the first of them `times` times, and wait for the judgement.

    With `burst`, so many transfers of that amount, each with its own tracking key, their notices out of order.
    Raises DepositUnplayable, SiteAway (also for a notice that the site refuses).
    """
    at = datetime.now(UTC)
    store, way = _store_of(clabe), _behaviour(behaviour)
    if not 1 <= times <= MOST_TIMES:
        raise DepositUnplayable(f"--times va de 1 a {MOST_TIMES}.")
    if not 1 <= burst <= MOST_IN_A_BURST or not 0 <= delay <= LONGEST_DELAY_S:
        raise DepositUnplayable(f"--burst va de 1 a {MOST_IN_A_BURST} y --delay de 0 a {LONGEST_DELAY_S} segundos.")
    keys = [tracking_key] if burst == 1 else [None] * burst
    transfers = [_transfer(store, clabe, amount, sender_bank, key, at) for key in keys]
    door = _door(store, way, (url or settings.SEGURIPAGO.base_url).rstrip("/"))
    first, later = _notices(transfers, way, times)
    time.sleep(delay)
    sent = _post(door, first)
    time.sleep(AFTERWARDS_S if later else 0)
    sent += _post(door, later)
    patience_s = PATIENCE_S if way not in SOON_SAID else SOON_S
    deadline = time.monotonic() + patience_s
    judged = [_await_judgement(store.id, each, deadline, waits_for_money=way not in SOON_SAID) for each in transfers]
    states = {each.state for each in judged}
    orders = {each.order for each in judged}
    return {
        "sent": sent,
        "deposits": sum(each.deposits for each in judged),
        "state": next(state for state in ("in_case", "announced", "applied") if state in states),
        "order": orders.pop() if len(orders) == 1 else None,
        "tracking_key": transfers[0].tracking_key,
    }


def _behaviour(name: str) -> Behaviour:
    try:
        return Behaviour(name)
    except ValueError:
        raise DepositUnplayable(f"--behaviour es uno de: {', '.join(Behaviour)}.") from None


def _door(store: stores.StoreView, way: Behaviour, base: str) -> Door:
    """The hook of the store's signed feed; of STP's, without a signature, when the bank signs nothing."""
    feed = "stp" if way is Behaviour.UNSIGNED else FEED
    secret = stores.feed_secrets(store.id).get(feed)
    if secret is None:
        raise DepositUnplayable("La tienda no tiene banco de pruebas.")
    if way is Behaviour.BAD_SIGNATURE:
        secret = FORGED_SECRET
    return Door(f"{base}/hooks/bank/{feed}/{quote(store.hook_key, safe='')}/", secret, feed == FEED)


def _notices(
    transfers: Sequence[SandboxTransfer], way: Behaviour, times: int
) -> tuple[list[tuple[str, bytes]], list[tuple[str, bytes]]]:
    """What goes out first, and what the bank says afterwards: (message id, body) each."""
    first, later = [], []
    for transfer in transfers:
        opening, *others = notices_of(transfer, way)
        first += [(f"msg_{secrets.token_hex(12)}", opening.body)] * times
        later += [(f"msg_{secrets.token_hex(12)}", other.body) for other in others]
    if len(transfers) > 1:
        secrets.SystemRandom().shuffle(first)
    return first, later


def _transfer(
    store: stores.StoreView, clabe: str, amount: str, sender_bank: str, tracking_key: str | None, at: datetime
) -> SandboxTransfer:
    """Check what was asked and write the transfer."""
    if not (clabe.isascii() and clabe.isdigit() and len(clabe) == clabes.LENGTH):
        raise DepositUnplayable("--clabe son 18 dígitos.")
    if not clabes.institution_name(sender_bank):
        raise DepositUnplayable(f"--sender-bank: ninguna institución de SPEI es {sender_bank}.")
    try:
        money = Money.parse(amount)
    except UnreadableAmount:
        raise DepositUnplayable("--amount se escribe así: 1250.00") from None
    if money <= Money.zero():
        raise DepositUnplayable("--amount debe ser mayor que cero.")
    key = tracking_key or f"CLI{at.astimezone(MEXICO):%Y%m%d%H%M%S}{secrets.randbelow(10**10):010d}"
    if len(key) > 30 or not (key.isascii() and key.isprintable() and key.strip() == key):
        raise DepositUnplayable("--tracking-key tiene hasta 30 letras y números.")
    return SandboxTransfer(
        bank_id=secrets.randbelow(10**9) + 10**9,
        clabe=clabe,
        amount_text=money.plain,
        tracking_key=key,
        operation_date=at.astimezone(MEXICO).date(),
        settled_at=at,
        sending_institution=sender_bank,
        beneficiary_name=store.legal_name,
    )


def _post(door: Door, notices: Sequence[tuple[str, bytes]]) -> int:
    """Send every notice over one connection; gives how many. Raises SiteAway at the first refusal."""
    if not notices:
        return 0
    signed_at = datetime.now(UTC)
    with httpx.Client(timeout=HOOK_TIMEOUT_S, trust_env=False) as client:
        for message_id, body in notices:
            try:
                answer = client.post(door.url, content=body, headers=door.headers(body, message_id, signed_at))
            except httpx.HTTPError as trouble:
                raise SiteAway(f"El sitio no responde en {door.url} ({type(trouble).__name__}).") from None
            if answer.status_code >= 300:
                raise SiteAway(f"El sitio respondió {answer.status_code}: {answer.text[:200]}")
    return len(notices)


def _await_judgement(store_id: int, sent: SandboxTransfer, deadline: float, *, waits_for_money: bool) -> Judged:
    """Ask until somebody has judged, or patience ends; then say what is known."""
    known = Judged()
    while True:
        outcome = reconciliation.outcome_of(
            store_id,
            tracking_key=sent.tracking_key,
            operation_date=sent.operation_date,
            sending_institution=sent.sending_institution,
        )
        if outcome is not None:
            known = Judged(outcome.deposits, outcome.state, outcome.order_number)
            if known.state != "announced" or not waits_for_money:
                return known
        if time.monotonic() >= deadline:
            return known
        time.sleep(LOOK_EVERY_S)


def _store_of(clabe: str) -> stores.StoreView:
    """Find the store that keeps this CLABE; a stranger's goes to the first demo store, which will not know it."""
    every = stores.stores_all()
    keeper = next((s for s in every if any(clabe.startswith(p.prefix) for p in stores.prefixes(s.id))), None)
    found = keeper or next((store for store in every if store.is_demo), None)
    if found is None:
        raise DepositUnplayable("No hay tienda con esa CLABE, ni tienda de demostración.")
    return found
