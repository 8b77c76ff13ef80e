"""Who is typing, who looks on: what is true for a moment, kept in memory until it is not. Pure; the clock is given.

A burst costs entries nothing: of one person only the newest counts, what says nothing new is told again every two
seconds at most, and what is kept has a limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from seguripago.foundations.facts.signals import BUYER, Signal

from .topics import Topic

LASTS_S: Final = {"typing": 6.0, "viewing": 25.0, "presence": 6.0, "seen": 6.0, "whisper": 6.0}
AGAIN_S: Final = 2.0
SWEPT_S: Final = 30.0
MOST: Final = 5_000


@dataclass(slots=True)
class Kept:
    """The newest signal of one person, until when it holds, and when it was last told."""

    signal: Signal
    until: float
    told_at: float


class Now:
    """The signals of this moment."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, int, int, int], Kept] = {}
        self._sweep_at = 0.0

    def take(self, signal: Signal, now: float) -> bool:
        """Keep a signal; says whether it is worth telling."""
        if now >= self._sweep_at:
            # Whoever begins to listen looks through all that is kept, and thousands may come back at once.
            self._sweep(now)
        known = self._kept.get(signal.key)
        until = now + LASTS_S[signal.what]
        if known is not None and known.until > now:
            if signal.at_ms < known.signal.at_ms:
                return False
            is_news = signal.state != known.signal.state or now - known.told_at >= AGAIN_S
            known.signal, known.until = signal, until
            if is_news:
                known.told_at = now
            return is_news
        if known is None and len(self._kept) >= MOST:
            self._sweep(now)
            if len(self._kept) >= MOST:
                return False
        self._kept[signal.key] = Kept(signal, until, now)
        return True

    def _sweep(self, now: float) -> None:
        self._kept = {key: kept for key, kept in self._kept.items() if kept.until > now}
        self._sweep_at = now + SWEPT_S

    def standing(self, topic: Topic, now: float) -> Iterator[Signal]:
        """What somebody who begins to listen to a topic should know at once."""
        for kept in self._kept.values():
            if kept.until > now and kept.signal.state == "1" and concerns(kept.signal, topic):
                yield kept.signal


def concerns(signal: Signal, topic: Topic) -> bool:
    """Whether listeners of a topic may hear a signal.

    The buyer hears that staff types, never who looks on. The desk hears buyer and team; the queue, who looks on and
    that somebody whispered, never what.
    """
    if topic.kind == "conversation":
        if signal.conversation_id != topic.id or signal.what in ("presence", "whisper"):
            return False
        if signal.what == "seen":
            return (signal.who == BUYER) == (topic.audience == "desk")
        return topic.audience == "desk" or (signal.what == "typing" and signal.who != BUYER)
    if topic.kind == "desk":
        return signal.store_id == topic.id and signal.what not in ("typing", "seen")
    return False


def told(signal: Signal, topic: Topic) -> dict[str, Any]:
    """A signal as a page reads it. A buyer learns the first name and nothing else."""
    lasts = LASTS_S[signal.what]
    if topic.audience == "buyer":
        first = signal.name.split(" ")[0]
        return {"what": signal.what, "name": first, "state": signal.state, "lasts": lasts}
    return {
        "what": signal.what,
        "conversation": signal.conversation_id,
        "who": signal.who,
        "name": signal.name,
        "state": signal.state,
        "lasts": lasts,
    }
