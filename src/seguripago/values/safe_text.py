"""What may be kept of what people write: no card number, security code, NIP or password; no letter that deceives.

Finding a card number asks three things of digits however they are spaced: length, network and Luhn's sum. Groups that
stand apart (other words, new lines, commas) must also look like a card's groups, or the text must speak of a card:
two telephones side by side are sixteen digits too.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from . import clabe
from .card_numbers import is_of_network, luhn
from .secret_words import ACCOUNT, CARD_WORDS, CLABE_WORDS, CODES, GUIDE_WORDS, PASSWORDS, PHONE_PAY, REVERSED, SPELLED

# Joiners of emoji and of Arabic or Indic words go too: nothing a Mexican order needs, and a hiding place for digits.
_INVISIBLE: Final = re.compile(
    "[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\ufe00-\ufe0e\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_DIGITS: Final = re.compile(rf"\d+|\b(?:{SPELLED})(?:[\s,.\-]+(?:{SPELLED}))+\b", re.IGNORECASE)
_WORD: Final = re.compile(SPELLED, re.IGNORECASE)
_SIMPLE: Final = re.compile(r"[\s.\-–—·/_|*]{0,6}")
_NEVER: Final = re.compile(r"[$%€]")
_LETTER: Final = re.compile(r"[^\W\d_]")
_SPELLED_DIGIT: Final = {
    "cero": "0", "uno": "1", "una": "1", "dos": "2", "tres": "3", "cuatro": "4", "cinco": "5", "seis": "6",
    "siete": "7", "ocho": "8", "nueve": "9",
}  # fmt: skip
_REGULAR: Final = {(4, 6, 5), (4, 6, 4), (8, 8), (4, 4, 8), (8, 4, 4), (12, 4), (4, 12), (6, 10), (4, 8, 4), (4, 11)}
_PHONES: Final = {(2, 4, 4), (3, 3, 4), (10,), (3, 7), (2, 8), (52, 2, 4, 4)}
_APART: Final = 48
_SECURITY_DIGITS: Final = range(3, 9)
_SHORTEST, _LONGEST = 13, 19


@dataclass(frozen=True, slots=True)
class _Group:
    """Digits that stand together, and where."""

    start: int
    end: int
    digits: str


def clean(text: str) -> str:
    """The text without bidi controls, zero-width and control characters, digits in their plain form, trimmed."""
    visible = _CONTROL.sub("", _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
    return "".join(_plain_digit(character) for character in visible).strip()


def mask_secrets(text: str) -> str:
    """The text with card numbers, security codes, NIP, one-time codes and passwords made unreadable."""
    masked = _mask_cards(clean(text))
    for pattern in CODES:
        masked = pattern.sub(_mask_code, masked)
    masked = REVERSED.sub(lambda match: "•••" + match["rest"], masked)
    return PASSWORDS.sub(lambda match: match["words"] + "•••", masked)


def carries_bank_digits(text: str) -> bool:
    """Whether a text holds what looks like a CLABE, a card, or an account or telephone to pay to."""
    plain = clean(text)
    groups = _groups(plain)
    if _card_spans(plain, groups) or any(_is_account(plain, groups, first) for first in range(len(groups))):
        return True
    return bool(ACCOUNT.search(plain) or PHONE_PAY.search(plain))


def _is_account(text: str, groups: list[_Group], first: int) -> bool:
    """Whether a CLABE, or fifteen or sixteen digits in a row, begins here; a parcel's guide does not."""
    before = text[max(0, groups[first].start - 40) : groups[first].start]
    is_guide = bool(GUIDE_WORDS.search(before))
    digits, is_tight = "", True
    for place in range(first, len(groups)):
        gap = text[groups[place - 1].end : groups[place].start] if place > first else ""
        if len(gap) > _APART or _NEVER.search(gap):
            return False
        is_tight = is_tight and _SIMPLE.fullmatch(gap) is not None
        digits += groups[place].digits
        if len(digits) > clabe.LENGTH:
            return False
        if is_guide and not clabe.is_valid(digits):
            continue
        if len(digits) == clabe.LENGTH and (is_tight or clabe.is_valid(digits)):
            return not _is_within_word(text, groups[first], groups[place])
        sizes = {len(group.digits) for group in groups[first : place + 1]}
        if is_tight and ((len(digits) in {15, 16} and place == first) or (len(digits) == 16 and sizes == {4})):
            return not _is_within_word(text, groups[first], groups[place])
    return False


