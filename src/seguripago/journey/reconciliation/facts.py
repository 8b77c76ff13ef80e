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
