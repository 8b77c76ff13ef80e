"""A comprobante as a picture to look at closely: images as they are, pages of a PDF drawn by us, never by a browser."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final

import pikepdf

from seguripago.ports.pdf_opening import Frame, PdfFails, drawn_pages

from .queries import EvidenceFile

WIDEST: Final = 1800
TALLEST: Final = 6000
MOST_PAGES: Final = 5
MOST_SCALE: Final = 3.0


@dataclass(frozen=True, slots=True)
class Picture:
    """One page to draw."""

    body: bytes
    content_type: str

    @property
    def extension(self) -> str:
        return "jpg" if self.content_type == "image/jpeg" else "png"


def pages_of(file: EvidenceFile) -> int:
    """How many pictures a comprobante has: none for data, one for an image, at most five of a PDF."""
    if file.content_type.startswith("image/"):
        return 1
    if file.content_type != "application/pdf":
        return 0
    try:
        with pikepdf.open(io.BytesIO(file.body)) as document:
            return min(len(document.pages), MOST_PAGES)
    except pikepdf.PdfError:
        return 0


def picture_of(file: EvidenceFile, page: int) -> Picture | None:
    """The picture of a page, counted from 1; None for a page that is not there or cannot be drawn. Raises PdfBusy."""
    if file.content_type.startswith("image/"):
        return Picture(file.body, file.content_type) if page == 1 else None
    if file.content_type != "application/pdf" or not 1 <= page <= MOST_PAGES:
        return None
    try:
        drawn = drawn_pages(file.body, Frame(MOST_SCALE, WIDEST, TALLEST), first=page - 1)
    except PdfFails:
        return None
    return Picture(drawn[0], "image/png") if drawn else None
