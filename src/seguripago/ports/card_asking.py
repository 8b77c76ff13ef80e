"""How card gateways are asked, and how their answers are read: one bounded call over TLS, no float, no guess.

Adapters do not know one another, so what Mercado Pago, Conekta and Openpay share lives with what we ask of them. An
answer that cannot be read with certainty is GatewayAway: nobody knows what became of the charge, so it is asked about
again. GatewayRefused is raised only for an answer that says no.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Self
from urllib.parse import urlsplit

import httpx

from seguripago.ports.asking import BUSY, exchange, is_here
from seguripago.ports.bank_feeds import FeedRefused, FeedTrouble
from seguripago.ports.bank_notice import LARGEST, read_json
from seguripago.ports.card_gateways import (
    ChargeMissing,
    ChargeRequest,
    ChargeResult,
    Decline,
    DeclineCode,
    GatewayAway,
    GatewayRefused,
    KeyUsedOtherwise,
)
from seguripago.values.money import MXN, Money, UnreadableAmount

TIMEOUT: Final = httpx.Timeout(connect=4.0, read=20.0, write=10.0, pool=4.0)
WHOLE_CALL_S: Final = 25.0
"""A buyer waits for the answer; what is not known by then is asked for by a job."""
MOST_BYTES: Final = 2_000_000
CURRENCIES: Final = frozenset({MXN, "USD"})
FINAL_DECLINES: Final = frozenset({DeclineCode.STOLEN_CARD, DeclineCode.CARD_EXPIRED})
BRANDS: Final = {
    "visa": "Visa",
    "debvisa": "Visa",
    "master": "Mastercard",
    "debmaster": "Mastercard",
    "mastercard": "Mastercard",
    "mc": "Mastercard",
    "amex": "American Express",
    "american_express": "American Express",
    "carnet": "Carnet",
}
_LAST_FOUR: Final = re.compile(r"\d{4}", re.ASCII)


class Said:
    """A JSON object of a gateway's answer; every reader raises GatewayAway with the field's name."""

    __slots__ = ("_fields",)

    def __init__(self, value: object) -> None:
        if not isinstance(value, dict):
            raise GatewayAway("not_an_object")
        self._fields: dict[str, Any] = value

    def raw(self, name: str) -> Any:
        return self._fields.get(name)

    def text(self, name: str) -> str:
        """Give words, or a whole number as words; empty where there are none."""
        value = self._fields.get(name)
        if value is None:
            return ""
        if type(value) not in (str, int) or len(str(value)) > 4_000:
            raise GatewayAway(name)
        return str(value).strip()

    def words(self, name: str) -> str:
        """Give words that somebody may read: printable, at most 120 characters."""
        return " ".join("".join(char if char.isprintable() else " " for char in self.text(name)).split())[:120]

    def inside(self, name: str) -> Self | None:
        """Give the object under this name, None where there is none."""
        value = self._fields.get(name)
        return None if value is None else type(self)(value)

    def each(self, name: str) -> list[Self]:
        """Give the objects of the list under this name; empty where there is none."""
        return objects(self._fields.get(name), name, type(self))


@dataclass(frozen=True, slots=True)
class Answered:
    """What a gateway answered, refusals included: some say in the body why a card was declined."""

    status: int
    value: object

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300

    @property
    def said(self) -> Said:
        return Said(self.value)


def objects[Kind: Said](value: object, name: str, kind: type[Kind]) -> list[Kind]:
    """Read a list of objects; raises GatewayAway."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise GatewayAway(name)
    return [kind(each) for each in value]


def ask_gateway(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: Mapping[str, object] | None = None,
    basic: tuple[str, str] | None = None,
) -> Answered:
    """Make the call once, and read whatever is answered.

    Raises GatewayAway (no answer in time, 3xx, 408, 425, 429, 5xx, an unreadable body), GatewayRefused (an address
    without TLS: nothing was sent).
    """
    sent = {"accept": "application/json", **headers}
    if body is not None:
        sent["content-type"] = "application/json"
    try:
        answer = exchange(
            method,
            url,
            headers=sent,
            body=b"" if body is None else written(body).encode(),
            basic=basic,
            limit=MOST_BYTES,
            timeout=TIMEOUT,
            whole_call_s=WHOLE_CALL_S,
        )
        if answer.status in BUSY or not (200 <= answer.status < 300 or 400 <= answer.status < 500):
            raise GatewayAway(f"status:{answer.status}")
        return Answered(answer.status, read_json(answer.body, limit=MOST_BYTES) if answer.body.strip() else {})
    except FeedRefused as trouble:
        raise GatewayRefused(str(trouble)) from None
    except FeedTrouble as trouble:
        raise GatewayAway(str(trouble)) from None


