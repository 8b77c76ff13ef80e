"""The caller's address behind a proxy: a trusted proxy's word counts, anybody else's does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse

from seguripago.config.environment import SettingMissing, read_environment
from seguripago.web.callers import CallerMiddleware, caller

PROXIES = ("10.0.0.0/8", "::1", "2001:db8::/32")


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "expected"),
    [
        ("10.0.0.2", "187.1.2.3", "187.1.2.3"),
        ("10.0.0.2", "6.6.6.6, 187.1.2.3", "187.1.2.3"),
        ("10.0.0.2", "6.6.6.6, 187.1.2.3, 10.0.0.9", "187.1.2.3"),
        ("187.1.2.3", "6.6.6.6", "187.1.2.3"),
        ("187.1.2.3", "10.0.0.1", "187.1.2.3"),
        ("10.0.0.2", "", "10.0.0.2"),
        ("10.0.0.2", "unknown", "10.0.0.2"),
        ("10.0.0.2", "6.6.6.6, unknown", "10.0.0.2"),
        ("10.0.0.2", "10.0.0.3", "10.0.0.3"),
        ("::ffff:10.0.0.2", "187.1.2.3:44321", "187.1.2.3"),
        ("::1", "[2806:10::7]:443", "2806:10::7"),
        ("2001:db8::1", "2806:10::7", "2806:10::7"),
        ("", "187.1.2.3", ""),
    ],
)
def test_the_first_address_from_the_right_that_is_no_proxy_called(peer: str, forwarded_for: str, expected: str) -> None:
    assert caller(peer, forwarded_for, PROXIES) == expected


def test_without_trusted_proxies_nobodys_word_is_taken(settings: Any) -> None:
    seen = []

    def answer(request: HttpRequest) -> HttpResponse:
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    request = HttpRequest()
    request.META = {"REMOTE_ADDR": "10.0.0.2", "HTTP_X_FORWARDED_FOR": "187.1.2.3"}
    CallerMiddleware(answer)(request)
    settings.SEGURIPAGO = replace(settings.SEGURIPAGO, trusted_proxies=PROXIES)
    CallerMiddleware(answer)(request)
    assert seen == ["10.0.0.2", "187.1.2.3"]


def test_a_proxy_that_is_no_network_refuses_to_start() -> None:
    env = {"SEGURIPAGO_DEMO": "1", "SEGURIPAGO_SECRET_KEY": "x" * 40, "DATABASE_URL": "postgres://x@h/d"}
    assert read_environment({**env, "SEGURIPAGO_TRUSTED_PROXIES": "10.0.0.0/8, ::1"}).trusted_proxies == (
        "10.0.0.0/8",
        "::1",
    )
    with pytest.raises(SettingMissing):
        read_environment({**env, "SEGURIPAGO_TRUSTED_PROXIES": "proxy.example"})
