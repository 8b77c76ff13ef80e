"""The demo's card gateway, over HTTP: the buyer types a test card into its frame, or on its own page: another origin.

`charge` with a token charges; without one it opens a page and answers REQUIRES_ACTION with its address. What happens
there, or at the buyer's bank, is learned by `fetch` alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal
from urllib.parse import quote, urlsplit

import httpx
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError

from seguripago.ports.bank_feeds import Unreadable
from seguripago.ports.bank_notice import read_json
from seguripago.ports.card_asking import Said, cents
from seguripago.ports.card_gateways import (
    BadSignature,
    Capability,
    ChargeMissing,
    ChargeRequest,
    ChargeResult,
    ClientConfig,
    Decline,
    DeclineCode,
    Dispute,
    GatewayAccount,
    GatewayAway,
    GatewayEvent,
    GatewayRefused,
    KeyUsedOtherwise,
    Need,
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
    capabilities: frozenset[Capability] = frozenset(
        {"redirect_3ds", "msi", "partial_refund", "void", "native_idempotency"}
    )
    needs: tuple[Need, ...] = ()

    def is_test(self, account: GatewayAccount) -> bool:
        """Everything here is play."""
        return True

    def client_config(self, account: GatewayAccount) -> ClientConfig:
        parts = urlsplit(account.api_url)
        origin = f"{parts.scheme}://{parts.netloc}"
        return ClientConfig(
            public_key=public_key_of(account.store_key),
            script_urls=(),
            csp_origins={"frame-src": (origin,), "form-action": (origin,)},
            tokeniser="sandbox_frame",
            has_page=True,
            fields_url=f"{origin}/campos/",
            test_cards_url=f"{origin}/tarjetas-de-prueba/",
        )

    def charge(self, request: ChargeRequest, account: GatewayAccount) -> ChargeResult:
        body = {
            "order_ref": request.order_ref,
            "centavos": request.amount.centavos,
            "currency": request.amount.currency,
            "payer_name": request.payer.name,
            "description": request.description,
            "return_url": request.return_url,
            "notify_url": request.notify_url,
            "token": request.token,
            "installments": request.installments,
            "capture": request.capture,
        }
        return _result(_call("POST", "/api/charges", account, body=body, key=request.idempotency_key))

    def resume(self, ref: str, returned_with: Mapping[str, str], account: GatewayAccount) -> ChargeResult:
        return self.fetch(ref, account)

    def fetch(self, ref: str, account: GatewayAccount) -> ChargeResult:
        if not ref:
            raise ChargeMissing("ref", status=404)
        return _result(_call("GET", f"/api/charges/{quote(ref, safe='')}", account), ref)

    def fetch_by_key(self, idempotency_key: str, account: GatewayAccount) -> ChargeResult:
        path = f"/api/charges?idempotency_key={quote(idempotency_key, safe='')}"
        return _result(_call("GET", path, account))

    def capture(self, ref: str, account: GatewayAccount, *, idempotency_key: str) -> ChargeResult:
        path = f"/api/charges/{quote(ref, safe='')}/capture"
        return _result(_call("POST", path, account, body={}, key=idempotency_key))

    def cancel(self, ref: str, account: GatewayAccount, *, idempotency_key: str) -> ChargeResult:
        path = f"/api/charges/{quote(ref, safe='')}/cancel"
        return _result(_call("POST", path, account, body={}, key=idempotency_key))

    def refund(self, ref: str, amount: Money, account: GatewayAccount, *, idempotency_key: str) -> RefundResult:
        path = f"/api/charges/{quote(ref, safe='')}/refunds"
        said = _call("POST", path, account, body={"centavos": amount.centavos}, key=idempotency_key)
        return _refund(said, said)

    def parse_webhook(
        self, body: bytes, headers: Mapping[str, str], query: Mapping[str, str], account: GatewayAccount
    ) -> GatewayEvent:
        try:
            Webhook(account.webhook_secret).verify(body, dict(headers), json_parse=False)
            said = json.loads(body)
            at = datetime.fromisoformat(said["occurred_at"]).astimezone(UTC)
            return GatewayEvent(str(said["id"]), str(said["type"]), str(said["charge"]), at, str(said.get("key", "")))
        except (
            WebhookVerificationError,
            EmptyWebhookSecretError,
            ValueError,
            RuntimeError,
            KeyError,
            TypeError,
        ) as trouble:
            raise BadSignature(type(trouble).__name__) from None


def public_key_of(store_key: str) -> str:
    """What the buyer's page may know of a store's account: it makes tokens for that store and nothing else."""
    return f"pk_{hashlib.sha256(f'card:sandbox:public:{store_key}'.encode()).hexdigest()[:32]}"


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
        said = read_json(answer.content)
    except (httpx.HTTPError, Unreadable) as trouble:
        raise GatewayAway(type(trouble).__name__) from trouble
    if not isinstance(said, dict) or answer.status_code >= 500:
        raise GatewayAway(f"status {answer.status_code}")
    if answer.status_code >= 400:
        reason = str(said.get("error", ""))
        kind = {"not_found": ChargeMissing, "idempotency_key_reused": KeyUsedOtherwise}.get(reason, GatewayRefused)
        raise kind(reason, status=answer.status_code)
    return said


def _result(said: Mapping[str, Any], ref: str = "") -> ChargeResult:
    """Read a charge; a state that we do not know, or another charge than the one asked for, is trouble."""
    charge = Said(said)
    found, state, currency = charge.text("id"), charge.text("status"), charge.text("currency")
    if not found or (ref and found != ref):
        raise GatewayAway("another_charge")
    try:
        status = PayStatus(state)
        return ChargeResult(
            ref=found,
            status=status,
            amount=cents(said["centavos"], currency, "centavos"),
            refunded=cents(said["refunded"], currency, "refunded"),
            next_action=_action(said) if status is PayStatus.REQUIRES_ACTION else None,
            decline=_decline(str(said["decline"])) if status is PayStatus.DECLINED else None,
            authorization=charge.words("authorization"),
            card_label=charge.words("card_label"),
            refunds=tuple(_refund(each, said) for each in said.get("refunds", ())),
            disputes=tuple(_dispute(each, said) for each in said.get("disputes", ())),
            is_test=True,
        )
    except (KeyError, ValueError, TypeError) as trouble:
        raise GatewayAway(f"unreadable answer: {type(trouble).__name__}") from trouble


def _action(said: Mapping[str, Any]) -> NextAction:
    """Where the buyer goes: the gateway's page or his bank's, or his bank's in a frame."""
    kind: Literal["redirect", "challenge_iframe"] = (
        "challenge_iframe" if said["action"] == "challenge_iframe" else "redirect"
    )
    return NextAction(kind, str(said["action_url"]))


