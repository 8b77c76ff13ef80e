"""Conekta: an order with one card charge, from a token of Conekta's own frame; 3-D Secure on Conekta's page.

Conekta documents no idempotency key, so none is claimed: before a charge is made, our key is looked for, and a token
serves once. The key stands in the order's `metadata` and on the charge (`reference_id`); a lost answer is looked for by
Conekta's search and, since nobody says what that search reads, among the newest orders too. When there are too many
to look through, that is said (GatewayAway) instead of «it never arrived».

A webhook is signed with the private half of the store's webhook key (`Digest`: RSA-SHA256 over the body, base64); the
public PEM is the account's webhook secret, more than one while keys change. Amounts are integers in centavos. Sources:
Conekta's OpenAPI (v2.3.0) and the recorded answers beside it, as docs/card-gateways.md lists them.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from seguripago.ports.bank_feeds import MAX_NOTICE_BYTES, Unreadable
from seguripago.ports.bank_notice import read_json
from seguripago.ports.card_asking import (
    Answered,
    Said,
    ask_gateway,
    card_label,
    cents,
    declined,
    header,
    known_currency,
    known_ref,
    listed,
    or_as_it_is,
    origin_of,
    page_url,
    same_request,
)
from seguripago.ports.card_gateways import (
    BadSignature,
    Capability,
    ChargeMissing,
    ChargeRequest,
    ChargeResult,
    ClientConfig,
    Directive,
    Dispute,
    GatewayAccount,
    GatewayAway,
    GatewayEvent,
    GatewayRefused,
    Need,
    NextAction,
    PayStatus,
    RefundResult,
)
from seguripago.ports.hook_secrets import rsa_signed
from seguripago.values.money import Money

from .words import DECLINES, DISPUTES, REFUNDS, STATES, TAKEN

API: Final = "https://api.conekta.io"
VERSION: Final = "application/vnd.conekta-v2.3.0+json"
SCRIPT: Final = "https://pay.conekta.com/v1.0/js/conekta-checkout.min.js"
MONTHS: Final = frozenset({1, 3, 6, 9, 12, 18, 24})
PAGES, PAGE_SIZE, DAYS_BACK = 8, 250, 7
"""How far the newest orders are looked through for a key that the search did not find."""

_ID: Final = re.compile(r"ord_[A-Za-z0-9_]{4,60}", re.ASCII)
_TOKEN: Final = re.compile(r"tok_[A-Za-z0-9_]{4,80}", re.ASCII)
_PEM: Final = re.compile(r"-----BEGIN PUBLIC KEY-----(.+?)-----END PUBLIC KEY-----", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Conekta:
    """Card orders of Conekta, as a store's own account there holds them."""

    slug: str = "conekta"
    title: str = "Conekta"
    capabilities: frozenset[Capability] = frozenset({"redirect_3ds", "msi", "partial_refund", "void"})
    needs: tuple[Need, ...] = (
        Need("public_key", "Llave pública", is_secret=False, example="key_…"),
        Need("secret_key", "Llave privada de la API", example="key_…"),
        Need("webhook_secret", "Llave pública del webhook (PEM)", example="-----BEGIN PUBLIC KEY-----…"),
        Need("api_url", "Dirección de la API", is_secret=False, example=API, hosts=("api.conekta.io",)),
    )

    def is_test(self, account: GatewayAccount) -> bool:
        """Keys look alike in both modes: they do not tell."""
        return False

    def client_config(self, account: GatewayAccount) -> ClientConfig:
        script = account.script_url or SCRIPT
        own = origin_of(script)
        asked = (own, API) if own == origin_of(SCRIPT) else (own,)
        origins: dict[Directive, tuple[str, ...]] = {"script-src": (own,), "frame-src": (own,), "connect-src": asked}
        return ClientConfig(account.public_key, (script,), origins, "conekta")

    def charge(self, request: ChargeRequest, account: GatewayAccount) -> ChargeResult:
        if not _TOKEN.fullmatch(request.token):
            raise GatewayRefused("token")
        if request.installments not in MONTHS:
            raise GatewayRefused("installments")
        try:
            # A key is sent once ever; this look is for what should not be, and must not keep a store from charging.
            return same_request(self._found(request.idempotency_key, account, pages=1), request)
        except ChargeMissing:
            answer = _asked("POST", "/orders", account, body=_order(request))
        if answer.status == 402:
            return _declined_at_once(answer, request)
        return same_request(_result(answer.said), request)

    def resume(self, ref: str, returned_with: Mapping[str, str], account: GatewayAccount) -> ChargeResult:
        return self.fetch(ref, account)

    def fetch(self, ref: str, account: GatewayAccount) -> ChargeResult:
        return _result(_refusing(_asked("GET", f"/orders/{known_ref(ref, _ID)}", account)).said, ref)

    def fetch_by_key(self, idempotency_key: str, account: GatewayAccount) -> ChargeResult:
        return self._found(idempotency_key, account, pages=PAGES)

    def _found(self, key: str, account: GatewayAccount, *, pages: int) -> ChargeResult:
        searched = _page({"search": key, "limit": str(PAGE_SIZE)}, account)
        found = _with_key(searched, key) or _newest(key, account, pages=pages)
        taken = [each for each in found if STATES.get(each.text("payment_status")) is PayStatus.PAID]
        return listed(found, taken, lambda ref: self.fetch(ref, account))

    def capture(self, ref: str, account: GatewayAccount, *, idempotency_key: str) -> ChargeResult:
        body = {"amount": self.fetch(ref, account).amount.centavos}
        return or_as_it_is(
            lambda: _result(_refusing(_asked("POST", f"/orders/{ref}/capture", account, body=body)).said, ref),
            lambda: self.fetch(ref, account),
        )

    def cancel(self, ref: str, account: GatewayAccount, *, idempotency_key: str) -> ChargeResult:
        path = f"/orders/{known_ref(ref, _ID)}/cancel"
        return or_as_it_is(
            lambda: _result(_refusing(_asked("POST", path, account, body={})).said, ref),
            lambda: self.fetch(ref, account),
        )

    def refund(self, ref: str, amount: Money, account: GatewayAccount, *, idempotency_key: str) -> RefundResult:
        """Send money back. Conekta gives our key back nowhere: the refund is the one that was not there before."""
        before = {each.ref for each in self.fetch(ref, account).refunds}
        body = {"amount": amount.centavos, "reason": "requested_by_client"}
        after = _result(_refusing(_asked("POST", f"/orders/{ref}/refunds", account, body=body)).said, ref)
        new = [each for each in after.refunds if each.ref not in before and each.amount == amount]
        if len(new) != 1:
            raise GatewayAway("refund_not_told")
        return new[0]

    def parse_webhook(
        self, body: bytes, headers: Mapping[str, str], query: Mapping[str, str], account: GatewayAccount
    ) -> GatewayEvent:
        digest = header(headers, "digest").strip()
        keys = _keys_of(account.webhook_secret)
        if not digest or len(body) > MAX_NOTICE_BYTES or not any(rsa_signed(body, digest, pem) for pem in keys):
            raise BadSignature("digest")
        try:
            event = Said(read_json(body))
            event_id, kind, made = event.text("id"), event.text("type"), event.raw("created_at")
            thing = (event.inside("data") or Said({})).raw("object")
            of_what = Said(thing) if isinstance(thing, dict) else Said({})
            is_charge = kind.startswith("charge.")
            ref = of_what.text("order_id" if is_charge else "id")
            key = of_what.text("reference_id") if is_charge else _written(of_what)
        except (Unreadable, GatewayAway) as trouble:
            raise BadSignature(str(trouble)) from None
        if not event_id or type(made) is not int or not 0 < made < 7_258_000_000:
            raise BadSignature("not_an_event")
        is_ours = kind.startswith(("order.", "charge.")) and _ID.fullmatch(ref) is not None
        at = datetime.fromtimestamp(made, UTC)
        return GatewayEvent(event_id[:120], kind[:60], ref if is_ours else "", at, key if is_ours else "")


