"""The gateway's side: charges, refunds and the test cards. No card number is kept: brand and last four digits only."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from seguripago.ports.store_secrets import store_secret
from seguripago.web.sandbox.transfers import Bank
from seguripago.web.sandbox.vault import Vault
from seguripago.web.sandbox.wire import BadRequest, Request, Response

PAGE_LASTS_S: Final = 1_800
type Ending = Literal["paid", "declined", "cancelled"]


@dataclass(frozen=True, slots=True)
class TestCard:
    """A card that anybody may type: what happens to it and how the page says so."""

    __test__ = False

    number: str
    brand: str
    decline: str = ""
    asks_bank: bool = False


TEST_CARDS: Final = {
    card.number: card
    for card in (
        TestCard("4242424242424242", "Visa"),
        TestCard("5555555555554444", "Mastercard"),
        TestCard("4000000000003220", "Visa", asks_bank=True),
        TestCard("4000000000009995", "Visa", decline="insufficient_funds"),
        TestCard("4000000000000069", "Visa", decline="card_expired"),
        TestCard("4000000000000127", "Visa", decline="wrong_cvc"),
        TestCard("4000000000009979", "Visa", decline="stolen_card"),
        TestCard("4000000000000002", "Visa", decline="declined"),
    )
}


class Gateway:
    """Keeps charges and answers the site's server. `main_key` gives each store's secrets, as the site derives them."""

    def __init__(self, vault: Vault, bank: Bank, main_key: bytes, public_url: str) -> None:
        self._vault, self._bank, self._main_key = vault, bank, main_key
        self._public_url = public_url.rstrip("/")

    def api(self, request: Request) -> Response:
        """Answer `/api/…`: the store's secret key as a bearer token, its key in `X-Store-Key`."""
        store_key = request.headers.get("x-store-key", "")
        expected = store_secret(self._main_key, "card:sandbox", store_key)
        if not store_key or not secrets.compare_digest(request.bearer().encode(), expected.encode()):
            return Response.of_json({"error": "unauthorized"}, 401)
        match (request.method, request.path.removeprefix("/api/").strip("/").split("/")):
            case "POST", ["charges"]:
                return self._create(request, store_key)
            case "GET", ["charges"]:
                return self._found(self._by_key(store_key, request.query.get("idempotency_key", "")))
            case "GET", ["charges", ref]:
                return self._found(self.charge(ref, store_key))
            case "POST", ["charges", ref, "cancel"]:
                self.finish(ref, "cancelled", store_key=store_key)
                return self._found(self.charge(ref, store_key))
            case "POST", ["charges", ref, "refunds"]:
                return self._refund(request, self.charge(ref, store_key))
        return Response.of_json({"error": "not_found"}, 404)

    def charge(self, ref: str, store_key: str | None = None) -> sqlite3.Row | None:
        """Give a charge as it is now; an open one that nobody paid in half an hour has expired."""
        self._vault.change(
            "update charge set status = 'expired', changed_at = ? where id = ? and created_at < ?"
            " and status in ('requires_action', 'challenge')",
            (time.time(), ref, time.time() - PAGE_LASTS_S),
        )
        row = self._vault.one("select * from charge where id = ?", (ref,))
        return row if row is not None and store_key in (None, row["store_key"]) else None

    def ask_bank(self, ref: str, card: TestCard) -> None:
        """Send the buyer to the 3-D Secure step."""
        self._vault.change(
            "update charge set status = 'challenge', card_label = ?, changed_at = ?"
            " where id = ? and status = 'requires_action'",
            (_label(card), time.time(), ref),
        )

    def finish(
        self, ref: str, ending: Ending, *, decline: str = "", card: TestCard | None = None, store_key: str | None = None
    ) -> None:
        """End an open charge once and hint at it to the site; what is ended stays as it is."""
        row = self.charge(ref, store_key)
        if row is None:
            return
        authorization = f"{secrets.randbelow(10**6):06d}" if ending == "paid" else ""
        changed = self._vault.change(
            "update charge set status = ?, decline = ?, authorization = ?, card_label = ?, changed_at = ?"
            " where id = ? and status in ('requires_action', 'challenge')",
            (ending, decline, authorization, _label(card) if card else row["card_label"], time.time(), ref),
        )
        if changed and row["notify_url"]:
            self._hint(row)

    def _create(self, request: Request, store_key: str) -> Response:
        asked, key = request.json(), request.headers.get("idempotency-key", "")
        if not 8 <= len(key) <= 255:
            raise BadRequest("idempotency_key")
        digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
        known = self._by_key(store_key, key)
        if known is not None:
            if known["request_digest"] != digest:
                return Response.of_json({"error": "idempotency_key_reused"}, 422)
            return Response.of_json(self._said(known))
        now, ref = time.time(), f"ch_{secrets.token_urlsafe(18)}"
        self._vault.add(
            "charge",
            id=ref,
            store_key=store_key,
            idempotency_key=key,
            request_digest=digest,
            order_ref=_words(asked, "order_ref"),
            centavos=_centavos(asked),
            currency=_words(asked, "currency")[:3],
            payer_name=_words(asked, "payer_name"),
            description=_words(asked, "description"),
            return_url=_address(asked, "return_url"),
            notify_url=_address(asked, "notify_url") if asked.get("notify_url") else "",
            status="requires_action",
            created_at=now,
            changed_at=now,
        )
        return self._found(self.charge(ref), 201)

    def _refund(self, request: Request, row: sqlite3.Row | None) -> Response:
        if row is None:
            return Response.of_json({"error": "not_found"}, 404)
        key, centavos = request.headers.get("idempotency-key", ""), _centavos(request.json())
        if not 8 <= len(key) <= 255:
            raise BadRequest("idempotency_key")
        known = self._vault.one("select * from refund where charge_id = ? and idempotency_key = ?", (row["id"], key))
        if known is None:
            changed = self._vault.change(
                "update charge set refunded = refunded + ?"
                " where id = ? and status = 'paid' and refunded + ? <= centavos",
                (centavos, row["id"], centavos),
            )
            if not changed:
                return Response.of_json({"error": "refund_exceeds_charge"}, 422)
            ref = f"re_{secrets.token_urlsafe(12)}"
            self._vault.add(
                "refund", id=ref, charge_id=row["id"], idempotency_key=key, centavos=centavos, created_at=time.time()
            )
        elif known["centavos"] != centavos:
            return Response.of_json({"error": "idempotency_key_reused"}, 422)
        else:
            ref = known["id"]
        said = {"id": ref, "charge": row["id"], "centavos": centavos, "currency": row["currency"], "status": "done"}
        return Response.of_json(said)

    def _by_key(self, store_key: str, key: str) -> sqlite3.Row | None:
        found = self._vault.one("select id from charge where store_key = ? and idempotency_key = ?", (store_key, key))
        return self.charge(found["id"]) if found else None

    def _found(self, row: sqlite3.Row | None, status: int = 200) -> Response:
        return (
            Response.of_json({"error": "not_found"}, 404) if row is None else Response.of_json(self._said(row), status)
        )

    def _said(self, row: sqlite3.Row) -> dict[str, Any]:
        """A charge as the API tells it; the step at the buyer's bank is still `requires_action` for the store."""
        return {
            "id": row["id"],
            "status": "requires_action" if row["status"] == "challenge" else row["status"],
            "centavos": row["centavos"],
            "refunded": row["refunded"],
            "currency": row["currency"],
            "redirect_url": f"{self._public_url}/pagar/{row['id']}/",
            "decline": row["decline"],
            "authorization": row["authorization"],
            "card_label": row["card_label"],
        }

    def _hint(self, row: sqlite3.Row) -> None:
        """Line up the signed webhook: look at this charge again."""
        event_id = f"evt_{secrets.token_hex(12)}"
        hint = {
            "id": event_id,
            "type": "charge.changed",
            "charge": row["id"],
            "occurred_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        secret = store_secret(self._main_key, "card:sandbox:webhook", row["store_key"])
        body = json.dumps(hint).encode()
        self._bank.send(row["notify_url"], body, secret, message_id=event_id, due_at=time.time())


def _label(card: TestCard) -> str:
    return f"{card.brand} •••• {card.number[-4:]}"


def _words(asked: Mapping[str, Any], name: str) -> str:
    value = asked.get(name, "")
    if not isinstance(value, str) or len(value) > 500:
        raise BadRequest(name)
    return value


def _centavos(asked: Mapping[str, Any]) -> int:
    value = asked.get("centavos")
    if type(value) is not int or not 0 < value < 10**12:
        raise BadRequest("centavos")
    return value


def _address(asked: Mapping[str, Any], name: str) -> str:
    value = _words(asked, name)
    if urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).netloc:
        raise BadRequest(name)
    return value
