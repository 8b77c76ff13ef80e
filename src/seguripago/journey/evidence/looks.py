"""How a picture looks where its writing is, so that the same picture is known again when it comes saved anew.

Layout says nothing: every receipt of a bank's app looks the same but for a few words. So two looks are compared block
by block, and the worst blocks decide: saving anew blurs all of them a little, another amount or key changes some of
them altogether (figures: docs/decisions/0042-a-picture-is-known-again.md). What it cannot see: more than a narrow rim
cut off, a turned picture, a photograph of a screen. Those are known by the movement that they tell of.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final, cast

from PIL import Image, ImageChops

from seguripago.ports.pdf_opening import Frame, PdfFails, drawn_pages

from .cleaning import CleanCopy, decoding
from .rules import EvidenceKind

SAME_FROM: Final = 0.93
"""How alike the worst blocks must be. Of 384 pairs of receipts of one bank, worn ones too, none is above 0.90."""
WORST: Final = 0.02
FEWEST_BLOCKS: Final = 10
WRITTEN: Final = 0.3
"""Blocks with less writing than this, of the mean, say nothing."""
COARSE: Final = (24, 40)
FINE: Final = (96, 192)
BLOCK: Final = 8
BANDS: Final = 8
_BAND_BITS: Final = 20
_LARGEST: Final = 1200
_FAINTEST: Final = 24
_RIM: Final = 0.02
_SMALLEST: Final = 30


FAILURES: Final = (PdfFails, OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError)

log = logging.getLogger("seguripago.evidence")


@dataclass(frozen=True, slots=True)
class Look:
    """`coarse`: 960 bits by which looks are found again; `fine`: how much is written in each of 96 by 192 places."""

    coarse: int
    fine: bytes

    @property
    def bands(self) -> tuple[int, ...]:
        """Keys of which a picture that was only saved anew shares at least one."""
        total = COARSE[0] * COARSE[1]
        found = []
        for band in range(BANDS):
            bits = 0
            for place in range(_BAND_BITS):
                bits = bits << 1 | self.coarse >> ((band + place * BANDS) * 389 % total) & 1
            found.append(band << 32 | bits)
        return tuple(found)


def look_of(copy: CleanCopy) -> Look | None:
    """The look of a picture or of a PDF's first page; None for data, for what has next to nothing written, and for what
    cannot be drawn: a look is a help, and nothing waits for it. Raises PdfBusy.
    """
    if copy.kind is EvidenceKind.CEP:
        return None
    try:
        drawn = _first_page(copy.body) if copy.kind is EvidenceKind.PDF else _picture(copy.body)
    except FAILURES as trouble:
        log.info("a comprobante has no look: %s", type(trouble).__name__)
        return None
    writing = _writing(drawn)
    across = _span(_values(writing.resize((writing.width, 1), Image.Resampling.BOX)))
    down = _span(_values(writing.resize((1, writing.height), Image.Resampling.BOX)))
    if across is None or down is None:
        return None
    box = (across[0], down[0], across[1], down[1])
    coarse = _values(writing.resize(COARSE, Image.Resampling.BOX, box=box))
    middle, bits = sorted(coarse)[len(coarse) // 2], 0
    for value in coarse:
        bits = bits << 1 | (value > middle)
    fine = writing.resize(FINE, Image.Resampling.BOX, box=box).convert("L")
    return Look(bits, zlib.compress(fine.tobytes(), 6))


def alike(look: Look, others: Sequence[bytes]) -> list[float]:
    """How alike the worst blocks of a look are to those of other looks' `fine`: 1 is the same, 0 has nothing of it."""
    # Only who compares pays for it: ten megabytes of memory in every other process would be idle.
    import numpy

    mine = _blocks(numpy, look.fine)
    return [_worst(numpy, mine, _blocks(numpy, other)) for other in others]


def _picture(body: bytes) -> Image.Image:
    with decoding(), Image.open(BytesIO(body), formats=("PNG", "JPEG")) as opened:
        return opened.convert("L")


def _first_page(body: bytes) -> Image.Image:
    (drawn,) = drawn_pages(body, Frame(3.0, _LARGEST, _LARGEST), is_grey=True)
    with Image.open(BytesIO(drawn), formats=("PNG",)) as opened:
        return opened.convert("L")


def _writing(drawn: Image.Image) -> Image.Image:
    """How steeply the picture changes from left to right: strokes of letters, and nothing of colours and bars."""
    drawn.thumbnail((_LARGEST, _LARGEST))
    if drawn.width < 2:
        return Image.new("F", (1, 1))
    right = drawn.crop((1, 0, drawn.width, drawn.height))
    steep = ImageChops.difference(right, drawn.crop((0, 0, drawn.width - 1, drawn.height)))
    return steep.point([0 if value < _FAINTEST else value for value in range(256)]).convert("F")


def _values(grey: Image.Image) -> list[float]:
    return list(cast("tuple[float, ...]", grey.get_flattened_data()))


def _span(masses: list[float]) -> tuple[int, int] | None:
    """From where to where all but a rim of the writing lies."""
    rim = sum(masses) * _RIM
    if not rim:
        return None
    start, end = _reached(masses, rim), len(masses) - _reached(reversed(masses), rim)
    return (start, end) if end - start >= _SMALLEST else None


def _reached(masses: Iterable[float], wanted: float) -> int:
    seen = 0.0
    for place, mass in enumerate(masses):
        seen += mass
        if seen > wanted:
            return place
    return 0


def _blocks(numpy: Any, fine: bytes) -> Any:
    width, height = FINE
    cells = numpy.frombuffer(zlib.decompress(fine), dtype=numpy.uint8).reshape(height, width).astype(numpy.float32)
    cells = cells / (cells.mean() + 1e-6)
    edged = numpy.pad(cells, 1, mode="edge")
    soft = sum(edged[down : down + height, across : across + width] for down in range(3) for across in range(3)) / 9
    cut = soft.reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK).swapaxes(1, 2)
    return cut.reshape(-1, BLOCK * BLOCK)


def _worst(numpy: Any, mine: Any, theirs: Any) -> float:
    written = numpy.maximum(mine.mean(1), theirs.mean(1)) > WRITTEN
    if written.sum() < FEWEST_BLOCKS:
        return 0.0
    one = mine[written] - mine[written].mean(1, keepdims=True)
    two = theirs[written] - theirs[written].mean(1, keepdims=True)
    likeness = (one * two).sum(1) / numpy.sqrt((one * one).sum(1) * (two * two).sum(1) + 1e-6)
    likeness.sort()
    return float(likeness[int(len(likeness) * WORST)])
