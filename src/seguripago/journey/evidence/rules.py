"""What a comprobante may be, by its bytes alone, and how many an order may have."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from seguripago.values.calendar import is_banking_day, read_day
from seguripago.values.safe_text import mask_secrets

MAX_BYTES: Final = 10 * 1_048_576
MAX_PER_ORDER: Final = 20
MAX_THROUGH_LINKS: Final = 8
"""What holders of an order's payment links may give, whoever they are: the buyer's own files have room beside them."""
LONGEST_NAME: Final = 120
PATIENCE: Final = timedelta(hours=72)
"""How long a file waits for a scanner that is away: a weekend of it, and no longer."""
EVENING: Final = "17:30"
"""From about here on banks count a transfer to their next day."""
SEAL_REUSED: Final = "seal_reused"
"""Another order, of this store or another one, showed this very CEP first."""


class EvidenceKind(StrEnum):
    """The only kinds that are taken; everything else is refused, whatever its name says."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    HEIC = "heic"
    PDF = "pdf"
    CEP = "cep"


class EvidenceState(StrEnum):
    """STORED: sealed away until the scanner looks. CLEAN: a copy may be opened. REJECTED: nothing may, ever.
    READ: what it says is known, from data or from its look.
    """

    STORED = "stored"
    CLEAN = "clean"
    REJECTED = "rejected"
    READ = "read"


class Door(StrEnum):
    """By which door a file came. ORDER: the buyer's page or chat. LINK: whoever holds a payment link."""

    ORDER = "order"
    LINK = "link"


MOST_FILES: Final = {Door.ORDER: MAX_PER_ORDER, Door.LINK: MAX_THROUGH_LINKS}
"""How many files of an order each door keeps; those that were rejected do not count."""

MOVES: Final = {
    EvidenceState.STORED: frozenset({EvidenceState.CLEAN, EvidenceState.REJECTED}),
    EvidenceState.CLEAN: frozenset({EvidenceState.READ}),
    EvidenceState.REJECTED: frozenset(),
    EvidenceState.READ: frozenset(),
}


class MarkKind(StrEnum):
    """By what a comprobante is known again, bit by bit."""

    SEAL = "seal"
    FILE = "file"
    MOVEMENT = "movement"


CONTENT_TYPES: Final = {
    EvidenceKind.JPEG: "image/jpeg",
    EvidenceKind.PNG: "image/png",
    EvidenceKind.WEBP: "image/webp",
    EvidenceKind.HEIC: "image/heic",
    EvidenceKind.PDF: "application/pdf",
    EvidenceKind.CEP: "application/xml",
}
EXTENSIONS: Final = {
    EvidenceKind.JPEG: "jpg",
    EvidenceKind.PNG: "png",
    EvidenceKind.WEBP: "webp",
    EvidenceKind.HEIC: "heic",
    EvidenceKind.PDF: "pdf",
    EvidenceKind.CEP: "xml",
}
_XML_HEAD: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml\b|SPEI_Tercero\b)")
_HEIC_BRANDS: Final = frozenset({b"heic", b"heix"})
"""A still picture of a telephone; sequences and AVIF are no comprobante."""


def kind_of(body: bytes) -> EvidenceKind | None:
    """Answer the kind by its first bytes; None for what is not taken. A right beginning proves nothing yet."""
    if body.startswith(b"\xff\xd8\xff"):
        return EvidenceKind.JPEG
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return EvidenceKind.PNG
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return EvidenceKind.WEBP
    if body[4:8] == b"ftyp" and body[8:12] in _HEIC_BRANDS | {b"mif1"} and _HEIC_BRANDS & _brands(body):
        return EvidenceKind.HEIC
    if body.startswith(b"%PDF-"):
        return EvidenceKind.PDF
    return EvidenceKind.CEP if _XML_HEAD.match(body[:200]) else None


def _brands(body: bytes) -> set[bytes]:
    end = min(int.from_bytes(body[:4]), 128)
    return {body[8:12], *(body[start : start + 4] for start in range(16, end, 4))}


def shown_name(filename: str) -> str:
    """Answer the name to show: the last part of what was typed, without characters that act, never used as a path."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", filename))[-1]
    kept = "".join(char for char in last if unicodedata.category(char)[0] not in "CZ" or char == " ")
    return mask_secrets(kept).strip(" .")[-LONGEST_NAME:] or "comprobante"


def movements(fields: Mapping[str, str]) -> tuple[str, ...]:
    """Answer the digests of the movement that was told of: its tracking key, the sending bank, the operation day.

    A bank's app shows the day of the click, a CEP the day of operation: what is told of a day without banks, or of an
    evening, may be of either. Nothing without all three.
    """
    key = "".join(fields.get("tracking_key", "").split()).upper()
    bank = _sending_bank(fields)
    try:
        told = read_day(fields.get("date", ""))
    except ValueError:
        return ()
    if not key or not bank:
        return ()
    return tuple(hashlib.sha256(f"{bank}|{key}|{day}".encode()).hexdigest() for day in _operation_days(told, fields))


def _sending_bank(fields: Mapping[str, str]) -> str:
    """Its three digits, as a CLABE begins: the last of a participant's five."""
    code, account = fields.get("bank", ""), fields.get("payer_account", "")
    if re.fullmatch(r"\d{5}", code, re.ASCII):
        return code[2:]
    return account[:3] if re.fullmatch(r"\d{18}", account, re.ASCII) else ""


def _operation_days(told: date, fields: Mapping[str, str]) -> tuple[date, ...]:
    """The days on which banks may have counted it: the day itself, the next banking day after a late hour."""
    following = told + timedelta(days=1)
    while not is_banking_day(following):
        following += timedelta(days=1)
    if not is_banking_day(told):
        return (following,)
    return (told, following) if fields.get("time", "") >= EVENING else (told,)
