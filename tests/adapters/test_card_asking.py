"""How card gateways are asked and read: bounded, over TLS, and without a float."""

from decimal import Decimal

import httpx
import pytest

from seguripago.ports import card_asking
from seguripago.ports.card_asking import Said, ask_gateway, card_label, cents, page_url, pesos, written
from seguripago.ports.card_gateways import GatewayAway, GatewayRefused
from seguripago.values.money import Money
from tests.adapters.provider import Reply, provider


def test_money_is_written_as_a_number_of_two_decimals_and_a_float_never() -> None:
    body = {"amount": Money(10), "lines": [{"price": Money(123_456_789_01)}], "ok": True, "none": None, "ñ": 'a"b'}
    assert written(body) == ('{"amount":0.10,"lines":[{"price":123456789.01}],"ok":true,"none":null,"\\u00f1":"a\\"b"}')
    with pytest.raises(TypeError):
        written({"amount": 0.1})


def test_pesos_are_read_exactly_or_not_at_all() -> None:
    for value in (Decimal("0.10"), "0.10", Decimal("1E-1")):
        assert pesos(value, "MXN", "amount") == Money(10)
    assert pesos(9135, "mxn", "amount") == Money(913_500)
    for value in (Decimal("0.105"), Decimal("NaN"), -1, "mucho", "-1", None, True, [], 10**18, Decimal("1E+40")):
        with pytest.raises(GatewayAway):
            pesos(value, "MXN", "amount")
    for code in ("JPY", "", "EUR"):
        with pytest.raises(GatewayAway):
            pesos(1, code, "amount")


def test_centavos_are_whole_and_not_below_zero() -> None:
    assert cents(10, "MXN", "amount") == Money(10)
    for value in (-1, Decimal("1.5"), "10", None, True, 10**18):
        with pytest.raises(GatewayAway):
            cents(value, "MXN", "amount")


def test_a_buyer_is_sent_only_where_nobody_listens() -> None:
    for good in ("https://pay.conekta.com/1", "http://127.0.0.1:9/x", "http://localhost/x"):
        assert page_url(good) == good
    for bad in (
        "http://pay.conekta.com/1",
        "javascript:alert(1)",
        "//pay.conekta.com",
        "https://",
        "",
        "https://tienda@otro.example/",
        "https://otro.example/\r\nx",
        "https://[::1",
        "https://ótro.example/",
    ):
        with pytest.raises(GatewayAway):
            page_url(bad)


def test_a_label_never_repeats_more_than_four_digits() -> None:
    assert card_label("debvisa", "3220") == "Visa •••• 3220"
    assert card_label("otra marca", "3220") == "Tarjeta •••• 3220"
    for last in ("", "4242424242424242", "XXXX", "٣٢٢٠", "322"):
        assert card_label("visa", last) == ""


def test_words_for_people_are_short_and_printable() -> None:
    assert Said({"a": " uno\n\x07dos "}).words("a") == "uno dos"
    assert Said({"a": 7}).words("a") == "7"
    for value in ([], {}, True, Decimal("1.5"), "x" * 5_000):
        with pytest.raises(GatewayAway):
            Said({"a": value}).text("a")
    with pytest.raises(GatewayAway):
        Said([])
    with pytest.raises(GatewayAway):
        Said({"a": "x"}).inside("a")


def test_an_address_without_tls_is_not_asked() -> None:
    with pytest.raises(GatewayRefused, match="tls"):
        ask_gateway("GET", "http://api.mercadopago.com/v1/payments/1", headers={})


def test_who_does_not_answer_in_time_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(card_asking, "TIMEOUT", httpx.Timeout(0.15))
    with provider(Reply(waits_s=0.6)) as there, pytest.raises(GatewayAway, match="Timeout"):
        ask_gateway("POST", there.url, headers={}, body={})
    monkeypatch.setattr(card_asking, "TIMEOUT", httpx.Timeout(2))
    monkeypatch.setattr(card_asking, "WHOLE_CALL_S", 0.1)
    with provider(Reply(b'{"a":1}' + b" " * 30, drips_s=0.02)) as there, pytest.raises(GatewayAway, match="slow"):
        ask_gateway("GET", there.url, headers={})


def test_an_answer_without_end_is_left() -> None:
    with provider(Reply(b" " * (card_asking.MOST_BYTES + 1))) as there, pytest.raises(GatewayAway):
        ask_gateway("GET", there.url, headers={})


def test_nobody_there_is_away() -> None:
    with provider(Reply()) as there:
        gone = there.url
    with pytest.raises(GatewayAway):
        ask_gateway("GET", gone, headers={})
