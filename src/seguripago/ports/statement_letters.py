"""In which letters a file is written. Shared by the formats that are text."""

from __future__ import annotations

import codecs
from typing import BinaryIO, Final

BLOCK: Final = 262_144
WIDE_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DEFINED_IN_WINDOWS: Final = bytes(sorted(set(range(256)) - {0x81, 0x8D, 0x8F, 0x90, 0x9D}))


def encoding_of(file: BinaryIO) -> str:
    """Tell in which letters a whole file is written: by its mark, as UTF-8 if all of it is, else the banks' Windows."""
    file.seek(0)
    start = file.read(4)
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith(WIDE_MARKS):
        return "utf-16"
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_windows = is_utf8 = True
    while block := file.read(BLOCK):
        if is_utf8:
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                is_utf8 = False
        is_windows = is_windows and not block.translate(None, _DEFINED_IN_WINDOWS)
    # A letter cut in two at the very end is still UTF-8: its row says that it was cut.
    return "utf-8" if is_utf8 else "cp1252" if is_windows else "latin-1"
