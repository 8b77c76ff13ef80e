"""Openpay: a charge on its own page, an order_id taken once, Basic auth. Its messages come from documentation."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from seguripago.adapters.card_gateways.openpay import ADAPTER
from seguripago.ports.card_gateways import (
    BadSignature,
    DeclineCode,
    GatewayAway,
    GatewayRefused,
    KeyUsedOtherwise,
    PayStatus,
)
from seguripago.values.money import Money
from tests.adapters.gateway_openpay import MERCHANT, OpenpayStand, basic
from tests.adapters.gateway_stand import message, of_body, reply
from tests.adapters.provider import provider

KEY = "llave-0001"
REF = "trq7yrthx5vc4gtjdkwg"


@pytest.fixture
def there() -> Iterator[OpenpayStand]:
    stand = OpenpayStand()
    with provider(stand) as found:
        stand.url = found.url
        yield stand


def one(there: OpenpayStand, name: str = "completed", **changes: object) -> OpenpayStand:
    there.charges[REF] = message("openpay", name) | changes
    return there


def test_a_charge_waits_on_openpays_page_and_no_card_is_sent(there: OpenpayStand) -> None:
    waits = ADAPTER.charge(there.request(KEY, installments=6, token="no-se-usa"), there.account)
    (asked,) = there.asked
    assert (asked.method, asked.path) == ("POST", f"/v1/{MERCHANT}/charges")
    assert asked.headers["authorization"] == basic("sk_1:")
    assert b'"amount":9135.50,' in asked.body
    sent = of_body(asked)
    del sent["amount"]
    assert sent == {
        "method": "card",
        "currency": "MXN",
        "description": "Pedido CM-7K3F-92QX",
        "order_id": KEY,
        "customer": {
            "name": "Lucía",
            "last_name": "Hernández Ruiz",
            "email": "lucia@correo.example",
            "phone_number": "5512345678",
        },
        "confirm": False,
        "send_email": False,
        "redirect_url": "https://tienda.example/pedido/abc/?desde=tarjeta",
        "use_3d_secure": True,
        "capture": True,
        "payment_plan": {"payments": 6},
    }
    assert waits.next_action is not None
    assert (waits.next_action.kind, waits.next_action.method) == ("redirect", "GET")
    assert waits.next_action.url.endswith("/card_capture")
    there.charges[waits.ref]["payment_method"]["url"] = "javascript:alert(1)"
    with pytest.raises(GatewayAway):
        ADAPTER.fetch(waits.ref, there.account)


def test_what_could_not_be_found_again_is_not_sent(there: OpenpayStand) -> None:
    for key in ("corta", "x" * 101, "con espacio 1"):
        with pytest.raises(GatewayRefused):
            ADAPTER.charge(there.request(key), there.account)
    with pytest.raises(GatewayRefused, match="installments"):
        ADAPTER.charge(there.request(KEY, installments=4), there.account)
    with pytest.raises(GatewayRefused, match="store_key"):
        ADAPTER.charge(there.request(KEY), replace(there.account, store_key="../otro"))
    assert not there.asked


@pytest.mark.parametrize(
    ("state", "authorization", "status"),
    [
        ("completed", "801585", PayStatus.PAID),
        ("refunded", "801585", PayStatus.PAID),
        ("chargeback_pending", "801585", PayStatus.PAID),
        ("charge_pending", None, PayStatus.REQUIRES_ACTION),
        ("in_progress", None, PayStatus.PROCESSING),
        ("in_progress", "801585", PayStatus.AUTHORIZED),
        ("failed", None, PayStatus.DECLINED),
        ("cancelled", None, PayStatus.CANCELLED),
        ("expired", None, PayStatus.EXPIRED),
    ],
)
def test_each_state_of_a_charge(there: OpenpayStand, state: str, authorization: str | None, status: PayStatus) -> None:
    one(there, status=state, authorization=authorization)
    assert ADAPTER.fetch(REF, there.account).status is status


@pytest.mark.parametrize(
    "changes",
    [{"method": "bank_account"}, {"operation_type": "out"}, {"transaction_type": "payout"}, {"status": "nuevo"}],
)
def test_what_is_no_card_charge_is_not_believed(there: OpenpayStand, changes: dict[str, object]) -> None:
    one(there, **changes)
    with pytest.raises(GatewayAway):
        ADAPTER.fetch(REF, there.account)


@pytest.mark.parametrize(
    ("code", "ours", "can_retry"),
    [
        (3001, DeclineCode.DECLINED, True),
        (3002, DeclineCode.CARD_EXPIRED, False),
        (3003, DeclineCode.INSUFFICIENT_FUNDS, True),
        (3004, DeclineCode.STOLEN_CARD, False),
        (3010, DeclineCode.CALL_BANK, True),
        (None, DeclineCode.DECLINED, True),
    ],
)
def test_why_a_bank_said_no_in_our_words(
    there: OpenpayStand, code: int | None, ours: DeclineCode, can_retry: bool
) -> None:
    decline = ADAPTER.fetch(REF, one(there, "failed", error_code=code).account).decline
    assert decline is not None
    assert (decline.code, decline.can_retry) == (ours, can_retry)


def test_an_authorised_charge_is_captured_later(there: OpenpayStand) -> None:
    one(there, status="in_progress")
    assert ADAPTER.capture(REF, there.account, idempotency_key="tomar-0001").status is PayStatus.PAID


def test_a_charge_that_openpay_does_not_cancel_waits_on(there: OpenpayStand) -> None:
    one(there, "waiting")
    there.cancels = False
    # It is there: «no such address» must not be taken for «no such charge».
    assert ADAPTER.cancel(REF, there.account, idempotency_key="cancelar-01").status is PayStatus.REQUIRES_ACTION


def test_two_charges_for_one_order_id_are_for_a_person(there: OpenpayStand) -> None:
    one(there).charges["otrootrootrootro"] = message("openpay", "completed") | {"id": "otrootrootrootro"}
    with pytest.raises(GatewayAway, match="two_charges"):
        ADAPTER.fetch_by_key(KEY, there.account)


def test_a_409_that_is_no_order_id_is_a_refusal(there: OpenpayStand) -> None:
    there.spoil = lambda body: reply({"error_code": 2003, "description": "External id", "http_code": 409}, 409)
    with pytest.raises(GatewayRefused, match="2003"):
        ADAPTER.charge(there.request(KEY), there.account)


def test_a_refund_is_asked_for_once_under_its_key(there: OpenpayStand) -> None:
    one(there)
    first = ADAPTER.refund(REF, Money(5_025), there.account, idempotency_key="devolucion-01")
    assert (first.key, first.amount, first.status) == ("devolucion-01", Money(5_025), "done")
    assert of_body(there.asked[-1])["description"] == "devolucion-01"
    assert ADAPTER.refund(REF, Money(5_025), there.account, idempotency_key="devolucion-01") == first
    with pytest.raises(KeyUsedOtherwise):
        ADAPTER.refund(REF, Money(5_026), there.account, idempotency_key="devolucion-01")
    assert ADAPTER.fetch(REF, there.account).refunded == Money(5_025)


def test_a_charge_that_went_back_whole_without_a_list_went_back_whole(there: OpenpayStand) -> None:
    one(there, status="refunded")
    assert ADAPTER.fetch(REF, there.account).refunded == Money(913_550)
    one(there, "refunded")
    found = ADAPTER.fetch(REF, there.account)
    assert (found.refunded, [each.key for each in found.refunds]) == (Money(5_025), ["devolucion-01"])


@pytest.mark.parametrize(
    ("state", "status"),
    [("chargeback_pending", "open"), ("chargeback_accepted", "lost"), ("chargeback_adjustment", "open")],
)
def test_a_chargeback_is_told_with_the_charge(there: OpenpayStand, state: str, status: str) -> None:
    (dispute,) = ADAPTER.fetch(REF, one(there, status=state).account).disputes
    assert (dispute.status, dispute.amount) == (status, Money(913_550))


def test_a_notice_counts_with_the_stores_password_and_hints_at_its_charge(there: OpenpayStand) -> None:
    notice = there.notice(REF)
    event = ADAPTER.parse_webhook(notice.body, notice.headers, {}, there.account)
    assert (event.ref, event.key, event.type) == (REF, KEY, "charge.succeeded")
    for header in ("", "Basic", basic("tienda:otra"), basic("tienda"), "Bearer x", "Basic no-es-base64"):
        with pytest.raises(BadSignature):
            ADAPTER.parse_webhook(notice.body, {"Authorization": header}, {}, there.account)
    with pytest.raises(BadSignature):
        ADAPTER.parse_webhook(notice.body, notice.headers, {}, replace(there.account, webhook_secret=""))
    for body in (b"", b"[]", b"{}", b'{"type":"charge.succeeded"}', notice.body.replace(b"-06:00", b"")):
        with pytest.raises(BadSignature):
            ADAPTER.parse_webhook(body, notice.headers, {}, there.account)


def test_the_code_of_a_verification_travels_to_whoever_types_it(there: OpenpayStand) -> None:
    body = reply(message("openpay", "verification")).body
    event = ADAPTER.parse_webhook(body, there.notice(REF).headers, {}, there.account)
    assert (event.type, event.ref) == ("verification:3vWQ1x6I", "")


def test_the_page_needs_no_script_and_leads_to_openpay_alone(there: OpenpayStand) -> None:
    config = ADAPTER.client_config(replace(there.account, api_url="https://sandbox-api.openpay.mx"))
    assert (config.tokeniser, config.script_urls, config.has_page) == ("redirect", (), True)
    assert config.csp_origins == {"form-action": ("https://sandbox-api.openpay.mx",)}
