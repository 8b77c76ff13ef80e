"""The door of the banks: answered when durable, closed to everything that is not a genuine notice."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from django.http import HttpResponseBase
from django.test import Client

from seguripago.foundations.stores.queries import feed_secrets, store_by_id
from seguripago.journey.bank.models import RawNotice
from tests.foundations.elsewhere import elsewhere
from tests.money import bank
from tests.races.together import at_once

db = pytest.mark.django_db


def deliver(store_key: str, body: bytes, headers: Mapping[str, str], *, feed: str = "sandbox") -> HttpResponseBase:
    return Client().post(
        f"/hooks/bank/{feed}/{store_key}/", body, content_type="application/json", headers=dict(headers)
    )


def signed(store_id: int) -> tuple[str, bytes, dict[str, str]]:
    """A store's key in the address, and a genuine notice for it."""
    sent = bank.notice(store_id, clabe="646180115700000017", amount="10.00", at=datetime.now(UTC))
    return store_by_id(store_id).hook_key, sent.body, dict(sent.headers)


@pytest.mark.django_db(transaction=True)
def test_a_notice_is_durable_when_it_is_answered() -> None:
    key, body, headers = signed(bank.bank_store())
    assert deliver(key, body, headers).status_code == 200
    kept = elsewhere(lambda: bytes(RawNotice.objects.get().body))
    assert kept == body, "byte for byte, seen from another connection"


@db
def test_an_unknown_feed_or_store_is_not_found() -> None:
    key, body, headers = signed(bank.bank_store())
    assert deliver(key, body, headers, feed="banco-inventado").status_code == 404
    assert deliver("otra-tienda", body, headers).status_code == 404
    assert not RawNotice.objects.exists()


@db
@pytest.mark.parametrize("method", ["get", "put", "delete", "head"])
def test_only_post_is_heard(method: str) -> None:
    key, _, _ = signed(bank.bank_store())
    assert getattr(Client(), method)(f"/hooks/bank/sandbox/{key}/").status_code == 405
    assert getattr(Client(), method)(f"/hooks/card/sandbox/{key}/").status_code == 405


@db
def test_a_wrong_signature_leaves_no_row() -> None:
    ana = bank.bank_store()
    key, body, headers = signed(ana)
    other, _, _ = signed(bank.bank_store())
    name = next(each for each in headers if each.lower() == "webhook-signature")
    forged = {**headers, name: "v1,bm8gc295IGVsIGJhbmNv"}
    unsigned = {each: value for each, value in headers.items() if each != name}
    assert deliver(key, body, forged).status_code == 401
    assert deliver(key, body, unsigned).status_code == 401
    assert deliver(key, body.replace(b"10.00", b"90.00") + b" ", headers).status_code == 401, "the body is signed"
    assert deliver(other, body, headers).status_code == 401, "another store's notice"
    assert deliver(key, b"", {}).status_code == 401
    assert not RawNotice.objects.exists()
    assert deliver(key, body, headers).status_code == 200


@db
@pytest.mark.parametrize("size", [1_048_577, 2_500_000])
def test_a_body_beyond_a_megabyte_is_refused_unread(size: int) -> None:
    key, _, headers = signed(bank.bank_store())
    assert deliver(key, b"x" * size, headers).status_code in {401, 413}
    assert not RawNotice.objects.exists()


@db
def test_nonsense_with_a_good_signature_is_kept_for_a_person() -> None:
    """What is genuine is never thrown away, however odd."""
    from standardwebhooks import Webhook

    store_id = bank.bank_store()
    body = "no es JSON \x00"
    at = datetime.now(UTC)
    headers = {
        "webhook-id": f"msg_{secrets.token_hex(4)}",
        "webhook-timestamp": str(int(at.timestamp())),
    }
    headers["webhook-signature"] = Webhook(feed_secrets(store_id)["sandbox"]).sign(headers["webhook-id"], at, body)
    assert deliver(store_by_id(store_id).hook_key, body.encode(), headers).status_code == 200
    assert RawNotice.objects.count() == 1
    bank.turn(at)
    from seguripago.journey.reconciliation.queries import open_cases

    assert [case.kind for case in open_cases(store_id)] == ["unreadable"]


@db
def test_stp_needs_the_stores_secret_and_gets_its_own_words() -> None:
    store_id = bank.bank_store()
    key = store_by_id(store_id).hook_key
    body = json.dumps({"id": 1}).encode()
    assert deliver(key, body, {}, feed="stp").status_code == 401
    assert deliver(key, body, {"authorization": "Basic eDp5"}, feed="stp").status_code == 401
    assert not RawNotice.objects.exists()


@db
def test_an_unknown_gateway_or_store_is_not_found() -> None:
    key, _, _ = signed(bank.bank_store())
    for address in (f"/hooks/card/inventada/{key}/", "/hooks/card/sandbox/otra-tienda/"):
        assert Client().post(address, b"{}", content_type="application/json").status_code == 404


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_thirty_deliveries_at_once_are_all_answered_and_all_kept() -> None:
    key, body, headers = signed(bank.bank_store())
    assert at_once(30, lambda _: deliver(key, body, headers).status_code) == [200] * 30
    assert RawNotice.objects.count() == 30
