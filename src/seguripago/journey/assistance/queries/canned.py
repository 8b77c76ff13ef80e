"""Saved replies, as they are written and as they read in one conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..models import CannedReply
from ..rules import fill


@dataclass(frozen=True, slots=True)
class CannedReplyView:
    """A saved reply as it is written."""

    id: int
    command: str
    title: str
    text: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class FilledReply:
    """A saved reply with its variables filled; `missing` names those that have no value here."""

    command: str
    title: str
    text: str
    missing: tuple[str, ...]


def canned_replies(store_id: int) -> tuple[CannedReplyView, ...]:
    """Every saved reply of a store in its order, also those that are switched off."""
    rows = CannedReply.objects.filter(store_id=store_id).order_by("place", "pk")
    return tuple(CannedReplyView(row.pk, row.command, row.title, row.text, row.is_active) for row in rows)


def filled_replies(store_id: int, values: Mapping[str, str]) -> tuple[FilledReply, ...]:
    """The replies in use, filled with the values of one conversation."""
    found = []
    for row in canned_replies(store_id):
        if row.is_active:
            text, missing = fill(row.text, values)
            found.append(FilledReply(row.command, row.title, text, missing))
    return tuple(found)


def previewed(text: str, values: Mapping[str, str]) -> str:
    """How a text reads with these values; a variable without one stays as it is written."""
    return fill(text, values)[0]
