"""What a store shares with its providers of bank notices, sealed at rest. Pure of Django's tables: shapes and seals.

Inside the seal: `{"secrets": [current, the one before], "credentials": {name: value}}`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from . import keyring


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """`secrets`: the current one and, while it is rotated, the one before. The values stay out of `repr`."""

    secrets: tuple[str, ...] = field(default=(), repr=False)
    allowed_addresses: tuple[str, ...] = ()
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class FeedCard:
    """What a screen may show of a feed's settings: never a secret."""

    feed: str
    has_secret: bool
    given: tuple[str, ...]
    allowed_addresses: tuple[str, ...]
    previous_until: datetime | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Inside:
    """What is under the seal."""

    secrets: tuple[str, ...] = field(default=(), repr=False)
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)


def seal(inside: Inside, *, slug: str, feed: str) -> bytes:
    text = json.dumps({"secrets": list(inside.secrets), "credentials": dict(inside.credentials)})
    return keyring.seal(text.encode(), belongs_to=owner(slug, feed))


def unseal(sealed: bytes | memoryview, *, slug: str, feed: str) -> Inside:
    read = json.loads(keyring.unseal(sealed, belongs_to=owner(slug, feed)))
    return Inside(tuple(read["secrets"]), dict(read["credentials"]))


def owner(slug: str, feed: str) -> str:
    """What the seal is bound to: a row copied to another store or feed does not open."""
    return f"store:{slug}:feed:{feed}"
