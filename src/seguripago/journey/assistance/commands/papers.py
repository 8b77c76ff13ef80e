"""Recognise a PRE-FACTURA in a dropped file: its text, or the QR that opens the buyer's order page."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import Final

from seguripago.journey.evidence.cleaning import LONGEST_SIDE, PICTURES, decoding
from seguripago.journey.evidence.refusals import FileNotScanned
from seguripago.journey.evidence.rules import kind_of
from seguripago.ports.pdf_opening import PdfBusy, PdfFails, words_of
from seguripago.ports.picture_opening import PictureFails, PictureTooLarge, codes_of
from seguripago.values import order_number

LARGEST: Final = 10 * 1024 * 1024
PAGES: Final = 3

_ORDER_PAGE: Final = re.compile(r"/pedido/([A-Za-z0-9_\-]{16,100})/?")
_KEY: Final = re.compile(r"\b([A-Z2-7]{4}[- ]?[A-Z2-7]{4}[- ]?[A-Z2-7]{4}[- ]?[A-Z2-7]{4})\b")
_TITLE: Final = re.compile(r"PRE-?\s?FACTURA", re.IGNORECASE)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PreInvoicePaper:
    """What a PRE-FACTURA says of itself: a claim. The token comes from its QR, the key from its text."""

    number: str
    key: str
    order_token: str


def read_pre_invoice(body: bytes) -> PreInvoicePaper | None:
    """The PRE-FACTURA that a PDF or picture shows, or None for anything else. Never raises on a broken file."""
    if not body or len(body) > LARGEST:
        return None
    try:
        text, codes = _read_pdf(body) if body[:1024].lstrip().startswith(b"%PDF") else ("", _read_image(body))
    except (PdfFails, PdfBusy, FileNotScanned, PictureFails, PictureTooLarge) as error:
        log.info("not read as PRE-FACTURA: %s", type(error).__name__)
        return None
    return recognise(text, codes)


def recognise(text: str, codes: tuple[str, ...]) -> PreInvoicePaper | None:
    """The paper behind a text and the contents of its QR codes."""
    tokens = [match[1] for code in codes if (match := _ORDER_PAGE.search(code))]
    numbers = order_number.find_all(text)
    if not tokens and not (_TITLE.search(text) and numbers):
        return None
    key = _KEY.search(text)
    return PreInvoicePaper(
        number=numbers[0] if numbers else "", key=key[1] if key else "", order_token=tokens[0] if tokens else ""
    )


def _read_pdf(body: bytes) -> tuple[str, tuple[str, ...]]:
    said = words_of(body, most=PAGES)
    return "\n".join(said.texts), said.codes


def _read_image(body: bytes) -> tuple[str, ...]:
    kind = kind_of(body)
    if kind is None or kind not in PICTURES:
        return ()
    with decoding():
        return codes_of(PICTURES[kind], body, longest=LONGEST_SIDE)
