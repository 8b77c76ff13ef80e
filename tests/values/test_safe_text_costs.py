"""What a stranger may send costs as much a letter when it is long as when it is short."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from seguripago.values.safe_text import carries_bank_digits, mask_secrets

SHORT, LONG = 500, 4000


def cost(check: Callable[[str], object], text: str) -> float:
    """The least of three, in seconds of this process alone."""
    spent = []
    for _ in range(3):
        began = time.process_time()
        check(text)
        spent.append(time.process_time() - began)
    return min(spent)


@pytest.mark.parametrize("check", [mask_secrets, carries_bank_digits])
@pytest.mark.parametrize("piece", ["9 ", "4-", "1\n", "4 a ", "nip: 1 "])
def test_many_numbers_apart_cost_no_seconds(check: Callable[[str], object], piece: str) -> None:
    short, long = (cost(check, (piece * LONG)[:length]) for length in (SHORT, LONG))
    assert long < 20 * short + 0.01, f"{LONG // SHORT} times the text, {long / short:.0f} times the time"
