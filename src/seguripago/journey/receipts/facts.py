"""What this room announces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from seguripago.foundations.facts.base import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptIssued(Fact):
    """A confirmed payment has its signed receipt."""

    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = ("order:{order_id}", "desk:{store_id}")

    order_id: int
    payment_id: int
    receipt_id: int
    number: str
