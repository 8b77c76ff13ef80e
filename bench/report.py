"""Figures as outsiders read them."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Figure:
    """`floor` is the physical limit measured in the same run, None where there is none; `n` how many were counted."""

    name: str
    value: float
    unit: str
    better: Literal["lower", "higher"]
    n: int
    floor: float | None = None
    notes: str = ""

    @property
    def ratio(self) -> float | None:
        return None if not self.floor else round(self.value / self.floor, 3)


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which `part` (0 to 1) of the values lie, nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def median_of(values: Sequence[float]) -> float:
    return statistics.median(values)


def write(figures: Sequence[Figure], *, load: float, seconds: float) -> Path:
    RESULTS.mkdir(exist_ok=True)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    rows = [
        {
            **asdict(figure),
            "value": round(figure.value, 3),
            "floor": None if figure.floor is None else round(figure.floor, 3),
            "ratio": figure.ratio,
            "machine": machine,
            "load_before": round(load, 2),
            "run_s": round(seconds, 1),
        }
        for figure in figures
    ]
    target = RESULTS / "latest.json"
    target.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
    return target


def show(figures: Sequence[Figure], *, load: float) -> None:
    print(
        f"{'figure':<28}{'value':>12} {'unit':<10}{'floor':>10}{'ratio':>9}{'n':>8}  notes   (load before {load:.2f})"
    )
    for figure in figures:
        floor = "" if figure.floor is None else f"{figure.floor:.2f}"
        ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
        told = f"{figure.name:<28}{figure.value:>12.2f} {figure.unit:<10}{floor:>10}{ratio:>9}{figure.n:>8}"
        print(f"{told}  {figure.notes}")
