"""Which prefix gives the next CLABE, and when to say that accounts run out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from seguripago.values import clabe

WARN_BELOW_PART = 10  # one tenth left: announced long before the last account
URGENT_BELOW_PART = 50
LOW_DAYS, URGENT_DAYS = 60, 14
RATE_DAYS = 14
MOST_CHAT_MONTHS = 24  # what the privacy notice promises
DAYS: Final[dict[str, tuple[int, int]]] = {
    "ship_days": (1, 60),
    "deliver_days": (1, 90),
    "inspection_days": (1, 90),
    "cutoff_hour": (1, 24),
    "near_days": (0, 30),
    "national_days": (0, 30),
    "remote_days": (0, 30),
    "arrival_days": (2, 20),
    "remind_days": (1, 7),
    "answer_days": (1, 15),
    "accept_days": (1, 30),
    "send_back_days": (1, 60),
    "replace_days": (1, 60),
    "decide_days": (1, 15),
    "appeal_days": (1, 15),
    "refund_days": (1, 15),
    "refund_account_days": (1, 30),
    "refund_bank_days": (1, 15),
}
"""What a store sets of sending, guarantee, claims and refunds: least and most of each, in days; one in hours."""
GUARANTEE_MODES: Final = ("merchant_obligation", "licensed_partner")
LONGEST_PARTNER: Final = 80
LEVELS = ("ok", "low", "urgent", "empty")


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


def level_of(left: int, total: int, days_left: int | None) -> str:
    """How near the end is: ok, low (under a tenth or 60 days), urgent (under a fiftieth or 14 days), empty."""
    if left <= 0:
        return "empty"
    if left * URGENT_BELOW_PART < total or (days_left is not None and days_left < URGENT_DAYS):
        return "urgent"
    if left * WARN_BELOW_PART < total or (days_left is not None and days_left < LOW_DAYS):
        return "low"
    return "ok"


def overlap(one: str, other: str) -> bool:
    """Whether two prefixes could make the same CLABE: one begins with the other."""
    return one.startswith(other) or other.startswith(one)
