"""Takes a stranger's file apart and makes a new one of what a person needs to see.

Pictures are decoded and drawn again (metadata, appended archives and scripts stay behind); of a PDF only pages come
along (see `pages`); of a CEP only elements and attributes.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Final
from xml.etree.ElementTree import ParseError, tostring

import pi_heif
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from PIL import Image, ImageOps, UnidentifiedImageError

from .pages import pages_only
from .refusals import FileIsBroken, FileIsOversized, FileNotScanned
from .rules import EvidenceKind

MOST_PIXELS: Final = 40_000_000
LONGEST_SIDE: Final = 4_000
LARGEST_CEP: Final = 262_144
AT_ONCE: Final = 2
WAIT_S: Final = 8.0
_TURNS: Final = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class CleanCopy:
    """What may be handed to a person, and its kind, which may differ from the original's."""

    kind: EvidenceKind
    body: bytes


def clean(kind: EvidenceKind, body: bytes) -> CleanCopy:
    """Make the copy; raises FileIsBroken, FileIsOversized, FileIsLocked or FileNotScanned."""
    match kind:
        case EvidenceKind.PDF:
            return CleanCopy(kind, pages_only(body))
        case EvidenceKind.CEP:
            return CleanCopy(kind, _elements_only(body))
        case _:
            return _drawn_again(kind, body)


def _drawn_again(kind: EvidenceKind, body: bytes) -> CleanCopy:
    with decoding():
        return _decoded(kind, body)


@contextmanager
def decoding() -> Iterator[None]:
    """A turn to unpack a picture: one of forty million pixels takes 300 MB. Raises FileNotScanned for want of one."""
    if not _TURNS.acquire(timeout=WAIT_S):
        raise FileNotScanned("busy")
    try:
        yield
    finally:
        _TURNS.release()


def _decoded(kind: EvidenceKind, body: bytes) -> CleanCopy:
    try:
        picture = _of_a_telephone(body) if kind is EvidenceKind.HEIC else _upright(kind, body)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise FileIsOversized from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, RuntimeError, MemoryError):
        raise FileIsBroken from None
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    drawn, out = BytesIO(), EvidenceKind.PNG if kind is EvidenceKind.PNG else EvidenceKind.JPEG
    picture.info.clear()
    if out is EvidenceKind.PNG:
        picture.save(drawn, "PNG")
    else:
        picture.save(drawn, "JPEG", quality=90)
    return CleanCopy(out, drawn.getvalue())


def _upright(kind: EvidenceKind, body: bytes) -> Image.Image:
    with Image.open(BytesIO(body), formats=(kind.value.upper(),)) as opened:
        # The size is in the header: a bomb is refused before a single pixel is unpacked.
        if opened.width * opened.height > MOST_PIXELS:
            raise FileIsOversized
        # A photograph that will be made smaller is unpacked smaller.
        share = min(1.0, LONGEST_SIDE / max(opened.size))
        opened.draft("RGB", (int(opened.width * share), int(opened.height * share)))
        ImageOps.exif_transpose(opened, in_place=True)
        return opened.convert("RGB")


def _of_a_telephone(body: bytes) -> Image.Image:
    """Decode HEIC; its decoder turns it upright and unpacks no more pixels than its header says."""
    opened = pi_heif.open_heif(BytesIO(body), convert_hdr_to_8bit=True)
    if opened.size[0] * opened.size[1] > MOST_PIXELS:
        raise FileIsOversized
    return Image.frombytes(opened.mode, opened.size, bytes(opened.data), "raw", opened.mode, opened.stride).convert(
        "RGB"
    )


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
