"""The number of an order: `CM-7K3F-92QX`.

Seven random Crockford base-32 characters and a check character (the seven read as a number, modulo 37; drawn again
when that is 32 or more, so that the check is of the same alphabet). It is no secret and no key to anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUE: Final = {character: value for value, character in enumerate(ALPHABET)}
_LOOKALIKES: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})
# Letters that people type for digits are let in and forgiven; U is not part of the alphabet.
_CANDIDATE: Final = re.compile(
    r"(?<![A-Z0-9])C\s?M[\s\-‐‑–—_.]*((?:[0-9A-TV-Z][\s\-‐‑–—_.]*){7}[0-9A-TV-Z])(?![A-Z0-9])"
)


def draw(choice: Callable[[Sequence[str]], str]) -> str:
    """Make a number with the caller's dice, e.g. `secrets.choice`."""
    while True:
        body = "".join(choice(ALPHABET) for _ in range(7))
        remainder = _remainder(body)
        if remainder < 32:
            return _shape(body + ALPHABET[remainder])


def is_valid(number: str) -> bool:
    return parse(number) == number


def parse(text: str) -> str | None:
    """The number that the text is, forgiving case, spaces, hyphens and O/0, I/1, L/1; None when it is none."""
    plain = re.sub(r"[\s\-‐‑–—_.]", "", text.upper())
    if not plain.startswith("CM") or len(plain) != 10:
        return None
    return _checked(plain[2:])


def find_all(text: str) -> list[str]:
    """Every valid number inside free text, in order, without repeats."""
    found: dict[str, None] = {}
    for match in _CANDIDATE.finditer(text.upper()):
        number = _checked(re.sub(r"[^0-9A-Z]", "", match[1]))
        if number is not None:
            found[number] = None
    return list(found)


def bare(number: str) -> str:
    """Without hyphens, as it goes into the concept of a transfer."""
    return number.replace("-", "")


def _checked(eight: str) -> str | None:
    forgiven = eight.translate(_LOOKALIKES)
    if len(forgiven) != 8 or any(character not in _VALUE for character in forgiven):
        return None
    return _shape(forgiven) if _remainder(forgiven[:7]) == _VALUE[forgiven[7]] else None


def _remainder(body: str) -> int:
    value = 0
    for character in body:
        value = value * 32 + _VALUE[character]
    return value % 37


def _shape(eight: str) -> str:
    return f"CM-{eight[:4]}-{eight[4:]}"
