"""Pictures of a few bytes that ask for gigabytes, each in another way than its header."""

from __future__ import annotations

import zlib
from io import BytesIO
from pathlib import Path

from PIL import Image

TILE = Path(__file__).resolve().parent.parent / "samples" / "heic" / "photo.heic"
HERE = b"\x7f\x7f\x7f\x7f"
TILE_SIZE = (160, 120)


def _chunk(name: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4) + name + body + zlib.crc32(name + body).to_bytes(4)


def _squeezed(piece: bytes, times: int) -> bytes:
    packing = zlib.compressobj(9)
    return b"".join(packing.compress(piece) for _ in range(times)) + packing.flush()


def png(width: int, height: int, *, colours: int = 2, rows: int | None = None, more: bytes = b"") -> bytes:
    """A PNG of one colour. `colours`: as its header says (2 RGB, 6 RGBA, 0 grey, 4 grey with transparency)."""
    row = bytes(1 + width * {2: 3, 6: 4, 0: 1, 4: 2}[colours])
    header = width.to_bytes(4) + height.to_bytes(4) + bytes([8, colours, 0, 0, 0])
    drawn = _chunk(b"IDAT", _squeezed(row, height if rows is None else rows))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + more + drawn + _chunk(b"IEND", b"")


def png_with_profile() -> bytes:
    """A PNG whose colour profile unpacks to a gigabyte."""
    return png(10, 10, more=_chunk(b"iCCP", b"p\0\0" + _squeezed(bytes(1_000_000), 1000)))


def png_with_words(name: bytes) -> bytes:
    """A PNG with two gigabytes of words in two thousand pieces, packed."""
    head = b"k\0\1\0\0\0" if name == b"iTXt" else b"k\0\0"
    return png(10, 10, more=_chunk(name, head + _squeezed(bytes(1_000_000), 1)) * 2000)


def webp(width: int, height: int) -> bytes:
    """A still WebP of one colour."""
    drawn = BytesIO()
    Image.new("RGB", (width, height), "#0f6b5c").save(drawn, "WEBP", method=0)
    return drawn.getvalue()


def webp_that_moves(width: int, height: int, frames: int) -> bytes:
    """A WebP of so many frames of one pixel each, on a canvas of this size."""
    dot = BytesIO()
    Image.new("RGB", (1, 1)).save(dot, "WEBP", lossless=True)
    frame = bytes(12) + (10).to_bytes(3, "little") + b"\0" + dot.getvalue()[12:]
    one = b"ANMF" + len(frame).to_bytes(4, "little") + frame + bytes(len(frame) % 2)
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    canvas = b"VP8X" + (10).to_bytes(4, "little") + bytes([2, 0, 0, 0]) + size
    body = b"WEBP" + canvas + b"ANIM" + (6).to_bytes(4, "little") + bytes(6) + one * frames
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def heic_grid(across: int, down: int, size: tuple[int, int] | None = None) -> bytes:
    """A HEIC of so many tiles, all of them the same one. `size`: what its header says, the tiles' own unless told."""
    tile = TILE.read_bytes()
    width, height = size or (across * TILE_SIZE[0], down * TILE_SIZE[1])
    data = tile[0x1BB : 0x1BB + 0x352]
    config = tile[tile.index(b"hvcC") - 4 :][: int.from_bytes(tile[tile.index(b"hvcC") - 4 :][:4])]
    grid = bytes([0, 1, down - 1, across - 1]) + width.to_bytes(4) + height.to_bytes(4)
    tiles = range(1, across * down + 1)
    whole = (across * down + 1).to_bytes(2)
    infos = b"".join(_box(b"infe", b"\2\0\0\0" + number.to_bytes(2) + b"\0\0hvc1\0") for number in tiles)
    infos += _box(b"infe", b"\2\0\0\0" + whole + b"\0\0grid\0")
    # Every tile lies at the same place of the file.
    places = b"".join(_place(number.to_bytes(2), 0, HERE, len(data)) for number in tiles)
    places += _place(whole, 1, bytes(4), len(grid))
    said = b"".join(number.to_bytes(2) + b"\2\x81\2" for number in tiles) + whole + b"\1\3"
    parts = whole + len(tiles).to_bytes(2) + b"".join(number.to_bytes(2) for number in tiles)
    ways = config + _ispe(*TILE_SIZE) + _ispe(width, height)
    meta = (
        _box(b"hdlr", bytes(8) + b"pict" + bytes(13))
        + _box(b"pitm", bytes(4) + whole)
        + _box(b"iloc", b"\1\0\0\0\x44\0" + whole + places)
        + _box(b"iinf", bytes(4) + whole + infos)
        + _box(b"iref", bytes(4) + _box(b"dimg", parts))
        + _box(b"iprp", _box(b"ipco", ways) + _box(b"ipma", bytes(4) + (len(tiles) + 1).to_bytes(4) + said))
        + _box(b"idat", grid)
    )
    head = _box(b"ftyp", b"heic\0\0\0\0mif1heic") + _box(b"meta", bytes(4) + meta)
    return head.replace(HERE, (len(head) + 8).to_bytes(4)) + _box(b"mdat", data)


def _place(number: bytes, way: int, start: bytes, length: int) -> bytes:
    return number + bytes([0, way]) + bytes(2) + b"\0\1" + start + length.to_bytes(4)


def _box(name: bytes, body: bytes) -> bytes:
    return (8 + len(body)).to_bytes(4) + name + body


def _ispe(width: int, height: int) -> bytes:
    return _box(b"ispe", bytes(4) + width.to_bytes(4) + height.to_bytes(4))


def photograph(width: int, height: int, mode: str = "RGB") -> bytes:
    """A JPEG of one colour."""
    drawn = BytesIO()
    Image.new(mode, (width, height)).save(drawn, "JPEG")
    return drawn.getvalue()
