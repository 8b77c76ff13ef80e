"""What reconciliation announces."""

from dataclasses import dataclass
from typing import ClassVar

from seguripago.foundations.facts.base import Fact
from seguripago.journey.bank.facts import MonitorFact


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpened(Fact):
    """A person must decide something. `order_id` is 0 when no order is known."""

    subject: ClassVar[str] = "case:{case_id}"
    wakes: ClassVar[tuple[str, ...]] = ("order:{order_id}", "desk:{store_id}", "monitor:{store_id}")

    case_id: int
    kind: str
    order_id: int
    centavos: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayClosed(MonitorFact):
    """A person closed a day of the bank: signed, chained, for ever."""

    subject: ClassVar[str] = "day:{close_id}"

    close_id: int
    unexplained_centavos: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayChecked(MonitorFact):
    """The clock proved yesterday by itself; nobody has closed it yet."""

    subject: ClassVar[str] = "day_check:{check_id}"

    check_id: int
    unexplained_centavos: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDecided(Fact):
    """Two people decided about a case and it was done. `order_id` is 0 when no order gets money."""

    subject: ClassVar[str] = "case:{case_id}"
    wakes: ClassVar[tuple[str, ...]] = ("order:{order_id}", "desk:{store_id}", "monitor:{store_id}")

    case_id: int
    action: str
    order_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEscalated(MonitorFact):
    """Nobody decided in time and no policy says what happens by itself: another role answers now."""

    subject: ClassVar[str] = "case:{case_id}"

    case_id: int
    kind: str
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RestAsked(Fact):
    """The buyer has more time to pay what is missing, to the same CLABE."""

    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = ("order:{order_id}", "desk:{store_id}", "monitor:{store_id}")

    case_id: int
    order_id: int
    missing_centavos: int
    currency: str
    hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnFact(Fact):
    """Something happened to a return; not announced itself. `order_id` is 0 when the money was for no order,
    `case_id` when it is no case's but a payment's that became whole.
    """

    subject: ClassVar[str] = "return:{return_id}"
    wakes: ClassVar[tuple[str, ...]] = ("order:{order_id}", "monitor:{store_id}")

    return_id: int
    case_id: int
    order_id: int
    centavos: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnApproved(ReturnFact):
    """It was decided that money goes back; the bank is told next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnInstructed(ReturnFact):
    """The bank was told, by file or by order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnConfirmed(ReturnFact):
    """The bank has carried the return out; it is booked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnFailed(ReturnFact):
    """The bank did not carry it out; the money is where it was, and a person decides again."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceJudged(Fact):
    """A comprobante has another verdict than before. It moves no money. `verdict`: rules.VerdictKind."""

    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = ("order:{order_id}", "desk:{store_id}", "monitor:{store_id}")

    order_id: int
    evidence_id: int
    verdict_id: int
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceUnanswered(Fact):
    """What a comprobante tells of was waited for as long as it is expected, in vain: a person looks now."""

    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = ("order:{order_id}", "desk:{store_id}", "monitor:{store_id}")

    order_id: int
    evidence_id: int
