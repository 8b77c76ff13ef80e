"""Whose hook a key opens, with what that store's feeds share: read again after a second at most.

A bank rings hundreds of times a second; reading and unsealing the same row each time would cost more than keeping the
notice. A changed secret counts at once in the process that changed it and a second later everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from .feed_settings import FeedSettings
from .queries import feed_settings, store_by_hook_key

FRESH: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Door:
    """The store behind a hook key and the settings of its feeds by slug."""

    store_id: int
    feeds: Mapping[str, FeedSettings]


def door(hook_key: str, *, at: datetime) -> Door | None:
    """The door that the key opens, or None; wrong keys are asked for every time and never kept."""
    kept = _kept.get(hook_key)
    if kept is not None and abs(at - kept[0]) < FRESH:
        return kept[1]
    store = store_by_hook_key(hook_key)
    if store is None:
        _kept.pop(hook_key, None)
        return None
    found = Door(store.id, feed_settings(store.id))
    _kept[hook_key] = (at, found)
    return found


def forget() -> None:
    """Read every door again: something of a store has changed."""
    _kept.clear()


_kept: dict[str, tuple[datetime, Door]] = {}
