"""Opens one stranger's PDF and ends: `python -m seguripago.ports.pdf_process`, started by `pdf_opening.py`.

A page of two kilobytes may ask for gigabytes or for hours. So it is opened here, with so much memory, so many seconds
of the processor and so long an answer; without a database and without a secret. What goes beyond ends this process,
and nobody else. In: a line of JSON (what is asked) and the file. Out: a line of JSON and the pictures.
"""

from __future__ import annotations

import io
import json
import sys
from typing import Any, Final

from seguripago.ports.opening_limits import limit

MOST_MEMORY: Final = 768 * 1_048_576
"""Addresses, of which Python and pdfium take a third."""
MOST_LETTERS: Final = 40_000
MOST_WORDS: Final = 100_000

_LETTERS: Final = {"\ufffe": "-", "\x02": "-", "\u00ad": "-", "\r": "\n", "\x00": "", "\u00a0": " "}


def main() -> int:
    """Do what is asked with one file."""
    asked = json.loads(sys.stdin.buffer.readline())
    limit(float(asked["cpu_s"]), addresses=MOST_MEMORY)
    import pypdfium2

    said: dict[str, Any]
    try:
        with pypdfium2.PdfDocument(sys.stdin.buffer.read()) as document:
            said, bodies = DOES[asked["what"]](document, asked)
    except (pypdfium2.PdfiumError, ValueError, TypeError, OSError, MemoryError) as trouble:
        said, bodies = {"trouble": type(trouble).__name__}, []
    answer = sys.stdout.buffer
    answer.write(json.dumps({**said, "lengths": [len(body) for body in bodies]}).encode() + b"\n")
    for body in bodies:
        answer.write(body)
    answer.flush()
    return 0


def _draw(document: Any, asked: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    """Pages as PNG, never larger than asked; grey ones where asked. The first that fails ends it."""
    bodies = []
    for place in range(asked["first"], min(len(document), asked["first"] + asked["most"])):
        drawn = _drawn(document[place], asked["scale"], asked["widest"], asked["tallest"])
        written = io.BytesIO()
        drawn.convert("L" if asked["is_grey"] else "RGB").save(written, "PNG", compress_level=1)
        bodies.append(written.getvalue())
    return {}, bodies


def _drawn(page: Any, scale: float, widest: int, tallest: int) -> Any:
    width, height = max(page.get_width(), 1.0), max(page.get_height(), 1.0)
    return page.render(scale=min(scale, widest / width, tallest / height)).to_pil()


def _words(document: Any, asked: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    """What the first pages and the file's own data say, and what the codes on a page say."""
    import zxingcpp

    own = document.get_metadata_dict()
    texts, codes = [own.get("Title", ""), own.get("Keywords", "")], list[str]()
    for place in range(min(len(document), asked["most"])):
        page = document[place]
        texts.append(page.get_textpage().get_text_bounded()[:MOST_WORDS])
        if not codes:
            codes = [found.text for found in zxingcpp.read_barcodes(_drawn(page, 2.0, 2_400, 4_000)) if found.text]
    return {"texts": texts, "codes": codes}, []


def _runs(document: Any, asked: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    """Every piece of text with its place: [page, left, middle, text]; `middle` counts from the foot of the page."""
    if len(document) > asked["most"]:
        return {"trouble": "too_many_pages"}, []
    texts, runs = [], []
    for place in range(len(document)):
        layer = document[place].get_textpage()
        if layer.count_chars() > MOST_LETTERS:
            return {"trouble": "too_long"}, []
        text, found = _page(layer, place)
        texts.append(text)
        runs += found
    return {"text": "\n".join(texts), "runs": runs}, []


def _page(layer: Any, number: int) -> tuple[str, list[tuple[int, float, float, str]]]:
    from pypdfium2 import raw

    runs: list[tuple[int, float, float, str]] = []
    text, written, left, middle, right, height = [], "", 0.0, 0.0, 0.0, 0.0
    for place in range(layer.count_chars()):
        letter = _plain(chr(raw.FPDFText_GetUnicode(layer.raw, place) or 0))
        text.append(letter)
        if letter.isspace():
            written += " " if written and letter == " " else ""
            continue
        box = layer.get_charbox(place)
        stands, tall = (box[1] + box[3]) / 2, max(box[3] - box[1], 1.0)
        is_next = abs(stands - middle) <= max(height, tall) and -1 <= box[0] - right <= 1.5 * max(height, tall)
        if written and not is_next:
            runs.append((number, left, middle, written.strip()))
            written = ""
        if not written:
            left, middle, height = box[0], stands, tall
        written += letter
        right, height = box[2], max(height, tall)
    if written.strip():
        runs.append((number, left, middle, written.strip()))
    return "".join(text), runs


def _plain(letter: str) -> str:
    """A hyphen at the end of a line comes as a character of its own."""
    return _LETTERS.get(letter, letter)


DOES: Final = {"draw": _draw, "words": _words, "runs": _runs}

if __name__ == "__main__":
    raise SystemExit(main())
