"""Mercado Pago: payments with a card token from its secure fields, 3-D Secure in a frame, months.

The Payments API (`/v1/payments`) is used, not the newer Orders API: its search by `external_reference` is documented,
which is how a charge whose answer was lost is found; so are its three_ds_info and its webhooks' signatures. Our key is
`external_reference` and `X-Idempotency-Key` at once. The token comes from `card_mercado_pago.js` as
`token:payment_method:issuer`, because the payment asks for all three and only the page knows them.

A webhook's signature (`x-signature`) covers its query's `data.id`, its `x-request-id` and its time, not its body: the
hint is built of those alone. Amounts are decimals of pesos. Sources: Mercado Pago's API reference, guides and SDKs
(sdk-python 3.5, sdk-nodejs, sdk-js), as docs/card-gateways.md lists them.
"""

from __future__ import annotations

import hmac
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode

from seguripago.ports.card_asking import (
    Answered,
    Said,
    ask_gateway,
    card_label,
    declined,
    header,
    known_currency,
    known_ref,
    listed,
    or_as_it_is,
    origin_of,
    page_url,
    pesos,
    same_request,
)
from seguripago.ports.card_gateways import (
    BadSignature,
    Capability,
    ChargeMissing,
    ChargeRequest,
    ChargeResult,
    ClientConfig,
    DeclineCode,
    Directive,
    Dispute,
    DisputeStatus,
    GatewayAccount,
    GatewayAway,
    GatewayEvent,
    GatewayRefused,
    KeyUsedOtherwise,
    Need,
    NextAction,
    PayStatus,
    RefundResult,
    RefundStatus,
)
from seguripago.values.money import Money

API: Final = "https://api.mercadopago.com"
SCRIPT: Final = "https://sdk.mercadopago.com/js/v2"
FIELDS: Final = "https://secure-fields.mercadopago.com"
ASKED_BY_SCRIPT: Final = (FIELDS, API, "https://api-static.mercadopago.com")
"""Whom the script asks. Its fraud and usage scripts load from elsewhere and stay out: our page turns them off."""
ANY_BANK: Final = "https:"
"""The step of 3-D Secure is a page of the card's own bank, in a frame: nobody can list them all beforehand."""
TOLERANCE_S: Final = 300
MONTHS: Final = frozenset({1, 3, 6, 9, 12, 18, 24})

STATES: Final = {
    "approved": PayStatus.PAID,
    # Money that came. What went back of it, and to whom, the refunds and the dispute say.
    "refunded": PayStatus.PAID,
    "charged_back": PayStatus.PAID,
    "in_mediation": PayStatus.PAID,
    "authorized": PayStatus.AUTHORIZED,
    "in_process": PayStatus.PROCESSING,
    "pending": PayStatus.PROCESSING,
    "rejected": PayStatus.DECLINED,
    "cancelled": PayStatus.CANCELLED,
}
DECLINES: Final = {
    "cc_rejected_insufficient_amount": DeclineCode.INSUFFICIENT_FUNDS,
    "cc_amount_rate_limit_exceeded": DeclineCode.LIMIT_EXCEEDED,
    "cc_rejected_bad_filled_date": DeclineCode.CARD_EXPIRED,
    "cc_rejected_bad_filled_card_number": DeclineCode.WRONG_NUMBER,
    "cc_rejected_bad_filled_security_code": DeclineCode.WRONG_CVC,
    "cc_rejected_blacklist": DeclineCode.STOLEN_CARD,
    "cc_rejected_card_type_not_allowed": DeclineCode.NOT_SUPPORTED,
    "cc_rejected_invalid_installments": DeclineCode.NO_INSTALLMENTS,
    "cc_rejected_3ds_challenge": DeclineCode.AUTHENTICATION_FAILED,
    "cc_rejected_3ds_mandatory": DeclineCode.AUTHENTICATION_FAILED,
    "cc_rejected_call_for_authorize": DeclineCode.CALL_BANK,
    "cc_rejected_card_disabled": DeclineCode.CALL_BANK,
    "cc_rejected_card_error": DeclineCode.TRY_LATER,
}
MISTYPED: Final = frozenset({"cc_rejected_bad_filled_date"})
DISPUTES: Final[Mapping[str, DisputeStatus]] = {"settled": "lost", "reimbursed": "won"}
REFUNDS: Final[Mapping[str, RefundStatus]] = {
    "approved": "done",
    "in_process": "pending",
    "authorized": "pending",
    "rejected": "failed",
    "cancelled": "failed",
}
_ID: Final = re.compile(r"\d{4,20}", re.ASCII)
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{8,80}(:[a-z_]{2,30}(:\d{1,12})?)?", re.ASCII)
_STAMP: Final = re.compile(r"\d{9,16}", re.ASCII)


