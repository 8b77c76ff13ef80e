"""The demo's bank over real sockets: it signs, repeats, delays, insists and remembers."""

import json
import sqlite3
import time
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from seguripago.adapters.bank_feeds.sandbox import ADAPTER
from seguripago.ports.bank_feeds import Arrived, Authenticity, FeedSecrets, RawNoticeIn, Unreadable
from seguripago.values.money import Money

from .conftest import FEED_SECRET, STORE_KEY, Running, Site, Stopper


def heard_as(site: Site, place: int = 0) -> tuple[Authenticity, Arrived]:
    path, body, headers = site.heard[place]
    assert path == f"/hooks/bank/sandbox/{STORE_KEY}/"
    (movement,) = ADAPTER.read(body, headers)
    assert isinstance(movement, Arrived)
    return ADAPTER.authentic(RawNoticeIn(body, headers, "127.0.0.1"), FeedSecrets((FEED_SECRET,))), movement


def test_a_transfer_reaches_the_sites_hook_signed(sandbox: Running, site: Site) -> None:
    answer = sandbox.transfer(
        payer_name="MARÍA PEÑA", institution="40002", tracking_key="CLAVE1", operation_date="2026-11-20", wait_s=5
    ).json()
    assert answer["answered"] is True
    assert answer["answers"] == [{"state": "delivered", "attempts": 1, "last_status": 200}]
    authenticity, arrived = heard_as(site)
    assert authenticity is Authenticity.SIGNED
    assert arrived.deposit.amount == Money(913500)
    assert arrived.deposit.payer_name == "MARÍA PEÑA"
    assert arrived.deposit.sending_institution == "40002"
    assert arrived.deposit.tracking_key == "CLAVE1"
    assert arrived.deposit.operation_date == date(2026, 11, 20)


def test_the_same_notice_many_times_is_the_same_body(sandbox: Running, site: Site) -> None:
    sandbox.transfer(times=20, wait_s=5)
    site.wait_for(20)
    assert len({body for _, body, _ in site.heard}) == 1
    assert len({headers["webhook-id"] for _, _, headers in site.heard}) == 1


def test_a_burst_is_many_transfers_each_with_its_key(sandbox: Running, site: Site) -> None:
    answer = sandbox.transfer(burst=25, shuffled=True, wait_s=5).json()
    site.wait_for(25)
    assert len({entry["tracking_key"] for entry in answer["transfers"]}) == 25
    assert len({json.loads(body)["claveRastreo"] for _, body, _ in site.heard}) == 25


def test_a_delay_keeps_the_notice_back(sandbox: Running, site: Site) -> None:
    started = time.monotonic()
    sandbox.transfer(delay_s=1)
    assert site.heard == []
    site.wait_for(1)
    assert time.monotonic() - started >= 0.9


def test_the_bank_insists_until_the_site_answers(sandbox: Running, site: Site) -> None:
    site.answers = [500, 503]
    answer = sandbox.transfer(wait_s=5).json()
    assert answer["answers"] == [{"state": "delivered", "attempts": 3, "last_status": 200}]
    assert len({body for _, body, _ in site.heard}) == 1


def test_a_refusal_is_final(sandbox: Running, site: Site) -> None:
    site.answers = [401]
    answer = sandbox.transfer(wait_s=5).json()
    assert answer["answers"] == [{"state": "refused", "attempts": 1, "last_status": 401}]


def test_the_bank_can_forge_and_mumble(sandbox: Running, site: Site) -> None:
    sandbox.transfer(behaviour="bad_signature", wait_s=5)
    assert heard_as(site)[0] is Authenticity.REFUSED
    sandbox.transfer(behaviour="unreadable_amount", wait_s=5)
    with pytest.raises(Unreadable):
        ADAPTER.read(site.heard[1][1], {})


def test_an_older_sandboxs_file_is_understood(stopper: Stopper, site: Site, tmp_path: Path) -> None:
    stopper.start().transfer(wait_s=5)
    stopper.stop()
    with closing(sqlite3.connect(tmp_path / "sandbox-bank.sqlite3")) as old:
        for column in ("kind", "amount", "road"):
            old.execute(f"alter table delivery drop column {column}")
    stopper.start().transfer(wait_s=5)
    site.wait_for(2)


def test_what_was_lined_up_survives_a_restart(stopper: Stopper, site: Site) -> None:
    first = stopper.start().transfer(delay_s=1).json()["transfers"][0]
    stopper.stop()
    again = stopper.start()
    site.wait_for(1)
    assert heard_as(site)[1].deposit.tracking_key == first["tracking_key"]
    assert first["tracking_key"] in httpx.get(f"{again.url}/estado-de-cuenta/").text


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"clabe": "123"}, "clabe"),
        ({"amount": "10,00"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "-5"}, "amount"),
        ({"times": 1.5}, "times"),
        ({"times": True}, "times"),
        ({"times": 10**9}, "times"),
        ({"institution": "99999"}, "institution"),
        ({"operation_date": "22/11/2026"}, "operation_date"),
        ({"tracking_key": "X" * 31}, "tracking_key"),
        ({"behaviour": "other"}, "behaviour"),
        ({"secret": ""}, "store"),
        ({"behaviour": "unsigned"}, "stp_secret"),
        ({"targets": "everyone"}, "targets"),
        ({"targets": [{"clabe": "1", "amount": "1"}]}, "clabe"),
        ({"targets": [{"clabe": "646180115700294217", "amount": "0"}]}, "amount"),
    ],
)
def test_what_cannot_be_played_is_named(sandbox: Running, site: Site, asked: dict[str, Any], field: str) -> None:
    answer = sandbox.transfer(**asked)
    assert (answer.status_code, answer.json()) == (400, {"error": field})
    assert site.heard == []


def test_only_who_knows_the_demos_secret_may_play(sandbox: Running, site: Site) -> None:
    for headers in ({}, {"authorization": "Bearer x"}, {"authorization": "Basic x"}):
        assert httpx.post(f"{sandbox.url}/transfers", json={}, headers=headers).status_code == 401
        assert httpx.get(f"{sandbox.url}/transfers/1", headers=headers).status_code == 401
    assert site.heard == []


def test_a_stranger_address_and_a_stolen_file_are_404(sandbox: Running) -> None:
    for path in ("/nothing", "/static/../settings.py", "/static/%2e%2e/%2e%2e/etc/passwd", "/static/"):
        assert httpx.get(sandbox.url + path).status_code == 404
    assert httpx.get(f"{sandbox.url}/static/tokens.css").status_code == 200
    assert httpx.post(f"{sandbox.url}/transfers", content=b"x" * 100_000).status_code == 413
