"""A PDF as a bank makes it: its text layer with places, and its pages as pictures where the layer says too little."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pypdfium2
from PIL import Image

from seguripago.ports.receipt_lines import Line

MOST_PAGES: Final = 3
"""A comprobante has one page; what comes after the third is small print."""
MOST_RUNS: Final = 400
SCALE: Final = 2.0
WIDEST: Final = 1_600
TALLEST: Final = 6_000
"""A page is drawn no larger than this, however long the paper says to be."""


class PdfUnreadable(Exception):
    """The bytes are no PDF that can be opened without a password."""


def text_lines(body: bytes) -> list[Line]:
    """Every run of the text layer with its place, y counting downwards; raises PdfUnreadable."""
    lines: list[Line] = []
    with _opened(body) as document:
        for number in range(min(len(document), MOST_PAGES)):
            page = document[number]
            height, text = page.get_height(), page.get_textpage()
            for place in range(min(text.count_rects(), MOST_RUNS)):
                left, bottom, right, top = text.get_rect(place)
                words = " ".join(text.get_text_bounded(left, bottom, right, top).replace("\ufffe", "-").split())
                if words:
                    lines.append(Line(words, left, height - top, right, height - bottom, 1.0, number))
    return lines


def page_pictures(body: bytes) -> Iterator[Image.Image]:
    """The first pages, drawn; raises PdfUnreadable."""
    with _opened(body) as document:
        for number in range(min(len(document), MOST_PAGES)):
            page = document[number]
            scale = min(SCALE, WIDEST / max(page.get_width(), 1.0), TALLEST / max(page.get_height(), 1.0))
            yield page.render(scale=scale).to_pil().convert("RGB")


def _opened(body: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as trouble:
        raise PdfUnreadable from trouble
