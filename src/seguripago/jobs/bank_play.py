"""`seguripago deposit …`: play the bank from the command line, through the real door.

The notice is written and signed as the demo's bank does, and posted to the running site's hook, N times the very same
bytes. Then the reconciliation is asked what it judged, for at most ten seconds.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

import httpx
from django.conf import settings

from seguripago.adapters.bank_feeds.sandbox import SandboxTransfer, SignedNotice, signed_notice
from seguripago.foundations.stores import queries as stores
from seguripago.journey.reconciliation import queries as reconciliation
from seguripago.values import clabe as clabes
from seguripago.values.money import Money, UnreadableAmount
from seguripago.values.refusal import Refusal

MOST_TIMES: Final = 10_000
PATIENCE_S: Final = 10.0
LOOK_EVERY_S: Final = 0.05
HOOK_TIMEOUT_S: Final = 15.0
FEED: Final = "sandbox"
MEXICO: Final = ZoneInfo("America/Mexico_City")


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


def deposit(
    *,
    clabe: str,
    amount: str,
    sender_bank: str = "40012",
    tracking_key: str | None = None,
    times: int = 1,
    url: str | None = None,
) -> dict[str, Any]:
    """Post one signed notice `times` times and wait for the judgement; raises DepositUnplayable, SiteAway."""
    at = datetime.now(UTC)
    store = _store_of(clabe)
    transfer = _transfer(store, clabe, amount, sender_bank, tracking_key, at)
    if not 1 <= times <= MOST_TIMES:
        raise DepositUnplayable(f"--times va de 1 a {MOST_TIMES}.")
    secret = stores.feed_secrets(store.id).get(FEED)
    if secret is None:
        raise DepositUnplayable("La tienda no tiene banco de pruebas.")
    notice = signed_notice(transfer, secret, message_id=f"msg_{secrets.token_hex(12)}", at=at)
    base = (url or settings.SEGURIPAGO.base_url).rstrip("/")
    _post(f"{base}/hooks/bank/{FEED}/{quote(store.hook_key, safe='')}/", notice, times)
    judged = _await_judgement(store.id, transfer.tracking_key, transfer.operation_date, transfer.sending_institution)
    return {
        "sent": times,
        "deposits": judged.deposits,
        "state": judged.state,
        "order": judged.order,
        "tracking_key": transfer.tracking_key,
    }


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


def _post(hook: str, notice: SignedNotice, times: int) -> None:
    """Send the very same bytes so many times over one connection; raises SiteAway at the first refusal."""
    with httpx.Client(timeout=HOOK_TIMEOUT_S, trust_env=False) as client:
        for _ in range(times):
            try:
                answer = client.post(hook, content=notice.body, headers=dict(notice.headers))
            except httpx.HTTPError as trouble:
                raise SiteAway(f"El sitio no responde en {hook} ({type(trouble).__name__}).") from None
            if answer.status_code >= 300:
                raise SiteAway(f"El sitio respondió {answer.status_code}: {answer.text[:200]}")


def _await_judgement(store_id: int, tracking_key: str, operation_date: date, sender_bank: str) -> Judged:
    """Ask until somebody has judged, or patience ends; then say what is known."""
    deadline, known = time.monotonic() + PATIENCE_S, Judged()
    while True:
        outcome = reconciliation.outcome_of(
            store_id, tracking_key=tracking_key, operation_date=operation_date, sending_institution=sender_bank
        )
        if outcome is not None:
            known = Judged(outcome.deposits, outcome.state, outcome.order_number)
            if known.state != "announced":
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
