"""Our own PRE-FACTURA, dropped back to us: number and clave in the text layer of the PDF, or the QR of a picture."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Final

import pypdfium2
import zxingcpp
from PIL import Image, UnidentifiedImageError

from seguripago.ports.receipt_readers import PinnedKeys, ReceiptKind, ReceiptReading, Seal
from seguripago.values import order_number

_PICTURES: Final = ("JPEG", "PNG", "WEBP")
_MOST_PIXELS: Final = 40_000_000
_MOST_PAGES: Final = 5
_NUMBER: Final = re.compile(r"No\. de Pedido\s+(CM-[0-9A-Z]{4}-[0-9A-Z]{4})\b")
_KEY: Final = re.compile(r"Clave de verificación\s+([0-9A-Za-z_-]{8,64})")
_ORDER_PAGE: Final = re.compile(r"https?://[^\s/]+/pedido/([0-9A-Za-z_-]{16,128})/?")


class PreInvoiceReader:
    """Reads which order a PRE-FACTURA is of. It says nothing about money."""

    slug = "pre_invoice"
    title = "PRE-FACTURA"

    def reads(self, body: bytes) -> bool:
        """Say whether the bytes begin like a PDF or a picture."""
        is_picture = body.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or body[8:12] == b"WEBP"
        return is_picture or body.startswith(b"%PDF-")

    def read(self, body: bytes, pinned_keys: PinnedKeys) -> ReceiptReading:
        """Read the marks of a PRE-FACTURA; a file without them gives no fields."""
        is_pdf = body.startswith(b"%PDF-")
        fields = _marks_in_text(_text_of(body)) if is_pdf else _marks_in_picture(body)
        kind = ReceiptKind.PDF if is_pdf else ReceiptKind.IMAGE
        return ReceiptReading(kind, Seal.NONE, fields, () if fields else ("no_order_mark",))


def _text_of(body: bytes) -> str:
    try:
        with pypdfium2.PdfDocument(body) as pdf:
            pages = [pdf[index].get_textpage().get_text_bounded() for index in range(min(len(pdf), _MOST_PAGES))]
    except pypdfium2.PdfiumError:
        return ""
    return "\n".join(pages)


def _marks_in_text(text: str) -> dict[str, str]:
    if "PRE-FACTURA" not in text:
        return {}
    number, key = _NUMBER.search(text), _KEY.search(text)
    if number is None or key is None:
        return {}
    known = order_number.parse(number[1])
    return {"order_number": known, "verification_key": key[1]} if known else {}


def _marks_in_picture(body: bytes) -> dict[str, str]:
    try:
        with Image.open(BytesIO(body), formats=_PICTURES) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                return {}
            codes = zxingcpp.read_barcodes(opened.convert("L"), formats=zxingcpp.BarcodeFormat.QRCode)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, UnidentifiedImageError):
        return {}
    except (OSError, SyntaxError, ValueError, EOFError):
        return {}
    for code in codes:
        page = _ORDER_PAGE.fullmatch(code.text)
        if page is not None:
            return {"access_token": page[1]}
    return {}


ADAPTER: Final = PreInvoiceReader()
