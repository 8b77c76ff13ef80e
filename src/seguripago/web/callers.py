"""Who called: the address behind the proxies that we trust, and nobody else's word for it.

Every proxy appends the address that called it to `X-Forwarded-For`. Read from the right, the first address that is no
trusted proxy is the caller; what stands further left anybody may have written.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse

type Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class CallerMiddleware:
    """Put the caller's own address in `REMOTE_ADDR`, where everybody looks for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        trusted = settings.SEGURIPAGO.trusted_proxies
        if trusted:
            said = request.META.get("HTTP_X_FORWARDED_FOR", "")
            request.META["REMOTE_ADDR"] = caller(request.META.get("REMOTE_ADDR", ""), said, trusted)
        return self.get_response(request)


def caller(peer: str, forwarded_for: str, trusted: Sequence[str]) -> str:
    """Give the address of who called: the peer, unless it is a trusted proxy that names another."""
    networks = _networks(tuple(trusted))
    found = peer
    for said in reversed(["", *forwarded_for.split(",")]):
        if not _is_in(found, networks):
            return found
        address = _plain(said)
        if not address:
            # The proxy named nobody, or something that is no address: the last one that we know of.
            return found
        found = address
    return found


@cache
def _networks(trusted: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(each, strict=False) for each in trusted)


def _is_in(address: str, networks: Sequence[Network]) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return any(found in network or (mapped is not None and mapped in network) for network in networks)


def _plain(said: str) -> str:
    """Read one entry: an address, with a port or brackets as some proxies write them; empty when it is none."""
    text = said.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return ""
