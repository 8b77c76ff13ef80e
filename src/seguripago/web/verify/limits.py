"""How often one address may ask. Counted in the process's memory: a second process allows as much again."""

from __future__ import annotations

from typing import Final

from django.core.cache import cache

PER_MINUTE: Final = 30
WINDOW_S: Final = 60


def asks_too_often(address: str) -> bool:
    """Count one question of this address and say whether it was one too many within the minute."""
    key = f"verify:{address}"
    if cache.add(key, 1, WINDOW_S):
        return False
    try:
        return cache.incr(key) > PER_MINUTE
    except ValueError:
        # The minute ended between the two lines.
        cache.add(key, 1, WINDOW_S)
        return False
