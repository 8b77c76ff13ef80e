"""Openpay on loopback, from its API reference: charges on its own page, order_id used once, refunds, Basic auth."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, Literal
from urllib.parse import parse_qs, urlsplit

from seguripago.adapters.card_gateways.openpay import ADAPTER
from seguripago.ports.card_gateways import CardGateway, GatewayAccount
from tests.adapters.gateway_stand import Notice, Outcome, Stand, message, of_body, reply
from tests.adapters.provider import Question, Reply

MERCHANT, SECRET = "mexzhpxok3houd5lbvz1", "tienda:clave-larga-del-webhook"


def basic(pair: str) -> str:
    return "Basic " + base64.b64encode(pair.encode()).decode()


@dataclass
class OpenpayStand(Stand):
    charges: dict[str, dict[str, Any]] = field(default_factory=dict)
    cancels: bool = True
    """Whether it knows `/cancel`, of which its reference is silent."""

    gateway: ClassVar[CardGateway] = ADAPTER
    has_page: ClassVar[bool] = True

    @property
    def account(self) -> GatewayAccount:
        return GatewayAccount(self.url, MERCHANT, "sk_1", SECRET)

    def token(self, outcome: Outcome) -> str:
        return ""

    def count(self) -> int:
        return len(self.charges)

    def finish(self, ref: str, outcome: Literal["paid", "declined"]) -> None:
        done = message("openpay", {"paid": "completed", "declined": "failed"}[outcome])
        names = ("status", "authorization", "card", "error_code", "error_message")
        self.charges[ref] |= {name: done[name] for name in names if name in done}

    def notice(self, ref: str, *, secret: str = "") -> Notice:
        said = message("openpay", "notice")
        said["transaction"]["id"] = ref
        return Notice(reply(said).body, {"Authorization": basic(secret or SECRET)})

    def answer(self, question: Question) -> Reply:
        if question.headers.get("authorization") != basic("sk_1:"):
            return reply({"category": "request", "error_code": 1002, "http_code": 401, "description": "Auth"}, 401)
        parts = urlsplit(question.path)
        match question.method, parts.path.strip("/").split("/"):
            case "POST", ["v1", merchant, "charges"] if merchant == MERCHANT:
                return self._create(of_body(question))
            case "GET", ["v1", merchant, "charges"] if merchant == MERCHANT:
                wanted = parse_qs(parts.query)["order_id"][0]
                return reply([each for each in self.charges.values() if each["order_id"] == wanted])
            case method, ["v1", merchant, "charges", ref, *rest] if merchant == MERCHANT and ref in self.charges:
                return self._one(method, ref, rest, of_body(question))
        return reply(message("openpay", "error_missing"), 404)

    def _create(self, asked: dict[str, Any]) -> Reply:
        if any(each["order_id"] == asked["order_id"] for each in self.charges.values()):
            return reply(message("openpay", "error_order_id"), 409)
        ref = f"trq7yrthx5vc4gtjd{len(self.charges):03d}"
        made = message("openpay", "waiting")
        page = f"https://sandbox-api.openpay.mx/v1/{MERCHANT}/charges/{ref}/card_capture"
        made |= {"id": ref, "payment_method": {"type": "redirect", "url": page}}
        made |= {name: asked[name] for name in ("amount", "currency", "order_id", "description")}
        self.charges[ref] = made
        return reply(made)

    def _one(self, method: str, ref: str, rest: list[str], asked: dict[str, Any]) -> Reply:
        made = self.charges[ref]
        match method, rest:
            case "GET", []:
                return reply(made)
            case "POST", ["capture"] if made["status"] == "in_progress":
                self.finish(ref, "paid")
                return reply(made)
            case "POST", ["cancel"] if not self.cancels:
                return reply(message("openpay", "error_missing"), 404)
            case "POST", ["cancel"] if made["status"] in {"charge_pending", "in_progress"}:
                made["status"] = "cancelled"
                return reply(made)
            case "POST", ["refund"]:
                return self._refund(made, asked)
        return reply({"category": "request", "error_code": 1003, "http_code": 422, "description": "No"}, 422)

    def _refund(self, made: dict[str, Any], asked: dict[str, Any]) -> Reply:
        refunds = made.setdefault("refunds", [])
        left = Decimal(made["amount"]) - sum(Decimal(each["amount"]) for each in refunds)
        if made["status"] != "completed" or Decimal(asked["amount"]) > left:
            return reply(message("openpay", "error_refund"), 412)
        last = message("openpay", "refunded")["refund"]
        last |= {"id": f"trcbsmjkroqmjobxq{len(refunds):03d}", **asked}
        refunds.append(last)
        made["refund"] = last
        if Decimal(asked["amount"]) == left:
            made["status"] = "refunded"
        return reply(made)
