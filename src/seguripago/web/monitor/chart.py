"""The hour's bars as numbers that a template draws: everything in SVG units, nothing in styles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from seguripago.journey.reconciliation.queries import Bucket
from seguripago.values.money import Money

WIDTH: Final = 840
HEIGHT: Final = 150
LEFT: Final = 64
GAP: Final = 18
STEPS: Final = (1, 2, 4, 5, 8, 10)


@dataclass(frozen=True, slots=True)
class Bar:
    """Applied below, what is in cases above it; `y` from the top."""

    starts_at: datetime
    applied: Money
    in_case: Money
    x: int
    width: int
    applied_y: int
    applied_height: int
    case_y: int
    case_height: int
    is_last: bool

    @property
    def middle(self) -> int:
        return self.x + self.width // 2


@dataclass(frozen=True, slots=True)
class Line:
    y: int
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    is_empty: bool
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    label_y: int = HEIGHT + 20
    total_height: int = HEIGHT + 38


def draw(buckets: Sequence[Bucket]) -> Chart:
    top = _round_up(max((bucket.applied.centavos + bucket.in_case.centavos for bucket in buckets), default=0))
    slot = (WIDTH - LEFT) // max(len(buckets), 1)
    bars = []
    for position, bucket in enumerate(buckets):
        applied = _height(bucket.applied, top)
        case = _height(bucket.in_case, top)
        gap = 2 if applied and case else 0
        bars.append(
            Bar(
                starts_at=bucket.starts_at,
                applied=bucket.applied,
                in_case=bucket.in_case,
                x=LEFT + position * slot + GAP // 2,
                width=slot - GAP,
                applied_y=HEIGHT - applied,
                applied_height=applied,
                case_y=HEIGHT - applied - gap - case,
                case_height=case,
                is_last=position == len(buckets) - 1,
            )
        )
    lines = tuple(Line(HEIGHT - HEIGHT * part // 4, _short(top * part // 4)) for part in range(5))
    return Chart(tuple(bars), lines, is_empty=all(not (b.applied or b.in_case) for b in buckets))


def _height(amount: Money, top: int) -> int:
    if not amount:
        return 0
    # Leave a little air above the tallest bar; the smallest amount is still seen.
    return max(3, amount.centavos * (HEIGHT - 6) // top)


def _round_up(centavos: int) -> int:
    step = 100_00
    while True:
        for times in STEPS:
            if centavos <= step * times:
                return step * times
        step *= 10


def _short(centavos: int) -> str:
    pesos = centavos // 100
    return f"${pesos // 1000}k" if pesos >= 10_000 and pesos % 1000 == 0 else f"${pesos:,}"
