"""How often somebody may do something here, and who somebody is."""

from __future__ import annotations

import ipaddress
from typing import Final

from django.http import HttpRequest
from django.utils import timezone

from seguripago.foundations.limits.commands import alias, take
from seguripago.foundations.limits.rules import Limit

CONSENTS: Final = Limit("chat.consents", 60, 3600)
STARTS: Final = Limit("chat.starts", 5, 3600)
MESSAGES: Final = Limit("chat.messages", 20, 60)
VERIFICATIONS: Final = Limit("verify", 30, 60)
WAYS_TO_CLAIM: Final = Limit("claims.ways", 3, 3600)
WAYS_TO_CLAIM_OF_CALLER: Final = Limit("claims.ways_caller", 10, 3600)


def too_often(limit: Limit, request: HttpRequest) -> int:
    """Count one use of this caller's address; answer 0, or the seconds to wait."""
    return take(limit, address(request), at=timezone.now())


def address(request: HttpRequest) -> str:
    """Whom limits count: the address, and of IPv6 the network that one household or server gets."""
    return network_of(request.META.get("REMOTE_ADDR", ""))


def alias_of(request: HttpRequest) -> str:
    """The caller's alias of the day, for rows that must be told to be of one caller; empty for this machine itself."""
    remote = request.META.get("REMOTE_ADDR", "")
    return "" if is_own(remote) else alias(network_of(remote), at=timezone.now())


def network_of(remote: str) -> str:
    try:
        found = ipaddress.ip_address(remote)
    except ValueError:
        return remote
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def is_own(remote: str) -> bool:
    """Whether the caller is this machine itself: whoever runs it, or a proxy that nobody named as trusted.

    What counts by address lets it pass: else five buyers behind such a proxy would lock all others out.
    """
    try:
        found = ipaddress.ip_address(remote)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return found.is_loopback or (mapped is not None and mapped.is_loopback)
