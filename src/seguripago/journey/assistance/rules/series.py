"""Whether somebody goes through order numbers one after the other."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from seguripago.values.order_number import place

NEAR: Final = 8
"""Neighbours of a number that has a check character lie a step or two apart; a searcher may skip some."""
FEWEST: Final = 3


def is_series(numbers: Iterable[str]) -> bool:
    """Whether three of the numbers lie beside one another among the 34 thousand million. By chance they never do."""
    run = 1
    for lower, higher in pairwise(sorted({place(number) for number in numbers})):
        run = run + 1 if higher - lower <= NEAR else 1
        if run >= FEWEST:
            return True
    return False
