"""What the verdict of a comprobante is made of, and what it looks like. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from seguripago.values.money import Money


class VerdictKind(StrEnum):
    """What a comprobante is worth beside what the bank told."""

    WAITING = "waiting_for_bank"
    MATCHES = "matches_deposit"
    VERIFIED = "verified_by_cep"
    CONTRADICTS = "contradicts"
    REUSED = "reused"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, as a code with its data; the words are made where they are shown."""

    code: str
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing that was said beside what was expected; `ok` is None where neither proves the other."""

    name: str
    expected: str
    said: str
    ok: bool | None
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class PaperVerdict:
    """`deposit_id` is the deposit that it tells of. `asks_again`: the bank may still say more."""

    kind: VerdictKind
    reasons: tuple[Reason, ...]
    compared: tuple[Compared, ...] = ()
    deposit_id: int | None = None

    @property
    def asks_again(self) -> bool:
        is_open = self.kind is VerdictKind.WAITING or (self.kind is VerdictKind.VERIFIED and self.deposit_id is None)
        return is_open and not any(reason.code == "paid_by_card" for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class OrderMoney:
    """What the order expects by transfer. `clabe` is empty while no details were sent."""

    number: str
    amount: Money
    received: Money
    clabe: str
    placed_at: datetime
    expires_at: datetime | None = None
    watch_until: datetime | None = None
    beneficiary: str = ""
    concept: str = ""
    prefixes: tuple[str, ...] = ()
    asked: tuple[Money, ...] = ()
    is_settled: bool = False
    is_ended: bool = False
    is_by_card: bool = False

    @property
    def missing(self) -> Money:
        return self.amount - self.received


@dataclass(frozen=True, slots=True)
class Arrived:
    """A deposit that may be meant. `place`: order, case, sent_back, other (another order's) or new (unjudged)."""

    id: int
    amount: Money
    clabe: str
    tracking_key: str
    bank: str
    bank_name: str
    operation_date: date
    settled_at: datetime
    place: str = "order"
    is_returned: bool = False
