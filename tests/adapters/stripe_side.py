"""Stripe on loopback, as its API reference describes it: what it keeps, what it answers, what it signs.

Shapes of objects and errors are those of the reference (payment_intent, charge, refund, dispute, error objects); a
test changes what it is about. Keys make a repeated call the same one, as Stripe's do.
"""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from seguripago.ports.card_gateways import ChargeRequest, GatewayAccount, Payer
from seguripago.values.money import Money
from tests.adapters.provider import Question, Reply

SECRET = "whsec_contract"
INTENTS = "/v1/payment_intents"
INTENT = f"{INTENTS}/pi_3Contract"
KEY = "9f0c61d2-charge-1"


def account(url: str, **changes: str) -> GatewayAccount:
    known = {
        "api_url": url,
        "store_key": "",
        "secret_key": "sk_test_contract",
        "webhook_secret": SECRET,
        "public_key": "pk_test_contract",
    }
    return GatewayAccount(**{**known, **changes})


def asked(**changes: Any) -> ChargeRequest:
    known: dict[str, Any] = {
        "order_ref": "CM-7K3F-92QX",
        "amount": Money(913_500),
        "payer": Payer("Lucía Hernández", "lucia@correo.example"),
        "idempotency_key": KEY,
        "return_url": "https://tienda.example/pedido/abc/",
        "token": "pm_1Contract",
        "description": "Pedido CM-7K3F-92QX",
    }
    return ChargeRequest(**{**known, **changes})


def charge(**changes: Any) -> dict[str, Any]:
    known: dict[str, Any] = {
        "id": "ch_3Contract",
        "object": "charge",
        "amount": 913_500,
        "amount_refunded": 0,
        "status": "succeeded",
        "disputed": False,
        "failure_code": None,
        "outcome": {"network_status": "approved_by_network", "reason": None, "type": "authorized"},
        "payment_method_details": {
            "type": "card",
            "card": {"brand": "visa", "last4": "4242", "funding": "credit", "authorization_code": "A10238"},
        },
        "refunds": {"object": "list", "data": [], "has_more": False, "url": "/v1/charges/ch_3Contract/refunds"},
    }
    return {**known, **changes}


def intent(**changes: Any) -> dict[str, Any]:
    known: dict[str, Any] = {
        "id": "pi_3Contract",
        "object": "payment_intent",
        "amount": 913_500,
        "amount_received": 913_500,
        "amount_capturable": 0,
        "currency": "mxn",
        "status": "succeeded",
        "client_secret": "pi_3Contract_secret_x1",
        "last_payment_error": None,
        "next_action": None,
        "cancellation_reason": None,
        "capture_method": "automatic",
        "payment_method": {
            "id": "pm_1Contract",
            "object": "payment_method",
            "card": {"brand": "visa", "last4": "4242"},
        },
        "latest_charge": charge(),
        "metadata": {"seguripago_key": KEY, "seguripago_order": "CM-7K3F-92QX"},
    }
    return {**known, **changes}


def declined(decline_code: str | None, code: str = "card_declined") -> dict[str, Any]:
    """A PaymentIntent after its bank said no."""
    error = {
        "type": "card_error",
        "code": code,
        "decline_code": decline_code,
        "message": "Your card was declined.",
        "payment_method": {"id": "pm_1Contract", "card": {"brand": "mastercard", "last4": "9995"}},
    }
    return intent(
        status="requires_payment_method", last_payment_error=error, payment_method=None, latest_charge="ch_3Contract"
    )


def waiting() -> dict[str, Any]:
    """A PaymentIntent whose bank asks first."""
    action = {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": "…"}}
    return intent(status="requires_action", next_action=action, latest_charge=None, amount_received=0)


def refund(**changes: Any) -> dict[str, Any]:
    known: dict[str, Any] = {
        "id": "re_3Contract",
        "object": "refund",
        "amount": 1_000,
        "currency": "mxn",
        "payment_intent": "pi_3Contract",
        "charge": "ch_3Contract",
        "status": "succeeded",
        "metadata": {"seguripago_key": "refund-1"},
    }
    return {**known, **changes}


def error(status: int, **said: Any) -> Reply:
    return Reply(json.dumps({"error": {"type": "invalid_request_error", **said}}).encode(), status)


def says(value: Any, status: int = 200) -> Reply:
    return Reply(json.dumps(value).encode(), status)


def listed(*values: dict[str, Any], has_more: bool = False) -> dict[str, Any]:
    return {"object": "list", "data": list(values), "has_more": has_more, "url": "/v1/x"}


def form(question: Question) -> dict[str, str]:
    """What was asked, in the body or in the address."""
    raw = question.body.decode() or urlsplit(question.path).query
    return dict(parse_qsl(raw))


type Answer = Callable[[Question], Reply]


@dataclass
class Stripe:
    """Answers by method and path; what nobody wrote down is a 404 of Stripe's."""

    answers: dict[tuple[str, str], list[Reply | Answer]] = field(default_factory=dict)

    def on(self, method: str, path: str, *replies: Reply | Answer) -> Stripe:
        """One reply after another; the last one stays."""
        self.answers[method, path] = list(replies)
        return self

    def __call__(self, question: Question) -> Reply:
        waiting = self.answers.get((question.method, urlsplit(question.path).path))
        if not waiting:
            return error(404, code="resource_missing", param="intent", message="No such payment_intent")
        reply = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return reply(question) if callable(reply) else reply


def event(about: dict[str, Any], kind: str = "payment_intent.succeeded", **changes: Any) -> bytes:
    known: dict[str, Any] = {
        "id": "evt_3Contract",
        "object": "event",
        "type": kind,
        "created": 1_763_884_800,
        "livemode": False,
        "data": {"object": about},
    }
    return json.dumps({**known, **changes}).encode()


def signed(body: bytes, *, at: float | None = None, secret: str = SECRET) -> dict[str, str]:
    """The header, as the reference makes it: HMAC-SHA256 over the moment, a dot and the very body."""
    stamp = int(time.time() if at is None else at)
    made = hmac.new(secret.encode(), f"{stamp}.".encode() + body, "sha256").hexdigest()
    return {
        "Stripe-Signature": f"t={stamp},v1={made},v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39"
    }
