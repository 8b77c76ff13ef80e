"""What reconciliation announces."""

from dataclasses import dataclass
from typing import ClassVar

from seguripago.foundations.facts.base import Fact


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
class DayClosed(Fact):
    """A person closed a day of the bank: signed, chained, for ever."""

    subject: ClassVar[str] = "day:{close_id}"
    wakes: ClassVar[tuple[str, ...]] = ("monitor:{store_id}",)

    close_id: int
    unexplained_centavos: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayChecked(Fact):
    """The clock proved yesterday by itself; nobody has closed it yet."""

    subject: ClassVar[str] = "day_check:{check_id}"
    wakes: ClassVar[tuple[str, ...]] = ("monitor:{store_id}",)

    check_id: int
    unexplained_centavos: int
