"""Openpay: charges by bank transfer (`method: bank_account`) to a CLABE of its own.

Notices are unsigned and carry Basic auth that the store chose when it registered the address: SECRET, and a hint. The
charge is asked for with the store's private key, and that answer is what is read. When an address is registered,
Openpay posts a `verification` with a code that a person copies into its panel: the store gets it by mail.

Openpay tells neither tracking key nor sending bank as SPEI does: the charge's own id is its identity, within the
account `openpay`; its `authorization` is kept as the reference. Amounts are decimals in pesos. Sources: Openpay's API
reference (charges, webhooks) and logs of its notices in public projects.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from urllib.parse import urlsplit

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
    Returned,
    Road,
    Unreadable,
    credential,
    road_of,
)
from seguripago.ports.bank_notice import Fields, amount_of, read_object, text
from seguripago.ports.held_money import CURRENCIES, clabe_or_empty, held_deposit
from seguripago.ports.hook_secrets import by_secret
from seguripago.values.money import Money

SLUG: Final = "openpay"
API: Final = "https://api.openpay.mx"
TEST_HOST: Final = "sandbox-api.openpay.mx"
DONE: Final = "completed"
GONE: Final = frozenset({"refunded", "charge_back", "chargeback", "reversed"})
NOT_YET: Final = frozenset({"in_progress", "charge_pending", "failed", "cancelled", "expired"})
_ID: Final = re.compile(r"[A-Za-z0-9]{4,40}", re.ASCII)
_FIRST, _LAST = date(2004, 8, 13), date(2199, 12, 31)


@dataclass(frozen=True, slots=True)
class Openpay:
    """Openpay's notices, and the charges that it answers with."""

    slug: str = SLUG
    title: str = "Openpay"
    signs: bool = False
    needs: tuple[Need, ...] = (
        Need("merchant", "ID del comercio", is_secret=False),
        Need("secret_key", "Llave privada de la API", example="sk_…"),
        Need(
            "address",
            "Dirección de la API",
            "address",
            is_secret=False,
            example=API,
            hosts=("api.openpay.mx", TEST_HOST),
        ),
    )

    def authentic(self, notice: RawNoticeIn, secrets: FeedSecrets) -> Authenticity:
        """Look for the store's secret in Basic auth or in the address."""
        return by_secret(notice, secrets)

    def read(self, body: bytes, headers: Mapping[str, str]) -> tuple[Listed, ...]:
        """Read a notice as a hint, and a charge of Openpay's answer as the transfer that paid it."""
        said = read_object(body)
        return (_hinted(said) if road_of(headers) is Road.NOTICE else _movement(said),)

    def is_test(self, credentials: Credentials) -> bool:
        return (urlsplit(credentials.get("address", "")).hostname or "") == TEST_HOST

    def refetch(self, asked: Asked, credentials: Credentials) -> bytes:
        """Ask for the charge, of the merchant or of one of its customers."""
        merchant, key = credential(credentials, "merchant"), credential(credentials, "secret_key")
        root = credential(credentials, "address").rstrip("/")
        customer, _, charge = asked.bank_id.rpartition("/")
        if not all(_ID.fullmatch(part) for part in (merchant, charge, *([customer] if customer else []))):
            raise FeedRefused("id")
        of_whom = f"/customers/{customer}" if customer else ""
        url = f"{root}/v1/{merchant}{of_whom}/charges/{charge}"
        body = ask("GET", url, basic=(key, ""), limit=MAX_NOTICE_BYTES)
        if text(read_object(body), "id") != charge:
            raise Unreadable("answers_another_charge")
        return body

    def accepted(self) -> Answer:
        return 200, {"received": True}

    def refused(self) -> Answer:
        return 401, {"error": "unauthorized"}

    def unavailable(self) -> Answer:
        return 503, {"error": "again"}


def _hinted(event: Fields) -> Movement:
    kind = text(event, "type")
    if kind == "verification":
        return NotADeposit(f"verification:{text(event, 'verification_code')}"[:60], text(event, "id"))
    said = event.inside("transaction")
    if not kind:
        raise Unreadable("not_an_event")
    if said is None:
        return NotADeposit(f"event:{kind}"[:80])
    found = text(said, "id")
    if text(said, "method") not in {"bank_account", ""} or text(said, "transaction_type") not in {"charge", ""}:
        return NotADeposit("not_a_transfer", found)
    customer = text(said, "customer_id")
    if not _ID.fullmatch(found) or (customer and not _ID.fullmatch(customer)):
        raise Unreadable("id")
    return Hint(Asked(f"{customer}/{found}" if customer else found))


def _movement(said: Fields) -> Movement:
    found, state = text(said, "id"), text(said, "status").lower()
    if not _ID.fullmatch(found):
        raise Unreadable("not_a_charge")
    marks = (text(said, "method"), text(said, "operation_type"), text(said, "transaction_type"))
    if marks != ("bank_account", "in", "charge"):
        return NotADeposit("not_a_transfer", found)
    if state in NOT_YET:
        return NotADeposit(f"state:{state}", found)
    if state != DONE and state not in GONE:
        raise Unreadable(f"state:{state}"[:40])
    how = said.inside("payment_method") or Fields({})
    deposit = held_deposit(
        SLUG,
        found,
        _amount(said),
        _moment(text(said, "operation_date") or text(said, "creation_date")),
        clabe=clabe_or_empty(text(how, "clabe")),
        concept=" ".join(filter(None, (text(said, "order_id"), text(said, "description")))),
        reference=text(how, "name") or text(said, "authorization"),
    )
    return Arrived(deposit) if state == DONE else Returned(deposit, state)


def _amount(said: Fields) -> Money:
    amount, code = amount_of(said.get("amount")), text(said, "currency").upper()
    if code not in CURRENCIES:
        raise Unreadable("currency")
    return Money(amount.centavos, code)


def _moment(written: str) -> datetime:
    """Read `2016-11-25T14:45:09-06:00`; without its zone it could be two moments, so it is refused."""
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        raise Unreadable("operation_date") from None
    if found.tzinfo is None or not _FIRST <= found.date() <= _LAST:
        raise Unreadable("operation_date")
    return found


ADAPTER: Final = Openpay()
