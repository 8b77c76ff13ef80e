"""The one place that lets a gateway's origins through a page's security policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.csp import CSP

from seguripago.ports.card_gateways import ClientConfig


def policy_for(config: ClientConfig | None, stricter: Mapping[str, list[str]] | None = None) -> dict[str, Any]:
    """Give the site's policy, or what is `stricter`, with the gateway's origins: each only where it is needed."""
    policy: dict[str, Any] = {**settings.SECURE_CSP, **(stricter or {})}
    for directive, origins in config.csp_origins.items() if config else ():
        known = [origin for origin in policy.get(directive, []) if origin != CSP.NONE]
        policy[directive] = [*known, *(origin for origin in dict.fromkeys(origins) if origin and origin not in known)]
    return policy


def with_gateway[Response: HttpResponse](
    response: Response, config: ClientConfig | None, stricter: Mapping[str, list[str]] | None = None
) -> Response:
    """Let the gateway of this page through its policy; everything else stays shut."""
    response._csp_config = policy_for(config, stricter)  # type: ignore[attr-defined]  # as Django's decorators do
    return response
