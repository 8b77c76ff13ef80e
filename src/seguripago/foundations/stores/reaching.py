"""Where our servers may call for a store: nobody who may type an address can point us at a machine of his choice."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

from django.conf import settings


def may_be_called(address: str, hosts: Collection[str]) -> bool:
    """Whether an address is one of the provider's hosts, of the operator's list, or this machine in the demo."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    if settings.SEGURIPAGO.demo and _is_here(host):
        return parts.scheme in {"http", "https"}
    return parts.scheme == "https" and host in {*hosts, *settings.SEGURIPAGO.feed_hosts}


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
