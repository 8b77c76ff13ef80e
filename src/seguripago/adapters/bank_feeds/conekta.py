"""Conekta: orders paid by SPEI to a CLABE of its own, one per order.

A notice is signed where the store made a webhook key (`Digest`: RSA-SHA256 over the body, base64); give the key's
public PEM as the hook's secret. Without one, the secret in the address only says SECRET. Either way the notice is a
hint: the order is asked for with the store's key, and that answer is what is read, because a notice tells the state of
some moment and comes again when the order changes.

Conekta tells tracking key and sending bank now and then, so neither may decide identity: the charge's own id does,
within the account `conekta`; the tracking key goes into the concept, where people search. Amounts are integers in
centavos. Sources: Conekta's API reference (orders, charges of `bank_transfer_payment`, webhook keys) and its public
clients.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from seguripago.ports.asking import ask
from seguripago.ports.bank_feeds import (
    MAX_NOTICE_BYTES,
    Answer,
    Arrived,
    Asked,
    Authenticity,
    Credentials,
    FeedRefused,
    FeedSecrets,
    Hint,
    Listed,
    Movement,
    Need,
    NotADeposit,
    RawNoticeIn,
    ReadDeposit,
    Returned,
    Road,
    Unreadable,
    counts_test_money,
    credential,
    road_of,
)
from seguripago.ports.bank_notice import Fields, read_lines, read_object, text
from seguripago.ports.held_money import clabe_or_empty, held_deposit, seconds, smallest_units
from seguripago.ports.hook_secrets import by_secret, may_knock, rsa_signed

SLUG: Final = "conekta"
API: Final = "https://api.conekta.io"
VERSION: Final = "application/vnd.conekta-v2.1.0+json"
PAID: Final = frozenset({"paid", "partially_refunded"})
"""Money that came. What the store gave back of it later is the refund's affair."""
GONE: Final = frozenset({"refunded", "charged_back"})
NOT_YET: Final = frozenset(
    {"pending_payment", "pending_confirmation", "pre_authorized", "declined", "expired", "canceled", "voided", "failed"}
)
_ID: Final = re.compile(r"[A-Za-z0-9_-]{4,60}", re.ASCII)
_PEM: Final = "-----BEGIN"


@dataclass(frozen=True, slots=True)
class Conekta:
    """Conekta's notices, and the orders that it answers with."""

    slug: str = SLUG
    title: str = "Conekta"
    signs: bool = True
    needs: tuple[Need, ...] = (
        Need("secret_key", "Llave privada de la API", example="key_…"),
        Need("address", "Dirección de la API", "address", is_secret=False, example=API, hosts=("api.conekta.io",)),
    )

    def authentic(self, notice: RawNoticeIn, secrets: FeedSecrets) -> Authenticity:
        """Check the digest with every public key among the secrets; a secret that is no key is looked for as such."""
        if not may_knock(notice, secrets):
            return Authenticity.REFUSED
        keys = [secret for secret in secrets.accepted if secret.lstrip().startswith(_PEM)]
        digest = notice.header("digest")
        if keys:
            return (
                Authenticity.SIGNED
                if digest and any(rsa_signed(notice.body, digest, key) for key in keys)
                else Authenticity.REFUSED
            )
        return by_secret(notice, secrets)

    def read(self, body: bytes, headers: Mapping[str, str]) -> tuple[Listed, ...]:
        """Read a notice as a hint, and an order of Conekta's answer as the transfers that paid it."""
        said = read_object(body)
        if road_of(headers) is Road.NOTICE:
            return (_hinted(said),)
        return _charges(said, counts=counts_test_money(headers))

    def is_test(self, credentials: Credentials) -> bool:
        """Conekta's keys do not say it: each order's `livemode` does, and is looked at when it is read."""
        return False

    def refetch(self, asked: Asked, credentials: Credentials) -> bytes:
        """Ask for the order."""
        key, root = credential(credentials, "secret_key"), credential(credentials, "address").rstrip("/")
        if not _ID.fullmatch(asked.bank_id):
            raise FeedRefused("id")
        headers = {"authorization": f"Bearer {key}", "accept": VERSION, "accept-language": "es"}
        body = ask("GET", f"{root}/orders/{asked.bank_id}", headers=headers, limit=MAX_NOTICE_BYTES)
        if text(read_object(body), "id") != asked.bank_id:
            raise Unreadable("answers_another_order")
        return body

    def accepted(self) -> Answer:
        return 200, {"received": True}

    def refused(self) -> Answer:
        return 401, {"error": "digest"}

    def unavailable(self) -> Answer:
        return 503, {"error": "again"}


def _hinted(event: Fields) -> Movement:
    kind = text(event, "type")
    if kind == "webhook_ping":
        return NotADeposit("ping")
    said = event.inside("data", "object")
    if not kind or said is None:
        raise Unreadable("not_an_event")
    found = text(said, "id")
    if kind.startswith("order."):
        order = found
    elif kind.startswith("charge."):
        order = text(said, "order_id")
    else:
        return NotADeposit(f"event:{kind}"[:80], found)
    if not _ID.fullmatch(order):
        raise Unreadable("order_id")
    return Hint(Asked(order))


def _charges(order: Fields, *, counts: bool) -> tuple[Listed, ...]:
    found = text(order, "id")
    if order.get("object") != "order" or not _ID.fullmatch(found):
        raise Unreadable("not_an_order")
    if order.get("livemode") is not True and not counts:
        return (NotADeposit("test_environment", found),)
    listed = order.get("charges")
    charges = listed.get("data") if isinstance(listed, dict) else None
    if listed is None:
        return (NotADeposit("no_charges", found),)
    if not isinstance(charges, list) or (isinstance(listed, dict) and listed.get("has_more") is True):
        raise Unreadable("charges")
    return read_lines(charges, lambda charge: _movement(charge, order), "id")


def _movement(charge: Fields, order: Fields) -> Movement:
    found, state = text(charge, "id"), text(charge, "status").lower()
    how = charge.inside("payment_method")
    if not _ID.fullmatch(found) or len(found) > 40 or how is None:
        raise Unreadable("charge")
    if text(how, "type").lower() not in {"spei", "bank_transfer"}:
        return NotADeposit("not_a_transfer", found)
    if state in NOT_YET:
        return NotADeposit(f"state:{state}", found)
    if state not in PAID | GONE:
        raise Unreadable(f"state:{state}"[:40])
    deposit = _deposit(found, charge, how, order)
    return Returned(deposit, state) if state in GONE else Arrived(deposit)


def _deposit(found: str, charge: Fields, how: Fields, order: Fields) -> ReadDeposit:
    return held_deposit(
        SLUG,
        found,
        smallest_units(charge.get("amount"), text(charge, "currency")),
        seconds(charge.get("paid_at"), "paid_at"),
        clabe=clabe_or_empty(text(how, "clabe")) or clabe_or_empty(text(how, "receiving_account_number")),
        concept=" ".join(filter(None, (_written(order), text(how, "tracking_code"))))[:210],
        reference=text(how, "reference_number"),
        payer_name=text(how, "issuing_account_holder_name"),
        payer_account=text(how, "issuing_account_number"),
        payer_rfc=text(how, "issuing_account_tax_id"),
        beneficiary_name=text(how, "receiving_account_holder_name"),
    )


def _written(order: Fields) -> str:
    """What the store wrote on the order: its metadata's texts, where its own order number may stand."""
    metadata = order.get("metadata")
    values = metadata.values() if isinstance(metadata, dict) else ()
    return text(Fields({"all": " ".join(str(value) for value in values if type(value) in (str, int))}), "all")


ADAPTER: Final = Conekta()
