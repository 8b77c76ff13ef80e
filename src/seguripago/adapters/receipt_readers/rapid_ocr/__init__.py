"""Comprobantes that are no data: a picture, or a PDF of the bank's. Text layer first, then optical recognition.

A reading here is what a paper says of itself and proves nothing: it has no seal.
"""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps
from pypdfium2 import PdfiumError

from seguripago.ports.receipt_fields import UNREADABLE, Told, read_fields
from seguripago.ports.receipt_lines import Line, straightened
from seguripago.ports.receipt_readers import OCR_OFF, PinnedKeys, ReceiptKind, ReceiptReading, Seal, ocr_is_on

from .pages import PdfUnreadable, page_pictures, text_lines
from .seeing import MOST_PIXELS, codes_in, see, trouble

NO_SEAL: Final = "not_a_cep"
ENOUGH: Final = frozenset({"amount", "date"})
"""A text layer that tells neither is a picture in an envelope: its pages are looked at."""


@dataclass(frozen=True, slots=True)
class RapidOcr:
    """Reads pictures and the PDFs of banks."""

    slug: str = "rapid_ocr"
    title: str = "Imagen o PDF de un banco"
    is_slow: bool = True

    def reads(self, body: bytes) -> bool:
        return body.startswith(b"%PDF-") or _is_picture(body)

    def trouble(self) -> str:
        """Why no picture can be read here, in words; nothing when all is there."""
        return trouble()

    def read(self, body: bytes, pinned_keys: PinnedKeys) -> ReceiptReading:
        kind = ReceiptKind.PDF if body.startswith(b"%PDF-") else ReceiptKind.IMAGE
        try:
            told = _of_pdf(body) if kind is ReceiptKind.PDF else _of_picture(body)
        except (PdfUnreadable, PdfiumError):
            told = Told({}, {}, ("pdf_unreadable", UNREADABLE))
        except (OSError, SyntaxError, ValueError, MemoryError, Image.DecompressionBombError):
            told = Told({}, {}, ("picture_unreadable", UNREADABLE))
        return ReceiptReading(kind, Seal.NONE, told.fields, (NO_SEAL, *told.reasons), confidences=told.confidences)


def _of_pdf(body: bytes) -> Told:
    told = read_fields(text_lines(body))
    if set(told.fields) >= ENOUGH:
        return told
    if not ocr_is_on(os.environ):
        return _unless_off(told)
    lines: list[Line] = []
    links: list[str] = []
    for number, picture in enumerate(page_pictures(body)):
        lines += straightened(see(picture), number)
        links += codes_in(picture)
    seen = read_fields(lines, links)
    return seen if len(seen.fields) > len(told.fields) else told


def _of_picture(body: bytes) -> Told:
    if not ocr_is_on(os.environ):
        return _unless_off(Told({}, {}, (UNREADABLE,)))
    with Image.open(io.BytesIO(body), formats=("JPEG", "PNG", "WEBP")) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    return read_fields(straightened(see(picture)), codes_in(picture))


def _unless_off(told: Told) -> Told:
    return Told(told.fields, told.confidences, (OCR_OFF, *told.reasons))


def _is_picture(body: bytes) -> bool:
    return body.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")) or (body[:4] == b"RIFF" and body[8:12] == b"WEBP")


ADAPTER: Final = RapidOcr()
