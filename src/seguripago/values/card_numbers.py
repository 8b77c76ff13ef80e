"""What a card number looks like: 13 to 19 digits of a network, with a right check digit, however they are written."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from . import clabe

SHORTEST, LONGEST = 13, 19
_RUN: Final = re.compile(r"\d+(?:[\s.\-–—·/_|*+,]{1,3}\d+)*")


def holds_card_number(text: str) -> bool:
    """Whether a card number stands in the text, whole or in groups; letters on both sides make it part of a code."""
    plain = "".join(str(unicodedata.digit(each, each)) for each in text) if not text.isascii() else text
    for run in _RUN.finditer(plain):
        before, after = plain[run.start() - 1 : run.start()], plain[run.end() : run.end() + 1]
        groups = re.findall(r"\d+", run[0])
        if len(groups) == 1 and before.isalpha() and after.isalpha():
            continue
        if any(_is_card("".join(groups[first:last])) for first, last in _windows(groups)):
            return True
    return False


def _windows(groups: list[str]) -> list[tuple[int, int]]:
    """Which groups beside one another have as many digits as a card."""
    found = []
    for first in range(len(groups)):
        size = 0
        for last in range(first, len(groups)):
            size += len(groups[last])
            if size > LONGEST:
                break
            if size >= SHORTEST:
                found.append((first, last + 1))
    return found


def _is_card(digits: str) -> bool:
    return luhn(digits) and is_of_network(digits, len(digits)) and not clabe.is_valid(digits)


def is_of_network(digits: str, size: int) -> bool:
    """Whether a card network has numbers that begin so and are so long (Carnet of Mexico is 2869, 5062, 6046…)."""
    two, four = digits[:2], int(digits[:4])
    match size:
        case 13:
            return digits[0] == "4"
        case 14:
            return two in {"30", "36", "38", "39"}
        case 15:
            return two in {"34", "37"}
        case 16:
            return digits[0] in "456" or 2221 <= four <= 2720 or 3528 <= four <= 3589 or four == 2869 or two == "36"
        case 19:
            return digits[0] in "46" or two in {"50", "56", "57", "58"}
        case _:
            return digits[0] == "6" or two in {"50", "56", "57", "58"}


def luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
