"""How every adapter asks its provider: one HTTP call, bounded in time and size, over verified TLS, never redirected.

What comes back is bytes or a FeedTrouble that says whether a second try can help. Nothing of a request is logged: it
carries credentials.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import httpx

from .bank_feeds import FeedAway, FeedRefused, NotFoundThere, Unreadable

TIMEOUT: Final = httpx.Timeout(connect=5.0, read=15.0, write=10.0, pool=5.0)
WHOLE_CALL_S: Final = 45.0
"""A provider that drips a byte now and then is away, too."""
BUSY: Final = frozenset({408, 425, 429})
LONGEST_WAIT_S: Final = 24 * 3600


@dataclass(frozen=True, slots=True)
class Exchange:
    """A whole answer, whatever its status says."""

    status: int
    body: bytes
    retry_after: str = ""


def ask(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    basic: tuple[str, str] | None = None,
    limit: int,
    timeout: httpx.Timeout = TIMEOUT,
    whole_call_s: float = WHOLE_CALL_S,
) -> bytes:
    """Make the call and give the body of a 2xx answer.

    Raises FeedAway (no answer in time, 408, 425, 429, 5xx), NotFoundThere (404), FeedRefused (other 3xx and 4xx, an
    address without TLS), Unreadable (longer than `limit`).
    """
    answer = exchange(
        method, url, headers=headers, body=body, basic=basic, limit=limit, timeout=timeout, whole_call_s=whole_call_s
    )
    _judge(answer)
    return answer.body


def exchange(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    basic: tuple[str, str] | None = None,
    limit: int,
    timeout: httpx.Timeout = TIMEOUT,
    whole_call_s: float = WHOLE_CALL_S,
) -> Exchange:
    """Make the call and give what was answered, a refusal too: some providers say why in its body.

    Raises FeedAway (no answer in time), FeedRefused (an address without TLS), Unreadable (longer than `limit`).
    """
    host = _host(url)
    ends_at = time.monotonic() + whole_call_s
    auth = httpx.BasicAuth(*basic) if basic else None
    try:
        # Proxies of the environment serve the way out; nothing on this machine is asked through one.
        with (
            httpx.Client(timeout=timeout, follow_redirects=False, trust_env=not is_here(host)) as client,
            client.stream(
                method, url, headers={**(headers or {}), "accept-encoding": "identity"}, content=body, auth=auth
            ) as answer,
        ):
            whole = _whole(answer, limit, ends_at)
    except httpx.HTTPError as trouble:
        raise FeedAway(type(trouble).__name__) from None
    except httpx.InvalidURL:
        raise FeedRefused("address") from None
    return Exchange(answer.status_code, whole, answer.headers.get("retry-after", ""))


def _whole(answer: httpx.Response, limit: int, ends_at: float) -> bytes:
    pieces, length = [], 0
    for piece in answer.iter_raw():
        length += len(piece)
        if length > limit:
            raise Unreadable("answer_too_long")
        if time.monotonic() > ends_at:
            raise FeedAway("too_slow")
        pieces.append(piece)
    return b"".join(pieces)


def _judge(answer: Exchange) -> None:
    status = answer.status
    if 200 <= status < 300:
        return
    if status in BUSY or status >= 500:
        raise FeedAway(f"status:{status}", retry_after_s=_patience(answer.retry_after))
    if status == 404:
        raise NotFoundThere("status:404")
    raise FeedRefused(f"status:{status}")


def _patience(text: str) -> int:
    return min(int(text), LONGEST_WAIT_S) if text.isascii() and text.isdigit() else 0


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise FeedRefused("address") from None
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and is_here(host))):
        raise FeedRefused("address_without_tls")
    return host


def is_here(host: str) -> bool:
    """Tell whether a host is this very machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
