"""Openpay: the card is typed on Openpay's own page, never on ours; the charge carries our key as its `order_id`.

`confirm: false` makes a charge that waits on a page of Openpay's, asked with 3-D Secure; the buyer comes back to our
address, whose words are not believed. Openpay takes an `order_id` once (409, code 1006): the same key leads to the same
charge, however often it is sent, and a lost answer is found by it. A redirect charge tells no card until it was tried.

Notices are not signed: Basic auth with the user and password that the store gave when it registered the address, and a
hint, nothing more. Registering an address sends a `verification` whose code a person types into Openpay's panel: it
travels in the event's type. Amounts are decimals of pesos. Sources: Openpay's API reference (charges, errors, webhooks,
common objects) and its Java client, as docs/card-gateways.md lists them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode

from seguripago.ports.bank_feeds import MAX_NOTICE_BYTES, FeedSecrets, RawNoticeIn, Unreadable
from seguripago.ports.bank_notice import read_json
from seguripago.ports.card_asking import (
    Answered,
    Said,
    ask_gateway,
    card_label,
    declined,
    known_currency,
    known_ref,
    listed,
    objects,
    or_as_it_is,
    origin_of,
    page_url,
    pesos,
    same_request,
)
from seguripago.ports.card_gateways import (
    HOOK_CODE,
    BadSignature,
    Capability,
    ChargeMissing,
    ChargeRequest,
    ChargeResult,
    ClientConfig,
    DeclineCode,
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
from seguripago.ports.hook_secrets import knows_secret
from seguripago.values.money import Money

API: Final = "https://api.openpay.mx"
TEST_HOST: Final = "sandbox-api.openpay.mx"
MONTHS: Final = frozenset({1, 3, 6, 9, 12, 18})
ORDER_ID_USED: Final = "1006"

STATES: Final = {
    "completed": PayStatus.PAID,
    # Money that came. What went back of it, the refunds and the dispute say.
    "refunded": PayStatus.PAID,
    "chargeback_pending": PayStatus.PAID,
    "chargeback_accepted": PayStatus.PAID,
    "chargeback_adjustment": PayStatus.PAID,
    "charge_pending": PayStatus.REQUIRES_ACTION,
    "in_progress": PayStatus.PROCESSING,
    "failed": PayStatus.DECLINED,
    "cancelled": PayStatus.CANCELLED,
    "expired": PayStatus.EXPIRED,
}
DISPUTES: Final[Mapping[str, DisputeStatus]] = {
    "chargeback_pending": "open",
    "chargeback_accepted": "lost",
    # The reference says «con ajuste» and not in whose favour: a person looks.
    "chargeback_adjustment": "open",
}
DECLINES: Final = {
    "2004": DeclineCode.WRONG_NUMBER,
    "2005": DeclineCode.CARD_EXPIRED,
    "2006": DeclineCode.WRONG_CVC,
    "2009": DeclineCode.WRONG_CVC,
    "3002": DeclineCode.CARD_EXPIRED,
    "3003": DeclineCode.INSUFFICIENT_FUNDS,
    "3004": DeclineCode.STOLEN_CARD,
    "3005": DeclineCode.STOLEN_CARD,
    "3006": DeclineCode.NOT_SUPPORTED,
    "3008": DeclineCode.NOT_SUPPORTED,
    "3009": DeclineCode.STOLEN_CARD,
    "3010": DeclineCode.CALL_BANK,
    "3011": DeclineCode.CALL_BANK,
    "3012": DeclineCode.CALL_BANK,
}
REFUNDS: Final[Mapping[str, RefundStatus]] = {
    "completed": "done",
    "in_progress": "pending",
    "failed": "failed",
    "cancelled": "failed",
}
_ID: Final = re.compile(r"[A-Za-z0-9]{4,45}", re.ASCII)
_KEY: Final = re.compile(r"[\x21-\x7e]{8,100}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Openpay:
    """Card charges of Openpay on its own page, as a store's own account there holds them."""

    slug: str = "openpay"
    title: str = "Openpay"
    capabilities: frozenset[Capability] = frozenset({"redirect_3ds", "msi", "partial_refund", "void", "hook_code"})
    needs: tuple[Need, ...] = (
        Need("store_key", "ID del comercio", is_secret=False),
        Need("secret_key", "Llave privada de la API", example="sk_…"),
        Need("webhook_secret", "Usuario y contraseña del webhook", example="usuario:contraseña"),
        Need("api_url", "Dirección de la API", is_secret=False, example=API, hosts=("api.openpay.mx", TEST_HOST)),
    )

    def is_test(self, account: GatewayAccount) -> bool:
        """Openpay's test mode is a host of its own."""
        return TEST_HOST in account.api_url

    def client_config(self, account: GatewayAccount) -> ClientConfig:
        return ClientConfig("", (), {"form-action": (origin_of(account.api_url),)}, "redirect", has_page=True)

    def charge(self, request: ChargeRequest, account: GatewayAccount) -> ChargeResult:
        if not _KEY.fullmatch(request.idempotency_key):
            raise GatewayRefused("idempotency_key")
        if request.installments not in MONTHS:
            raise GatewayRefused("installments")
        first, _, last = request.payer.name.strip().partition(" ")
        body: dict[str, object] = {
            "method": "card",
            "amount": request.amount,
            "currency": request.amount.currency,
            "description": (request.description or request.order_ref)[:250],
            "order_id": request.idempotency_key,
            "customer": {
                "name": first,
                "last_name": last.strip(),
                "email": request.payer.email,
                "phone_number": request.payer.phone,
            },
            "confirm": False,
            "send_email": False,
            "redirect_url": request.return_url,
            "use_3d_secure": True,
            "capture": request.capture,
        }
        if request.installments > 1:
            body["payment_plan"] = {"payments": request.installments}
        answer = _asked("POST", "/charges", account, body=body)
        if answer.status == 409 and answer.said.text("error_code") == ORDER_ID_USED:
            try:
                return same_request(self.fetch_by_key(request.idempotency_key, account), request)
            except ChargeMissing:
                raise GatewayAway("order_id_used_and_not_listed") from None
        return same_request(_result(_good(answer).said), request)

    def resume(self, ref: str, returned_with: Mapping[str, str], account: GatewayAccount) -> ChargeResult:
        return self.fetch(ref, account)

    def fetch(self, ref: str, account: GatewayAccount) -> ChargeResult:
        return _result(_good(_asked("GET", f"/charges/{known_ref(ref, _ID)}", account)).said, ref)

    def fetch_by_key(self, idempotency_key: str, account: GatewayAccount) -> ChargeResult:
        query = urlencode({"order_id": idempotency_key, "limit": "10"})
        charges = _good(_asked("GET", f"/charges?{query}", account)).value
        if not isinstance(charges, list):
            raise GatewayAway("not_a_list")
        found = [each for each in objects(charges, "charges", Said) if each.text("order_id") == idempotency_key]
        # Openpay promises one charge for an order_id: of two, whatever their state, a person has to look.
        return listed(found, found, lambda ref: self.fetch(ref, account))

    def capture(self, ref: str, account: GatewayAccount, *, idempotency_key: str) -> ChargeResult:
        return self._do(ref, "capture", account)

    def cancel(self, ref: str, account: GatewayAccount, *, idempotency_key: str) -> ChargeResult:
        """Give up a charge. The call is in Openpay's Java client and in no reference; refused, it changes nothing."""
        return self._do(ref, "cancel", account)

    def _do(self, ref: str, what: str, account: GatewayAccount) -> ChargeResult:
        path = f"/charges/{known_ref(ref, _ID)}/{what}"
        return or_as_it_is(
            lambda: _result(_good(_asked("POST", path, account, body={})).said, ref), lambda: self.fetch(ref, account)
        )

    def refund(self, ref: str, amount: Money, account: GatewayAccount, *, idempotency_key: str) -> RefundResult:
        """Send money back. Our key is the refund's description, which Openpay gives back: it is looked for first."""
        known = _with_key(self.fetch(ref, account), idempotency_key)
        if not known:
            body = {"amount": amount, "description": idempotency_key}
            answer = _good(_asked("POST", f"/charges/{known_ref(ref, _ID)}/refund", account, body=body))
            known = _with_key(_result(answer.said, ref), idempotency_key)
        elif known[0].amount != amount:
            raise KeyUsedOtherwise("another_amount")
        if len(known) != 1 or known[0].amount != amount:
            raise GatewayAway("refund_not_told")
        return known[0]

    def parse_webhook(
        self, body: bytes, headers: Mapping[str, str], query: Mapping[str, str], account: GatewayAccount
    ) -> GatewayEvent:
        secrets = FeedSecrets((account.webhook_secret,)) if account.webhook_secret else FeedSecrets(())
        if len(body) > MAX_NOTICE_BYTES or not knows_secret(RawNoticeIn(body, headers, ""), secrets):
            raise BadSignature("basic")
        try:
            event = Said(read_json(body))
            kind, made = event.text("type"), _moment(event.text("event_date"))
            about = event.inside("transaction") or Said({})
            ref, state, key = about.text("id"), about.text("status"), about.text("order_id")
            code = event.words("verification_code")
        except (Unreadable, GatewayAway) as trouble:
            raise BadSignature(str(trouble)) from None
        if not kind:
            raise BadSignature("not_an_event")
        if kind == "verification":
            return GatewayEvent(_digest(kind, code), f"{HOOK_CODE}{code}"[:60], "", made)
        # A notice has no id of its own; the same news about the same charge at the same second is the same notice.
        is_ours = kind.startswith(("charge.", "chargeback.")) and _ID.fullmatch(ref) is not None
        name = _digest(kind, ref, state, made.isoformat())
        return GatewayEvent(name, kind[:60], ref if is_ours else "", made, key if is_ours else "")


