"""Which prefix gives the next CLABE, and when to say that accounts run out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from seguripago.values import clabe

WARN_BELOW_PART = 10  # one tenth left: announced long before the last account


@dataclass(frozen=True, slots=True)
class Prefix:
    id: int
    institution: str
    bank_label: str
    prefix: str
    next_number: int

    @property
    def left(self) -> int:
        return clabe.capacity(self.prefix) - self.next_number


def prefix_to_use(prefixes: Sequence[Prefix]) -> Prefix | None:
    """The oldest active prefix that still has accounts."""
    return next((prefix for prefix in sorted(prefixes, key=lambda each: each.id) if prefix.left > 0), None)


def runs_low(prefixes: Sequence[Prefix]) -> bool:
    total = sum(clabe.capacity(prefix.prefix) for prefix in prefixes)
    return sum(max(prefix.left, 0) for prefix in prefixes) * WARN_BELOW_PART < total
