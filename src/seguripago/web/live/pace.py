"""How often somebody may signal. Each process counts for itself: what comes more often is dropped without a word."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final

APART_S: Final = 3.0
MOST: Final = 10_000


class Pace:
    """One signal of a kind per person and conversation in three seconds."""

    def __init__(self) -> None:
        self._last: dict[Hashable, float] = {}

    def allows(self, key: Hashable, now: float) -> bool:
        """Whether this one may go, by a clock that only goes on."""
        if now - self._last.get(key, -APART_S) < APART_S:
            return False
        if len(self._last) >= MOST:
            # Whoever is forgotten too early may signal once more: harmless.
            self._last = {known: at for known, at in tuple(self._last.items()) if now - at < APART_S}
            if len(self._last) >= MOST:
                return False
        self._last[key] = now
        return True


PACE: Final = Pace()
