"""Answers that took long to read, kept for a while by this process: what is read in an instant never is."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

INSTANT_S: Final = 0.05
TIMES: Final = 20
LONGEST_S: Final = 300.0
MOST_KEPT: Final = 400


class Kept:
    """Answers that took long to read, each until it is worth reading again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._answers: dict[object, tuple[float, Any]] = {}

    def read[T](self, key: object, ask: Callable[[], T], *, at_least_s: float = 0.0) -> T:
        """The kept answer of `key`, or a new one; `at_least_s`: what changes so slowly that it may be kept so long."""
        began = self._clock()
        known = self._answers.get(key)
        if known is not None and began < known[0]:
            return known[1]  # type: ignore[no-any-return]
        answer = ask()
        took = self._clock() - began
        if took > INSTANT_S or at_least_s:
            if len(self._answers) >= MOST_KEPT:
                self._answers.clear()
            self._answers[key] = (began + took + max(at_least_s, min(took * TIMES, LONGEST_S)), answer)
        return answer

    def forget(self) -> None:
        """Ask anew for everything."""
        self._answers.clear()
