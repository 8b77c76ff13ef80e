"""What a site is that may embed a store's assistant: its origin."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

MOST_SITES: Final = 20
_NAME: Final = re.compile(r"(?=.{1,140}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1"})


def site_origin(text: str) -> str | None:
    """The origin of a site as a browser writes it: `https://www.tienda.mx`, or None when it is none that may embed.

    A scheme left out is https; a path is dropped. Plain http is for this machine alone. No wildcard, no address in
    numbers: a browser compares neither (CSP level 3, section 6.7.2.8).
    """
    typed = text.strip()
    if not typed.isprintable() or " " in typed:
        return None
    try:
        parts = urlsplit(typed if "://" in typed else f"https://{typed}")
        host = (parts.hostname or "").encode("idna").decode().lower()
        port = parts.port
    except ValueError:
        return None
    if parts.username is not None or parts.password is not None or port == 0:
        return None
    is_here = host in _LOOPBACK and parts.scheme == "http"
    if not is_here and not (parts.scheme == "https" and _NAME.fullmatch(host)):
        return None
    is_usual = port is None or port == (80 if is_here else 443)
    return f"{parts.scheme}://{host}" + ("" if is_usual else f":{port}")
