"""Is the payer the buyer? Likeness of two names, whatever their order, accents, initials and legal forms. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_LEGAL: Final = re.compile(
    r"\b(S\s?A\s?P\s?I|S\s?A\s?B|S\s?A\s?S|S\s?A|S\s?P\s?R|S\s?C\s?P|S\s?C|A\s?C|S\s?DE\s?R\s?L|S\s?EN\s?C)"
    r"(\s?DE\s?(C\s?V|R\s?L|I\s?P)|\s?MI)*(\s?DE\s?C\s?V)?\s*$"
)
_PARTICLES: Final = frozenset({"DE", "DEL", "LA", "LAS", "LOS", "EL", "Y", "E", "SAN", "VDA", "SR", "SRA", "C"})
LEAST: Final = 50
"""Below this many of 100, two names are of two people."""


@lru_cache(maxsize=20_000)
def words_of(name: str) -> tuple[str, ...]:
    """The words that tell people apart: folded, without particles and legal forms."""
    folded = "".join(c for c in unicodedata.normalize("NFKD", name.upper()) if not unicodedata.combining(c))
    spaced = re.sub(r"[^A-Z0-9]+", " ", folded).strip()
    told = _LEGAL.sub("", spaced).strip() or spaced
    return tuple(dict.fromkeys(word for word in told.split() if word not in _PARTICLES))


def likeness(one: str, other: str) -> int:
    """0 to 100: how much of the shorter name stands in the longer one, in any order.

    A bank cuts names and writes initials, so a beginning counts; a single common word is never enough.
    """
    first, second = words_of(one), words_of(other)
    if not first or not second:
        return 0
    shorter, longer = sorted((first, second), key=len)
    left = list(longer)
    found = whole = 0
    for word in shorter:
        match = next((each for each in left if _same(word, each)), None)
        if match is None:
            continue
        left.remove(match)
        whole += min(len(word), len(match)) > 1
        found += 2 if word == match else 1
    if len(shorter) == 1:
        # One word alone tells a company, seldom a person.
        return 100 if len(longer) == 1 and found == 2 else min(found, 2) * 20
    return 0 if whole < 2 and found < 3 else found * 50 // len(shorter)


def _same(word: str, other: str) -> bool:
    if word == other:
        return True
    short, long = sorted((word, other), key=len)
    return (len(short) == 1 or len(short) >= 4) and long.startswith(short)
