"""A store with a desk, and a browser without JavaScript that behaves like one: it says where its forms come from."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client

from seguripago.web.shop.cookies import keep_order
from seguripago.web.shop.views.checkout import PRIVACY_VERSION
from tests.assistance import builders

HOME = "/asistente/sierra-alta/"
WORDS = {
    "name": "Lucía Hernández",
    "email": "lucia@correo.test",
    "phone": "55 5012 8846",
    "seguripago": "1",
    "question": "Quiero comprar y pagar de forma segura",
    "medium": "spei",
    "privacy": PRIVACY_VERSION,
}


def now() -> datetime:
    return datetime.now(UTC)


class Browser(Client):
    """Posts with the Origin that a browser sends."""

    def send(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
        return self.post(path, data or {}, headers={"Origin": "http://testserver"}, **more)

    def fetch(self, path: str, data: dict[str, Any] | None = None) -> Any:
        return self.post(path, data or {}, headers={"Origin": "http://testserver", "Accept": "application/json"})

    def remembers(self, access_token: str) -> None:
        """The browser placed this order."""
        response = HttpResponse()
        keep_order(HttpRequest(), response, access_token)
        self.cookies.load(response.cookies["sp_orders"].OutputString())

    def accepts_cookies(self) -> None:
        assert self.send(f"{HOME}cookies/", {"choice": "necessary"}).status_code == 302

    def starts(self, **other: str) -> str:
        """Open a conversation; answer the address of its page."""
        form = self.get(f"{HOME}nueva/").context["form"]
        response = self.send(f"{HOME}nueva/", WORDS | other | {"key": form.key})
        assert response.status_code == 302, response.context["form"].errors
        return str(response.headers["Location"])


@pytest.fixture
def shop(db: None) -> builders.Shop:
    return builders.open_shop()


@pytest.fixture
def lucia(shop: builders.Shop) -> Browser:
    browser = Browser()
    browser.accepts_cookies()
    return browser
