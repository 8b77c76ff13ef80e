"""Signals: somebody is typing, looks on, came or left. They ride with the wake-ups, are stored nowhere and may be lost.

Whoever tells one has looked at the right to speak there; whoever hears one decides who else may know.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from urllib.parse import quote, unquote

from .wakeups import wake

What = Literal["typing", "viewing", "presence", "seen", "whisper"]

BUYER: Final = 0
_PREFIX: Final = "now:"
_KINDS: Final[tuple[What, ...]] = ("typing", "viewing", "presence", "seen", "whisper")


@dataclass(frozen=True, slots=True)
class Signal:
    """`who` is BUYER or a user, `name` how others call him. `conversation_id` is 0 for what concerns the whole desk.

    `state` is "1" or "0", for presence the seat's state, for seen the newest entry read, for a whisper
    whom it is for and its entry: `7.31`. Of two signals of one person
    the later `at_ms` counts.
    """

    what: What
    store_id: int
    conversation_id: int
    who: int
    name: str
    state: str
    at_ms: int

    @property
    def key(self) -> tuple[str, int, int, int]:
        """What a newer signal replaces."""
        return (self.what, self.store_id, self.conversation_id, self.who)


def tell(
    what: What, store_id: int, conversation_id: int, *, who: int, name: str = "", state: str, at: datetime
) -> None:
    """Send a signal, after the commit when a transaction is open."""
    stamp = int(at.timestamp() * 1000)
    said = f"{quote(state, safe='')}:{quote(name[:40], safe='')}"
    wake(f"{_PREFIX}{what}:{store_id}:{conversation_id}:{who}:{stamp}:{said}")


def heard(word: str) -> Signal | None:
    """The signal in a word of a wake-up; None when the word is a topic."""
    if not word.startswith(_PREFIX):
        return None
    parts = word.removeprefix(_PREFIX).split(":")
    if len(parts) != 7:
        return None
    kind = next((known for known in _KINDS if known == parts[0]), None)
    if kind is None or not all(part.isdecimal() for part in parts[1:5]):
        return None
    store_id, conversation_id, who, stamp = (int(part) for part in parts[1:5])
    return Signal(kind, store_id, conversation_id, who, unquote(parts[6]), unquote(parts[5]), stamp)
