"""What a stream can follow, and the cursors that let it resume. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["order", "conversation", "desk", "monitor"]
Audience = Literal["", "buyer", "desk"]

REGIONS: Final[dict[Kind, str]] = {"order": "status", "desk": "desk", "monitor": "monitor"}
UNKNOWN: Final = -1
MOST_TOPICS: Final = 12
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that changes. A conversation has one topic per audience and language, because it is drawn for both."""

    kind: Kind
    id: int
    audience: Audience = ""
    language: str = ""

    @property
    def wake(self) -> str:
        """The name under which wake-ups come."""
        return f"{self.kind}:{self.id}"

    @property
    def region(self) -> str:
        """The part of the page that is read again; empty for a conversation, whose entries travel themselves."""
        return REGIONS.get(self.kind, "")


def write_cursors(cursors: Sequence[int]) -> str:
    """Write cursors in the order of the request's topics as one event id: `h.3.2bc`; an unknown one is empty."""
    return ".".join("" if cursor < 0 else _base36(cursor) for cursor in cursors)


def read_cursors(text: str, count: int) -> list[int]:
    """Read `count` cursors back; what is missing or unreadable is unknown, so it is told everything again."""
    found = [_number(part) for part in text.split(".")[:count]] if text else []
    return found + [UNKNOWN] * (count - len(found))


def _base36(number: int) -> str:
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
        if not number:
            return digits


def _number(text: str) -> int:
    try:
        return int(text, 36) if text and len(text) <= 13 and text.isalnum() else UNKNOWN
    except ValueError:
        return UNKNOWN
