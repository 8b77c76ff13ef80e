"""The words of Mexican banks' receipts: what a label means, and which institution a name names.

A label that many banks use for either side («Nombre», «Banco», «Cuenta») means the side that was spoken of last.
"""

from __future__ import annotations

import difflib
import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from seguripago.values import clabe as clabes

PAYER: Final = "payer"
BENEFICIARY: Final = "beneficiary"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What stands beside a label. `side`: whose it is, where the label says so; the lower `rank`, the better."""

    field: str
    side: str = ""
    rank: int = 0


def flat(text: str) -> str:
    """Small letters without accents, one space between words, nothing else: how words are compared."""
    plain = "".join(
        letter for letter in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(letter)
    )
    return " ".join(re.findall(r"[a-z0-9]+", plain))


WORDS: Final = tomllib.loads(Path(__file__).with_name("receipt_words.toml").read_text(encoding="utf-8"))
LABELS: Final = {
    words: Meaning(label["field"], label.get("side", ""), label.get("rank", 0))
    for label in WORDS["label"]
    for words in label["words"]
}
MOST_WORDS: Final = max(len(phrase.split()) for phrase in LABELS)
EVERYDAY: Final = frozenset(WORDS["everyday"]["words"])
"""Everyday words: a label only where nothing but a colon follows them in their box."""
_LIKE: Final = 0.88
_LONG_ENOUGH: Final = 8
_TOO_LONG: Final = 45


@lru_cache(maxsize=2048)
def meaning_of(label: str) -> Meaning | None:
    """What a label means; one letter seen wrong in a long one is forgiven."""
    words = flat(re.sub(r"\([^)]*\)", " ", label))
    if words in LABELS:
        return LABELS[words]
    made = _by_parts(words.split())
    if made is not None:
        return made
    if _LONG_ENOUGH <= len(words) <= _TOO_LONG:
        close = difflib.get_close_matches(words, LABELS, n=1, cutoff=_LIKE)
        if close and abs(len(close[0]) - len(words)) <= 2:
            return LABELS[close[0]]
    return None


_PART: Final = {word: part["field"] for part in reversed(WORDS["part"]) for word in part["words"]}
_ORDER: Final = tuple(part["field"] for part in WORDS["part"])
_SIDE: Final = {word: side for side, words in WORDS["sides"].items() for word in words}
_VOCABULARY: Final = {*_PART, *_SIDE, *WORDS["joints"]["words"]}
_HAS_SIDE: Final = frozenset({"account", "name", "institution"})


def _by_parts(words: list[str]) -> Meaning | None:
    """What a label means that is made of known words and nothing else; None for one that speaks of both sides."""
    if not 0 < len(words) <= MOST_WORDS or not _VOCABULARY.issuperset(words):
        return None
    fields = {_PART[word] for word in words if word in _PART}
    sides = {_SIDE[word] for word in words if word in _SIDE}
    if not fields or len(sides) > 1:
        return None
    field = min(fields, key=_ORDER.index)
    if field in _HAS_SIDE:
        return Meaning(field, sides.pop() if sides else "")
    return Meaning(field, rank=2)


_BANK_PATTERNS: Final = tuple((re.compile(rf"\b(?:{words})\b"), code) for words, code in WORDS["banks"].items())
_BY_NAME: Final = {flat(name): code for code, name in clabes.institutions()}


def bank_named(text: str) -> str:
    """The five-digit code of the one institution that a text names; empty when it names none or several."""
    words = flat(text)
    if words in _BY_NAME:
        return _BY_NAME[words]
    if words == "nu":
        return "40638"
    codes = {code for pattern, code in _BANK_PATTERNS if pattern.search(words)}
    return codes.pop() if len(codes) == 1 else ""


def speaks_as_the_bank(text: str) -> bool:
    """Whether a line is a bank's legal name, as it stands at the foot of its papers."""
    return re.search(r"\bs ?a\b|institucion de|s ?f ?p\b|grupo financiero", flat(text)) is not None
