"""Pictures for a page, as text: data for the printer is JSON and never a file of its own."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import Final

from PIL import Image

WIDEST: Final = 1400
DRAWN: Final = frozenset({"image/jpeg", "image/png", "image/webp"})


def as_svg(body: bytes, media_type: str) -> str:
    """Answer a picture as an SVG that carries it as JPEG, no wider than a page can show; empty for anything else."""
    if media_type not in DRAWN:
        return ""
    with Image.open(BytesIO(body)) as opened:
        picture = opened.convert("RGB")
    picture.thumbnail((WIDEST, WIDEST))
    drawn = BytesIO()
    picture.save(drawn, "JPEG", quality=85)
    (width, height), data = picture.size, base64.b64encode(drawn.getvalue()).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{width}"'
        f' height="{height}"><image width="{width}" height="{height}"'
        f' xlink:href="data:image/jpeg;base64,{data}"/></svg>'
    )
