"""Conekta on loopback, from its OpenAPI: orders with a card charge, refunds, webhook keys; no idempotency key."""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar, Literal
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from seguripago.adapters.card_gateways.conekta import ADAPTER
from seguripago.ports.card_gateways import CardGateway, GatewayAccount
from tests.adapters.gateway_stand import Notice, Outcome, Stand, message, of_body, reply
from tests.adapters.provider import Question, Reply


@cache
def private_key(name: str) -> RSAPrivateKey:
    """One key a name: making one takes longer than a test."""
    return generate_private_key(public_exponent=65537, key_size=2048)


def pem(name: str) -> str:
    return private_key(name).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@dataclass
class ConektaStand(Stand):
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    searches: bool = True
    """Whether its search reads the charges' references; nobody documents what it reads."""
    page_size: int = 250
    livemode: bool = True

    gateway: ClassVar[CardGateway] = ADAPTER
    state_field: ClassVar[str] = "payment_status"

    @property
    def account(self) -> GatewayAccount:
        return GatewayAccount(self.url, "", "key_privada", pem("ours"), public_key="key_publica")

    def token(self, outcome: Outcome) -> str:
        return f"tok_{outcome}_2znsEnNtewkbkqqCK"

    def count(self) -> int:
        return len(self.orders)

    def finish(self, ref: str, outcome: Literal["paid", "declined"]) -> None:
        made, state = self.orders[ref], {"paid": "paid", "declined": "pending_payment"}[outcome]
        charge = message("conekta", "order" if outcome == "paid" else "order_declined")["charges"]["data"][0]
        charge |= {"amount": made["amount"], "order_id": ref, "reference_id": made["metadata"]["key"]}
        if outcome == "declined":
            charge["failure_code"] = "declined_by_3ds"
        made.pop("next_action", None)
        made |= {"payment_status": state, "charges": {"object": "list", "has_more": False, "data": [charge]}}

    def notice(self, ref: str, *, secret: str = "") -> Notice:
        said = message("conekta", "event")
        said["data"]["object"]["id"] = ref
        body = reply(said).body
        signature = private_key(secret or "ours").sign(body, PKCS1v15(), SHA256())
        return Notice(body, {"Digest": base64.b64encode(signature).decode()})

    def answer(self, question: Question) -> Reply:
        if question.headers.get("authorization") != "Bearer key_privada":
            return reply({"object": "error", "type": "authentication_error", "details": []}, 401)
        parts = urlsplit(question.path)
        match question.method, parts.path.strip("/").split("/"):
            case "POST", ["orders"]:
                return self._create(of_body(question))
            case "GET", ["orders"]:
                return self._list({name: values[0] for name, values in parse_qs(parts.query).items()})
            case method, ["orders", ref, *rest] if ref in self.orders:
                return self._one(method, ref, rest, question)
        return reply(message("conekta", "error_missing"), 404)

    def _create(self, asked: dict[str, Any]) -> Reply:
        charge = asked["charges"][0]
        token = charge["payment_method"]["token_id"]
        if token in self.used:
            return reply(message("conekta", "token_used"), 402)
        outcome, ref = token.split("_")[1], f"ord_2zmXJSNUGZZ{len(self.orders):04d}"
        made = message("conekta", {"step": "order_step", "declined": "order_declined"}.get(outcome, "order"))
        amount = sum(line["unit_price"] * line["quantity"] for line in asked["line_items"])
        made |= {"id": ref, "amount": amount, "currency": asked["currency"], "metadata": asked["metadata"]}
        made |= {"created_at": int(time.time()), "livemode": self.livemode}
        for each in (made["charges"] or {}).get("data", []):
            each |= {"amount": charge["amount"], "reference_id": charge["reference_id"], "order_id": ref}
            if asked["pre_authorize"]:
                each["status"] = made["payment_status"] = "pre_authorized"
        self.orders[ref] = made
        if outcome == "declined":
            return reply({**message("conekta", "declined_at_once"), "data": {**made, "payment_status": None}}, 402)
        return reply(made)

    def _list(self, query: dict[str, str]) -> Reply:
        found = list(reversed(self.orders.values()))
        if "search" in query:
            found = [each for each in found if self.searches and each["metadata"]["key"] == query["search"]]
        if "created_at.gte" in query:
            found = [each for each in found if each["created_at"] >= int(query["created_at.gte"])]
        start = next((place + 1 for place, each in enumerate(found) if each["id"] == query.get("next")), 0)
        page = found[start : start + self.page_size]
        more = len(found) > start + self.page_size
        following = f"https://api.conekta.io/orders?limit=250&next={page[-1]['id']}" if more else None
        return reply({**message("conekta", "orders"), "data": page, "has_more": more, "next_page_url": following})

    def _one(self, method: str, ref: str, rest: list[str], question: Question) -> Reply:
        made, asked = self.orders[ref], of_body(question)
        charges = (made["charges"] or {}).get("data", [])
        match method, rest:
            case "GET", []:
                return reply(made)
            case "POST", ["capture"] if made["payment_status"] == "pre_authorized":
                made["payment_status"] = charges[0]["status"] = "paid"
                return reply(made)
            case "POST", ["cancel"] if made["payment_status"] in {"pending_payment", "pre_authorized"}:
                made.pop("next_action", None)
                made["payment_status"] = "canceled"
                return reply(made)
            case "POST", ["refunds"]:
                return self._refund(made, charges, asked["amount"])
        return reply({"object": "error", "type": "precondition_required_error", "details": []}, 428)

    def _refund(self, made: dict[str, Any], charges: list[dict[str, Any]], amount: int) -> Reply:
        left = made["amount"] - made["amount_refunded"]
        if made["payment_status"] not in {"paid", "partially_refunded"} or amount > left:
            return reply(message("conekta", "error_refund"), 422)
        example = message("conekta", "order_refunded")["charges"]["data"][0]["refunds"]
        refunds = charges[0]["refunds"] or {**example, "data": []}
        number = len(refunds["data"])
        refunds["data"].append({**example["data"][0], "id": f"6407b5bee1329a00017{number:05d}", "amount": -amount})
        charges[0]["refunds"] = refunds
        made["amount_refunded"] += amount
        made["payment_status"] = charges[0]["status"] = "refunded" if amount == left else "partially_refunded"
        return reply(made)
