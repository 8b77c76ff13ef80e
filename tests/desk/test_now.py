"""Typing and looking on: only who may read a conversation signals there, once in three seconds, and nothing is kept."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.utils import timezone

from seguripago.foundations.facts import signals
from seguripago.foundations.facts.signals import BUYER, Signal, heard
from seguripago.web.live import pace
from tests.assistance.builders import Shop, open_shop
from tests.assistant.conftest import Browser
from tests.desk.test_desk import attended, beto_enters, enter

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Signal]:
    """What was told, instead of telling it to the database's listeners; nobody has signalled before."""
    pace.PACE._last.clear()
    kept: list[Signal] = []

    def keep(*words: str) -> None:
        kept.extend(said for word in words if (said := heard(word)) is not None)

    monkeypatch.setattr(signals, "wake", keep)
    return kept


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def test_an_analyst_who_types_is_heard_once_in_three_seconds(now: datetime, told: list[Signal]) -> None:
    shop = open_shop()
    talk = attended(shop, now)
    beto = beto_enters(shop)
    for _ in range(5):
        assert beto.post(f"/mesa/{talk}/escribiendo/", {"what": "typing", "state": "1"}).status_code == 204
    assert beto.post(f"/mesa/{talk}/escribiendo/", {"what": "viewing", "state": "1"}).status_code == 204
    assert beto.post(f"/mesa/{talk}/escribiendo/", {"what": "viewing", "state": "0"}).status_code == 204
    assert [(said.what, said.state) for said in told] == [("typing", "1"), ("viewing", "1"), ("viewing", "0")]
    assert {(said.store_id, said.conversation_id, said.who, said.name) for said in told} == {
        (shop.store_id, talk, shop.beto, "Beto Luna")
    }


def test_nobody_signals_in_another_store_nor_without_signing_in(now: datetime, told: list[Signal]) -> None:
    shop = open_shop()
    open_shop("otra-tienda")
    talk = attended(shop, now)
    assert enter("beto@otra-tienda.test").post(f"/mesa/{talk}/escribiendo/", {"what": "typing"}).status_code == 404
    assert Browser().send(f"/mesa/{talk}/escribiendo/", {"what": "typing"}).status_code == 302
    assert beto_enters(shop).get(f"/mesa/{talk}/escribiendo/").status_code == 405
    assert told == []


def test_a_buyer_who_types_is_heard_in_his_own_conversation_only(told: list[Signal]) -> None:
    shop: Shop = open_shop()
    lucia = Browser()
    lucia.accepts_cookies()
    page = lucia.starts()
    told.clear()
    for _ in range(3):
        assert lucia.send(f"{page}escribiendo/").status_code == 204
    assert [(said.what, said.who, said.name, said.store_id) for said in told] == [("typing", BUYER, "", shop.store_id)]
    assert Browser().send(f"{page}escribiendo/").status_code == 404
    assert lucia.post(f"{page}escribiendo/", headers={"Origin": "https://otro.example"}).status_code == 403
    assert len(told) == 1
