"""The demo's bank as it sends money: over HTTP, to `seguripago sandbox-bank`, which tells the site later."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import quote

from seguripago.ports.asking import ask
from seguripago.ports.bank_feeds import Credentials, FeedTrouble, Unreadable, credential
from seguripago.ports.bank_notice import Fields, read_object
from seguripago.ports.payouts import PayoutAnswer, PayoutOrder, PayoutState

MAX_ANSWER_BYTES: Final = 16_384


@dataclass(frozen=True, slots=True)
class SandboxPayouts:
    """Our side of the demo's bank. Credentials: address, secret, notify_url."""

    slug: str = "sandbox"
    title: str = "Banco de pruebas"

    def send(self, order: PayoutOrder, credentials: Credentials) -> PayoutAnswer:
        said = {
            "tracking_key": order.tracking_key,
            "amount": order.amount.plain,
            "account": order.account,
            "institution": order.institution,
            "holder": order.holder,
            "concept": order.concept,
            "notify_url": credential(credentials, "notify_url"),
        }
        return _read(_ask("POST", "/payouts", credentials, json.dumps(said).encode()))

    def fetch(self, order: PayoutOrder, day: date | None, credentials: Credentials) -> PayoutAnswer:
        return _read(_ask("GET", f"/payouts/{quote(order.tracking_key, safe='')}", credentials))

    def hint(self, body: bytes, headers: Mapping[str, str]) -> str:
        try:
            said = read_object(body, limit=MAX_ANSWER_BYTES)
        except FeedTrouble:
            return ""
        key = said.get("tracking_key")
        return key[:30] if isinstance(key, str) else ""


def _ask(method: str, path: str, credentials: Credentials, body: bytes = b"") -> Fields:
    answer = ask(
        method,
        credential(credentials, "address").rstrip("/") + path,
        headers={"authorization": f"Bearer {credential(credentials, 'secret')}", "content-type": "application/json"},
        body=body,
        limit=MAX_ANSWER_BYTES,
    )
    return read_object(answer, limit=MAX_ANSWER_BYTES)


def _read(said: Fields) -> PayoutAnswer:
    try:
        state = PayoutState(str(said.get("state")))
    except ValueError:
        raise Unreadable("state") from None
    return PayoutAnswer(state, ref=str(said.get("ref") or ""), reason=str(said.get("reason") or ""))


ADAPTER: Final = SandboxPayouts()
