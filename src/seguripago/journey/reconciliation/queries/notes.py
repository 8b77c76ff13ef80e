"""What the area's people leave for one another: notes between shifts, searches by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..models import SavedSearch, ShiftNote


@dataclass(frozen=True, slots=True)
class NoteView:
    """A hand-over note."""

    id: int
    text: str
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SavedSearchView:
    """A search with a name; `query` is what follows the question mark of its address."""

    id: int
    name: str
    query: str
    author: str
    at: datetime


def notes(store_id: int, *, limit: int = 20) -> tuple[NoteView, ...]:
    """The store's hand-over notes, newest first."""
    rows = ShiftNote.objects.filter(store_id=store_id).order_by("-pk")[:limit]
    return tuple(NoteView(row.pk, row.text, row.author, row.at) for row in rows)


def saved_searches(store_id: int) -> tuple[SavedSearchView, ...]:
    """The store's searches by name."""
    rows = SavedSearch.objects.filter(store_id=store_id).order_by("name")
    return tuple(SavedSearchView(row.pk, row.name, row.query, row.author, row.at) for row in rows)
