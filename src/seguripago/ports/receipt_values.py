"""Amounts, days, hours, accounts and tracking keys as Mexican banks write them. What is not certain is not read."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from urllib.parse import urlsplit

from seguripago.ports.receipt_words import flat
from seguripago.values import clabe as clabes

MONTHS: Final = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip
BANXICO: Final = frozenset({"www.banxico.org.mx", "banxico.org.mx"})
LONGEST_KEY: Final = 30
MOST_VARIANTS: Final = 128
LONG_RUN: Final = 6
SHORT_RUN: Final = 3

_MONEY: Final = re.compile(
    r"(?<![\d.,])(?P<mark>\$|mxn|mx\$)?\s{0,2}(?<![\d.,])"
    r"(?P<whole>\d{1,3}(?:(?P<gap>[ ,])\d{3}(?:(?P=gap)\d{3})*)?|\d+)"
    r"(?:\s?\.\s?(?P<cents>\d{2}))?(?![\d.,]*\d)\s{0,2}(?P<after>mxn|m\.?\s?n\.?|pesos)?",
    re.IGNORECASE,
)
_NUMBERS: Final = re.compile(r"(?<!\d)(\d{1,2})\s?([/-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?!\d)")
_ISO: Final = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_WORDS: Final = re.compile(r"(?<!\d)(\d{1,2})\s*(?:de\s+)?([a-z]{3,10})\s*(?:de\s+|del\s+)?(\d{4})(?!\d)")
_TIME: Final = re.compile(
    r"(?<![\d:])([01]?\d|2[0-3])\s?:\s?([0-5]\d)(?:\s?:\s?([0-5]\d))?(?!\d)\s*(?:([ap])\s?\.?\s?m\b)?", re.IGNORECASE
)
_MASKED: Final = re.compile(r"(?:[•·●∙*xX.…º°oO○]\s?)+\s*(\d{4})\s*$")
_DIGITS: Final = str.maketrans({"O": "0", "o": "0", "I": "1", "l": "1", "|": "1"})
_LOOK_ALIKE: Final = {"O": "0", "0": "O", "I": "1", "1": "I", "B": "8", "8": "B"}
_HOST: Final = re.compile(r"(?:https?://)?[\w.@:-]*banxico[\w.@:-]*(?:[/?][^\s]*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Day:
    """A day that a text tells; `is_sure`: its numbers can be read in one way only."""

    iso: str
    is_sure: bool = True


def amount_in(text: str) -> tuple[Decimal, bool] | None:
    """The one amount in a text and whether a currency is written with it; None for none, several, or half a one."""
    found = []
    for match in _MONEY.finditer(text):
        whole = re.sub(r"[ ,]", "", match["whole"])
        is_marked = bool(match["mark"] or match["after"])
        if is_marked or match["cents"]:
            found.append((Decimal(f"{whole}.{match['cents'] or '00'}"), is_marked))
    return found[0] if len({value for value, _ in found}) == 1 else None


def days_in(text: str) -> list[Day]:
    """Every day that a text tells, in its order."""
    found: list[Day] = []
    # The space before the hour is easily overlooked.
    text = re.sub(r"(?<=[/-]\d{4})(?=\d{2}:\d{2})", " ", text)
    for match in _ISO.finditer(text):
        found += _day(match[1], match[2], match[3])
    for match in _NUMBERS.finditer(text):
        first, second, year = match[1], match[3], match[4]
        # Mexico writes the day first; a number above twelve proves the order, whichever it is.
        is_sure = int(first) > 12 or int(second) > 12 or int(first) == int(second)
        day, month = (second, first) if int(second) > 12 else (first, second)
        found += [Day(each.iso, is_sure and each.is_sure) for each in _day(year, month, day)]
    plain = " ".join(flat(part) for part in re.split(r"(?=[/.,:-])", text))
    # No month begins with a zero: in «0ct» it is a letter.
    for match in _WORDS.finditer(re.sub(r"(?<![a-z0-9])0(?=ct)", "o", plain)):
        month_number = month_named(match[2])
        if month_number:
            found += _day(match[3], str(month_number), match[1])
    return found


def month_named(word: str) -> int:
    """1 to 12 for a month in Spanish, whole or its first letters; 0 for another word."""
    whole = "septiembre" if word in {"setiembre", "set"} else word
    if len(whole) < 3:
        return 0
    return next((place for place, month in enumerate(MONTHS, 1) if month.startswith(whole)), 0)


def times_in(text: str) -> list[str]:
    """Every time of day in a text, as HH:MM or HH:MM:SS, of twenty-four hours."""
    found = []
    text = re.sub(r"(?<=[/-]\d{4})(?=\d{2}:\d{2})", " ", text)
    for match in _TIME.finditer(text):
        hour = int(match[1])
        if match[4]:
            if not 1 <= hour <= 12:
                continue
            hour = hour % 12 + (12 if match[4].lower() == "p" else 0)
        found.append(f"{hour:02d}:{match[2]}" + (f":{match[3]}" if match[3] else ""))
    return found


def clabe_in(text: str) -> tuple[str, bool]:
    """Eighteen digits with the right control digit, or nothing; and whether eighteen with a wrong one stand there."""
    squeezed = re.sub(r"(?<=[\dOIl])[ .-](?=[\dOIl])", "", text)
    is_wrong = False
    for match in re.finditer(r"(?<![0-9A-Za-z])[\dOoIl|]{18}(?![0-9A-Za-z])", squeezed):
        digits = match[0].translate(_DIGITS)
        if clabes.is_valid(digits):
            return digits, False
        is_wrong = True
    return "", is_wrong


def tail_in(text: str) -> str:
    """The last four digits of an account whose others are hidden, or only four digits where an account should stand."""
    masked = _MASKED.search(text)
    if masked:
        return masked[1]
    return text.strip() if re.fullmatch(r"\s*\d{4}\s*", text) else ""


def key_in(text: str) -> str:
    """A tracking key: five to thirty letters and digits; the pieces that a line break parted are joined."""
    pieces = re.split(r"\s+", text.strip(" .:;|"))
    whole = "".join(pieces)
    if not re.fullmatch(r"[0-9A-Za-z]{5,30}", whole, re.ASCII) or not any(map(str.isdigit, whole)):
        return ""
    letters = [letter for letter in whole if letter.isalpha()]
    if len(pieces) > 1 and any(piece.isalpha() and not piece.isupper() for piece in pieces):
        return ""
    # Keys are written in capitals; a small o among them is one that was seen small.
    is_capital = sum(map(str.isupper, letters)) * 2 >= len(letters)
    return whole.upper() if is_capital else whole


def doubts_of(key: str) -> tuple[int, ...]:
    """The places of a key at which a letter may be a digit or a digit a letter: O and 0, I and 1, B and 8.

    A look-alike with its own kind on both sides is not doubtful, nor is any in a long run of digits.
    """
    places: list[int] = []
    for run in re.finditer(r"\d+|[A-Za-z]+", key):
        if run[0].isdigit() and len(run[0]) >= LONG_RUN:
            continue
        # The end of a key is no seam, unless the run is so short that it may be one letter seen wrong.
        is_short = len(run[0]) < SHORT_RUN
        edges = {run.start()} if run.start() or is_short else set()
        edges |= {run.end() - 1} if run.end() < len(key) or is_short else set()
        places += [place for place in sorted(edges) if key[place] in _LOOK_ALIKE]
    return tuple(places)


def key_variants(key: str) -> Iterator[str]:
    """The key as it was read and then what it may be instead, the likeliest first; at most 128 of them."""
    doubtful = doubts_of(key)
    places = (*doubtful, *(n for n, letter in enumerate(key) if letter in _LOOK_ALIKE and n not in doubtful))
    given = 0
    for count in range(len(places) + 1):
        for chosen in itertools.combinations(places, count):
            if given == MOST_VARIANTS:
                return
            yield "".join(_LOOK_ALIKE[letter] if place in chosen else letter for place, letter in enumerate(key))
            given += 1


def links_in(text: str) -> tuple[str, bool]:
    """A link to a CEP at Banxico itself, or nothing; and whether a link only looks like one.

    An address that merely names the portal is no link to a transfer, and a host that a blot may have changed (no dot
    where one was) is neither: only a whole other host is held against anybody.
    """
    link, is_look_alike = "", False
    for match in _HOST.finditer(text):
        written = match[0].rstrip(".,;)")
        try:
            parts = urlsplit(written if "//" in written else f"https://{written}")
            host = (parts.hostname or "").lower()
        except ValueError:
            is_look_alike = True
            continue
        if parts.netloc.lower() in BANXICO:
            if parts.scheme == "https" and parts.path.startswith("/cep/go") and parts.query:
                link = f"https://www.banxico.org.mx{parts.path}?{parts.query}"
        elif host in BANXICO or ("." in host and not re.fullmatch(r"(?:www)?\.?banxico\.?org\.?(?:mx?)?", host)):
            is_look_alike = True
    return link, is_look_alike


def _day(year: str, month: str, day: str) -> list[Day]:
    try:
        told = date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    except ValueError:
        return []
    return [Day(told.isoformat(), len(year) == 4)] if 2004 <= told.year <= 2099 else []
