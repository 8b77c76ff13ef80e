"""Lines of a page with their places, however they were found: in the text layer of a PDF or in a picture's pixels.

A picture is rarely straight. Places are turned by the median angle of its lines before anything is compared, so that a
label and its value stand in one row again.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

Corner = tuple[float, float]
NARROW: Final = 2.0
"""A box less than so many times as wide as high says nothing about the angle of the page."""


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of text and where it stands, y counting downwards; `sure`: 0 to 1, 1 where it is data and not a look."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    sure: float = 1.0
    page: int = 0

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Seen:
    """A text that was seen within four corners: upper left, upper right, lower right, lower left."""

    text: str
    corners: Sequence[Corner]
    sure: float


def straightened(seen: Iterable[Seen], page: int = 0) -> list[Line]:
    """Turn what was seen on a page by the median angle of its wide boxes."""
    boxes = list(seen)
    angles = [_angle(box) for box in boxes if _length(box, 0, 1) > NARROW * _length(box, 0, 3)]
    angle = statistics.median(angles) if angles else 0.0
    cos, sin = math.cos(-angle), math.sin(-angle)
    lines = []
    for box in boxes:
        turned = [(x * cos - y * sin, x * sin + y * cos) for x, y in box.corners]
        middle = statistics.fmean(y for _, y in turned)
        # The box of a turned line is higher than its letters; its own side tells their height.
        half = _length(box, 0, 3) / 2
        left = (turned[0][0] + turned[3][0]) / 2
        right = (turned[1][0] + turned[2][0]) / 2
        lines.append(Line(box.text, left, middle - half, right, middle + half, box.sure, page))
    return lines


def rows_of(lines: Iterable[Line]) -> list[list[Line]]:
    """Gather lines into rows, downwards, each from left to right: who overlaps by half its height is in the row."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda each: (each.page, each.middle)):
        if rows and _is_beside(rows[-1][0], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda each: each.left) for row in rows]


def joined(lines: Sequence[Line]) -> Line:
    """Make one line of several, read in their order; as sure as the least sure of them."""
    return replace(
        lines[0],
        text=" ".join(line.text for line in lines),
        left=min(line.left for line in lines),
        right=max(line.right for line in lines),
        top=min(line.top for line in lines),
        bottom=max(line.bottom for line in lines),
        sure=min(line.sure for line in lines),
    )


def _is_beside(one: Line, other: Line) -> bool:
    overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
    return one.page == other.page and overlap > 0.5 * min(one.height, other.height)


def _angle(box: Seen) -> float:
    (x0, y0), (x1, y1) = box.corners[0], box.corners[1]
    return math.atan2(y1 - y0, x1 - x0)


def _length(box: Seen, one: int, other: int) -> float:
    (x0, y0), (x1, y1) = box.corners[one], box.corners[other]
    return math.hypot(x1 - x0, y1 - y0)