def _asked(method: str, path: str, account: GatewayAccount, *, body: Mapping[str, object] | None = None) -> Answered:
    if not _ID.fullmatch(account.store_key):
        raise GatewayRefused("store_key")
    url = f"{account.api_url.rstrip('/')}/v1/{account.store_key}{path}"
    return ask_gateway(method, url, headers={}, body=body, basic=(account.secret_key, ""))


def _good(answer: Answered) -> Answered:
    """Give a good answer back, and raise what a refusal means."""
    if answer.is_good:
        return answer
    reason = " ".join(filter(None, (answer.said.words("error_code"), answer.said.words("description")))) or "refused"
    if answer.status == 404:
        raise ChargeMissing(reason, status=404)
    raise GatewayRefused(reason, status=answer.status)


def _result(said: Said, ref: str = "") -> ChargeResult:
    """Read a charge; a state that we do not know, or another charge than the one asked for, is GatewayAway."""
    found, state = said.text("id"), said.text("status").lower()
    if not _ID.fullmatch(found) or (ref and found != ref):
        raise GatewayAway("another_charge")
    if (said.text("method"), said.text("operation_type"), said.text("transaction_type")) != ("card", "in", "charge"):
        raise GatewayAway("not_a_card_charge")
    if state not in STATES:
        raise GatewayAway(f"state:{state}"[:60])
    currency = known_currency(said.text("currency"))
    amount = pesos(said.raw("amount"), currency, "amount")
    refunds = _refunds(said, found, currency)
    back = Money.sum((each.amount for each in refunds if each.status != "failed"), currency)
    card = said.inside("card") or Said({})
    status = STATES[state]
    if status is PayStatus.PROCESSING and said.text("authorization"):
        # A bank's authorization without «completed»: the money is only held.
        status = PayStatus.AUTHORIZED
    return ChargeResult(
        ref=found,
        status=status,
        amount=amount,
        refunded=back if refunds or state != "refunded" else amount,
        next_action=_page(said) if status is PayStatus.REQUIRES_ACTION else None,
        decline=declined(said.text("error_code"), DECLINES) if status is PayStatus.DECLINED else None,
        authorization=said.words("authorization"),
        card_label=card_label(card.text("brand"), card.text("card_number")[-4:]),
        refunds=refunds,
        disputes=(Dispute(found, amount - back, DISPUTES[state], state),) if state in DISPUTES else (),
    )