def _keys_of(secret: str) -> list[str]:
    """Give the public keys of an account, however a form or a copy of JSON broke their lines."""
    found = (re.sub(r"\\n|\s", "", inner) for inner in _PEM.findall(secret)[:4])
    return [f"-----BEGIN PUBLIC KEY-----\n{inner}\n-----END PUBLIC KEY-----\n" for inner in found]


def _order(request: ChargeRequest) -> dict[str, object]:
    """Put an order with one card charge together."""
    how: dict[str, object] = {"type": "card", "token_id": request.token}
    if request.installments > 1:
        how["monthly_installments"] = request.installments
    centavos = request.amount.centavos
    line = {"name": request.description[:250] or request.order_ref, "unit_price": centavos, "quantity": 1}
    payer = {"name": request.payer.name, "email": request.payer.email, "phone": request.payer.phone}
    return {
        "currency": request.amount.currency,
        "customer_info": payer,
        "line_items": [line],
        "charges": [{"amount": centavos, "payment_method": how, "reference_id": request.idempotency_key}],
        "metadata": {**request.metadata, "order_ref": request.order_ref, "key": request.idempotency_key},
        "pre_authorize": not request.capture,
        "three_ds_mode": "smart",
        "return_url": request.return_url,
    }


def _asked(method: str, path: str, account: GatewayAccount, *, body: Mapping[str, object] | None = None) -> Answered:
    """Ask; a 402 is given back, because it tells of a declined card. Raises what any other refusal means."""
    headers = {"authorization": f"Bearer {account.secret_key}", "accept": VERSION, "accept-language": "es"}
    answer = ask_gateway(method, account.api_url.rstrip("/") + path, headers=headers, body=body)
    if answer.is_good or answer.status == 402:
        return answer
    if answer.status == 404:
        raise ChargeMissing(_reason(answer), status=404)
    raise GatewayRefused(_reason(answer), status=answer.status)