@dataclass(frozen=True, slots=True)
class MercadoPago:
    """Payments of Mercado Pago, as a store's own account there holds them."""

    slug: str = "mercado_pago"
    title: str = "Mercado Pago"
    capabilities: frozenset[Capability] = frozenset(
        {"iframe_3ds", "msi", "partial_refund", "void", "native_idempotency"}
    )
    needs: tuple[Need, ...] = (
        Need("public_key", "Public Key", is_secret=False, example="APP_USR-…"),
        Need("secret_key", "Access Token", example="APP_USR-…"),
        Need("webhook_secret", "Clave secreta de Webhooks"),
        Need("api_url", "Dirección de la API", is_secret=False, example=API, hosts=("api.mercadopago.com",)),
    )

    def is_test(self, account: GatewayAccount) -> bool:
        """Test credentials of an application say so; those of a test user look like real ones."""
        return any(key.startswith("TEST-") for key in (account.secret_key, account.public_key))

    def client_config(self, account: GatewayAccount) -> ClientConfig:
        script = account.script_url or SCRIPT
        own = origin_of(script)
        is_theirs = own == origin_of(SCRIPT)
        origins: dict[Directive, tuple[str, ...]] = {
            "script-src": (own,),
            "frame-src": (FIELDS if is_theirs else own, ANY_BANK),
            "connect-src": ASKED_BY_SCRIPT if is_theirs else (own,),
            "form-action": (ANY_BANK,) if is_theirs else (own, ANY_BANK),
        }
        return ClientConfig(account.public_key, (script,), origins, "mercado_pago")

    def charge(self, request: ChargeRequest, account: GatewayAccount) -> ChargeResult:
        if not _TOKEN.fullmatch(request.token):
            raise GatewayRefused("token")
        if request.installments not in MONTHS:
            raise GatewayRefused("installments")
        token, _, how = request.token.partition(":")
        method, _, issuer = how.partition(":")
        first, _, last = request.payer.name.strip().partition(" ")
        body: dict[str, object] = {
            "transaction_amount": request.amount,
            "token": token,
            "installments": request.installments,
            "description": request.description[:250] or request.order_ref,
            "external_reference": request.idempotency_key,
            "payer": {"email": request.payer.email, "first_name": first, "last_name": last.strip()},
            "metadata": {**request.metadata, "order_ref": request.order_ref},
            "three_d_secure_mode": "optional",
            "binary_mode": False,
            "capture": request.capture,
        }
        if method:
            body["payment_method_id"] = method
        if issuer:
            body["issuer_id"] = issuer
        if request.notify_url.startswith("https://"):
            # Our key comes back with the notice: where the answer was lost, nothing else tells whose payment it is.
            hint = urlencode({"source_news": "webhooks", "key": request.idempotency_key})
            body["notification_url"] = f"{request.notify_url}?{hint}"
        answer = _asked("POST", "/v1/payments", account, body=body, key=request.idempotency_key)
        if _reference(answer.said) != request.idempotency_key:
            raise KeyUsedOtherwise("another_reference")
        return same_request(_result(answer.said), request)

    def resume(self, ref: str, returned_with: Mapping[str, str], account: GatewayAccount) -> ChargeResult:
        return self.fetch(ref, account)

    def fetch(self, ref: str, account: GatewayAccount) -> ChargeResult:
        return _result(_asked("GET", f"/v1/payments/{known_ref(ref, _ID)}", account).said, ref)

    def fetch_by_key(self, idempotency_key: str, account: GatewayAccount) -> ChargeResult:
        query = urlencode({"external_reference": idempotency_key, "sort": "date_created", "criteria": "desc"})
        answer = _asked("GET", f"/v1/payments/search?{query}", account).said
        if answer.raw("results") is None:
            raise GatewayAway("results")
        found = [each for each in answer.each("results") if _reference(each) == idempotency_key]
        taken = [each for each in found if STATES.get(each.text("status")) in {PayStatus.PAID, PayStatus.AUTHORIZED}]
        # A search tells a summary, a moment old.
        return listed(found, taken, lambda ref: self.fetch(ref, account))

    def capture(self, ref: str, account: GatewayAccount, *, idempotency_key: str) -> ChargeResult:
        return self._put(ref, {"capture": True}, account, idempotency_key)

    def cancel(self, ref: str, account: GatewayAccount, *, idempotency_key: str) -> ChargeResult:
        return self._put(ref, {"status": "cancelled"}, account, idempotency_key)

    def _put(self, ref: str, body: Mapping[str, object], account: GatewayAccount, key: str) -> ChargeResult:
        path = f"/v1/payments/{known_ref(ref, _ID)}"
        return or_as_it_is(
            lambda: _result(_asked("PUT", path, account, body=body, key=key).said, ref),
            lambda: self.fetch(ref, account),
        )

    def refund(self, ref: str, amount: Money, account: GatewayAccount, *, idempotency_key: str) -> RefundResult:
        body = {"amount": amount, "metadata": {"key": idempotency_key}}
        path = f"/v1/payments/{known_ref(ref, _ID)}/refunds"
        said = _asked("POST", path, account, body=body, key=idempotency_key).said
        done = _refund(said, ref, amount.currency)
        if done.amount != amount or said.text("payment_id") != ref:
            raise GatewayAway("another_refund")
        return done

    def parse_webhook(
        self, body: bytes, headers: Mapping[str, str], query: Mapping[str, str], account: GatewayAccount
    ) -> GatewayEvent:
        ref, request_id = query.get("data.id", ""), header(headers, "x-request-id").strip()
        stamp, signature = _signature(header(headers, "x-signature"))
        if not (account.webhook_secret and ref and request_id and stamp and signature):
            raise BadSignature("missing")
        # An id with letters is signed in lower case; a payment's has digits only.
        manifest = f"id:{ref.lower()};request-id:{request_id};ts:{stamp};"
        expected = hmac.new(account.webhook_secret.encode(), manifest.encode(), "sha256").hexdigest()
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            raise BadSignature("mismatch")
        # Seconds in the guides, milliseconds in what arrives.
        seconds = int(stamp) / 1000 if len(stamp) > 11 else int(stamp)
        if abs(time.time() - seconds) > TOLERANCE_S:
            raise BadSignature("too_old")
        kind = query.get("type") or query.get("topic") or "payment"
        is_payment = kind == "payment" and _ID.fullmatch(ref) is not None
        # Not signed, and only a hint: what is under that key is asked for.
        key = query.get("key", "")[:120] if is_payment else ""
        happened = datetime.fromtimestamp(seconds, UTC)
        return GatewayEvent(request_id[:120], kind[:60], ref if is_payment else "", happened, key)


