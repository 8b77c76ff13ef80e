"""The chat on an origin of its own: each host serves its own pages and nothing of the other's."""

from __future__ import annotations

import dataclasses
import re

import pytest
from django.conf import settings
from django.test import Client

from tests.assistance import builders
from tests.assistant.conftest import HOME, Browser, now

MAIN, CHAT = "pagos.example.mx", "chat.pagos.example.mx"


@pytest.fixture
def two_origins(shop: builders.Shop, monkeypatch: pytest.MonkeyPatch) -> builders.Shop:
    apart = dataclasses.replace(
        settings.SEGURIPAGO, base_url=f"https://{MAIN}", assistant_origin=f"https://{CHAT}", behind_tls=True
    )
    monkeypatch.setattr(settings, "SEGURIPAGO", apart)
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", [MAIN, CHAT])
    return shop


@pytest.mark.parametrize("path", ["/asistente.js", HOME, f"{HOME}nueva/"])
def test_the_frame_lives_only_on_its_own_host(two_origins: builders.Shop, path: str) -> None:
    assert Client().get(path, headers={"host": CHAT}).status_code in {200, 302}
    refused = Client().get(path, headers={"host": MAIN})
    assert (refused.status_code, refused.content) == (404, b"")


@pytest.mark.parametrize(
    "path", ["/", "/t/sierra-alta/", "/entrar/", "/mesa/", "/oficina/", "/verificar/", "/privacidad/"]
)
def test_the_chats_host_serves_nothing_else(two_origins: builders.Shop, path: str) -> None:
    assert Client().get(path, headers={"host": CHAT}).status_code == 404
    assert Client().get(path, headers={"host": MAIN}).status_code != 404 or path == "/"


def test_both_answer_for_their_health(two_origins: builders.Shop) -> None:
    for host in (MAIN, CHAT):
        assert Client().get("/healthz", headers={"host": host}).status_code == 200


def test_the_shop_asks_the_chats_host_for_the_loader_and_may_show_its_frame(two_origins: builders.Shop) -> None:
    page = Client().get("/t/sierra-alta/", headers={"host": MAIN})
    assert re.search(
        rf'<script src="https://{CHAT}/asistente\.js\?v=[^>]* data-store="sierra-alta"></script>', page.text
    )
    frame = Client().get(HOME, headers={"host": CHAT})
    assert f"frame-ancestors 'self' https://{MAIN};" in frame.headers["Content-Security-Policy"]


def test_what_the_frame_links_to_lives_on_the_main_host(two_origins: builders.Shop) -> None:
    assert f'href="https://{MAIN}/privacidad/"' in Client().get(HOME, headers={"host": CHAT}).text


def test_the_frame_below_the_main_host_knows_the_orders_of_this_browser(two_origins: builders.Shop) -> None:
    placed = builders.place(two_origins, at=now())
    browser = Browser()
    browser.remembers(placed.access_token)
    assert browser.cookies["sp_orders"]["domain"] == MAIN