def _refusing(answer: Answered) -> Answered:
    if answer.status == 402:
        raise GatewayRefused(_reason(answer), status=402)
    return answer


def _reason(answer: Answered) -> str:
    details = answer.said.each("details")
    return (details[0].words("code") or details[0].words("message")) if details else "refused"


def _declined_at_once(answer: Answered, request: ChargeRequest) -> ChargeResult:
    """Read a 402: the bank's no to this card, with the order when Conekta tells it. Nothing was charged."""
    reason = _reason(answer)
    word = reason.rpartition(".")[2]
    if not reason.startswith(("conekta.errors.processing.bank", "conekta.errors.processing.charge")):
        # The token was used before, and the like: a no to the call, not to the card.
        raise GatewayRefused(reason, status=402)
    said = answer.said.inside("data")
    ref = said.text("id") if said is not None else ""
    return ChargeResult(
        ref=ref if _ID.fullmatch(ref) else "",
        status=PayStatus.DECLINED,
        amount=request.amount,
        refunded=Money.zero(request.amount.currency),
        decline=declined(word, DECLINES),
    )


def _page(query: Mapping[str, str], account: GatewayAccount) -> Said:
    listed = _refusing(_asked("GET", f"/orders?{urlencode(query)}", account)).said
    if listed.raw("data") is None:
        raise GatewayAway("data")
    return listed


def _with_key(listed: Said, key: str) -> list[Said]:
    return [each for each in listed.each("data") if key in _keys(each)]


def _keys(order: Said) -> set[str]:
    """Give what an order says of our key, in its metadata and on its charges."""
    return {_written(order), *(charge.text("reference_id") for charge in _charges(order))}


def _written(order: Said) -> str:
    """Give our key as we wrote it on the order; other orders of the store hold what they like there."""
    metadata = order.raw("metadata")
    return str(metadata.get("key") or "") if isinstance(metadata, dict) else ""


def _newest(key: str, account: GatewayAccount, *, pages: int) -> list[Said]:
    """Look through the newest orders; asked for all PAGES, raises GatewayAway when there are more than that."""
    since = int(time.time()) - DAYS_BACK * 86_400
    query = {"limit": str(PAGE_SIZE), "created_at.gte": str(since)}
    for _ in range(pages):
        page = _page(query, account)
        if found := _with_key(page, key):
            return found
        # Whether the list heeds the filter is documented nowhere: the orders' own times end the look too.
        made = [each.raw("created_at") for each in page.each("data")]
        is_older = bool(made) and all(type(at) is int and at < since for at in made)
        if is_older or page.raw("has_more") is not True:
            return []
        # Only the cursor of the next page's address is believed: our key goes nowhere else.
        cursor = parse_qs(urlsplit(page.text("next_page_url")).query).get("next", [""])[0]
        if not cursor:
            raise GatewayAway("next_page_url")
        query["next"] = cursor
    if pages < PAGES:
        return []
    raise GatewayAway("too_many_orders_to_look_through")