def written(value: object) -> str:
    """Write JSON; Money is a number of pesos with exactly two decimals, which no float could promise."""
    if isinstance(value, Money):
        return value.plain
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json.dumps(str(name))}:{written(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(written(each) for each in value) + "]"
    if isinstance(value, float):
        raise TypeError("a float is never written to a gateway")
    return json.dumps(value)


def pesos(value: object, currency: str, name: str) -> Money:
    """Read an amount that is written in pesos, of at most two decimals, not below zero; raises GatewayAway."""
    try:
        if type(value) is int:
            found = Money.from_decimal(Decimal(value), known_currency(currency))
        elif type(value) is Decimal:
            found = Money.from_decimal(value, known_currency(currency))
        elif type(value) is str:
            found = Money.parse(value, known_currency(currency))
        else:
            raise GatewayAway(name)
    except UnreadableAmount:
        raise GatewayAway(name) from None
    return _within(found, name)


def cents(value: object, currency: str, name: str) -> Money:
    """Read an amount that is written in its smallest unit, not below zero; raises GatewayAway."""
    if type(value) is not int:
        raise GatewayAway(name)
    return _within(Money(value, known_currency(currency)), name)


def known_currency(code: str) -> str:
    """Give a currency with cents; another one is not read with a guess about its decimals."""
    if code.upper() not in CURRENCIES:
        raise GatewayAway("currency")
    return code.upper()


def known_ref(ref: str, pattern: re.Pattern[str]) -> str:
    """Give a gateway's own name for a charge, fit for an address; raises ChargeMissing for what cannot be one."""
    if not pattern.fullmatch(ref):
        raise ChargeMissing("ref", status=404)
    return ref


def page_url(value: str) -> str:
    """Give an address where a buyer may be sent: https, or this very machine; raises GatewayAway."""
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
    except ValueError:
        raise GatewayAway("page_url") from None
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_here(host))
    if not host or not is_safe or parts.username or not value.isascii() or not value.isprintable():
        raise GatewayAway("page_url")
    return value


def origin_of(url: str) -> str:
    """Give `scheme://host:port`, as a security policy writes it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def card_label(brand: str, last_four: str) -> str:
    """Give brand and last four digits; anything longer than four digits is never repeated."""
    name = BRANDS.get(brand.lower().replace(" ", "_"), "Tarjeta")
    return f"{name} •••• {last_four}" if _LAST_FOUR.fullmatch(last_four) else ""


def declined(word: str, table: Mapping[str, DeclineCode], *, mistyped: Collection[str] = ()) -> Decline:
    """Say in our words why the bank said no; what is not in the table is DECLINED.

    `mistyped` are the words that speak of what was typed: that card may be tried again whatever its code.
    """
    code = table.get(word, DeclineCode.DECLINED)
    return Decline(code, can_retry=word in mistyped or code not in FINAL_DECLINES)


def same_request(found: ChargeResult, request: ChargeRequest) -> ChargeResult:
    """Give the charge that our key led to; raises KeyUsedOtherwise when it asks for another amount."""
    if found.amount != request.amount:
        raise KeyUsedOtherwise("another_amount")
    return found


def or_as_it_is(do: Callable[[], ChargeResult], look: Callable[[], ChargeResult]) -> ChargeResult:
    """Do it; where the gateway says no, because it is too late or cannot be done, give the charge as it is."""
    try:
        return do()
    except GatewayRefused:
        return look()


def header(headers: Mapping[str, str], name: str) -> str:
    """Find a header whatever its case."""
    return next((value for key, value in headers.items() if key.lower() == name), "")


def _within(amount: Money, name: str) -> Money:
    if not 0 <= amount.centavos <= LARGEST.centavos:
        raise GatewayAway(name)
    return amount


def listed(found: list[Said], taken: list[Said], fetch: Callable[[str], ChargeResult]) -> ChargeResult:
    """Read the charge that a list names under our key: it exists, so nothing that follows may call it missing.

    `taken` are those of them that took money; raises ChargeMissing only when the list names none.
    """
    if not found:
        raise ChargeMissing("not_found", status=404)
    if len(taken) > 1:
        # Two charges under one key: a person has to look, and neither is called the charge.
        raise GatewayAway("two_charges_with_one_key")
    try:
        return fetch((taken or found)[0].text("id"))
    except ChargeMissing:
        raise GatewayAway("listed_and_not_read") from None