def _asked(
    method: str,
    path: str,
    account: GatewayAccount,
    *,
    body: Mapping[str, object] | None = None,
    key: str = "",
) -> Answered:
    """Ask, and raise what a refusal means; a card that was declined is no refusal here, it answers 201."""
    headers = {"authorization": f"Bearer {account.secret_key}"}
    if key:
        headers["x-idempotency-key"] = key
    answer = ask_gateway(method, account.api_url.rstrip("/") + path, headers=headers, body=body)
    if answer.is_good:
        return answer
    reason = _reason(answer)
    if answer.status == 404:
        raise ChargeMissing(reason, status=404)
    if answer.status == 409:
        raise KeyUsedOtherwise(reason, status=409)
    raise GatewayRefused(reason, status=answer.status)


def _reason(answer: Answered) -> str:
    causes = answer.said.raw("cause")
    cause = Said(causes[0]) if isinstance(causes, list) and causes and isinstance(causes[0], dict) else Said({})
    said = (cause.words("code"), cause.words("description") or answer.said.words("message"))
    return " ".join(filter(None, said)) or "refused"


def _reference(said: Said) -> str:
    return said.text("external_reference")


def _result(said: Said, ref: str = "") -> ChargeResult:
    """Read a payment; a state that we do not know, or another payment than the one asked for, is GatewayAway."""
    found, state, detail = said.text("id"), said.text("status"), said.text("status_detail")
    if not _ID.fullmatch(found) or (ref and found != ref):
        raise GatewayAway("another_payment")
    if state not in STATES:
        raise GatewayAway(f"state:{state}"[:60])
    currency = known_currency(said.text("currency_id"))
    amount = pesos(said.raw("transaction_amount"), currency, "transaction_amount")
    refunded = pesos(said.raw("transaction_amount_refunded") or 0, currency, "transaction_amount_refunded")
    card = said.inside("card") or Said({})
    status = _status(STATES[state], detail)
    return ChargeResult(
        ref=found,
        status=status,
        amount=amount,
        refunded=refunded,
        next_action=_challenge(said) if status is PayStatus.REQUIRES_ACTION else None,
        decline=declined(detail, DECLINES, mistyped=MISTYPED) if status is PayStatus.DECLINED else None,
        authorization=said.words("authorization_code"),
        card_label=card_label(said.text("payment_method_id"), card.text("last_four_digits")),
        refunds=tuple(_refund(each, found, currency) for each in said.each("refunds")),
        disputes=(_dispute(found, detail, amount - refunded),) if state == "charged_back" else (),
        is_test=said.raw("live_mode") is False,
    )


