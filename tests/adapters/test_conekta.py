"""Conekta: a digest where there is a key, a secret where there is none, and always the order re-fetched."""

import base64
import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from seguripago.adapters.bank_feeds.conekta import ADAPTER
from seguripago.ports.bank_feeds import (
    ROAD,
    TEST_COUNTS,
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
    UnreadLine,
)
from seguripago.values.money import Money
from tests.adapters.provider import Provider, Reply, provider

ANSWERED = {ROAD: Road.REFETCH.value}
CHARGE: dict[str, Any] = {
    "id": "5ee7ec58885a45585e6d9f8f",
    "object": "charge",
    "order_id": "ord_2o7GpXmH8yFhX2oQ7",
    "status": "paid",
    "amount": 913550,
    "currency": "MXN",
    "paid_at": 1795143000,
    "payment_method": {
        "object": "bank_transfer_payment",
        "type": "spei",
        "bank": "STP",
        "clabe": "646180111812345678",
        "issuing_account_bank": "BBVA",
        "issuing_account_number": "012180015012884670",
        "issuing_account_holder_name": "LUCIA HERNANDEZ",
        "receiving_account_number": "646180111812345678",
        "reference_number": 1234567,
        "tracking_code": "MBAN01002611200003463991",
    },
}
ORDER: dict[str, Any] = {
    "id": "ord_2o7GpXmH8yFhX2oQ7",
    "object": "order",
    "livemode": True,
    "amount": 913550,
    "currency": "MXN",
    "payment_status": "paid",
    "metadata": {"pedido": "CM-7K3F-92QX"},
    "charges": {"object": "list", "has_more": False, "total": 1, "data": [CHARGE]},
}


@cache
def key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


def pem() -> str:
    return key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def digest(body: bytes) -> str:
    return base64.b64encode(key().sign(body, PKCS1v15(), SHA256())).decode()


def judged(headers: dict[str, str], *secrets: str, body: bytes = b"{}", offered: str = "") -> Authenticity:
    return ADAPTER.authentic(RawNoticeIn(body, headers, "10.1.1.1", offered), FeedSecrets(secrets))


def test_a_digest_over_the_body_is_a_signature() -> None:
    assert judged({"DIGEST": digest(b"{}")}, pem()) is Authenticity.SIGNED
    assert judged({"Digest": digest(b"{}")}, "whsec_otra", pem()) is Authenticity.SIGNED
    assert judged({"Digest": digest(b"{ }")}, pem()) is Authenticity.REFUSED
    assert judged({"Digest": "no es base64"}, pem()) is Authenticity.REFUSED
    assert judged({}, pem()) is Authenticity.REFUSED
    assert (
        judged({"Digest": digest(b"{}")}, "-----BEGIN PUBLIC KEY-----\nno\n-----END PUBLIC KEY-----")
        is Authenticity.REFUSED
    )


def test_without_a_webhook_key_the_secret_only_lets_the_notice_in() -> None:
    assert judged({}, "secreto-largo", offered="secreto-largo") is Authenticity.SECRET
    assert judged({}, "secreto-largo", offered="otro") is Authenticity.REFUSED


def test_once_there_is_a_key_the_secret_alone_is_not_enough() -> None:
    assert judged({}, pem(), "secreto-largo", offered="secreto-largo") is Authenticity.REFUSED


def event(kind: str, thing: dict[str, Any]) -> bytes:
    return json.dumps({"id": "evt", "type": kind, "livemode": True, "data": {"object": thing}}).encode()


def test_a_notice_hints_at_its_order() -> None:
    hint = Hint(Asked("ord_2o7GpXmH8yFhX2oQ7"))
    assert ADAPTER.read(event("order.paid", ORDER), {}) == (hint,)
    assert ADAPTER.read(event("charge.paid", CHARGE), {}) == (hint,)
    assert ADAPTER.read(event("customer.created", {"id": "cus_2o7Gp"}), {}) == (
        NotADeposit("event:customer.created", "cus_2o7Gp"),
    )
    with pytest.raises(Unreadable):
        ADAPTER.read(event("order.paid", {"id": "../x"}), {})


