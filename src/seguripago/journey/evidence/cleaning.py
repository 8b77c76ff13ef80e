"""Takes a stranger's file apart and makes a new one of what a person needs to see.

Pictures are decoded and drawn again (metadata, appended archives and scripts stay behind); of a PDF only pages come
along (no actions, annotations, attachments, forms); of a CEP only elements and attributes.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import ClassVar, Final
from xml.etree.ElementTree import ParseError, tostring

import pikepdf
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from seguripago.values.refusal import Refusal

from .rules import EvidenceKind

MOST_PIXELS: Final = 40_000_000
LONGEST_SIDE: Final = 4_000
MOST_PAGES: Final = 30
LARGEST_CEP: Final = 262_144
_PAGE_PARTS: Final = ("/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Group", "/Resources", "/Contents")


class FileIsBroken(Refusal):
    """The file begins like a kind we take, and cannot be read."""

    code: ClassVar[str] = "SP-403"
    says: ClassVar[Promise] = _(
        "No pudimos abrir tu archivo: parece dañado. Prueba con una captura de pantalla o el PDF de tu banco."
    )


class FileIsOversized(Refusal):
    """The picture has more pixels, or the document more pages, than any comprobante."""

    code: ClassVar[str] = "SP-404"
    says: ClassVar[Promise] = _(
        "Tu archivo es demasiado grande al abrirlo. Sube solo la captura o la página de tu comprobante."
    )


class FileIsLocked(Refusal):
    """The PDF asks for a password."""

    code: ClassVar[str] = "SP-405"
    says: ClassVar[Promise] = _("Tu PDF pide contraseña. Quítasela o sube una captura de pantalla.")


@dataclass(frozen=True, slots=True)
class CleanCopy:
    """What may be handed to a person, and its kind, which may differ from the original's."""

    kind: EvidenceKind
    body: bytes


def clean(kind: EvidenceKind, body: bytes) -> CleanCopy:
    """Make the copy; raises FileIsBroken, FileIsOversized or FileIsLocked."""
    match kind:
        case EvidenceKind.PDF:
            return CleanCopy(kind, _pages_only(body))
        case EvidenceKind.CEP:
            return CleanCopy(kind, _elements_only(body))
        case _:
            return _drawn_again(kind, body)


def _drawn_again(kind: EvidenceKind, body: bytes) -> CleanCopy:
    try:
        with Image.open(BytesIO(body), formats=(kind.value.upper(),)) as opened:
            # The size is in the header: a bomb is refused before a single pixel is unpacked.
            if opened.width * opened.height > MOST_PIXELS:
                raise FileIsOversized
            picture: Image.Image = ImageOps.exif_transpose(opened)
            picture = picture.convert("RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise FileIsOversized from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, MemoryError):
        raise FileIsBroken from None
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    drawn, out = BytesIO(), EvidenceKind.PNG if kind is EvidenceKind.PNG else EvidenceKind.JPEG
    picture.info.clear()
    if out is EvidenceKind.PNG:
        picture.save(drawn, "PNG")
    else:
        picture.save(drawn, "JPEG", quality=90)
    return CleanCopy(out, drawn.getvalue())


def _pages_only(body: bytes) -> bytes:
    try:
        with pikepdf.open(BytesIO(body)) as given, pikepdf.new() as made:
            if len(given.pages) > MOST_PAGES:
                raise FileIsOversized
            for page in given.pages:
                made.pages.append(page)
            for page in made.pages:
                for part in list(page.obj.keys()):
                    if part not in {*_PAGE_PARTS, "/Type", "/Parent"}:
                        del page.obj[part]
            if not len(made.pages):
                raise FileIsBroken
            written = BytesIO()
            made.remove_unreferenced_resources()
            made.save(written)
    except pikepdf.PasswordError:
        raise FileIsLocked from None
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, RuntimeError, OSError):
        raise FileIsBroken from None
    return written.getvalue()


def _elements_only(body: bytes) -> bytes:
    if len(body) > LARGEST_CEP:
        raise FileIsOversized
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise FileIsBroken from None
    if root.tag != "SPEI_Tercero":
        raise FileIsBroken
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written
