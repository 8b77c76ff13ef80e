"""What a comprobante may be, by its bytes alone, and how many an order may have."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Final

MAX_BYTES: Final = 10 * 1_048_576
MAX_PER_ORDER: Final = 20
LONGEST_NAME: Final = 120
SEAL_REUSED: Final = "seal_reused"
"""Another order, of this store or another one, showed this very CEP first."""


class EvidenceKind(StrEnum):
    """The only kinds that are taken; everything else is refused, whatever its name says."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    PDF = "pdf"
    CEP = "cep"


class EvidenceState(StrEnum):
    """CLEAN: a copy may be looked at. READ: what it says was read from data, not guessed from pixels."""

    CLEAN = "clean"
    READ = "read"


CONTENT_TYPES: Final = {
    EvidenceKind.JPEG: "image/jpeg",
    EvidenceKind.PNG: "image/png",
    EvidenceKind.WEBP: "image/webp",
    EvidenceKind.PDF: "application/pdf",
    EvidenceKind.CEP: "application/xml",
}
EXTENSIONS: Final = {
    EvidenceKind.JPEG: "jpg",
    EvidenceKind.PNG: "png",
    EvidenceKind.WEBP: "webp",
    EvidenceKind.PDF: "pdf",
    EvidenceKind.CEP: "xml",
}
_XML_HEAD: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml\b|SPEI_Tercero\b)")


def kind_of(body: bytes) -> EvidenceKind | None:
    """Answer the kind by its first bytes; None for what is not taken. A right beginning proves nothing yet."""
    if body.startswith(b"\xff\xd8\xff"):
        return EvidenceKind.JPEG
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return EvidenceKind.PNG
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return EvidenceKind.WEBP
    if body.startswith(b"%PDF-"):
        return EvidenceKind.PDF
    return EvidenceKind.CEP if _XML_HEAD.match(body[:200]) else None


def shown_name(filename: str) -> str:
    """Answer the name to show: the last part of what was typed, without characters that act, never used as a path."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", filename))[-1]
    kept = "".join(char for char in last if unicodedata.category(char)[0] not in "CZ" or char == " ")
    return kept.strip(" .")[-LONGEST_NAME:] or "comprobante"
