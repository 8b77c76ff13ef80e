"""What we ask of whoever wakes a browser that has no page of ours open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from seguripago.ports import registry

FAMILY: Final = "pushers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """Where one browser is reached, and its keys: only it can read what is sent (RFC 8291)."""

    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """One short message. While it waits a newer one of the same `topic` replaces it; after `lasts_s` it is lost.

    `at` is now: the signature counts from there.
    """

    browser: Browser
    body: bytes
    topic: str
    lasts_s: int
    at: datetime


class NotPushed(Exception):
    """The message did not arrive. `is_gone`: the browser is reached no more; `is_permanent`: trying again is no use."""

    def __init__(self, reason: str, *, is_gone: bool = False, is_permanent: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.is_gone, self.is_permanent = reason, is_gone, is_permanent or is_gone


class Pusher(Protocol):
    """Carries messages to browsers."""

    slug: str
    title: str

    def public_key(self) -> str:
        """The key that a browser subscribes with, empty while none is configured."""
        ...

    def takes(self, endpoint: str) -> bool:
        """Whether this address is one that we would ever send to."""
        ...

    def push(self, push: Push) -> None:
        """Hand the message over, once; raises NotPushed. At most a few seconds."""
        ...


def pusher() -> Pusher:
    """Answer the pusher of this house."""
    found: Pusher = registry.adapter(FAMILY, "web_push")
    return found
