"""By which roads we may ask, and under which headers we keep what we are told."""

from __future__ import annotations

from django.conf import settings

from seguripago.ports.bank_feeds import ROAD, TEST_COUNTS, Asks, Credentials, Road


def why_not(adapter: object, credentials: Credentials) -> str:
    """Why a provider cannot be asked with these credentials: a word, or empty when it can."""
    if not isinstance(adapter, Asks):
        return "nobody_to_ask"
    if any(need.is_required and not credentials.get(need.name) for need in adapter.needs):
        return "no_credentials"
    if adapter.is_test(credentials) and not settings.SEGURIPAGO.demo:
        return "test_credentials"
    return ""


def own_headers(road: Road) -> dict[str, str]:
    """The headers under which our own findings are kept. Test money counts in the demo, and never in production."""
    return {ROAD: road.value, **({TEST_COUNTS: "yes"} if settings.SEGURIPAGO.demo else {})}
