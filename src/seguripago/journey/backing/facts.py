"""What this room announces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from seguripago.foundations.facts.base import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseBacked(Fact):
    """All that proves a purchase is filed: receipt, certificate, and what shows that the money came. Said once."""

    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = ("order:{order_id}", "desk:{store_id}")

    order_id: int
    filed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComprobanteReminded(Fact):
    """The buyer has not shown a comprobante for a day: he is asked once more. Nothing waits for it."""

    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = ("order:{order_id}",)

    order_id: int
