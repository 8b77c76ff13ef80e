"""What the bank's side announces of statements."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from seguripago.foundations.facts.base import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementImported(Fact):
    """Every line of a statement was taken in: as a deposit, a word on one, a doubt or a refusal."""

    subject: ClassVar[str] = "statement:{statement_id}"
    wakes: ClassVar[tuple[str, ...]] = ("monitor:{store_id}",)

    statement_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLineDoubtful(Fact):
    """A credit without the bank's identity fits no deposit (`why` none) or several: a person decides."""

    subject: ClassVar[str] = "statement_row:{row_id}"
    wakes: ClassVar[tuple[str, ...]] = ("monitor:{store_id}",)

    row_id: int
    statement_id: int
    line: int
    centavos: int
    currency: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DebitSeen(Fact):
    """A statement shows money that left the account; a return of ours may be confirmed by it."""

    subject: ClassVar[str] = "statement_row:{row_id}"
    wakes: ClassVar[tuple[str, ...]] = ("monitor:{store_id}",)

    row_id: int
    tracking_key: str
    centavos: int
    currency: str
    operation_date: date
    account: str
    concept: str
