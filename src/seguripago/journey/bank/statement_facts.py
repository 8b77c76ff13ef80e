"""What the bank's side announces of statements."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from .facts import MonitorFact


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementImported(MonitorFact):
    """Every line of a statement was taken in: as a deposit, a word on one, a doubt or a refusal."""

    subject: ClassVar[str] = "statement:{statement_id}"

    statement_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLineDoubtful(MonitorFact):
    """A credit without the bank's identity fits no deposit (`why` none) or several: a person decides."""

    subject: ClassVar[str] = "statement_row:{row_id}"

    row_id: int
    statement_id: int
    line: int
    centavos: int
    currency: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLineSettled(MonitorFact):
    """A person said which deposit a doubtful line is of."""

    subject: ClassVar[str] = "statement_row:{row_id}"

    row_id: int
    statement_id: int
    deposit_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DebitSeen(MonitorFact):
    """A statement shows money that left the account; a return of ours may be confirmed by it."""

    subject: ClassVar[str] = "statement_row:{row_id}"

    row_id: int
    tracking_key: str
    centavos: int
    currency: str
    operation_date: date
    account: str
    concept: str
