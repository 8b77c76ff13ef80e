"""Has a stranger's picture decoded and drawn again by a process of its own: see `opening` and `picture_process`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from .opening import OpeningFails, ask

CPU_S: Final = 15.0
"""Seconds of the processor for one file: forty million pixels take four."""
PATIENCE_S: Final = 45.0
"""The same by the clock, where everybody else is busy too."""
TOO_LARGE: Final = frozenset({"oversized", "too_slow"})

type PictureKind = Literal["jpeg", "png", "webp", "heic"]


class PictureFails(Exception):
    """The picture cannot be decoded."""


class PictureTooLarge(Exception):
    """The picture has more pixels, or asks for more memory or time, than anybody gets."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture drawn anew, upright, without anything that was no pixel."""

    kind: Literal["jpeg", "png"]
    body: bytes


def drawn_again(kind: PictureKind, body: bytes, *, longest: int) -> Drawn:
    """Decode a picture of this kind and no other, and draw it no longer than `longest` pixels: a PNG as PNG, others as
    JPEG. Takes no memory of this process but that of the two files. Raises PictureFails and PictureTooLarge.
    """
    _, (drawn,) = _opened(body, {"what": "draw", "kind": kind, "longest": longest})
    return Drawn("png" if kind == "png" else "jpeg", drawn)


def codes_of(kind: PictureKind, body: bytes, *, longest: int) -> tuple[str, ...]:
    """What the QR codes of a picture say, looked for when it is no longer than that. Raises as `drawn_again`."""
    said, _ = _opened(body, {"what": "codes", "kind": kind, "longest": longest})
    return tuple(said["codes"])


def _opened(body: bytes, asked: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    try:
        return ask("seguripago.ports.picture_process", {**asked, "cpu_s": CPU_S}, body, patience_s=PATIENCE_S)
    except OpeningFails as trouble:
        raise (PictureTooLarge if trouble.reason in TOO_LARGE else PictureFails)(trouble.reason) from trouble
