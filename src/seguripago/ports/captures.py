"""What we ask of a feed for what two people decide: write down, in the feed's own shape, what they saw.

The bytes are then read by the same feed as any other notice. Nothing here judges whether it is true.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Protocol, runtime_checkable

from seguripago.ports.cep import Cep
from seguripago.values.money import Money

BY_HAND: Final = "by_hand"
CEP: Final = "banxico_cep"


@dataclass(frozen=True, slots=True)
class ByHand:
    """A deposit that a person saw in online banking. `settled_at`: when it fell in, where the bank shows an hour."""

    clabe: str
    sending_institution: str
    tracking_key: str
    operation_date: date
    amount: Money
    receiving_institution: str = ""
    payer_name: str = ""
    concept: str = ""
    reference: str = ""
    settled_at: datetime | None = None


@runtime_checkable
class WritesByHand(Protocol):
    """A feed that writes down what a person saw."""

    def written(self, said: ByHand) -> bytes:
        """Give the body that says exactly this."""
        ...


@runtime_checkable
class WritesCep(Protocol):
    """A feed that writes down a CEP with the file that carried it."""

    def sending_institution(self, cep: Cep) -> str:
        """Give the institution that sent the money, as five digits; empty where the CEP does not say it for certain."""
        ...

    def with_original(self, cep: Cep, original: bytes, *, sending_institution: str) -> bytes:
        """Give the body that says exactly this CEP, with the file inside."""
        ...

    def original(self, body: bytes) -> bytes:
        """Give back the file that a body carries; raises Unreadable."""
        ...
