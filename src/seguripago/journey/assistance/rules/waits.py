"""How long somebody in the queue will wait, told from how long others just waited. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

FEWEST: Final = 5
"""Fewer pick-ups than these say nothing about the next one."""


@dataclass(frozen=True, slots=True)
class PickUp:
    """One conversation that an analyst took: its place in the queue when it began to wait, and how long it waited."""

    place: int
    waited_s: float


def expected_wait_s(place: int, recent: Sequence[PickUp]) -> int | None:
    """Seconds that somebody at this place of the queue will probably wait, or None when too little is known.

    The median of those who began at the same place; when they are too few, the median pace per place of everybody.
    """
    same = [each.waited_s for each in recent if each.place == place]
    if len(same) >= FEWEST:
        return round(median(same))
    if len(recent) < FEWEST:
        return None
    return round(median(each.waited_s / max(each.place, 1) for each in recent) * place)
