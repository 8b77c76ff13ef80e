"""Stripe in Mexico: bank transfers into a customer's cash balance (`customer_balance`, `mx_bank_transfer`).

A notice is signed over its very body (`Stripe-Signature`: `t=`, `v1=` HMAC-SHA256, five minutes of tolerance). It is a
hint all the same: it comes in no order, and lacks the CLABE that received the money. So Stripe is asked, with the
store's key, for the movement and for the customer's funding instructions, and that answer is what is read.

Only movements of type `funded` bring money; the same money `applied_to_payment` later is no second deposit. Stripe
tells neither the tracking key nor the bank that sent it: the movement's own id (`ccsbtxn_…`) is its identity, within
the account `stripe_mx`. Amounts are integers in the currency's smallest unit. Sources: Stripe's API reference
(customer_cash_balance_transaction, funding_instructions, webhook signatures).
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

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
    Road,
    Unreadable,
    counts_test_money,
    credential,
    road_of,
)
from seguripago.ports.bank_notice import Fields, read_lines, read_object, text
from seguripago.ports.held_money import clabe_or_empty, held_deposit, seconds, smallest_units
from seguripago.ports.hook_secrets import may_knock

SLUG: Final = "stripe_mx"
TOLERANCE_S: Final = 300
API: Final = "https://api.stripe.com"
TEST_KEYS: Final = ("sk_test_", "rk_test_")
NO_MONEY_IN: Final = frozenset(
    {
        "adjusted_for_overdraft",
        "applied_to_payment",
        "refunded_from_payment",
        "return_canceled",
        "return_initiated",
        "transferred_to_balance",
        "unapplied_from_payment",
    }
)
MOVEMENT: Final = "customer_cash_balance_transaction"
LOOK_AGAIN: Final = ("payment_intent.partially_funded", "payment_intent.succeeded", "cash_balance.funds_available")
_ID: Final = re.compile(r"[A-Za-z0-9_]{4,80}", re.ASCII)
_STAMP: Final = re.compile(r"\d{9,12}", re.ASCII)
MOST_SIGNATURES: Final = 8


@dataclass(frozen=True, slots=True)
class StripeMx:
    """Stripe's signed notices, and what Stripe answers when it is asked."""

    slug: str = SLUG
    title: str = "Stripe (transferencias en México)"
    signs: bool = True
    needs: tuple[Need, ...] = (
        Need("secret_key", "Llave secreta o restringida de la API", example="rk_live_…"),
        Need("address", "Dirección de la API", "address", is_secret=False, example=API, hosts=("api.stripe.com",)),
    )

    def authentic(self, notice: RawNoticeIn, secrets: FeedSecrets) -> Authenticity:
        """Check `Stripe-Signature` with each accepted secret; older or newer than five minutes is refused."""
        if not may_knock(notice, secrets) or notice.received_at is None:
            return Authenticity.REFUSED
        stamp, signatures = _signature(notice.header("stripe-signature"))
        if not stamp or abs(notice.received_at.timestamp() - int(stamp)) > TOLERANCE_S:
            return Authenticity.REFUSED
        signed = stamp.encode() + b"." + notice.body
        expected = [hmac.new(secret.encode(), signed, "sha256").hexdigest() for secret in secrets.accepted if secret]
        matches = [hmac.compare_digest(a.encode(), b.encode()) for a in signatures for b in expected]
        return Authenticity.SIGNED if any(matches) else Authenticity.REFUSED

    def read(self, body: bytes, headers: Mapping[str, str]) -> tuple[Listed, ...]:
        """Read a notice as a hint, and an answer of Stripe's as the movements that it holds."""
        counts = counts_test_money(headers)
        return (_hinted(read_object(body)),) if road_of(headers) is Road.NOTICE else _answered(body, counts=counts)

    def is_test(self, credentials: Credentials) -> bool:
        return credentials.get("secret_key", "").startswith(TEST_KEYS)

    def refetch(self, asked: Asked, credentials: Credentials) -> bytes:
        """Ask for a movement, or for all of a customer's, and for the CLABE that Stripe gave the customer."""
        key, root = credential(credentials, "secret_key"), credential(credentials, "address").rstrip("/")
        customer, _, movement = asked.bank_id.partition("/")
        if not _ID.fullmatch(customer) or (movement and not _ID.fullmatch(movement)):
            raise FeedRefused("id")
        who = f"{root}/v1/customers/{customer}"
        bearer = {"authorization": f"Bearer {key}"}
        tail = f"/{movement}" if movement else "?limit=100"
        found = ask("GET", f"{who}/cash_balance_transactions{tail}", headers=bearer, limit=MAX_NOTICE_BYTES)
        form = {"funding_type": "bank_transfer", "bank_transfer[type]": "mx_bank_transfer", "currency": "mxn"}
        given = ask(
            "POST",
            f"{who}/funding_instructions",
            headers={**bearer, "content-type": "application/x-www-form-urlencoded"},
            body=urlencode(form).encode(),
            limit=MAX_NOTICE_BYTES,
        )
        for part in (found, given):
            read_object(part)
        # Both answers byte for byte, side by side.
        return b'{"found":' + found + b',"funding":' + given + b"}"

    def accepted(self) -> Answer:
        return 200, {"received": True}

    def refused(self) -> Answer:
        return 401, {"error": "signature"}

    def unavailable(self) -> Answer:
        return 503, {"error": "again"}


