"""A store whose cards go through the demo's gateway, which runs on a real socket; its notices come to our own door."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings as site_settings

from seguripago.adapters.card_gateways.sandbox import public_key_of
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.cards.commands import CardWish
from seguripago.journey.cards.queries import ChargeView
from seguripago.web.sandbox.server import SandboxConfig
from tests.money import bank
from tests.orders import builders
from tests.sandbox.conftest import Running, Site, Stopper
from tests.sandbox.conftest import site as site

GOOD, POOR, ASKS_FRAME, ASKS_PAGE = "4242424242424242", "4000000000009995", "4000000000003063", "4000000000003220"
STOLEN, LOST = "4000000000009979", "4000000000000374"


@dataclass
class Till:
    """The gateway, and orders that are paid there."""

    url: str
    heard: Site
    folder: Path

    def token(self, store_id: int, number: str = GOOD) -> str:
        """What the gateway's fields give for a card."""
        key = public_key_of(store_by_id(store_id).hook_key)
        body = {"number": number, "expiry": "12/40", "cvc": "123", "name": "LUCIA HERNANDEZ", "key": key}
        said = httpx.post(f"{self.url}/tokens", json=body, headers={"origin": self.url})
        return str(said.json()["token"])

    def authorize(self, charge: ChargeView, *, step: str = "authorize") -> None:
        """The buyer answers his bank."""
        assert charge.next_action is not None
        self.answer_bank(charge.next_action.url, step=step)

    def answer_bank(self, url: str, *, step: str = "authorize") -> None:
        httpx.post(url, data={"step": step})

    def charges(self) -> int:
        """How many charges the gateway has."""
        with closing(sqlite3.connect(self.folder / "sandbox-bank.sqlite3")) as kept:
            return int(kept.execute("SELECT count(*) FROM charge").fetchone()[0])


@pytest.fixture
def till(tmp_path: Path, site: Site, settings: Any) -> Iterator[Till]:
    stopper = Stopper(tmp_path, site.url)
    stopper.config = SandboxConfig(tmp_path, site.url, stopper.url, site_settings.SEGURIPAGO.main_key)
    settings.SEGURIPAGO = replace(settings.SEGURIPAGO, sandbox_url=stopper.url, base_url=site.url)
    running: Running = stopper.start()
    yield Till(running.url, site, tmp_path)
    stopper.stop()


@pytest.fixture
def now() -> datetime:
    """The machine's own time: a gateway signs with it."""
    return datetime.now(UTC)


def order_for(at: datetime, store_id: int | None = None) -> tuple[int, int]:
    """An order that its buyer accepted: (store, order)."""
    store_id = store_id or bank.bank_store()
    return store_id, builders.verified(at, store_id=store_id)


def wish_for(order_id: int, token: str = "", **more: Any) -> CardWish:
    return CardWish(f"{order_id}-{secrets.token_urlsafe(18)}", "http://127.0.0.1/volver/", token, **more)
