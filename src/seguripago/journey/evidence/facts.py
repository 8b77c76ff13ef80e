"""What this room announces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from seguripago.foundations.facts.base import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceKept(Fact):
    """A comprobante of the order was kept, with a clean copy to look at."""

    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = ("order:{order_id}", "desk:{store_id}", "monitor:{store_id}")

    order_id: int
    evidence_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceCleared(Fact):
    """A comprobante that waited for the scanner passed it: there is a clean copy to look at now."""

    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = ("order:{order_id}", "desk:{store_id}", "monitor:{store_id}")

    order_id: int
    evidence_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRejected(Fact):
    """A comprobante that waited for the scanner is not taken; `reason` is the refusal's code."""

    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = ("order:{order_id}", "desk:{store_id}", "monitor:{store_id}")

    order_id: int
    evidence_id: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRead(Fact):
    """What a comprobante says is known; a picture of which nothing could be read is known to say nothing."""

    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = ("order:{order_id}", "desk:{store_id}", "monitor:{store_id}")

    order_id: int
    evidence_id: int