def _refund(said: Mapping[str, Any], charge: Mapping[str, Any]) -> RefundResult:
    """Read a refund, from its own answer or from its charge's; raises GatewayAway for what it cannot read."""
    try:
        return RefundResult(
            ref=str(said["id"]),
            charge_ref=str(said.get("charge") or charge["id"]),
            amount=Money(said["centavos"], charge["currency"]),
            status=_known(str(said["status"]), ("pending", "done", "failed")),
            key=str(said.get("key", "")),
        )
    except (KeyError, ValueError, TypeError) as trouble:
        raise GatewayAway(f"unreadable refund: {type(trouble).__name__}") from trouble


def _dispute(said: Mapping[str, Any], charge: Mapping[str, Any]) -> Dispute:
    """Read a chargeback: `{"id", "centavos", "status": open|won|lost, "reason", "evidence_by": ISO time or null}`."""
    until = said.get("evidence_by")
    return Dispute(
        ref=str(said["id"]),
        amount=Money(said["centavos"], charge["currency"]),
        status=_known(str(said["status"]), ("open", "won", "lost")),
        reason=str(said.get("reason", "")),
        evidence_by=datetime.fromisoformat(until).astimezone(UTC) if until else None,
    )


def _known[Word: str](said: str, words: tuple[Word, ...]) -> Word:
    """The word itself when we know it; raises ValueError."""
    return words[words.index(said)]


def _decline(code: str) -> Decline:
    known = DeclineCode(code) if code in set(DeclineCode) else DeclineCode.DECLINED
    return Decline(known, can_retry=known not in FINAL_DECLINES)


ADAPTER: Final = SandboxGateway()
