"""The demo's bank sends money: it takes an order once, carries it out a moment later, and tells the site.

An amount that ends in 13 centavos is for an account that does not exist: its order fails. The notice carries no more
than the key; the site asks what became of it.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from typing import Any, Final

from seguripago.values.money import Money, UnreadableAmount
from seguripago.web.sandbox.vault import Vault
from seguripago.web.sandbox.wire import BadRequest, Request, Response

TABLE: Final = """
create table if not exists payout (
    tracking_key text primary key, amount text not null, account text not null, institution text not null,
    holder text not null, concept text not null, done_at real not null, fails integer not null)
"""
TAKES_S: Final = 2.0
NO_ACCOUNT: Final = "Cuenta inexistente"
UNLUCKY: Final = ".13"

type Tell = Callable[[str, bytes, str, float], None]


class Payouts:
    """Orders by their tracking key. `tell` lines a signed message up: url, body, message id, when."""

    def __init__(self, vault: Vault, tell: Tell) -> None:
        self._vault, self._tell = vault, tell
        vault.change(TABLE)

    def answer(self, request: Request, key: str) -> Response:
        """Take an order, or say what became of one."""
        if request.method == "POST":
            return self._take(request.json(), time.time())
        row = self._vault.one("select * from payout where tracking_key = ?", (key,))
        if row is None:
            return Response.of_json({"error": "not_found"}, 404)
        return Response.of_json(_became(dict(row), time.time()))

    def _take(self, asked: dict[str, Any], now: float) -> Response:
        order = _read(asked)
        known = self._vault.one("select * from payout where tracking_key = ?", (order["tracking_key"],))
        if known is None:
            order |= {"done_at": now + TAKES_S, "fails": int(order["amount"].endswith(UNLUCKY))}
            self._vault.add("payout", **order)
            body = json.dumps({"tracking_key": order["tracking_key"]}).encode()
            self._tell(str(asked["notify_url"]), body, f"pay_{secrets.token_hex(12)}", now + TAKES_S + 0.05)
            return Response.of_json(_became(order, now))
        same = all(known[name] == order[name] for name in order)
        return Response.of_json(_became(dict(known), now)) if same else Response.of_json({"error": "other_order"}, 409)


def _read(asked: dict[str, Any]) -> dict[str, Any]:
    order: dict[str, Any] = {
        name: str(asked.get(name, ""))[:60]
        for name in ("tracking_key", "amount", "account", "institution", "holder", "concept")
    }
    try:
        amount = Money.parse(order["amount"])
    except UnreadableAmount:
        raise BadRequest("amount") from None
    if amount <= Money.zero() or not order["tracking_key"] or not str(asked.get("notify_url", "")).startswith("http"):
        raise BadRequest("order")
    return order


def _became(order: dict[str, Any], now: float) -> dict[str, Any]:
    if now < order["done_at"]:
        return {"state": "sent", "ref": order["tracking_key"]}
    if order["fails"]:
        return {"state": "failed", "ref": order["tracking_key"], "reason": NO_ACCOUNT}
    return {"state": "done", "ref": order["tracking_key"]}
