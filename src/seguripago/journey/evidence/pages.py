"""Of a PDF only pages come along: what they draw, and nothing that acts, links, carries or phones home."""

from __future__ import annotations

import zlib
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

import pikepdf

from .refusals import FileIsBroken, FileIsLocked, FileIsOversized

MOST_PAGES: Final = 30
MOST_OBJECTS: Final = 20_000
MOST_UNPACKED: Final = 128 * 1_048_576
MOST_FILTERS: Final = 2
LARGEST_SQUEEZED: Final = 262_144
"""Of a stream whose packing we cannot look into; such ones unpack to a thousand times their size."""
MOST_PIXELS: Final = 40_000_000

LETTER: Final = [Decimal(0), Decimal(0), Decimal(612), Decimal(792)]
"""The paper of a page that names no size of its own, as every reader of PDFs has it."""
SMALLEST_SIDE: Final = 1
FARTHEST: Final = 1_000_000

_PAGE_PARTS: Final = frozenset(
    {"/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Group", "/Resources", "/Contents", "/Type", "/Parent"}
)
_ACTS: Final = frozenset(
    {
        *("/A", "/AA", "/AcroForm", "/Action", "/AF", "/Alternates", "/Annots", "/Collection", "/DL", "/EF"),
        *("/EmbeddedFile", "/EmbeddedFiles", "/F", "/FDecodeParms", "/FFilter", "/JavaScript", "/JS", "/Launch"),
        *("/Metadata", "/Names", "/OpenAction", "/OPI", "/PieceInfo", "/Ref", "/RichMedia", "/StructParent"),
        *("/StructParents", "/Thumb", "/URI", "/XFA"),
    }
)
"""Keys by which something in a page's resources could act, carry a file, name one outside, or tell who made it."""
_FREE_NAMES: Final = frozenset(
    {
        *("/CharProcs", "/ColorSpace", "/Colorants", "/ExtGState", "/Font", "/Pattern", "/Properties", "/Shading"),
        "/XObject",
    }
)
"""Whose keys are names that the writer chose: a font may well be called /F or /A."""
_ACTIONS: Final = frozenset(
    {"/JavaScript", "/Launch", "/URI", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition", "/RichMedia"}
)
_KNOWN_PACKINGS: Final = frozenset({"/FlateDecode", "/Fl"})
_LOOSE_PACKINGS: Final = frozenset({"/LZWDecode", "/LZW", "/RunLengthDecode", "/RL", "/JBIG2Decode", "/CCITTFaxDecode"})


def pages_only(body: bytes) -> bytes:
    """Make a PDF of the pages; raises FileIsBroken, FileIsOversized or FileIsLocked."""
    try:
        with pikepdf.open(BytesIO(body)) as given, pikepdf.new() as made:
            if len(given.pages) > MOST_PAGES:
                raise FileIsOversized
            for page in given.pages:
                made.pages.append(page)
            if not len(made.pages):
                raise FileIsBroken
            for page in made.pages:
                for part in set(page.obj.keys()) - _PAGE_PARTS:
                    del page.obj[part]
                _trim(page.obj)
            made.remove_unreferenced_resources()
            _quiet([page.obj for page in made.pages])
            written = BytesIO()
            made.save(written)
    except pikepdf.PasswordError:
        raise FileIsLocked from None
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, RuntimeError, OSError, ArithmeticError, zlib.error):
        raise FileIsBroken from None
    return written.getvalue()


def _trim(page: Any) -> None:
    """See to it that a page has a size, and that its frame lies on it: one beside it would show nothing at all."""
    paper = _box(page.get("/MediaBox")) or LETTER
    page.MediaBox = pikepdf.Array(paper)
    frame = _box(page.get("/CropBox"))
    if "/CropBox" in page:
        del page["/CropBox"]
    if frame is None:
        return
    left, bottom = max(frame[0], paper[0]), max(frame[1], paper[1])
    right, top = min(frame[2], paper[2]), min(frame[3], paper[3])
    if right - left >= SMALLEST_SIDE and top - bottom >= SMALLEST_SIDE:
        page.CropBox = pikepdf.Array([left, bottom, right, top])


def _box(said: Any) -> list[Decimal] | None:
    """Left, bottom, right, top of a rectangle, however its corners were named; None for what has no size."""
    if not isinstance(said, pikepdf.Array) or len(said) != 4:
        return None
    try:
        across, down = (
            sorted(Decimal(str(said[place])) for place in (0, 2)),
            sorted(Decimal(str(said[place])) for place in (1, 3)),
        )
    except (TypeError, ValueError, ArithmeticError):
        return None
    left, right, bottom, top = *across, *down
    if right - left < SMALLEST_SIDE or top - bottom < SMALLEST_SIDE or max(map(abs, (*across, *down))) > FARTHEST:
        return None
    return [left, bottom, right, top]


def _quiet(roots: list[Any]) -> None:
    """Walk over all that the pages draw with and take out what acts; what would unpack to too much is refused."""
    seen: set[tuple[int, int]] = set()
    waiting: list[tuple[Any, bool]] = [(root, False) for root in roots]
    looked, unpacked = 0, 0
    while waiting:
        thing, is_free = waiting.pop()
        if not isinstance(thing, pikepdf.Dictionary | pikepdf.Stream | pikepdf.Array):
            continue
        if thing.is_indirect:
            if thing.objgen in seen:
                continue
            seen.add(thing.objgen)
        looked += 1
        if looked > MOST_OBJECTS:
            raise FileIsOversized
        if isinstance(thing, pikepdf.Array):
            waiting += [(each, False) for each in thing]
            continue
        if isinstance(thing, pikepdf.Stream):
            unpacked += _unpacked(thing, MOST_UNPACKED - unpacked)
        if not is_free:
            for name in _ACTS & set(thing.keys()):
                del thing[name]
            if str(thing.get("/S", "")) in _ACTIONS:
                del thing["/S"]
        waiting += [(thing[name], name in _FREE_NAMES) for name in set(thing.keys()) - {"/Parent"}]


def _unpacked(stream: Any, left: int) -> int:
    """How many bytes a stream becomes; raises FileIsOversized for more than are left, and for a picture too large."""
    if (
        stream.get("/Subtype") == "/Image"
        and int(stream.get("/Width", 0)) * int(stream.get("/Height", 0)) > MOST_PIXELS
    ):
        raise FileIsOversized
    packings = stream.get("/Filter", [])
    names = [str(each) for each in packings] if isinstance(packings, pikepdf.Array) else [str(packings)]
    raw = stream.read_raw_bytes()
    if len(names) > MOST_FILTERS or (len(raw) > LARGEST_SQUEEZED and _LOOSE_PACKINGS & set(names)):
        raise FileIsOversized
    for name in names:
        if name not in _KNOWN_PACKINGS:
            break
        raw = _inflated(raw, left)
    return len(raw)


def _inflated(raw: bytes, left: int) -> bytes:
    if left <= 0:
        raise FileIsOversized
    opening = zlib.decompressobj()
    opened = opening.decompress(raw, left)
    if opening.unconsumed_tail:
        raise FileIsOversized
    return opened
