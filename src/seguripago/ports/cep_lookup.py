"""What we ask of whoever keeps the CEPs: is there one for this transfer?

One question, one union of answers. What is not recognised is never success: Away, and asked again later.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol
from urllib.parse import parse_qsl, urlsplit

from seguripago.ports import registry
from seguripago.values.money import Money

FAMILY: Final = "cep_lookups"
BANXICO_HOST: Final = "www.banxico.org.mx"
TO_A_PARTICIPANT: Final = frozenset({4, 31})
"""Types of payment whose beneficiary is the institution itself: Banxico wants to be told (`receptorParticipante`)."""


@dataclass(frozen=True, slots=True)
class CepWanted:
    """The transfer whose CEP is wanted. `operation_date` is the bank's day, which may not be the calendar's."""

    tracking_key: str
    operation_date: date
    sending_institution: str
    receiving_institution: str
    account: str
    amount: Money
    to_a_participant: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """Its very bytes, in XML; the seal is not judged here."""

    body: bytes


@dataclass(frozen=True, slots=True)
class NotYet:
    """The payment is known and on its way, but there is no CEP; `state` in the words of the portal (`Liquidado`)."""

    state: str


@dataclass(frozen=True, slots=True)
class WentBack:
    """The payment is known and its money did not stay: returned, cancelled, rejected. `state` as the portal says it."""

    state: str


@dataclass(frozen=True, slots=True)
class NotFound:
    """No payment with these marks is known on that day."""


@dataclass(frozen=True, slots=True)
class RateLimited:
    """We have asked too much; nobody of this installation should ask before `after_s` seconds."""

    after_s: int


@dataclass(frozen=True, slots=True)
class Away:
    """No answer in time, a fault over there, or a page that nobody here understands."""

    reason: str


type CepAnswer = Found | NotYet | WentBack | NotFound | RateLimited | Away


class CepLookup(Protocol):
    """Whoever can be asked for CEPs."""

    @property
    def slug(self) -> str: ...

    @property
    def title(self) -> str: ...

    def ask(self, wanted: CepWanted, *, base_url: str, timeout_s: float) -> CepAnswer:
        """Ask once. Opens connections: never inside a transaction. Never raises for what the other side does."""
        ...


def cep_lookup(slug: str = "banxico") -> CepLookup:
    """Give the one that is plugged in; raises registry.AdapterMissing."""
    found: CepLookup = registry.adapter(FAMILY, slug)
    return found


@dataclass(frozen=True, slots=True)
class CepLink:
    """A genuine address of Banxico that opens one CEP, as bank apps share it."""

    institution: str
    key_date: str
    sealed: str

    @property
    def address(self) -> str:
        return f"https://{BANXICO_HOST}/cep/go?i={self.institution}&s={self.key_date}&d={_escaped(self.sealed)}"


def cep_link(text: str) -> CepLink | None:
    """Read an address `https://www.banxico.org.mx/cep/go?i=…&s=…&d=…`; None for any other, and for look-alikes.

    `i` is the institution, `s` the day of its key, `d` the encrypted marks of the payment (AES blocks in base64). The
    address is written anew from its parts, so that nothing else of the text is ever opened.
    """
    if len(text) > 2000 or not text.isascii() or any(letter.isspace() or ord(letter) < 32 for letter in text.strip()):
        return None
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        return None
    if parts.scheme != "https" or parts.netloc not in {BANXICO_HOST, f"{BANXICO_HOST}:443"} or port not in {None, 443}:
        return None
    if parts.path != "/cep/go" or parts.fragment or "\\" in text:
        return None
    # `+` of base64 arrives as itself where an app forgot to escape it.
    pairs = parse_qsl(parts.query.replace("+", "%2B"), keep_blank_values=True)
    said = dict(pairs)
    if len(pairs) != 3 or set(said) != {"i", "s", "d"}:
        return None
    if not re.fullmatch(r"\d{5}", said["i"], re.ASCII) or not re.fullmatch(r"\d{8}", said["s"], re.ASCII):
        return None
    try:
        blocks = base64.b64decode(said["d"], validate=True)
    except (binascii.Error, ValueError):
        return None
    if not blocks or len(blocks) % 16:
        return None
    return CepLink(said["i"], said["s"], said["d"])


def _escaped(sealed: str) -> str:
    return sealed.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
