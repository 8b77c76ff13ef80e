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


@dataclass(frozen=True, slots=True, kw_only=True)
class GuaranteeClaimed(Fact):
    """The buyer says that something is wrong: the clock stands still."""

    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = ("order:{order_id}", "desk:{store_id}")

    order_id: int
    guarantee_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GuaranteeGoesOn(Fact):
    """A claim ended without deciding about money: the clock goes on, or starts for what was replaced."""

    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = ("order:{order_id}", "desk:{store_id}")

    order_id: int
    guarantee_id: int
    is_replaced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GuaranteeResolved(Fact):
    """The promise ended with two amounts, to the store and to the buyer. `why`: resolved, refunded or charged_back."""

    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = ("order:{order_id}", "desk:{store_id}")

    order_id: int
    guarantee_id: int
    why: str
    to_store_centavos: int
    to_buyer_centavos: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuaranteeStep(Fact):
    """A deadline of the promise is near, or was missed (rules.Step): a missed one lets the buyer claim «No llegó»."""

    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = ("order:{order_id}", "desk:{store_id}")

    order_id: int
    guarantee_id: int
    step: str
    due_at: str
