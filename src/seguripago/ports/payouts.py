"""What we ask of whoever sends the store's money: take this order once, and say what became of it.

The tracking key is ours and the same however often an order is sent, so that a second try on the same operation day
cannot pay twice; on another day nothing is sent again. A notice from outside is only a hint: what became of an order,
the provider says when it is asked. Troubles are those of bank feeds: FeedAway (in doubt: ask later), FeedRefused and
Unreadable (a person has to look), NotFoundThere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Protocol, runtime_checkable

from seguripago.values.money import Money

from .bank_feeds import Credentials

FAMILY: Final = "payouts"


class PayoutState(StrEnum):
    """What became of an order: the provider has it, the money left, or it never will."""

    SENT = "sent"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PayoutOrder:
    """Money of the store for an account. `account_type` in SPEI's numbers (40 CLABE, 3 card, 10 phone); texts as banks
    take them: capitals, no accents.
    """

    tracking_key: str
    amount: Money
    account: str
    account_type: int
    institution: str
    holder: str
    concept: str
    reference: str
    payer_account: str
    payer_name: str
    payer_rfc: str


@dataclass(frozen=True, slots=True)
class PayoutAnswer:
    """`ref` is the provider's own number; `reason` in its words when it failed; `day` the operation date, if said."""

    state: PayoutState
    ref: str = ""
    reason: str = ""
    day: date | None = None


@runtime_checkable
class Payouts(Protocol):
    """One provider of payment orders. It is asked with the credentials of the bank feed of the same slug."""

    @property
    def slug(self) -> str: ...

    @property
    def title(self) -> str: ...

    def send(self, order: PayoutOrder, credentials: Credentials) -> PayoutAnswer:
        """Hand the order over; an order that the provider has already is SENT, never a second payment."""
        ...

    def fetch(self, order: PayoutOrder, day: date | None, credentials: Credentials) -> PayoutAnswer:
        """Ask what became of an order; `day` is its operation date, None for today's. Raises NotFoundThere."""
        ...

    def hint(self, body: bytes, headers: Mapping[str, str]) -> str:
        """The tracking key that a notice speaks of, empty when it speaks of none. Nothing of it is believed."""
        ...
