"""The gateway's API, as a store's server speaks with it."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from seguripago.adapters.card_gateways.sandbox import public_key_of
from seguripago.ports.store_secrets import store_secret
from seguripago.web.sandbox.charges import MONTHS, Charges
from seguripago.web.sandbox.hints import ANSWERS
from seguripago.web.sandbox.plastic import TestCard
from seguripago.web.sandbox.vault import Vault
from seguripago.web.sandbox.wire import BadRequest, Request, Response

SLOW_S: Final = 3.0


class Gateway:
    """Answers the site's server. `main_key` gives each store's secrets, as the site derives them."""

    def __init__(self, vault: Vault, charges: Charges, main_key: bytes, public_url: str) -> None:
        self._vault, self._charges, self._main_key = vault, charges, main_key
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
                return self._found(self._charges.by_key(store_key, request.query.get("idempotency_key", "")))
            case "GET", ["charges", ref]:
                return self._found(self._charges.find(ref, store_key))
            case "POST", ["charges", ref, "capture" | "cancel" as verb]:
                return self._end(self._charges.find(ref, store_key), verb)
            case "POST", ["charges", ref, "refunds"]:
                return self._refund(request, self._charges.find(ref, store_key))
        return Response.of_json({"error": "not_found"}, 404)

    def _create(self, request: Request, store_key: str) -> Response:
        asked, key = request.json(), _key(request)
        digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
        known = self._charges.by_key(store_key, key)
        if known is not None:
            if known["request_digest"] != digest:
                return Response.of_json({"error": "idempotency_key_reused"}, 422)
            return Response.of_json(self._said(known))
        columns = {
            "store_key": store_key,
            "idempotency_key": key,
            "request_digest": digest,
            "order_ref": _words(asked, "order_ref"),
            "centavos": _centavos(asked),
            "currency": _words(asked, "currency")[:3],
            "payer_name": _words(asked, "payer_name"),
            "description": _words(asked, "description"),
            "return_url": _address(asked, "return_url"),
            "notify_url": _address(asked, "notify_url") if asked.get("notify_url") else "",
            "installments": _months(asked),
            "capture": int(asked.get("capture", True) is not False),
        }
        card: TestCard | None = None
        if token := _words(asked, "token"):
            card = self._charges.spend(token, public_key_of(store_key))
            if card is None:
                return Response.of_json({"error": "token"}, 422)
        ref = self._charges.open(**columns)
        if card is not None:
            self._charges.attempt(ref, card, by_token=True)
        return self._as_switched(self._found(self._charges.find(ref), 201), card)

    def _end(self, row: sqlite3.Row | None, verb: str) -> Response:
        if row is None:
            return Response.of_json({"error": "not_found"}, 404)
        if verb == "cancel":
            self._charges.cancel(row)
        elif not self._charges.capture(row):
            return Response.of_json({"error": "not_authorized"}, 422)
        return self._found(self._charges.find(row["id"]))

    def _refund(self, request: Request, row: sqlite3.Row | None) -> Response:
        if row is None:
            return Response.of_json({"error": "not_found"}, 404)
        key, centavos = _key(request), _centavos(request.json())
        known = next((each for each in self._charges.refunds(row["id"]) if each["idempotency_key"] == key), None)
        if known is not None and known["centavos"] != centavos:
            return Response.of_json({"error": "idempotency_key_reused"}, 422)
        ref = known["id"] if known is not None else self._charges.refund(row, key, centavos)
        if ref is None:
            return Response.of_json({"error": "refund_exceeds_charge"}, 422)
        told = {"id": ref, "charge": row["id"], "centavos": centavos, "currency": row["currency"], "status": "done"}
        response = Response.of_json({**told, "key": key})
        return response if known is not None else self._as_switched(response, None)

    def _as_switched(self, response: Response, card: TestCard | None) -> Response:
        """Answer late, or not at all, when the card or the panel's switch says so; what was done stays done."""
        how = (card.answer if card else "") or self._vault.switch("answers", ANSWERS)
        return replace(response, delay_s=SLOW_S if how == "slow" else 0.0, is_lost=how == "lost")

    def _found(self, row: sqlite3.Row | None, status: int = 200) -> Response:
        return (
            Response.of_json({"error": "not_found"}, 404) if row is None else Response.of_json(self._said(row), status)
        )

    def _said(self, row: sqlite3.Row) -> dict[str, Any]:
        """A charge as the API tells it; the step at the buyer's bank is still `requires_action` for the store."""
        in_frame = row["status"] == "challenge" and row["bank"] == "frame"
        told = ("id", "centavos", "refunded", "currency", "decline", "authorization", "card_label", "installments")
        return {
            **{name: row[name] for name in told},
            "key": row["idempotency_key"],
            "status": "requires_action" if row["status"] == "challenge" else row["status"],
            "action": "challenge_iframe" if in_frame else "redirect",
            "action_url": f"{self._public_url}/{'reto' if in_frame else 'pagar'}/{row['id']}/",
            "refunds": [
                {"id": each["id"], "centavos": each["centavos"], "status": "done", "key": each["idempotency_key"]}
                for each in self._charges.refunds(row["id"])
            ],
            "disputes": [
                {
                    **{name: each[name] for name in ("id", "centavos", "status", "reason")},
                    "evidence_by": datetime.fromtimestamp(each["evidence_by"], UTC).isoformat(timespec="seconds"),
                }
                for each in self._charges.disputes(row["id"])
            ],
        }


def _key(request: Request) -> str:
    key = request.headers.get("idempotency-key", "")
    if not 8 <= len(key) <= 255:
        raise BadRequest("idempotency_key")
    return key


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


def _months(asked: Mapping[str, Any]) -> int:
    value = asked.get("installments", 1)
    if type(value) is not int or value not in (1, *MONTHS):
        raise BadRequest("installments")
    return value


def _address(asked: Mapping[str, Any], name: str) -> str:
    value = _words(asked, name)
    if urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).netloc:
        raise BadRequest(name)
    return value