@pytest.fixture
def conekta() -> Iterator[Provider]:
    with provider(Reply(json.dumps(ORDER).encode())) as there:
        yield there


def credentials(there: Provider) -> dict[str, str]:
    return {"secret_key": "key_1", "address": there.url}


def test_the_order_is_asked_for_and_its_transfers_are_read(conekta: Provider) -> None:
    body = ADAPTER.refetch(Asked("ord_2o7GpXmH8yFhX2oQ7"), credentials(conekta))
    (arrived,) = ADAPTER.read(body, ANSWERED)
    assert isinstance(arrived, Arrived)
    said = arrived.deposit
    assert said.amount == Money(913550)
    assert said.beneficiary_clabe == "646180111812345678"
    assert (said.tracking_key, said.held_by) == (CHARGE["id"], "conekta")
    assert said.concept == "CM-7K3F-92QX MBAN01002611200003463991"
    assert said.payer_name == "LUCIA HERNANDEZ"
    assert said.operation_date == date(2026, 11, 19)
    assert conekta.asked[0].path == "/orders/ord_2o7GpXmH8yFhX2oQ7"
    assert conekta.asked[0].headers["authorization"] == "Bearer key_1"


def test_identity_does_not_hang_on_what_is_told_now_and_then() -> None:
    bare = {**CHARGE, "payment_method": {"type": "spei", "clabe": "646180111812345678"}}
    first, second = (
        ADAPTER.read(json.dumps({**ORDER, "charges": {"data": [charge]}}).encode(), ANSWERED)[0]
        for charge in (CHARGE, bare)
    )
    assert isinstance(first, Arrived)
    assert isinstance(second, Arrived)
    for name in ("sending_institution", "tracking_key", "operation_date", "held_by"):
        assert getattr(first.deposit, name) == getattr(second.deposit, name)


def one(**changes: Any) -> object:
    return ADAPTER.read(json.dumps({**ORDER, "charges": {"data": [{**CHARGE, **changes}]}}).encode(), ANSWERED)[0]


def test_the_state_of_the_charge_says_whether_money_came() -> None:
    assert isinstance(one(status="pending_payment"), NotADeposit)
    assert isinstance(one(status="refunded"), Returned)
    assert isinstance(one(status="charged_back"), Returned)
    assert isinstance(one(status="partially_refunded"), Arrived)
    assert isinstance(one(payment_method={"type": "credit"}), NotADeposit)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "algo_nuevo"},
        {"amount": 9135.5},
        {"amount": "913550"},
        {"amount": 0},
        {"currency": "EUR"},
        {"paid_at": None},
        {"id": ""},
        {"payment_method": None},
    ],
)
def test_what_is_not_certain_is_an_unread_line(changes: dict[str, Any]) -> None:
    assert isinstance(one(**changes), UnreadLine)


def test_a_charge_with_a_field_twice_loses_no_other() -> None:
    body = json.dumps({**ORDER, "charges": {"data": [{**CHARGE, "ID": "otro"}, CHARGE]}}).encode()
    unread, arrived = ADAPTER.read(body, ANSWERED)
    assert unread == UnreadLine(1, "field_twice:id", "")
    assert isinstance(arrived, Arrived)


def test_test_orders_never_count_unless_we_said_so_ourselves() -> None:
    body = json.dumps({**ORDER, "livemode": False}).encode()
    assert ADAPTER.read(body, ANSWERED) == (NotADeposit("test_environment", ORDER["id"]),)
    assert isinstance(ADAPTER.read(body, {**ANSWERED, TEST_COUNTS: "yes"})[0], Arrived)


def test_another_order_than_the_one_asked_for_is_refused(conekta: Provider) -> None:
    with pytest.raises(Unreadable):
        ADAPTER.refetch(Asked("ord_otra"), credentials(conekta))
    with pytest.raises(FeedRefused):
        ADAPTER.refetch(Asked("../customers"), credentials(conekta))