def _status(status: PayStatus, detail: str) -> PayStatus:
    match status, detail:
        case PayStatus.PROCESSING, "pending_challenge":
            return PayStatus.REQUIRES_ACTION
        case PayStatus.CANCELLED, "expired":
            return PayStatus.EXPIRED
        case _:
            return status


def _challenge(said: Said) -> NextAction | None:
    """Give the bank's step: a form posted into a frame. Told once, when the payment is made."""
    info = said.inside("three_ds_info")
    if info is None or not info.text("external_resource_url"):
        return None
    creq = info.text("creq")
    return NextAction(
        "challenge_iframe", page_url(info.text("external_resource_url")), method="POST", form={"creq": creq}
    )


def _refund(said: Said, ref: str, currency: str) -> RefundResult:
    status = REFUNDS.get(said.text("status") or "approved")
    if status is None or not said.text("id"):
        raise GatewayAway("refund")
    key = (said.inside("metadata") or Said({})).text("key")
    return RefundResult(said.text("id"), ref, pesos(said.raw("amount"), currency, "refund"), status, key)


def _dispute(ref: str, detail: str, amount: Money) -> Dispute:
    """Give the charge-back of a payment; one payment has one, and its own id needs another permission."""
    return Dispute(ref, amount, DISPUTES.get(detail, "open"), detail[:60])


def _signature(text: str) -> tuple[str, str]:
    """Give `ts` and `v1`, each empty unless it is there exactly once."""
    parts = [part.strip().partition("=") for part in text.split(",")[:8]]
    stamps = [value.strip() for name, _, value in parts if name.strip() == "ts"]
    signatures = [value.strip() for name, _, value in parts if name.strip() == "v1"]
    stamp = stamps[0] if len(stamps) == 1 and _STAMP.fullmatch(stamps[0]) else ""
    return stamp, signatures[0] if len(signatures) == 1 else ""


ADAPTER: Final = MercadoPago()
