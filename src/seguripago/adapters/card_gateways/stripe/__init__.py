"""Stripe: PaymentIntents for cards, through Stripe's own library. No card number passes here.

The buyer types the card into Stripe's own frame (Elements); what comes to us is a payment method (`pm_…`), and one
call creates and confirms a PaymentIntent with it. A bank that asks first is answered in Stripe's own window
(`use_stripe_sdk`). Our key is Stripe's idempotency key and stands in the metadata, so that a charge whose answer was
lost is found among the newest, or by search. A charge that its bank declined is cancelled at Stripe too: whoever holds
its client secret could otherwise still pay it with another card after we called it ended.

Amounts are integers in the smallest unit. Since version 16 the library's objects are no dicts: each answer is read as
plain data, here, and what we do not know in it is trouble, never a guess. Sources: Stripe's API reference
(payment_intents, refunds, disputes, errors, declines/codes, webhook signatures), the guide «finalize payments on the
server», «Accept meses sin intereses», and the security guide for the origins.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from seguripago.ports.card_gateways import (
    BadSignature,
    Capability,
    ChargeMissing,
    ChargeRequest,
    ChargeResult,
    ClientConfig,
    Decline,
    DeclineCode,
    Directive,
    GatewayAccount,
    GatewayAway,
    GatewayEvent,
    GatewayRefused,
    Need,
    PayStatus,
    RefundResult,
)
from seguripago.values.money import Money

from .calls import API, PAGE, CardRefused, ask, currency_of, data_of, library, of_charge, our, text
from .reading import KEY, SEEN, ended_for_good, read_intent, refund_of, result_of

SCRIPT: Final = "https://js.stripe.com/v3/"
TOLERANCE_S: Final = 300
ORDER: Final = "seguripago_order"
# The security guide's origins for Elements; what Stripe's own frames load is their policy's matter.
ORIGINS: Final[Mapping[Directive, tuple[str, ...]]] = {
    "script-src": ("https://js.stripe.com", "https://*.js.stripe.com"),
    "frame-src": ("https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"),
    "connect-src": (API,),
}
_KEY: Final = re.compile(r"[\w:.-]{1,200}", re.ASCII)


@dataclass(frozen=True, slots=True)
class StripeGateway:
    """Our side of Stripe."""

    slug: str = "stripe"
    title: str = "Stripe"
    capabilities: frozenset[Capability] = frozenset(
        {"sdk_3ds", "redirect_3ds", "msi", "partial_refund", "void", "native_idempotency"}
    )
    needs: tuple[Need, ...] = (
        Need("public_key", "Llave publicable", is_secret=False, example="pk_live_…"),
        Need("secret_key", "Llave secreta o restringida", example="rk_live_…"),
        Need("webhook_secret", "Secreto de firma del webhook", example="whsec_…"),
        Need("api_url", "Dirección de la API", False, False, API, ("api.stripe.com",)),
        Need("script_url", "Dirección de Stripe.js", False, False, SCRIPT, ("js.stripe.com",)),
    )

    def is_test(self, account: GatewayAccount) -> bool:
        """Stripe says it in each key."""
        return any(re.match(r"[a-z]k_test_", key) for key in (account.secret_key, account.public_key))

    def client_config(self, account: GatewayAccount) -> ClientConfig:
        """Give Stripe's script and origins; a script from elsewhere speaks to its own origin, and to no other."""
        script = account.script_url or SCRIPT
        parts = urlsplit(script)
        origin = f"{parts.scheme}://{parts.netloc}"
        elsewhere: Mapping[Directive, tuple[str, ...]] = {
            "script-src": (origin,),
            "frame-src": (origin,),
            "connect-src": (origin,),
        }
        origins = ORIGINS if origin in ORIGINS["script-src"] else elsewhere
        return ClientConfig(account.public_key, (script,), origins, "stripe")

    def charge(self, request: ChargeRequest, account: GatewayAccount) -> ChargeResult:
        if not request.token:
            raise GatewayRefused("no_token")
        options = {"idempotency_key": request.idempotency_key}
        try:
            said = ask(account, lambda v1: v1.payment_intents.create(order_of(request), options))
        except CardRefused as refused:
            if not refused.intent:
                return self.fetch_by_key(request.idempotency_key, account)
            said = refused.intent
        except GatewayRefused as no:
            if "installments" not in no.reason:
                raise
            # Nothing was charged: the card has no such plan, and the buyer may pay at once instead.
            nothing = Money.zero(request.amount.currency)
            sorry = Decline(DeclineCode.NO_INSTALLMENTS, can_retry=True)
            return ChargeResult("", PayStatus.DECLINED, request.amount, nothing, decline=sorry)
        return ended_for_good(said, account)

    def resume(self, ref: str, returned_with: Mapping[str, str], account: GatewayAccount) -> ChargeResult:
        return self.fetch(ref, account)

    def fetch(self, ref: str, account: GatewayAccount) -> ChargeResult:
        return ended_for_good(read_intent(ref, account), account)

    def fetch_by_key(self, idempotency_key: str, account: GatewayAccount) -> ChargeResult:
        """Look among the newest, which are listed at once, then in the search index, which is a minute behind."""
        if not _KEY.fullmatch(idempotency_key):
            raise ChargeMissing("key")
        newest = ask(account, lambda v1: v1.payment_intents.list({"limit": PAGE}))
        found = [each for each in data_of(newest) if our(each, KEY) == idempotency_key]
        if not found:
            query = f'metadata["{KEY}"]:"{idempotency_key}"'
            found = data_of(of_charge(account, lambda v1: v1.payment_intents.search({"query": query, "limit": 2})))
        if not found:
            raise ChargeMissing("key")
        try:
            return self.fetch(text(found[-1], "id"), account)
        except (KeyError, ValueError, ChargeMissing):
            raise GatewayAway("listed and not read") from None

    def capture(self, ref: str, account: GatewayAccount, *, idempotency_key: str) -> ChargeResult:
        options = {"idempotency_key": idempotency_key}
        return self._or_as_it_is(
            ref, account, lambda v1: v1.payment_intents.capture(ref, {"expand": [*SEEN]}, options), PayStatus.PAID
        )

    def cancel(self, ref: str, account: GatewayAccount, *, idempotency_key: str) -> ChargeResult:
        """Give up a charge; one that has an end already is given as it is."""
        options = {"idempotency_key": idempotency_key}
        return self._or_as_it_is(
            ref,
            account,
            lambda v1: v1.payment_intents.cancel(ref, {"expand": [*SEEN]}, options),
            PayStatus.PAID, PayStatus.CANCELLED, PayStatus.DECLINED, PayStatus.EXPIRED,
        )  # fmt: skip

    def refund(self, ref: str, amount: Money, account: GatewayAccount, *, idempotency_key: str) -> RefundResult:
        asked = {"payment_intent": ref, "amount": amount.centavos, "metadata": {KEY: idempotency_key}}
        options = {"idempotency_key": idempotency_key}
        said = of_charge(account, lambda v1: v1.refunds.create(asked, options))
        return refund_of(said, ref, currency_of(said))

    def parse_webhook(
        self, body: bytes, headers: Mapping[str, str], query: Mapping[str, str], account: GatewayAccount
    ) -> GatewayEvent:
        its = library()
        signed = next((value for name, value in headers.items() if name.lower() == "stripe-signature"), "")
        try:
            if not account.webhook_secret:
                raise ValueError("no secret")
            event = its.Webhook.construct_event(body, signed, account.webhook_secret, TOLERANCE_S)
            said = event.to_dict()
            # The library refuses what is old, not what is dated ahead, which could be used again later.
            if any(int(part[2:]) > time.time() + TOLERANCE_S for part in signed.split(",") if part.startswith("t=")):
                raise ValueError("dated ahead")
            about = said["data"]["object"]
            is_intent = about.get("object") == "payment_intent"
            ref = about.get("id") if is_intent else about.get("payment_intent")
            return GatewayEvent(
                event_id=text(said, "id"),
                type=text(said, "type"),
                ref=ref if isinstance(ref, str) else "",
                occurred_at=datetime.fromtimestamp(int(said["created"]), UTC),
                key=our(about, KEY) if is_intent else "",
            )
        except (its.SignatureVerificationError, ValueError, KeyError, TypeError, AttributeError) as trouble:
            raise BadSignature(type(trouble).__name__) from None

    def _or_as_it_is(
        self, ref: str, account: GatewayAccount, do: Callable[[Any], Any], *ends: PayStatus
    ) -> ChargeResult:
        """Do it; where Stripe says that the charge's state forbids it, give the charge when it has such an end."""
        try:
            return result_of(of_charge(account, do), account)
        except ChargeMissing:
            raise
        except GatewayRefused:
            now = self.fetch(ref, account)
            if now.status not in ends:
                raise
            return now


def order_of(request: ChargeRequest) -> dict[str, Any]:
    """The PaymentIntent that is asked for, confirmed in the same call."""
    asked: dict[str, Any] = {
        "amount": request.amount.centavos,
        "currency": request.amount.currency.lower(),
        "payment_method": request.token,
        "payment_method_types": ["card"],
        "capture_method": "automatic" if request.capture else "manual",
        "confirm": True,
        "use_stripe_sdk": True,
        "return_url": request.return_url,
        "description": request.description or request.order_ref,
        "metadata": {**request.metadata, KEY: request.idempotency_key, ORDER: request.order_ref},
        "expand": [*SEEN],
    }
    if request.installments > 1:
        plan = {"count": request.installments, "interval": "month", "type": "fixed_count"}
        asked["payment_method_options"] = {"card": {"installments": {"enabled": True, "plan": plan}}}
    return asked


ADAPTER: Final = StripeGateway()
