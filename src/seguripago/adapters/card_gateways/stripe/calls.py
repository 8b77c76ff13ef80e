"""One call to Stripe through its library, and what its errors mean to us."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

import httpx

from seguripago.ports.asking import exchange
from seguripago.ports.bank_feeds import FeedTrouble, Unreadable
from seguripago.ports.card_gateways import ChargeMissing, GatewayAccount, GatewayAway, GatewayRefused, KeyUsedOtherwise

API: Final = "https://api.stripe.com"
TIMEOUT: Final = httpx.Timeout(connect=3.0, read=12.0, write=5.0, pool=3.0)
WHOLE_CALL_S: Final = 20.0
LONGEST: Final = 4 * 1024 * 1024
PAGE: Final = 100

type Said = Mapping[str, Any]


class CardRefused(GatewayRefused):
    """Stripe answered 402: the bank said no. `intent` is the PaymentIntent that the error brought along, or empty."""

    def __init__(self, intent: Said) -> None:
        super().__init__("card_error", status=402)
        self.intent = intent


@cache
def library() -> Any:
    """Stripe's library, read when it is first needed: it takes half a second and some memory of every process."""
    import stripe

    stripe.enable_telemetry = False
    return stripe


@cache
def _wire() -> Any:
    """How the library asks: as every adapter does, bounded in time and size, over verified TLS, never redirected."""

    class Wire(library().HTTPClient):  # type: ignore[misc]
        name = "seguripago"

        def request(
            self, method: str, url: str, headers: Mapping[str, str], post_data: str | bytes | None = None
        ) -> tuple[bytes, int, dict[str, str]]:
            body = post_data.encode() if isinstance(post_data, str) else post_data or b""
            try:
                said = exchange(
                    method, url, headers=headers, body=body, limit=LONGEST, timeout=TIMEOUT, whole_call_s=WHOLE_CALL_S
                )
            except FeedTrouble as trouble:
                kind = GatewayRefused if trouble.permanent and not isinstance(trouble, Unreadable) else GatewayAway
                raise kind(str(trouble)) from trouble
            return said.body, said.status, {}

        def close(self) -> None:
            """Nothing is kept open."""

    return Wire()


def ask(account: GatewayAccount, do: Callable[[Any], Any]) -> Said:
    """Call Stripe once, never again by itself; raises GatewayAway, KeyUsedOtherwise, GatewayRefused, CardRefused."""
    its = library()
    try:
        client = its.StripeClient(
            account.secret_key,
            base_addresses={"api": (account.api_url or API).rstrip("/")},
            max_network_retries=0,
            http_client=_wire(),
        )
        said = do(client.v1).to_dict()
    except its.CardError as refused:
        intent = ((refused.json_body or {}).get("error") or {}).get("payment_intent")
        raise CardRefused(intent if isinstance(intent, dict) else {}) from refused
    except its.IdempotencyError as used:
        raise KeyUsedOtherwise("idempotency_error", status=used.http_status or 0) from used
    except its.InvalidRequestError as no:
        raise GatewayRefused(_reason(no), status=no.http_status or 0) from no
    except (its.AuthenticationError, its.PermissionError) as no:
        raise GatewayRefused("unauthorized", status=no.http_status or 0) from no
    except (its.StripeError, AttributeError, KeyError, TypeError, ValueError) as away:
        # Too many questions, a fault of Stripe's, an answer that is none: what was asked may have been done.
        raise GatewayAway(f"{type(away).__name__} {getattr(away, 'http_status', '') or ''}".strip()) from away
    if not isinstance(said, dict):
        raise GatewayAway("unreadable answer")
    return said


def of_charge(account: GatewayAccount, do: Callable[[Any], Any]) -> Said:
    """Ask about a charge that there must be; raises ChargeMissing too."""
    try:
        return ask(account, do)
    except GatewayRefused as no:
        if no.status == 404:
            raise ChargeMissing(no.reason, status=404) from no
        raise


def _reason(no: Any) -> str:
    """Stripe's word and the field that it is about, never its sentence, which may repeat what was sent."""
    return ":".join(filter(None, (no.code or "invalid_request", no.param)))


def data_of(listed: Said) -> list[Said]:
    found = listed.get("data")
    if not isinstance(found, list):
        raise GatewayAway("unreadable list")
    return found


def all_of(account: GatewayAccount, page: Callable[[Any, Mapping[str, Any]], Any], about: Said) -> list[Said]:
    """Read a list to its end, page after page."""
    found: list[Said] = []
    while True:
        after = {"starting_after": text(found[-1], "id")} if found else {}
        listed = ask(account, lambda v1: page(v1, {**about, "limit": PAGE, **after}))  # noqa: B023
        found += data_of(listed)
        if not listed.get("has_more") or not data_of(listed):
            return found


def our(said: Said, name: str) -> str:
    """What we wrote into the metadata; empty when it is not ours."""
    metadata = said.get("metadata")
    return str(metadata.get(name) or "") if isinstance(metadata, dict) else ""


def currency_of(said: Said) -> str:
    return text(said, "currency").upper()


def text(said: Said, name: str) -> str:
    value = said[name]
    if not isinstance(value, str) or not value:
        raise ValueError(name)
    return value