def _charges(order: Said) -> list[Said]:
    listed = order.inside("charges")
    return listed.each("data") if listed is not None else []


def _result(said: Said, ref: str = "") -> ChargeResult:
    """Read an order; a state that we do not know, or another order than the one asked for, is GatewayAway."""
    found, state = said.text("id"), said.text("payment_status").lower()
    if not _ID.fullmatch(found) or (ref and found != ref):
        raise GatewayAway("another_order")
    if state not in STATES and state:
        raise GatewayAway(f"state:{state}"[:60])
    currency = known_currency(said.text("currency"))
    amount = cents(said.raw("amount"), currency, "amount")
    charges = _charges(said)
    card = charges[-1] if charges else Said({})
    how = card.inside("payment_method") or Said({})
    status = _status(said, state, card, amount)
    return ChargeResult(
        ref=found,
        status=status,
        amount=amount,
        refunded=cents(said.raw("amount_refunded") or 0, currency, "amount_refunded"),
        next_action=_step(said) if status is PayStatus.REQUIRES_ACTION else None,
        decline=declined(card.text("failure_code"), DECLINES) if status is PayStatus.DECLINED else None,
        authorization=how.words("auth_code"),
        card_label=card_label(how.text("brand"), how.text("last4")),
        refunds=tuple(_refund(each, found, currency) for charge in charges for each in _refunds_of(charge)),
        disputes=tuple(_dispute(charge, currency) for charge in charges if charge.raw("chargeback") is not None),
        is_test=said.raw("livemode") is False,
    )


def _status(order: Said, state: str, card: Said, amount: Money) -> PayStatus:
    """Say how an order stands: paid only when its charges say so too, and add up to all of it."""
    if not state:
        return PayStatus.REQUIRES_ACTION if order.raw("next_action") is not None else PayStatus.CREATED
    if state in TAKEN:
        paid = [each for each in _charges(order) if each.text("status") in TAKEN]
        taken = Money.sum((cents(each.raw("amount"), amount.currency, "charge") for each in paid), amount.currency)
        if taken != amount:
            raise GatewayAway("charges_differ_from_the_order")
    if STATES[state] is PayStatus.PROCESSING and card.text("status") == "declined":
        return PayStatus.DECLINED
    if STATES[state] is PayStatus.PROCESSING and order.raw("next_action") is not None:
        return PayStatus.REQUIRES_ACTION
    return STATES[state]


def _step(order: Said) -> NextAction | None:
    action = order.inside("next_action") or Said({})
    where = action.inside("redirect_to_url")
    return NextAction("redirect", page_url(where.text("url"))) if where is not None else None


def _refunds_of(charge: Said) -> list[Said]:
    """Give a charge's refunds: a list inside its own page, or a bare list."""
    value = charge.raw("refunds")
    return (charge.inside("refunds") or Said({})).each("data") if isinstance(value, dict) else charge.each("refunds")


def _refund(said: Said, order: str, currency: str) -> RefundResult:
    value, status = said.raw("amount"), REFUNDS.get(said.text("status").lower())
    if type(value) is not int or status is None or not said.text("id"):
        raise GatewayAway("refund")
    # What goes back is told as a negative amount.
    return RefundResult(said.text("id"), order, cents(abs(value), currency, "refund"), status)


def _given_back(charge: Said, currency: str) -> list[RefundResult]:
    told = (_refund(each, "", currency) for each in _refunds_of(charge))
    return [each for each in told if each.status != "failed"]


def _dispute(charge: Said, currency: str) -> Dispute:
    said = charge.inside("chargeback") or Said({})
    until = said.raw("evidence_due_by")
    known = type(until) is int and 0 < until < 7_258_000_000
    # What went back to the card before is not taken again.
    back = sum((each.amount.centavos for each in _given_back(charge, currency)), 0)
    taken = cents(charge.raw("amount"), currency, "chargeback").centavos - back
    return Dispute(
        said.text("id") or charge.text("id"),
        Money(max(taken, 0), currency),
        DISPUTES.get(said.text("status"), "open"),
        said.words("reason"),
        datetime.fromtimestamp(until, UTC) if known else None,
    )


ADAPTER: Final = Conekta()
