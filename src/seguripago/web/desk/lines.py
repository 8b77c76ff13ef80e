"""The lines of the queue as HTML. A line is drawn once for all that it says; seconds are left to the page's clock.

Ten desks read a queue of two hundred again a few times a second while a store is busy, and one line of it changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from seguripago.journey.assistance.queries import QueueRow

KEPT: Final = 8192


def draw_lines(key: str, rows: Iterable[QueueRow], open_id: int) -> SafeString:
    """The lines of one group of the queue."""
    language = get_language() or ""
    return mark_safe("".join(_drawn(row, key, row.id == open_id, language) for row in rows))  # noqa: S308


@lru_cache(maxsize=KEPT)
def _drawn(row: QueueRow, key: str, is_open: bool, language: str) -> str:
    """One line. Whatever its template asks for must be an argument: no request, no clock."""
    return get_template("desk/_line.html").render({"row": row, "key": key, "is_open": is_open}).strip() + "\n"
