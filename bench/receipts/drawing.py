"""Draws a receipt: as the screen of a telephone, and as a PDF with a text layer."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import typst
from PIL import Image, ImageDraw, ImageFont

from bench.receipts.looks import Look
from bench.receipts.truth import Transfer, account_text, amount_text, date_text, time_text

OWN = Path(__file__).parents[2] / "src/seguripago/adapters/documents/paper/fonts"
DEBIAN = Path("/usr/share/fonts/truetype")
FONTS = {
    "sans": (DEBIAN / "liberation/LiberationSans-Regular.ttf", DEBIAN / "liberation/LiberationSans-Bold.ttf"),
    "wide": (DEBIAN / "dejavu/DejaVuSans.ttf", DEBIAN / "dejavu/DejaVuSans-Bold.ttf"),
    "mono": (DEBIAN / "dejavu/DejaVuSansMono.ttf", DEBIAN / "dejavu/DejaVuSansMono-Bold.ttf"),
    "inter": (OWN / "Inter-Regular.ttf", OWN / "Inter-Bold.ttf"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """What a receipt prints, its rows filled in. `told`: which fields it tells, as they should be read."""

    mark: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    foot: tuple[str, ...]
    told: dict[str, str]


def words_of(look: Look, said: Transfer, dice: random.Random) -> Words:
    """Fill a look with a transfer."""

    def form(name: str) -> str:
        return dice.choice(look.options.get(name, (getattr(look, name),)))

    mark, amount, day, account = form("words"), form("amount"), form("date"), form("account")
    texts = {
        "amount": amount_text(said.amount, amount),
        "date": date_text(said.at, day),
        "time": time_text(said.at, look.time) if look.time else "",
        "clabe": account_text(said.clabe, account),
        **{name: getattr(said, name) for name in ("beneficiary_bank", "beneficiary", "concept", "reference", "payer")},
        "tracking_key": said.tracking_key,
    }
    head = tuple(line.format(**texts) for line in look.head)
    rows = tuple((label, texts.get(what, what)) for label, what in look.rows)
    names = {what for _, what in look.rows} | {
        name for name in texts if any(f"{{{name}}}" in line for line in look.head)
    }
    truth = {
        "amount": f"{said.amount:.2f}", "date": said.at.date().isoformat(), "clabe": said.clabe,
        "bank": said.bank, "tracking_key": said.tracking_key, "reference": said.reference, "concept": said.concept,
        "payer": said.payer, "beneficiary": said.beneficiary, "beneficiary_bank": said.beneficiary_bank,
    }  # fmt: skip
    told = {name: value for name, value in truth.items() if name in names or name == "bank"}
    if "clabe" in told and account not in {"full", "groups"}:
        told["clabe_tail"] = told.pop("clabe")[-4:]
    with_seconds = look.time == "hms" or day in {"SHORT t", "dmy t"}
    if look.time or day.endswith(" t"):
        told["time"] = f"{said.at:%H:%M:%S}" if with_seconds else f"{said.at:%H:%M}"
    return Words(mark, head, rows, look.foot, told)


def screen(look: Look, words: Words, dice: random.Random, *, dark: bool) -> Image.Image:
    """Draw a screenshot of a telephone."""
    width = dice.choice((828, 1080, 1170))
    unit = width / 1080
    ink, quiet, page, card = (
        ("#f2f2f2", "#a9a9ad", "#101014", "#1c1c22") if dark else ("#1b1b1f", "#6b6b73", look.page, "#ffffff")
    )
    picture = Image.new("RGB", (width, int(2600 * unit)), page)
    pen = ImageDraw.Draw(picture)
    side = int(60 * unit)
    small, plain, strong, large = (
        _font(look.font, int(size * unit), bold) for size, bold in ((32, 0), (36, 0), (36, 1), (50, 1))
    )
    pen.text((side, 24 * unit), f"{dice.randrange(1, 13)}:{dice.randrange(60):02d}", font=strong, fill=ink)
    pen.text((width - side, 24 * unit), f"{dice.randrange(5, 100)}%", font=small, fill=ink, anchor="ra")
    y = 110 * unit
    pen.rectangle((0, y, width, y + 130 * unit), fill=look.colour)
    pen.text((side, y + 36 * unit), words.mark, font=large, fill="#ffffff")
    y += 180 * unit
    for line in words.head:
        pen.text((side, y), line, font=large if line[:1] in "$M" and any(map(str.isdigit, line)) else strong, fill=ink)
        y += 68 * unit
    y += 24 * unit
    if look.box and not dark:
        pen.rounded_rectangle((side // 2, y - 20 * unit, width - side // 2, 2400 * unit), 24 * unit, fill=card)
    for label, value in words.rows:
        y = _row(pen, look.layout, (label, value), y, side, width, unit, (small, plain, strong), (ink, quiet))
    y += 36 * unit
    for line in words.foot:
        pen.text((side, y), line, font=_font(look.font, int(24 * unit), 0), fill=quiet)
        y += 42 * unit
    return picture.crop((0, 0, width, int(min(y + 40 * unit, picture.height))))


def _row(pen, layout, row, y, side, width, unit, fonts, inks):  # type: ignore[no-untyped-def]
    (label, value), (small, plain, strong), (ink, quiet) = row, fonts, inks
    if value == "-":
        pen.text((side, y), label, font=strong, fill=ink)
        return y + 72 * unit
    if layout == "colon":
        pen.text((side, y), f"{label}:", font=small, fill=quiet)
        taken = pen.textlength(f"{label}: ", font=small)
        if side + taken + pen.textlength(value, font=small) > width - side / 2:
            y += 46 * unit
            taken = 0
        pen.text((side + taken, y), value, font=small, fill=ink)
        return y + 66 * unit
    if layout == "stacked":
        pen.text((side, y), label, font=small, fill=quiet)
        pen.text((side, y + 44 * unit), value, font=plain, fill=ink)
        return y + 116 * unit
    pen.text((side, y), label, font=small, fill=quiet)
    room = width - 2.4 * side - pen.textlength(label, font=small)
    if pen.textlength(value, font=small) > room:
        # As telephones do it: what does not fit beside its label wraps, to the right.
        cut = next((i for i in range(len(value), 0, -1) if pen.textlength(value[:i], font=small) <= room), 1)
        space = value.rfind(" ", 0, cut + 1)
        first, rest = (value[:space], value[space + 1 :]) if space > 0 else (value[:cut], value[cut:])
        pen.text((width - side, y), first, font=small, fill=ink, anchor="ra")
        y += 46 * unit
        value = rest
    pen.text((width - side, y), value, font=small, fill=ink, anchor="ra")
    pen.line((side, y + 58 * unit, width - side, y + 58 * unit), fill=quiet, width=1)
    return y + 78 * unit


@cache
def _font(name: str, size: int, bold: int) -> ImageFont.FreeTypeFont:
    file = FONTS[name][bold]
    return ImageFont.truetype(str(file if file.exists() else FONTS["inter"][bold]), size)


PAPER = """
#let d = json(bytes(sys.inputs.data))
#set page(width: 612pt, height: 792pt, margin: 48pt)
#set text(font: "Inter", size: 10pt)
#block(fill: rgb(d.colour), width: 100%, inset: 12pt, text(fill: white, size: 20pt, weight: "bold", d.mark))
#for line in d.head [#text(weight: "bold", size: 13pt, line) \\ ]
#v(10pt)
#if d.layout == "sides" {
  grid(columns: (1fr, 1.6fr), row-gutter: 9pt,
    ..d.rows.map(r => (text(fill: gray, r.at(0)), align(right, r.at(1)))).flatten())
} else if d.layout == "colon" {
  for r in d.rows [#text(r.at(0) + ": ")#text(weight: "bold", r.at(1)) \\ ]
} else {
  grid(columns: (1fr, 1fr), row-gutter: 14pt,
    ..d.rows.map(r => [#text(fill: gray, size: 8pt, r.at(0)) \\ #text(r.at(1))]))
}
#v(20pt)
#text(size: 7pt, fill: gray, d.foot.join(linebreak()))
"""


def paper(look: Look, words: Words) -> bytes:
    """Print a PDF with a text layer; a stacked look has two columns of label over value."""
    data = {
        "colour": look.colour, "layout": look.layout, "mark": words.mark, "head": words.head,
        "rows": [(label, "" if value == "-" else value) for label, value in words.rows], "foot": words.foot,
    }  # fmt: skip
    written: bytes = typst.compile(
        PAPER.encode(), sys_inputs={"data": json.dumps(data)}, font_paths=[str(OWN)], ignore_system_fonts=True
    )
    return written
