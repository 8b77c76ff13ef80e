"""Leave a note for the next shift; keep and forget searches by name."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import transaction

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.wakeups import wake
from seguripago.values.actor import Actor
from seguripago.values.refusal import Refusal

from ..models import SavedSearch, ShiftNote

LONGEST_NOTE = 600
MOST_SEARCHES = 40


class NoteEmpty(Refusal):
    """A note without words."""

    code: ClassVar[str] = "SP-283"


class SearchNotKept(Refusal):
    """A search needs a name, and a store keeps a limited number of them."""

    code: ClassVar[str] = "SP-284"


def leave_note(store_id: int, text: str, *, by: Actor, at: datetime) -> int:
    """Leave a note for the next shift, on every monitor of the store; returns its id. Raises NoteEmpty."""
    said = text.strip()[:LONGEST_NOTE]
    if not said:
        raise NoteEmpty
    with transaction.atomic():
        row = ShiftNote.objects.create(store_id=store_id, text=said, author_id=by.id or 0, author=by.name, at=at)
        record(store_id, by, "shift.note_left", f"store:{store_id}", {"note": row.pk, "text": said}, at=at)
        wake(f"monitor:{store_id}")
    return row.pk


def keep_search(store_id: int, name: str, query: str, *, by: Actor, at: datetime) -> int:
    """Keep a search under a name; the same name again replaces it. Returns its id. Raises SearchNotKept."""
    named = " ".join(name.split())[:60]
    held = SavedSearch.objects.filter(store_id=store_id)
    if not named or (held.count() >= MOST_SEARCHES and not held.filter(name=named).exists()):
        raise SearchNotKept
    with transaction.atomic():
        row, _ = SavedSearch.objects.update_or_create(
            store_id=store_id, name=named, defaults={"query": query[:400], "author": by.name, "at": at}
        )
        record(store_id, by, "search.kept", f"store:{store_id}", {"name": named, "query": row.query}, at=at)
    return row.pk


def forget_search(store_id: int, search_id: int, *, by: Actor, at: datetime) -> None:
    """Forget a search of this store; one that is gone already is no error."""
    with transaction.atomic():
        row = SavedSearch.objects.filter(store_id=store_id, pk=search_id).first()
        if row is not None:
            record(store_id, by, "search.forgotten", f"store:{store_id}", {"name": row.name}, at=at)
            row.delete()
