from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from seguripago.foundations.facts.base import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class GuaranteeHeld(Fact):
    """The store's promise about a paid purchase stands, with its folio and its clocks."""

    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = ("order:{order_id}", "desk:{store_id}")

    order_id: int
    guarantee_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GuaranteeReleased(Fact):
    """The promise is kept: the buyer accepted, or the inspection clock ended without a claim."""

    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = ("order:{order_id}", "desk:{store_id}")

    order_id: int
    guarantee_id: int
    centavos: int
    currency: str
