"""PDFs of a few kilobytes that ask for gigabytes or for hours."""

from __future__ import annotations

import random
from collections.abc import Callable
from io import BytesIO

import pikepdf


def _made(draw: Callable[[pikepdf.Pdf], None], size: tuple[int, int] = (612, 792)) -> bytes:
    with pikepdf.new() as made:
        made.add_blank_page(page_size=size)
        draw(made)
        written = BytesIO()
        made.save(written)
    return written.getvalue()


def chain(links: int = 9) -> bytes:
    """Forms of which each draws the next one ten times."""

    def draw(made: pikepdf.Pdf) -> None:
        form = made.make_stream(b"0 0 10 10 re f")
        for _ in range(links):
            form.Type, form.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
            form.BBox = pikepdf.Array([0, 0, 600, 700])
            above = made.make_stream(b"/N Do " * 10)
            above.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(N=form))
            form = above
        page = made.pages[0]
        page.obj.Contents, page.obj.Resources = form, form.Resources

    return _made(draw)


def fills(count: int = 100_000) -> bytes:
    """Very many fills of the whole page."""
    return _made(
        lambda made: setattr(
            made.pages[0].obj, "Contents", made.make_stream(b"0 0 612 792 re 9 9 m 9 800 l f* " * count)
        )
    )


def street(size: tuple[int, int] = (14_400, 14_400)) -> bytes:
    """A page as large as a house, with a dot on it."""
    return _made(lambda made: setattr(made.pages[0].obj, "Contents", made.make_stream(b"0 0 9 9 re f")), size)


def written() -> bytes:
    """A page with strokes on it: it has a look."""
    dice = random.Random("written")
    strokes = " ".join(
        f"{dice.randrange(560)} {dice.randrange(760)} {dice.randrange(2, 40)} 6 re f" for _ in range(400)
    )
    return _made(lambda made: setattr(made.pages[0].obj, "Contents", made.make_stream(strokes.encode())))
