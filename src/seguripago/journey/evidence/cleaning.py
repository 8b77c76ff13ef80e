"""Takes a stranger's file apart and makes a new one of what a person needs to see.

Pictures are decoded and drawn again by a process of their own (metadata, appended archives and scripts stay behind);
of a PDF only pages come along (see `pages`); of a CEP only elements and attributes.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import ParseError, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from seguripago.ports.picture_opening import PictureFails, PictureKind, PictureTooLarge, drawn_again

from .pages import pages_only
from .refusals import FileIsBroken, FileIsOversized, FileNotScanned
from .rules import EvidenceKind

LONGEST_SIDE: Final = 4_000
LARGEST_CEP: Final = 262_144
AT_ONCE: Final = 2
WAIT_S: Final = 8.0
PICTURES: Final[dict[EvidenceKind, PictureKind]] = {
    EvidenceKind.JPEG: "jpeg",
    EvidenceKind.PNG: "png",
    EvidenceKind.WEBP: "webp",
    EvidenceKind.HEIC: "heic",
}
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
        try:
            drawn = drawn_again(PICTURES[kind], body, longest=LONGEST_SIDE)
        except PictureTooLarge:
            raise FileIsOversized from None
        except PictureFails:
            raise FileIsBroken from None
    return CleanCopy(EvidenceKind(drawn.kind), drawn.body)


@contextmanager
def decoding() -> Iterator[None]:
    """A turn to unpack a picture, which takes up to 300 MB. Raises FileNotScanned for want of one."""
    if not _TURNS.acquire(timeout=WAIT_S):
        raise FileNotScanned("busy")
    try:
        yield
    finally:
        _TURNS.release()


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
