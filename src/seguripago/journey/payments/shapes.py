"""What other rooms look at when they ask which payment some money may be for. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from seguripago.values.money import Money

from .rules import OPEN, State


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of some money, by which payments are looked up. `key` is the asker's own.

    `numbers` and `clabes` are every spelling that it may mean; `names` the words of whoever paid, empty for not asking;
    `payments` are payments whose buyer's other orders are looked at too.
    """

    key: int
    store_id: int
    amount: Money
    numbers: tuple[str, ...] = ()
    reference: str = ""
    clabes: tuple[str, ...] = ()
    tracking_key: str = ""
    names: tuple[str, ...] = ()
    payments: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """«Ya transferí»: what the buyer said of a transfer."""

    bank: str
    date: date
    tracking_key: str


@dataclass(frozen=True, slots=True)
class Lead:
    """A transfer payment that some money may be for, with what its order and its buyer are known by."""

    payment_id: int
    order_number: str
    order_state: str
    state: State
    missing: Money
    buyer_name: str
    buyer_email: str
    clabe: str
    reference: str
    monitored_at: datetime | None
    expires_at: datetime
    claims: tuple[Claim, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.state in OPEN
