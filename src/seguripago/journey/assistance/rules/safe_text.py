"""What may stand in the chat: no secrets kept, no letters that deceive the eye."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from seguripago.values import clabe

LIMIT: Final = 4000

# Joiners of emoji and of Arabic or Indic words go too: nothing a Mexican order needs, and a hiding place for digits.
_INVISIBLE: Final = re.compile(
    "[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\ufff9-\ufffb]"
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_BADGES: Final = re.compile("[✓✔☑✅🔒🛡🏅🔰💠]\ufe0f?")
_RUN: Final = re.compile(r"(?<![0-9A-Za-z])\d(?:[\s.\-·/]{0,2}\d){11,22}(?![0-9A-Za-z])")
_SECRET: Final = re.compile(
    r"\b(cvv2?|cvc2?|cid|nip|pin|otp|token"
    r"|c[oó]digo(?:\s+(?:de\s+(?:verificaci[oó]n|seguridad|acceso|un\s+solo\s+uso)|sms|otp))?"
    r"|contrase[nñ]a|clave\s+(?:din[aá]mica|de\s+acceso|de\s+seguridad))"
    r"(\s*(?:es|son|:|=|-|–|#|n[uú]mero)?\s*(?:el\s+|la\s+)?)(\d[\d\s\-]{1,10}\d)(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_SECURITY_DIGITS: Final = {3, 4, 5, 6, 7, 8}


def clean(text: str) -> str:
    """The text without bidi controls, zero-width and control characters, digits in their plain form, trimmed."""
    visible = _CONTROL.sub("", _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
    return "".join(_plain_digit(character) for character in visible).strip()


def clean_name(name: str) -> str:
    """A person's name in one line, without look-alike badges, at most 120 characters."""
    return re.sub(r"\s+", " ", _BADGES.sub("", clean(unicodedata.normalize("NFKC", name)))).strip()[:120]


def mask_secrets(text: str) -> str:
    """The text with card numbers, security codes, NIP and one-time codes made unreadable, before it is kept."""
    return _SECRET.sub(_mask_code, _RUN.sub(_mask_card, text))


def carries_bank_digits(text: str) -> bool:
    """Whether a text holds what looks like a CLABE or a card number, however it is spaced."""
    for match in _RUN.finditer(clean(text)):
        digits = re.sub(r"\D", "", match[0])
        if len(digits) in {15, 16, 18} or (len(digits) in {13, 14, 19} and _luhn(digits)):
            return True
    return False


def _plain_digit(character: str) -> str:
    return str(unicodedata.digit(character)) if character.isdigit() and not character.isascii() else character


def _mask_card(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[0])
    if clabe.is_valid(digits) or not 13 <= len(digits) <= 19 or digits[0] not in "23456" or not _luhn(digits):
        return match[0]
    return f"•••• {digits[-4:]}"


def _mask_code(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[3])
    return f"{match[1]}{match[2]}•••" if len(digits) in _SECURITY_DIGITS else match[0]


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
