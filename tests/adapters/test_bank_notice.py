"""The STP shape is read exactly, or refused."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seguripago.ports.bank_feeds import MAX_NOTICE_BYTES, PAYMENT_TYPE_UNSAID, Arrived, NotADeposit, Unreadable
from seguripago.ports.bank_notice import LARGEST, amount_of, read_json, read_notice
from seguripago.values.money import Money

CAMEL: dict[str, Any] = {
    "id": 2456305,
    "fechaOperacion": 20261122,
    "institucionOrdenante": 40012,
    "institucionBeneficiaria": 90646,
    "claveRastreo": "MBAN01001908300003463991",
    "monto": 9135.5,
    "nombreOrdenante": "null",
    "tipoCuentaOrdenante": 0,
    "cuentaOrdenante": "012180015012884670",
    "rfcCurpOrdenante": "ND",
    "nombreBeneficiario": "SIERRA ALTA CAFE SA DE CV",
    "tipoCuentaBeneficiario": 40,
    "cuentaBeneficiario": "646180115700294217",
    "conceptoPago": "CM7K3F92QX",
    "referenciaNumerica": 1234567,
    "empresa": "SIERRA",
    "tipoPago": 1,
    "tsLiquidacion": "1795362123456",
    "folioCodi": None,
}


def notice(**changes: Any) -> bytes:
    return json.dumps({**CAMEL, **changes}).encode()


def only(body: bytes) -> Arrived:
    (movement,) = read_notice(body)
    assert isinstance(movement, Arrived)
    return movement


def test_a_camel_case_notice_is_read_field_by_field() -> None:
    deposit = only(notice()).deposit
    assert deposit.bank_id == "2456305"
    assert deposit.operation_date == date(2026, 11, 22)
    assert (deposit.sending_institution, deposit.receiving_institution) == ("40012", "90646")
    assert deposit.amount == Money(913550)
    assert deposit.payer_name == ""
    assert deposit.payer_rfc == ""
    assert deposit.beneficiary_clabe == "646180115700294217"
    assert deposit.reference == "1234567"
    assert deposit.settled_at == datetime.fromtimestamp(1795362123, UTC).replace(microsecond=456000)


def test_the_older_pascal_case_form_says_the_same() -> None:
    older = {name[0].upper() + name[1:]: value for name, value in CAMEL.items() if name not in ("id", "tipoPago")}
    older["Clave"] = CAMEL["id"]
    deposit = only(json.dumps(older).encode()).deposit
    assert deposit.bank_id == "2456305"
    assert deposit.payment_type == PAYMENT_TYPE_UNSAID
    assert deposit.amount == Money(913550)


@pytest.mark.parametrize(
    ("written", "centavos"),
    [
        ("1250", 125000),
        ("1250.5", 125050),
        ("0001250.05", 125005),
        (0.01, 1),
        (40.0, 4000),
        (12, 1200),
        (679.58, 67958),
    ],
)
def test_an_amount_may_be_a_number_or_a_text(written: object, centavos: int) -> None:
    assert only(notice(monto=written)).deposit.amount == Money(centavos)


def test_javas_exponent_is_read_as_the_number_it_is() -> None:
    body = notice().replace(b"9135.5", b"1.23456789E7")
    assert only(body).deposit.amount == Money(1234567890)


@pytest.mark.parametrize(
    "written",
    [
        *("10,00", "1,250.00", "$10", "-1", "0", "0.00", "1.234", "", "null", "1e3", "١٢", " ", "10.", ".5", "9" * 400),
        *(True, False, None, [], {}, 0, -5, 1e30, 10**15, 1.005),
    ],
)
def test_an_amount_that_is_not_certain_is_refused(written: object) -> None:
    with pytest.raises(Unreadable):
        read_notice(notice(monto=written))


@given(st.integers(min_value=1, max_value=LARGEST.centavos))
def test_every_amount_survives_text_and_number(centavos: int) -> None:
    amount = Money(centavos)
    assert amount_of(amount.plain) == amount
    assert amount_of(read_json(amount.plain.encode())) == amount


@given(st.decimals(allow_nan=True, allow_infinity=True))
def test_a_decimal_is_read_exactly_or_refused(value: Decimal) -> None:
    try:
        amount = amount_of(value)
    except Unreadable:
        return
    assert amount.decimal == value
    assert Money.zero() < amount <= LARGEST


@given(st.text(max_size=30))
def test_a_text_is_read_exactly_or_refused(text: str) -> None:
    try:
        amount = amount_of(text)
    except Unreadable:
        return
    assert amount.decimal == Decimal(text.strip())


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_refuse(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read_notice(body)


@pytest.mark.parametrize(
    "changes",
    [
        {"fechaOperacion": 20261322},
        {"fechaOperacion": "22/11/2026"},
        {"fechaOperacion": None},
        {"claveRastreo": ""},
        {"claveRastreo": "null"},
        {"claveRastreo": "X" * 31},
        {"claveRastreo": "A\u0000B"},
        {"cuentaBeneficiario": "64618"},
        {"cuentaBeneficiario": None},
        {"institucionOrdenante": 0},
        {"institucionOrdenante": None},
        {"institucionOrdenante": 40012.5},
        {"tsLiquidacion": "yesterday"},
        {"tsLiquidacion": "9" * 15},
        {"tipoPago": "uno"},
    ],
)
def test_a_field_of_the_identity_that_is_not_certain_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        read_notice(notice(**changes))


@pytest.mark.parametrize(
    "body",
    [
        b'{"monto": 1, "monto": 2}',
        b'{"monto": 1, "Monto": 2}',
        b'{"monto": NaN}',
        b"[" * 100_000,
        b"[]",
        b"null",
        b"",
        b'{"a": "\xff"}',
        b" " * (MAX_NOTICE_BYTES + 1),
        b'{"monto": ' + b"9" * 5000 + b"}",
    ],
)
def test_a_body_that_can_be_read_two_ways_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read_notice(body)


@pytest.mark.parametrize("payment_type", [0, 16, 17, 18, 23, 24])
def test_a_payment_that_is_itself_a_return_is_no_deposit(payment_type: int) -> None:
    (movement,) = read_notice(notice(tipoPago=payment_type))
    assert movement == NotADeposit("return_payment", "2456305", CAMEL["claveRastreo"])


def test_words_lose_what_no_database_keeps() -> None:
    deposit = only(notice(nombreOrdenante="  MARÍA\u0000  JOSÉ\n", conceptoPago="N/A")).deposit
    assert deposit.payer_name == "MARÍA JOSÉ"
    assert deposit.concept == ""


def test_a_settlement_of_zero_is_no_settlement() -> None:
    assert only(notice(tsLiquidacion="0")).deposit.settled_at is None
    assert only(notice(tsLiquidacion=None)).deposit.settled_at is None
