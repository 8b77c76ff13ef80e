"""The lines of the queue, and what was said, as HTML. Each is drawn once for all that it says; seconds are left to
the page's clock.

Ten desks read a queue of two hundred again a few times a second while a store is busy, and one line of it changed; an
analyst goes back and forth between conversations of two hundred entries, of which the last one is new.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from seguripago.journey.assistance.queries import EntryView, QueueRow

KEPT: Final = 8192
SAID_KEPT: Final = 4096
"""Entries of twenty long conversations: some 12 MB."""


def draw_lines(key: str, rows: Iterable[QueueRow], open_id: int) -> SafeString:
    """The lines of one group of the queue."""
    language = get_language() or ""
    return mark_safe("".join(_drawn(row, key, row.id == open_id, language) for row in rows))  # noqa: S308


@lru_cache(maxsize=KEPT)
def _drawn(row: QueueRow, key: str, is_open: bool, language: str) -> str:
    """One line. Whatever its template asks for must be an argument: no request, no clock."""
    return get_template("desk/_line.html").render({"row": row, "key": key, "is_open": is_open}).strip() + "\n"


def draw_entries(entries: Iterable[EntryView]) -> SafeString:
    """The entries of a timeline. A card counts seconds down, and is drawn each time; what was said stays as it is."""
    language, template = get_language() or "", get_template("desk/entry.html")
    drawn = (
        template.render({"entry": each}) if each.kind == "card" else _drawn_entry(_Whole(each), language)
        for each in entries
    )
    return mark_safe("".join(drawn))  # noqa: S308


class _Whole:
    """An entry that equals another one when all that they say is the same."""

    __slots__ = ("entry", "said")

    def __init__(self, entry: EntryView) -> None:
        self.entry, self.said = entry, repr(entry)

    def __hash__(self) -> int:
        return hash(self.said)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Whole) and self.said == other.said


@lru_cache(maxsize=SAID_KEPT)
def _drawn_entry(whole: _Whole, language: str) -> str:
    """One entry that is no card. Its template asks for nothing but the entry: no request, no clock."""
    return get_template("desk/entry.html").render({"entry": whole.entry})
