"""What browsers say that they refused: counted by kind, whoever says it, and nothing of it kept whole."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from seguripago.foundations.page_guard import commands
from seguripago.foundations.page_guard.models import BrowserReport

pytestmark = pytest.mark.django_db
HERE = "/hooks/navegador/"
NOON = datetime(2026, 3, 11, 18, tzinfo=UTC)
NOWHERE = {"document-uri": "https://[", "violated-directive": "\0a", "blocked-uri": "http://["}
TOKEN = "3kd93kdlw0_2kdk39xx-a8"


def say(said: Any, client: Client | None = None, *, of: str = "application/csp-report") -> int:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    return (client or Client()).post(HERE, body, content_type=of).status_code


def old_style(blocked: str = "https://evil.example/steal.js?card=4242") -> dict[str, Any]:
    page = f"https://pagos.sierra.example/pedido/{TOKEN}/?k={TOKEN}"
    return {"csp-report": {"document-uri": page, "violated-directive": "script-src 'self'", "blocked-uri": blocked}}


def test_a_report_is_counted_by_its_kind_alone() -> None:
    assert say(old_style()) == say(old_style("https://evil.example/other.js")) == 204
    new_style = {
        "documentURL": f"https://x.example/pago/{TOKEN}/",
        "effectiveDirective": "img-src",
        "blockedURL": "data",
    }
    assert say([{"type": "csp-violation", "body": new_style}], of="application/reports+json") == 204
    kept = BrowserReport.objects.order_by("id").values_list("page", "directive", "blocked", "count")
    assert list(kept) == [
        ("/pedido/…/", "script-src", "https://evil.example", 2),
        ("/pago/…/", "img-src", "data", 1),
    ]


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\xff\x00",
        b"[" * 5000,
        b"null",
        b'"words"',
        b"[1,2]",
        b'{"csp-report": 3}',
        b'{"csp-report": {}}',
        json.dumps({"csp-report": {"document-uri": 7, "violated-directive": ["a"]}}).encode(),
        json.dumps({"csp-report": NOWHERE}).encode(),
        b'{"csp-report": {"document-uri": "\\udc00", "effective-directive": "\\ud800", "blocked-uri": "\\ud800"}}',
    ],
)
def test_nonsense_is_heard_out_and_breaks_nothing(said: bytes) -> None:
    assert say(said) == 204


def test_what_is_endless_is_refused() -> None:
    assert say(b"[" + b'"a",' * 9000 + b'"a"]') == 413


def test_whoever_invents_reports_fills_no_table() -> None:

    for number in range(commands.MOST_KINDS_A_DAY + 20):
        blocked = f"https://{number}.example"
        commands.keep_report(page="/pedido/…/", directive="script-src", blocked=blocked, at=NOON)
    assert BrowserReport.objects.count() == commands.MOST_KINDS_A_DAY + 1


def test_one_caller_says_so_much_and_no_more() -> None:
    elsewhere = Client(REMOTE_ADDR="203.0.113.7")
    answers = [say(old_style(), elsewhere) for _ in range(32)]
    assert answers.count(204) == 30
    assert answers.count(429) == 2


def test_cookies_give_no_power_here() -> None:
    assert Client(enforce_csrf_checks=True).post(HERE, b"{}", content_type="application/csp-report").status_code == 204
    assert Client().get(HERE).status_code == 405
