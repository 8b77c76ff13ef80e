"""Openpay: Basic auth, the verification of an address, and the charge re-fetched."""

import base64
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from seguripago.adapters.bank_feeds.openpay import ADAPTER
from seguripago.ports.bank_feeds import (
    ROAD,
    Arrived,
    Asked,
    Authenticity,
    FeedRefused,
    FeedSecrets,
    Hint,
    NotADeposit,
    RawNoticeIn,
    Returned,
    Road,
    Unreadable,
)
from seguripago.values.money import Money
from tests.adapters.provider import Provider, Reply, provider

ANSWERED = {ROAD: Road.REFETCH.value}
CHARGE: dict[str, Any] = {
    "id": "trzvkkdmqhbnd5jv6uyd",
    "authorization": "801585",
    "operation_type": "in",
    "method": "bank_account",
    "transaction_type": "charge",
    "status": "completed",
    "conciliated": True,
    "creation_date": "2026-11-19T11:45:09-06:00",
    "operation_date": "2026-11-19T21:30:00-06:00",
    "description": "Pedido de cafe",
    "error_message": None,
    "order_id": "CM-7K3F-92QX",
    "amount": 9135.50,
    "currency": "MXN",
    "payment_method": {
        "type": "bank_transfer",
        "bank": "STP",
        "clabe": "646180109412345670",
        "agreement": "0000000",
        "name": "11030021342311520255",
    },
}


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def judged(headers: dict[str, str]) -> Authenticity:
    return ADAPTER.authentic(RawNoticeIn(b"{}", headers, "10.1.1.1"), FeedSecrets(("tienda:clave-larga",)))


def test_the_users_name_and_password_let_a_notice_in() -> None:
    assert judged(basic("tienda", "clave-larga")) is Authenticity.SECRET
    assert judged(basic("tienda", "otra")) is Authenticity.REFUSED
    assert judged({}) is Authenticity.REFUSED


def test_the_code_of_a_verification_is_kept_for_a_person_to_copy() -> None:
    body = {
        "type": "verification",
        "event_date": "2016-11-25T14:45:09-06:00",
        "verification_code": "3vWQ1x6I",
        "id": "w7evenq",
    }
    assert ADAPTER.read(json.dumps(body).encode(), {}) == (NotADeposit("verification:3vWQ1x6I", "w7evenq"),)


def notice(**changes: Any) -> bytes:
    return json.dumps({"type": "charge.succeeded", "transaction": {**CHARGE, **changes}}).encode()


def test_a_notice_hints_at_its_charge() -> None:
    assert ADAPTER.read(notice(), {}) == (Hint(Asked("trzvkkdmqhbnd5jv6uyd")),)
    of_customer = ADAPTER.read(notice(customer_id="ag4nktpdzebjiye1tlze"), {})
    assert of_customer == (Hint(Asked("ag4nktpdzebjiye1tlze/trzvkkdmqhbnd5jv6uyd")),)
    assert isinstance(ADAPTER.read(notice(method="card"), {})[0], NotADeposit)
    with pytest.raises(Unreadable):
        ADAPTER.read(notice(id="../x"), {})


@pytest.fixture
def openpay() -> Iterator[Provider]:
    with provider(Reply(json.dumps(CHARGE).encode())) as there:
        yield there


def credentials(there: Provider) -> dict[str, str]:
    return {"merchant": "mzdtln0bmtms6o3kck8f", "secret_key": "sk_1", "address": there.url}


def test_the_charge_is_asked_for_and_read(openpay: Provider) -> None:
    body = ADAPTER.refetch(Asked("trzvkkdmqhbnd5jv6uyd"), credentials(openpay))
    (arrived,) = ADAPTER.read(body, ANSWERED)
    assert isinstance(arrived, Arrived)
    said = arrived.deposit
    assert said.amount == Money(913550)
    assert said.operation_date == date(2026, 11, 19)
    assert (said.tracking_key, said.held_by) == ("trzvkkdmqhbnd5jv6uyd", "openpay")
    assert said.beneficiary_clabe == "646180109412345670"
    assert said.concept == "CM-7K3F-92QX Pedido de cafe"
    assert openpay.asked[0].path == "/v1/mzdtln0bmtms6o3kck8f/charges/trzvkkdmqhbnd5jv6uyd"
    assert openpay.asked[0].headers["authorization"] == basic("sk_1", "")["Authorization"]


def test_a_customers_charge_is_asked_for_where_it_is(openpay: Provider) -> None:
    ADAPTER.refetch(Asked("ag4nktpdzebjiye1tlze/trzvkkdmqhbnd5jv6uyd"), credentials(openpay))
    assert "/customers/ag4nktpdzebjiye1tlze/charges/" in openpay.asked[0].path


def one(**changes: Any) -> object:
    return ADAPTER.read(json.dumps({**CHARGE, **changes}).encode(), ANSWERED)[0]


def test_the_state_says_whether_money_came() -> None:
    assert isinstance(one(status="in_progress"), NotADeposit)
    assert isinstance(one(status="cancelled"), NotADeposit)
    assert isinstance(one(status="refunded"), Returned)
    assert isinstance(one(operation_type="out"), NotADeposit)
    assert isinstance(one(method="card"), NotADeposit)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "algo_nuevo"},
        {"amount": 9135.555},
        {"amount": -1},
        {"amount": None},
        {"currency": "COP"},
        {"operation_date": "2026-11-19T21:30:00"},
        {"operation_date": "ayer"},
        {"id": ""},
    ],
)
def test_what_is_not_certain_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        one(**changes)


def test_another_charge_than_the_one_asked_for_is_refused(openpay: Provider) -> None:
    with pytest.raises(Unreadable):
        ADAPTER.refetch(Asked("otrocargo"), credentials(openpay))
    with pytest.raises(FeedRefused):
        ADAPTER.refetch(Asked("a/../b"), credentials(openpay))


def test_the_test_environment_is_known_by_its_address() -> None:
    assert ADAPTER.is_test({"address": "https://sandbox-api.openpay.mx"})
    assert not ADAPTER.is_test({"address": "https://api.openpay.mx"})
