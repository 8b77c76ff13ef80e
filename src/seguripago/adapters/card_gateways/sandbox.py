"""The demo's card gateway, over HTTP: the buyer types a test card on the gateway's own page, on another origin.

`charge` opens a page and answers REQUIRES_ACTION with its address; what happens there is learned by `fetch` alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpx
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError

from seguripago.ports.card_gateways import (
    BadSignature,
    Capability,
    ChargeMissing,
    ChargeRequest,
    ChargeResult,
    ClientConfig,
    Decline,
    DeclineCode,
    GatewayAccount,
    GatewayAway,
    GatewayEvent,
    GatewayRefused,
    KeyUsedOtherwise,
    NextAction,
    PayStatus,
    RefundResult,
)
from seguripago.values.money import Money

TIMEOUT: Final = httpx.Timeout(8.0, connect=3.0)
FINAL_DECLINES: Final = frozenset({DeclineCode.STOLEN_CARD, DeclineCode.CARD_EXPIRED})


@dataclass(frozen=True, slots=True)
class SandboxGateway:
    """Our side of the demo's gateway."""

    slug: str = "sandbox"
    title: str = "Pasarela de pruebas"
    capabilities: frozenset[Capability] = frozenset({"redirect_3ds", "partial_refund", "void", "native_idempotency"})

    def client_config(self, account: GatewayAccount) -> ClientConfig:
        parts = urlsplit(account.api_url)
        return ClientConfig("", (), (f"{parts.scheme}://{parts.netloc}",), "redirect")

    def charge(self, request: ChargeRequest, account: GatewayAccount) -> ChargeResult:
        body = {
            "order_ref": request.order_ref,
            "centavos": request.amount.centavos,
            "currency": request.amount.currency,
            "payer_name": request.payer.name,
            "description": request.description,
            "return_url": request.return_url,
            "notify_url": request.notify_url,
        }
        return _result(_call("POST", "/api/charges", account, body=body, key=request.idempotency_key))

    def resume(self, ref: str, returned_with: Mapping[str, str], account: GatewayAccount) -> ChargeResult:
        return self.fetch(ref, account)

    def fetch(self, ref: str, account: GatewayAccount) -> ChargeResult:
        return _result(_call("GET", f"/api/charges/{quote(ref, safe='')}", account))

    def fetch_by_key(self, idempotency_key: str, account: GatewayAccount) -> ChargeResult:
        path = f"/api/charges?idempotency_key={quote(idempotency_key, safe='')}"
        return _result(_call("GET", path, account))

    def capture(self, ref: str, account: GatewayAccount, *, idempotency_key: str) -> ChargeResult:
        """This gateway takes the money at once: there is nothing to capture, only the charge to read."""
        return self.fetch(ref, account)

    def cancel(self, ref: str, account: GatewayAccount, *, idempotency_key: str) -> ChargeResult:
        path = f"/api/charges/{quote(ref, safe='')}/cancel"
        return _result(_call("POST", path, account, body={}, key=idempotency_key))

    def refund(self, ref: str, amount: Money, account: GatewayAccount, *, idempotency_key: str) -> RefundResult:
        path = f"/api/charges/{quote(ref, safe='')}/refunds"
        said = _call("POST", path, account, body={"centavos": amount.centavos}, key=idempotency_key)
        return RefundResult(str(said["id"]), str(said["charge"]), Money(said["centavos"], said["currency"]), "done")

    def parse_webhook(
        self, body: bytes, headers: Mapping[str, str], query: Mapping[str, str], account: GatewayAccount
    ) -> GatewayEvent:
        try:
            Webhook(account.webhook_secret).verify(body, dict(headers), json_parse=False)
            said = json.loads(body)
            at = datetime.fromisoformat(said["occurred_at"]).astimezone(UTC)
            return GatewayEvent(str(said["id"]), str(said["type"]), str(said["charge"]), at)
        except (
            WebhookVerificationError,
            EmptyWebhookSecretError,
            ValueError,
            RuntimeError,
            KeyError,
            TypeError,
        ) as trouble:
            raise BadSignature(type(trouble).__name__) from None


def _call(
    method: str, path: str, account: GatewayAccount, *, body: Mapping[str, Any] | None = None, key: str = ""
) -> dict[str, Any]:
    """Call the gateway once; raises GatewayAway, ChargeMissing, KeyUsedOtherwise, GatewayRefused."""
    headers = {"authorization": f"Bearer {account.secret_key}", "x-store-key": account.store_key}
    if key:
        headers["idempotency-key"] = key
    try:
        answer = httpx.request(
            method,
            account.api_url.rstrip("/") + path,
            json=body,
            headers=headers,
            timeout=TIMEOUT,
            trust_env=False,
        )
        said = answer.json()
    except (httpx.HTTPError, ValueError) as trouble:
        raise GatewayAway(type(trouble).__name__) from trouble
    if not isinstance(said, dict) or answer.status_code >= 500:
        raise GatewayAway(f"status {answer.status_code}")
    if answer.status_code >= 400:
        reason = str(said.get("error", ""))
        kind = {"not_found": ChargeMissing, "idempotency_key_reused": KeyUsedOtherwise}.get(reason, GatewayRefused)
        raise kind(reason, status=answer.status_code)
    return said


def _result(said: Mapping[str, Any]) -> ChargeResult:
    """Read a charge; a state or a reason that we do not know is trouble, never a guess."""
    try:
        status = PayStatus(said["status"])
        waits = status is PayStatus.REQUIRES_ACTION
        code = str(said["decline"])
        return ChargeResult(
            ref=str(said["id"]),
            status=status,
            amount=Money(said["centavos"], said["currency"]),
            refunded=Money(said["refunded"], said["currency"]),
            next_action=NextAction("redirect", str(said["redirect_url"])) if waits else None,
            decline=_decline(code) if status is PayStatus.DECLINED else None,
            authorization=str(said["authorization"]),
            card_label=str(said["card_label"]),
        )
    except (KeyError, ValueError, TypeError) as trouble:
        raise GatewayAway(f"unreadable answer: {type(trouble).__name__}") from trouble


def _decline(code: str) -> Decline:
    known = DeclineCode(code) if code in set(DeclineCode) else DeclineCode.DECLINED
    return Decline(known, can_retry=known not in FINAL_DECLINES)


ADAPTER: Final = SandboxGateway()