def _signature(header: str) -> tuple[str, list[str]]:
    stamps, signatures = [], []
    for part in header.split(",")[: 2 * MOST_SIGNATURES]:
        name, _, value = part.strip().partition("=")
        if name == "t" and _STAMP.fullmatch(value):
            stamps.append(value)
        elif name == "v1":
            signatures.append(value)
    return (stamps[0] if len(stamps) == 1 else ""), signatures[:MOST_SIGNATURES]


def _hinted(event: Fields) -> Movement:
    kind = text(event, "type")
    said = event.inside("data", "object")
    if not kind or said is None:
        raise Unreadable("not_an_event")
    found, customer = text(said, "id"), text(said, "customer")
    if kind == f"{MOVEMENT}.created":
        if text(said, "type") in NO_MONEY_IN:
            return NotADeposit(f"type:{text(said, 'type')}", found)
        if not (_ID.fullmatch(customer) and _ID.fullmatch(found)):
            raise Unreadable("id")
        return Hint(Asked(f"{customer}/{found}"))
    if kind in LOOK_AGAIN and _is_transfer(kind, said):
        if not _ID.fullmatch(customer):
            raise Unreadable("customer")
        return Hint(Asked(f"{customer}/"))
    return NotADeposit(f"event:{kind}"[:80], found)


def _is_transfer(kind: str, said: Fields) -> bool:
    methods = said.get("payment_method_types")
    return kind.startswith("cash_balance.") or (isinstance(methods, list) and "customer_balance" in methods)


def _answered(body: bytes, *, counts: bool) -> tuple[Listed, ...]:
    whole = read_object(body, limit=3 * MAX_NOTICE_BYTES)
    found, funding = whole.get("found"), whole.get("funding")
    if not isinstance(found, dict) or not isinstance(funding, dict):
        raise Unreadable("not_an_answer")
    clabe = _clabe(funding)
    listed = found.get("data") if found.get("object") == "list" else [found]
    if not isinstance(listed, list):
        raise Unreadable("no_list")
    return read_lines(listed, lambda line: _movement(line, clabe, counts=counts), "id")


def _movement(said: Fields, clabe: str, *, counts: bool) -> Movement:
    found, kind = text(said, "id"), text(said, "type")
    if said.get("object") != MOVEMENT or not _ID.fullmatch(found) or len(found) > 40:
        raise Unreadable("not_a_movement")
    if said.get("livemode") is not True and not counts:
        return NotADeposit("test_environment", found)
    if kind in NO_MONEY_IN:
        return NotADeposit(f"type:{kind}", found)
    if kind != "funded":
        # `funding_reversed` names no movement that it undoes: a person looks.
        raise Unreadable(f"type:{kind}"[:60])
    how = said.inside("funded", "bank_transfer") or Fields({})
    amount = smallest_units(said.get("net_amount"), text(said, "currency"))
    settled_at = seconds(said.get("created"), "created")
    return Arrived(held_deposit(SLUG, found, amount, settled_at, clabe=clabe, concept=text(how, "reference")))


def _clabe(funding: Mapping[str, Any]) -> str:
    """Find the customer's CLABE among the funding instructions; empty where there is not exactly one."""
    transfer = funding.get("bank_transfer")
    addresses = transfer.get("financial_addresses") if isinstance(transfer, dict) else None
    found = set()
    for address in addresses if isinstance(addresses, list) else ():
        spei = address.get("spei") if isinstance(address, dict) else None
        if isinstance(spei, dict) and (clabe := clabe_or_empty(str(spei.get("clabe", "")))):
            found.add(clabe)
    return found.pop() if len(found) == 1 else ""


ADAPTER: Final = StripeMx()
