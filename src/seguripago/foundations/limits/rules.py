"""What a limit is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """So many uses within so many seconds after the first."""

    name: str
    most: int
    window_s: int
