"""What we ask of whoever keeps the CEPs: is there one for this transfer?

One question, one union of answers. What is not recognised is never success: Away, and asked again later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from seguripago.ports import registry
from seguripago.values.money import Money

FAMILY: Final = "cep_lookups"


@dataclass(frozen=True, slots=True)
class CepWanted:
    """The transfer whose CEP is wanted. `operation_date` is the bank's day, which may not be the calendar's.

    `to_a_participant`: its beneficiary is the institution itself (types of payment 4 and 31); Banxico wants to be told.
    """

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