def _groups(text: str) -> list[_Group]:
    found = []
    for match in _DIGITS.finditer(text):
        if match[0][0].isdigit():
            found.append(_Group(match.start(), match.end(), match[0]))
            continue
        digits = "".join(_SPELLED_DIGIT[word.lower()] for word in _WORD.findall(match[0]))
        found.append(_Group(match.start(), match.end(), digits))
    return found


def _card_spans(text: str, groups: list[_Group]) -> list[tuple[int, int]]:
    """First and last group of every card number, the longest that begins at each place.

    What is a card by its own looks is found first, so that a telephone beside it is no part of it.
    """
    spans = _spans_within(text, groups, 0, len(groups), speaks_of_card=False)
    if not CARD_WORDS.search(text):
        return spans
    edges = [(-1, -1), *spans, (len(groups), len(groups))]
    for (_start, before), (after, _end) in pairwise(edges):
        spans += _spans_within(text, groups, before + 1, after, speaks_of_card=True)
    return sorted(spans)


def _spans_within(
    text: str, groups: list[_Group], begin: int, end: int, *, speaks_of_card: bool
) -> list[tuple[int, int]]:
    # Asked once and not of each number: four thousand digits apart must not cost seconds.
    spans, first, within = [], begin, groups[:end]
    speaks_of_clabe = bool(CLABE_WORDS.search(text))
    while first < end:
        last = _last_of_card(text, within, first, speaks_of_card=speaks_of_card, speaks_of_clabe=speaks_of_clabe)
        if last is None:
            first += 1
        else:
            spans.append((first, last))
            first = last + 1
    return spans


def _last_of_card(
    text: str, groups: list[_Group], first: int, *, speaks_of_card: bool, speaks_of_clabe: bool
) -> int | None:
    digits, found, is_simple = "", None, True
    for place in range(first, len(groups)):
        if place > first:
            gap = text[groups[place - 1].end : groups[place].start]
            if len(gap) > _APART or (_NEVER.search(gap) and not speaks_of_card):
                break
            is_simple = is_simple and _SIMPLE.fullmatch(gap) is not None
        digits += groups[place].digits
        if len(digits) > _LONGEST:
            break
        lengths = tuple(len(group.digits) for group in groups[first : place + 1])
        if (
            _is_card(digits, speaks_of_card=speaks_of_card, speaks_of_clabe=speaks_of_clabe)
            and _stands(lengths, is_simple=is_simple, speaks_of_card=speaks_of_card)
            and (speaks_of_card or not _is_within_word(text, groups[first], groups[place]))
        ):
            found = place
    return found


def _stands(lengths: tuple[int, ...], *, is_simple: bool, speaks_of_card: bool) -> bool:
    """Whether groups of these lengths may be one card number."""
    if len(lengths) == 1 or speaks_of_card or lengths in _REGULAR:
        return True
    if max(lengths) <= 4 and len(set(lengths[:-1])) == 1 and lengths[-1] <= lengths[0]:
        return True
    begins_as_phone = any(lengths[: len(phone)] == phone for phone in _PHONES)
    return is_simple and not begins_as_phone


def _is_card(digits: str, *, speaks_of_card: bool, speaks_of_clabe: bool) -> bool:
    size = len(digits)
    if not _SHORTEST <= size <= _LONGEST or not luhn(digits) or clabe.is_valid(digits):
        return False
    if speaks_of_card:
        return digits[0] in "23456"
    if speaks_of_clabe and size == clabe.LENGTH:
        return False
    return is_of_network(digits, size)


def _is_within_word(text: str, first: _Group, last: _Group) -> bool:
    """Whether letters touch the digits: a tracking key, a serial number."""
    before = text[first.start - 1 : first.start] if first.start else ""
    return bool(_LETTER.match(before) or _LETTER.match(text[last.end : last.end + 1]))


def _mask_cards(text: str) -> str:
    groups = _groups(text)
    pieces, done = [], 0
    for first, last in _card_spans(text, groups):
        apart = [
            place for place in range(first, last) if _LETTER.search(text[groups[place].end : groups[place + 1].start])
        ]
        ends = [*apart, last]
        begin = first
        for end in ends:
            pieces.append(text[done : groups[begin].start])
            tail = "".join(group.digits for group in groups[first : last + 1])[-4:]
            pieces.append(f"•••• {tail}" if end == last else "••••")
            done, begin = groups[end].end, end + 1
    return "".join([*pieces, text[done:]])


def _mask_code(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match["code"])
    count = len(digits) or len(_WORD.findall(match["code"]))
    return f"{match['words']}•••" if count in _SECURITY_DIGITS else match[0]


def _plain_digit(character: str) -> str:
    if character.isascii():
        return character
    value = unicodedata.digit(character, None)
    return character if value is None else str(value)
