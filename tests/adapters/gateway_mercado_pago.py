"""Mercado Pago on loopback, from its documentation: payments, search, refunds, X-Idempotency-Key, x-signature."""

from __future__ import annotations

import hmac
import time
import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, Literal
from urllib.parse import parse_qs, urlsplit

from seguripago.adapters.card_gateways.mercado_pago import ADAPTER
from seguripago.ports.card_gateways import CardGateway, GatewayAccount
from tests.adapters.gateway_stand import Notice, Outcome, Stand, message, of_body, reply
from tests.adapters.provider import Question, Reply

SECRET = "clave-secreta-de-webhooks"
FIRST = 52044997115


@dataclass
class MercadoPagoStand(Stand):
    payments: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: dict[str, tuple[str, bytes, Reply]] = field(default_factory=dict)

    gateway: ClassVar[CardGateway] = ADAPTER
    amount_fields: ClassVar[tuple[str, ...]] = ("transaction_amount",)
    currency_field: ClassVar[str] = "currency_id"

    @property
    def account(self) -> GatewayAccount:
        return GatewayAccount(self.url, "", "APP_USR-1", SECRET, public_key="APP_USR-publica")

    def token(self, outcome: Outcome) -> str:
        return f"ficha_{outcome}_0123456789abcdef:debvisa:158"

    def count(self) -> int:
        return len(self.payments)

    def finish(self, ref: str, outcome: Literal["paid", "declined"]) -> None:
        detail = {"paid": ("approved", "accredited"), "declined": ("rejected", "cc_rejected_3ds_challenge")}[outcome]
        self._set(ref, *detail)

    def notice(self, ref: str, *, secret: str = "", age_s: float = 0, unit: int = 1) -> Notice:
        stamp, request_id = int((time.time() - age_s) * unit), str(uuid.uuid4())
        manifest = f"id:{ref};request-id:{request_id};ts:{stamp};"
        signature = hmac.new((secret or SECRET).encode(), manifest.encode(), "sha256").hexdigest()
        said = {**message("mercado_pago", "notice"), "data": {"id": ref}}
        headers = {"X-Signature": f"ts={stamp},v1={signature}", "X-Request-Id": request_id}
        return Notice(reply(said).body, headers, {"data.id": ref, "type": "payment"})

    def answer(self, question: Question) -> Reply:
        if question.headers.get("authorization") != "Bearer APP_USR-1":
            return reply({"message": "invalid access token", "error": "unauthorized", "status": 401, "cause": []}, 401)
        parts = urlsplit(question.path)
        match question.method, parts.path.strip("/").split("/"):
            case "POST", ["v1", "payments"]:
                return self._once(question, self._create)
            case "GET", ["v1", "payments", "search"]:
                return self._search(parse_qs(parts.query)["external_reference"][0])
            case method, ["v1", "payments", ref, *rest] if ref in self.payments:
                return self._one(method, ref, rest, question)
        return reply(message("mercado_pago", "error_missing"), 404)

    def _one(self, method: str, ref: str, rest: list[str], question: Question) -> Reply:
        match method, rest:
            case "GET", []:
                return reply(self.payments[ref])
            case "PUT", []:
                return self._once(question, lambda asked: self._change(ref, asked))
            case "POST", ["refunds"]:
                return self._once(question, lambda asked: self._refund(ref, asked))
        return reply(message("mercado_pago", "error_missing"), 404)

    def _once(self, question: Question, work: Any) -> Reply:
        """The same key gives the same answer; with another body it is refused."""
        key = question.headers["x-idempotency-key"]
        if key in self.keys:
            path, body, known = self.keys[key]
            same = (path, body) == (question.path, question.body)
            return known if same else reply(message("mercado_pago", "error_key"), 409)
        done: Reply = work(of_body(question))
        self.keys[key] = (question.path, question.body, done)
        return done

    def _create(self, asked: dict[str, Any]) -> Reply:
        name, ref = asked["token"].split("_")[1], str(FIRST + len(self.payments))
        made = message("mercado_pago", {"declined": "rejected", "step": "challenge"}.get(name, "payment"))
        made |= {
            "id": int(ref),
            "external_reference": asked["external_reference"],
            "transaction_amount": asked["transaction_amount"],
            "installments": asked["installments"],
            "payment_method_id": asked["payment_method_id"],
            "metadata": asked["metadata"],
        }
        if not asked["capture"]:
            made |= {"status": "authorized", "status_detail": "pending_capture", "captured": False}
        self.payments[ref] = made
        return reply(made, 201)

    def _search(self, reference: str) -> Reply:
        found = [each for each in self.payments.values() if each["external_reference"] == reference]
        return reply({**message("mercado_pago", "search"), "results": found})

    def _change(self, ref: str, asked: dict[str, Any]) -> Reply:
        status = self.payments[ref]["status"]
        if asked == {"capture": True} and status == "authorized":
            self._set(ref, "approved", "accredited")
        elif asked == {"status": "cancelled"} and status in {"pending", "in_process", "authorized"}:
            self._set(ref, "cancelled", "by_collector")
        else:
            return reply({"message": "Cannot modify", "error": "bad_request", "status": 400, "cause": []}, 400)
        return reply(self.payments[ref])

    def _refund(self, ref: str, asked: dict[str, Any]) -> Reply:
        payment, amount = self.payments[ref], Decimal(asked["amount"])
        left = Decimal(payment["transaction_amount"]) - Decimal(payment["transaction_amount_refunded"])
        if payment["status"] != "approved" or amount > left:
            return reply(message("mercado_pago", "error_refund"), 400)
        made = message("mercado_pago", "refund") | {
            "id": 1245678203 + len(payment["refunds"]),
            "payment_id": int(ref),
            "amount": amount,
            "metadata": asked["metadata"],
        }
        payment["refunds"].append(made)
        payment["transaction_amount_refunded"] = Decimal(payment["transaction_amount_refunded"]) + amount
        if amount == left:
            self._set(ref, "refunded", "refunded")
        return reply(made, 201)

    def _set(self, ref: str, status: str, detail: str) -> None:
        self.payments[ref] |= {"status": status, "status_detail": detail}
