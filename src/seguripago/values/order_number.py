"""The number of an order: `CM-7K3F-92QX`.

Seven random Crockford base-32 characters and a check character (the seven read as a number, modulo 37; drawn again
when that is 32 or more, so that the check is of the same alphabet). It is no secret and no key to anything.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, islice, pairwise
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUE: Final = {character: value for value, character in enumerate(ALPHABET)}
_LOOKALIKES: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})
_CONFUSED: Final = dict(zip("B8S5Z2G6QUA4", "8B5S2Z6G0V4A", strict=True))
MOST_WINDOWS: Final = 12
"""A concept has room for few numbers; whoever fills it with CM gets no more of our time."""
_AFTER_CM: Final = re.compile(r"(?=CM([0-9A-Z]{7,8}))")
_MIXED: Final = re.compile(r"(?=.*\d)(?=.*[A-Z])")
# Every dash there is (hyphens, rules, the minus), and what is not seen at all.
_JOINS: Final = r"[\s\-\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d_.\u00ad\u200b-\u200d\u2060\ufeff]"
# Letters that people type for digits are let in and forgiven; U is not part of the alphabet.
_CANDIDATE: Final = re.compile(
    rf"(?<![A-Z0-9])C{_JOINS}?M{_JOINS}*((?:[0-9A-TV-Z]{_JOINS}*){{7}}[0-9A-TV-Z])(?![A-Z0-9])"
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
    plain = re.sub(_JOINS, "", text.upper())
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


def find_likely(text: str) -> list[str]:
    """Numbers that the text may mean though it writes none of them right, without repeats, at most 24.

    Forgiven: accents, any signs between the characters, a missing CM, look-alikes (B/8, S/5, Z/2, G/6, Q/0, U/V, at
    most two), two neighbours that changed places, a check character left out, and after CM any one wrong character.
    The check character refuses 36 accidents of 37; the rest is for whoever looks the numbers up.
    """
    plain = unicodedata.normalize("NFKD", text.upper())
    runs = re.split(r"[^0-9A-Z\s\-‐‑–—_./#:]+", "".join(c for c in plain if not unicodedata.combining(c)))
    found: dict[str, None] = {}
    for run in runs:
        for eight, after_cm in islice(_windows(run), MOST_WINDOWS):
            for number in _repaired(eight):
                found[number] = None
            if after_cm and len(eight) == 8:
                for number in _one_wrong(eight):
                    found[number] = None
    sure = set(find_all(text))
    return [number for number in found if number not in sure][:24]


def place(number: str) -> int:
    """Where a valid number stands among all: its seven characters read as a number."""
    place = 0
    for character in bare(number)[2:9]:
        place = place * 32 + _VALUE[character]
    return place


def bare(number: str) -> str:
    """Without hyphens, as it goes into the concept of a transfer."""
    return number.replace("-", "")


def _windows(run: str) -> Iterator[tuple[str, bool]]:
    """Eight (or seven, the check left out) characters that may be a number, and whether they come after CM."""
    joined = re.sub(r"[^0-9A-Z]", "", run)
    for match in _AFTER_CM.finditer(joined):
        yield match[1], True
    words = re.findall(r"[0-9A-Z]+", run)
    for word in words:
        if len(word) == 8:
            yield word, False
        elif len(word) == 9 and word.startswith("CM"):
            yield word[2:], True
    for first, second in pairwise(words):
        if len(first) == len(second) == 4 and _MIXED.match(first + second):
            yield first + second, False


def _repaired(eight: str) -> Iterator[str]:
    """The valid numbers within reach of what was typed."""
    forgiven = eight.translate(_LOOKALIKES)
    if len(forgiven) == 7:
        if all(character in _VALUE for character in forgiven) and (check := _remainder(forgiven)) < 32:
            yield _shape(forgiven + ALPHABET[check])
        return
    doubtful = [place for place, character in enumerate(forgiven) if character in _CONFUSED]
    for many in range(3):
        for places in combinations(doubtful, many):
            typed = list(forgiven)
            for place in places:
                typed[place] = _CONFUSED[typed[place]]
            if (number := _checked("".join(typed))) is not None:
                yield number
    for place in range(7):
        swapped = forgiven[:place] + forgiven[place + 1] + forgiven[place] + forgiven[place + 2 :]
        if swapped != forgiven and (number := _checked(swapped)) is not None:
            yield number


def _one_wrong(eight: str) -> Iterator[str]:
    """The valid numbers that differ from what was typed in one character, about seven of them."""
    forgiven = eight.translate(_LOOKALIKES)
    for place in range(8):
        for character in ALPHABET:
            typed = forgiven[:place] + character + forgiven[place + 1 :]
            if (number := _checked(typed)) is not None:
                yield number


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