def _with_key(charge: ChargeResult, key: str) -> list[RefundResult]:
    return [each for each in charge.refunds if each.key == key]


def _page(said: Said) -> NextAction | None:
    how = said.inside("payment_method") or Said({})
    return NextAction("redirect", page_url(how.text("url"))) if how.text("type") == "redirect" else None


def _refunds(said: Said, ref: str, currency: str) -> tuple[RefundResult, ...]:
    """Give the refunds: `refunds` lists them, `refund` is the last one; each counts once."""
    last = said.inside("refund")
    listed = said.each("refunds") + ([last] if last is not None else [])
    found: dict[str, RefundResult] = {}
    for each in listed:
        name, status = each.text("id"), REFUNDS.get(each.text("status").lower() or "completed")
        if not name or status is None:
            raise GatewayAway("refund")
        known = found.get(name)
        key = each.words("description") or (known.key if known is not None else "")
        found[name] = RefundResult(name, ref, pesos(each.raw("amount"), currency, "refund"), status, key)
    return tuple(found.values())


def _moment(written: str) -> datetime:
    """Read `2016-11-25T14:45:09-06:00`; without its zone it could be two moments."""
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        raise GatewayAway("event_date") from None
    if found.tzinfo is None:
        raise GatewayAway("event_date")
    return found.astimezone(UTC)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:40]


ADAPTER: Final = Openpay()
