"""Decodes one stranger's picture and ends: `python -m seguripago.ports.picture_process`, started by `picture_opening`.

A picture of two hundred bytes may unpack to a gigabyte, in more ways than its header tells. So it is unpacked here,
with so much memory over what this program takes by itself, and so many seconds of the processor. In: a line of JSON and
the file. Out: a line of JSON and the picture.
"""

from __future__ import annotations

import json
import sys
from io import BytesIO
from typing import Any, Final

from seguripago.ports.opening_limits import addresses_now, limit

MOST_MEMORY: Final = 290 * 1_048_576
"""Addresses over those of Python and its decoders: what a bomb gets, and what is enough for MOST_PIXELS."""
MOST_PIXELS: Final = {"jpeg": 40_000_000, "png": 40_000_000, "webp": 16_777_216, "heic": 30_000_000}
"""Measured: WebP's decoder holds a picture four times, that of telephones twice."""
QUALITY: Final = 90


class TooLarge(Exception):
    """More pixels than anybody gets."""


def main() -> int:
    """Draw one picture again, or say what its codes say."""
    asked = json.loads(sys.stdin.buffer.readline())
    import pi_heif
    import zxingcpp
    from PIL import Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin  # noqa: F401 - before the limit is set

    pi_heif.options.DECODE_THREADS = 1
    limit(float(asked["cpu_s"]), addresses=addresses_now() + MOST_MEMORY)
    said: dict[str, Any] = {}
    bodies: list[bytes] = []
    try:
        shown = _shown(asked["kind"], sys.stdin.buffer.read(), asked["longest"])
        if asked["what"] == "codes":
            said = {"codes": [found.text for found in zxingcpp.read_barcodes(shown.convert("L")) if found.text]}
        else:
            bodies = [_written(asked["kind"], shown)]
    except (TooLarge, MemoryError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        said = {"trouble": "oversized"}
    except (OSError, SyntaxError, ValueError, EOFError, RuntimeError) as trouble:
        said = {"trouble": type(trouble).__name__}
    answer = sys.stdout.buffer
    answer.write(json.dumps({**said, "lengths": [len(body) for body in bodies]}).encode() + b"\n")
    for body in bodies:
        answer.write(body)
    answer.flush()
    return 0


def _shown(kind: str, body: bytes, longest: int) -> Any:
    return _of_a_telephone(body, longest) if kind == "heic" else _upright(kind, body, longest)


def _written(kind: str, shown: Any) -> bytes:
    drawn = BytesIO()
    if kind == "png":
        shown.save(drawn, "PNG")
    else:
        shown.save(drawn, "JPEG", quality=QUALITY)
    return drawn.getvalue()


def _upright(kind: str, body: bytes, longest: int) -> Any:
    from PIL import Image

    if kind == "webp":
        # Its decoder takes the memory of the whole canvas when it is only opened.
        _require(kind, _size_of_webp(body))
    with Image.open(BytesIO(body), formats=(kind.upper(),)) as opened:
        # The size is in the header: a bomb is refused before a single pixel is unpacked.
        _require(kind, opened.size)
        # A photograph that will be made smaller is unpacked smaller.
        share = min(1.0, longest / max(opened.size))
        opened.draft("RGB", (int(opened.width * share), int(opened.height * share)))
        turn = opened.getexif().get(0x0112, 1)
        opened.load()
        small = _smaller(opened, longest)
    turns = (
        Image.Transpose.FLIP_LEFT_RIGHT,
        Image.Transpose.ROTATE_180,
        Image.Transpose.FLIP_TOP_BOTTOM,
        Image.Transpose.TRANSPOSE,
        Image.Transpose.ROTATE_270,
        Image.Transpose.TRANSVERSE,
        Image.Transpose.ROTATE_90,
    )
    return small.transpose(turns[turn - 2]) if turn in range(2, 9) else small


def _of_a_telephone(body: bytes, longest: int) -> Any:
    """Decode HEIC; its decoder turns it upright and unpacks no more pixels than its header says."""
    import pi_heif
    from PIL import Image

    opened = pi_heif.open_heif(BytesIO(body), convert_hdr_to_8bit=True)
    _require("heic", opened.size)
    unpacked = Image.frombuffer(opened.mode, opened.size, opened.data, "raw", opened.mode, opened.stride, 1)
    # What its decoder holds is copied, and no longer needed.
    del opened
    return _smaller(unpacked, longest)


def _smaller(picture: Any, longest: int) -> Any:
    """The colours of a picture, no longer than asked, in a picture of their own that carries nothing else.

    Band by band, because two whole copies of a large one are more than there is room for.
    """
    from PIL import Image

    if picture.mode not in {"RGB", "RGBA", "RGBX", "L", "LA"}:
        picture = picture.convert("RGB")
    share = min(1.0, longest / max(picture.size))
    size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
    bands = []
    for name in [name for name in picture.getbands() if name in "RGBL"]:
        band = picture.getchannel(name)
        bands.append(band if size == picture.size else band.resize(size, Image.Resampling.BICUBIC))
    picture.im = None
    made = Image.merge("RGB", bands if len(bands) == 3 else bands * 3)
    # Comments and profiles go along from picture to picture, and would be written.
    made.info.clear()
    return made


def _require(kind: str, size: tuple[int, int]) -> None:
    if size[0] * size[1] > MOST_PIXELS[kind]:
        raise TooLarge


def _size_of_webp(body: bytes) -> tuple[int, int]:
    """The canvas that a WebP's first chunk names; nothing of one that is none."""
    match body[12:16]:
        case b"VP8X":
            return 1 + int.from_bytes(body[24:27], "little"), 1 + int.from_bytes(body[27:30], "little")
        case b"VP8L":
            bits = int.from_bytes(body[21:25], "little")
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        case b"VP8 ":
            return int.from_bytes(body[26:28], "little") & 0x3FFF, int.from_bytes(body[28:30], "little") & 0x3FFF
        case _:
            raise ValueError("no WebP")


if __name__ == "__main__":
    raise SystemExit(main())
