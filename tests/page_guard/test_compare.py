"""A pay page that was tampered with, in every way that matters, is told from the one that was written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from seguripago.foundations.page_guard.queries import inventory
from seguripago.foundations.page_guard.rules import (
    Allowed,
    Inventory,
    Page,
    Script,
    compare,
    file_of,
    page_of,
    read,
    sha384,
)

ADDRESS = "https://pagos.sierra.example/pedido/3kd93kdlw0_2kdk39/"
OURS = b"let it = 'run'"
STRIPE = "https://js.stripe.example/v3/"
WRITTEN = Inventory(
    (Script("live.js", "us", "listens", sha384(OURS)),),
    {"default-src": frozenset({"'none'"}), "script-src": frozenset({"'nonce'"}), "frame-src": frozenset({"assistant"})},
    {"Referrer-Policy": "no-referrer"},
)
ALLOWED = Allowed(
    frozenset({STRIPE}),
    {"script-src": frozenset({"https://js.stripe.example"}), "frame-src": frozenset({"https://js.stripe.example"})},
    "https://chat.sierra.example",
)
POLICY = (
    "default-src 'none'; script-src 'nonce-c2l4dGVlbiBieXRlcyBvaw==' https://js.stripe.example; "
    "frame-src https://chat.sierra.example https://js.stripe.example"
)
HEADERS = {"content-security-policy": POLICY, "referrer-policy": "no-referrer"}
LIVE = f'<script src="/static/live.0123456789ab.js" integrity="{sha384(OURS)}" nonce="n" defer></script>'
TEXT = f'<html><body>{LIVE}<script src="{STRIPE}?a=1" nonce="n"></script><form action="/pagar/"></form></body></html>'
LIVE_ADDRESS = "https://pagos.sierra.example/static/live.0123456789ab.js"


def page(text: str = TEXT, headers: Mapping[str, str] = HEADERS, live: bytes | None = OURS) -> Page:
    got = read(ADDRESS, text, headers)
    return replace(got, served={} if live is None else {LIVE_ADDRESS: live})


def codes(seen: Page, written: Inventory = WRITTEN, allowed: Allowed = ALLOWED) -> list[str]:
    return [each.code for each in compare(seen, written, allowed)]


def test_the_page_as_it_was_written_down_has_no_finding() -> None:
    assert compare(page(), WRITTEN, ALLOWED) == ()


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ("<script>steal()</script>", "inline_script"),
        ('<img src="/a.png" onerror="steal()">', "event_handler"),
        ('<script src="https://evil.example/a.js" nonce="n"></script>', "unknown_script"),
        ('<script src="/static/other.js" nonce="n"></script>', "unknown_script"),
        (LIVE.replace("/static", "https://evil.example/static"), "unknown_script"),
        ('<iframe src="https://evil.example/"></iframe>', "foreign_frame"),
        ('<object data="https://evil.example/"></object>', "foreign_frame"),
        ('<form action="https://evil.example/"></form>', "foreign_form"),
    ],
)  # fmt: skip
def test_what_somebody_added_is_found(more: str, code: str) -> None:
    assert codes(page(TEXT.replace("</body>", f"{more}</body>"))) == [code]


def test_a_script_of_ours_that_changed_on_its_way_is_found() -> None:
    assert codes(page(live=OURS + b";steal()")) == ["changed_script"]


def test_a_script_that_does_not_come_is_found() -> None:
    assert codes(page(live=None)) == ["script_away"]


def test_a_tag_without_its_hash_or_its_nonce_is_found() -> None:
    assert codes(page(TEXT.replace(sha384(OURS), "sha384-other"))) == ["wrong_integrity"]
    assert codes(page(TEXT.replace('nonce="n" defer', "defer"))) == ["no_nonce"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("default-src 'none'", "default-src *"),
        ("https://js.stripe.example; ", "https://js.stripe.example https://evil.example; "),
        ("'nonce-c2l4dGVlbiBieXRlcyBvaw=='", "'nonce-short'"),
        ("'nonce-c2l4dGVlbiBieXRlcyBvaw=='", "'unsafe-inline'"),
        ("default-src 'none'; ", ""),
        ("default-src", "connect-src https://evil.example; default-src"),
        ("https://chat.sierra.example ", ""),
    ],
)
def test_any_other_policy_is_found(old: str, new: str) -> None:
    assert codes(page(headers=HEADERS | {"content-security-policy": POLICY.replace(old, new)})) == ["policy_changed"]


def test_a_header_that_is_gone_or_weaker_is_found() -> None:
    assert codes(page(headers={"content-security-policy": POLICY})) == ["header_missing"]
    assert codes(page(headers=HEADERS | {"referrer-policy": "unsafe-url"})) == ["header_changed"]
    assert codes(page(headers={"referrer-policy": "no-referrer"})) == ["header_missing"]


def test_another_gateways_origins_are_found() -> None:
    assert codes(page(), allowed=replace(ALLOWED, gateway_origins={})) == ["policy_changed", "policy_changed"]


def test_a_file_is_known_whatever_its_fingerprint() -> None:
    assert file_of(LIVE_ADDRESS) == "live.js"
    assert file_of("https://chat.sierra.example/asistente.js") == "asistente.js"
    assert file_of("/static/card_form/card_stripe.js") == "card_form/card_stripe.js"


@pytest.mark.parametrize(
    "path", ["/pedido/3kd93kdlw0_2kdk39xx/", "/pago/v4AbCdEfGhIjKlMnOp/estado/", "/oficina/pedidos/SP-1093/"]
)
def test_the_kind_of_a_page_names_no_order(path: str) -> None:
    kind = page_of(path)
    assert "…" in kind
    assert not any(map(str.isdigit, kind))


def test_every_script_of_the_inventory_is_answered_for() -> None:
    for script in inventory().scripts:
        assert script.owner
        assert len(script.why) > 20
