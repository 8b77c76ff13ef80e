"""Mercado Pago: what is sent, what each state means, whose signature counts. Its messages come from documentation."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from seguripago.adapters.card_gateways.mercado_pago import ADAPTER, DECLINES
from seguripago.ports.card_gateways import (
    BadSignature,
    DeclineCode,
    GatewayAway,
    GatewayRefused,
    KeyUsedOtherwise,
    PayStatus,
)
from seguripago.values.money import Money
from tests.adapters.gateway_mercado_pago import MercadoPagoStand
from tests.adapters.gateway_stand import altered, message, of_body, reply
from tests.adapters.provider import Reply, provider

KEY = "llave-0001"


@pytest.fixture
def there() -> Iterator[MercadoPagoStand]:
    stand = MercadoPagoStand()
    with provider(stand) as found:
        stand.url = found.url
        yield stand


def test_a_payment_is_asked_for_with_everything_it_needs(there: MercadoPagoStand) -> None:
    ADAPTER.charge(there.request(KEY, installments=6, metadata={"origen": "liga"}), there.account)
    (asked,) = there.asked
    assert (asked.method, asked.path) == ("POST", "/v1/payments")
    assert asked.headers["x-idempotency-key"] == KEY
    assert asked.headers["authorization"] == "Bearer APP_USR-1"
    assert b'"transaction_amount":9135.50,' in asked.body
    sent = of_body(asked)
    del sent["transaction_amount"]
    assert sent == {
        "token": "ficha_paid_0123456789abcdef",
        "payment_method_id": "debvisa",
        "issuer_id": "158",
        "installments": 6,
        "description": "Pedido CM-7K3F-92QX",
        "external_reference": KEY,
        "payer": {"email": "lucia@correo.example", "first_name": "Lucía", "last_name": "Hernández Ruiz"},
        "metadata": {"origen": "liga", "order_ref": "CM-7K3F-92QX"},
        "three_d_secure_mode": "optional",
        "binary_mode": False,
        "capture": True,
        "notification_url": "https://tienda.example/hooks/card/x/y/?source_news=webhooks&key=llave-0001",
    }


def test_what_is_no_token_or_no_plan_is_not_sent(there: MercadoPagoStand) -> None:
    for token in ("", "corta", "4242 4242 4242 4242", "ficha_paid_0123:VISA", "ficha_paid_0123:visa:1:2", "x" * 200):
        with pytest.raises(GatewayRefused, match="token"):
            ADAPTER.charge(there.request(KEY, token=token), there.account)
    with pytest.raises(GatewayRefused, match="installments"):
        ADAPTER.charge(there.request(KEY, installments=7), there.account)
    assert not there.asked


def one(there: MercadoPagoStand, **changes: object) -> MercadoPagoStand:
    there.payments["52044997115"] = message("mercado_pago", "payment") | changes
    return there


@pytest.mark.parametrize(
    ("state", "detail", "status"),
    [
        ("approved", "accredited", PayStatus.PAID),
        ("approved", "partially_refunded", PayStatus.PAID),
        ("refunded", "refunded", PayStatus.PAID),
        ("charged_back", "settled", PayStatus.PAID),
        ("in_mediation", "pending", PayStatus.PAID),
        ("authorized", "pending_capture", PayStatus.AUTHORIZED),
        ("in_process", "pending_contingency", PayStatus.PROCESSING),
        ("in_process", "pending_review_manual", PayStatus.PROCESSING),
        ("pending", "pending_waiting_payment", PayStatus.PROCESSING),
        ("pending", "pending_challenge", PayStatus.REQUIRES_ACTION),
        ("rejected", "cc_rejected_high_risk", PayStatus.DECLINED),
        ("cancelled", "by_collector", PayStatus.CANCELLED),
        ("cancelled", "expired", PayStatus.EXPIRED),
    ],
)
def test_each_state_of_the_reference(there: MercadoPagoStand, state: str, detail: str, status: PayStatus) -> None:
    one(there, status=state, status_detail=detail)
    found = ADAPTER.fetch("52044997115", there.account)
    assert found.status is status
    assert (found.decline is not None) == (status is PayStatus.DECLINED)


def test_why_a_bank_said_no_in_our_words(there: MercadoPagoStand) -> None:
    for detail, code in {
        **DECLINES,
        "cc_rejected_other_reason": DeclineCode.DECLINED,
        "": DeclineCode.DECLINED,
    }.items():
        decline = ADAPTER.fetch("52044997115", one(there, status="rejected", status_detail=detail).account).decline
        assert decline is not None
        assert decline.code is code
        # A date that was typed wrongly may be typed again; a card of the black list may not.
        assert decline.can_retry == (detail != "cc_rejected_blacklist")


def test_the_banks_step_is_a_form_in_a_frame_and_never_an_unsafe_address(there: MercadoPagoStand) -> None:
    waits = ADAPTER.charge(there.request(KEY, outcome="step"), there.account)
    assert waits.next_action is not None
    assert (waits.next_action.kind, waits.next_action.method) == ("challenge_iframe", "POST")
    assert waits.next_action.url == "https://acs-public.tp.mastercard.com/api/v1/browser_Challenges"
    assert waits.next_action.form == {"creq": "eyJtZXNzYWdlVHlwZSI6IkNSZXEifQ"}
    there.payments[waits.ref]["three_ds_info"]["external_resource_url"] = "http://banco.example/"
    with pytest.raises(GatewayAway):
        ADAPTER.fetch(waits.ref, there.account)
    there.payments[waits.ref]["three_ds_info"] = None
    assert ADAPTER.fetch(waits.ref, there.account).next_action is None


def test_an_authorised_charge_is_captured_later(there: MercadoPagoStand) -> None:
    held = ADAPTER.charge(there.request(KEY, capture=False), there.account)
    assert held.status is PayStatus.AUTHORIZED
    assert ADAPTER.capture(held.ref, there.account, idempotency_key="tomar-0001").status is PayStatus.PAID
    assert of_body(there.asked[-1]) == {"capture": True}


def test_an_answer_under_another_key_or_amount_is_not_our_charge(there: MercadoPagoStand) -> None:
    for field, value in (("external_reference", "otra"), ("transaction_amount", 1)):
        there.spoil = altered(201, **{field: value})
        with pytest.raises(KeyUsedOtherwise):
            ADAPTER.charge(there.request(f"{KEY}-{field}"), there.account)


def test_a_refusal_of_the_call_says_its_cause(there: MercadoPagoStand) -> None:
    there.spoil = lambda body: reply(message("mercado_pago", "error_token"), 400)
    with pytest.raises(GatewayRefused, match="2006 Card Token not found"):
        ADAPTER.charge(there.request(KEY), there.account)


def test_two_payments_with_money_under_one_key_are_for_a_person(there: MercadoPagoStand) -> None:
    first = ADAPTER.charge(there.request(KEY, outcome="declined"), there.account)
    there.payments["52044997999"] = {**there.payments[first.ref], "id": 52044997999, "status": "approved"}
    assert ADAPTER.fetch_by_key(KEY, there.account).ref == "52044997999"
    there.payments["52044997998"] = {**there.payments["52044997999"], "id": 52044997998}
    with pytest.raises(GatewayAway, match="two_charges"):
        ADAPTER.fetch_by_key(KEY, there.account)


@pytest.mark.parametrize(("word", "status"), [("approved", "done"), ("in_process", "pending"), ("rejected", "failed")])
def test_a_refund_says_how_it_stands(there: MercadoPagoStand, word: str, status: str) -> None:
    paid = ADAPTER.charge(there.request(KEY), there.account)
    there.spoil = altered(201, status=word)
    done = ADAPTER.refund(paid.ref, Money(5_025), there.account, idempotency_key="devolucion-01")
    assert (done.status, done.key, done.amount) == (status, "devolucion-01", Money(5_025))
    assert there.asked[-1].headers["x-idempotency-key"] == "devolucion-01"
    assert b'"amount":50.25,' in there.asked[-1].body


@pytest.mark.parametrize("changes", [{"payment_id": 1}, {"amount": 1}, {"status": "quien_sabe"}, {"id": None}])
def test_another_refund_than_the_one_asked_for_is_not_believed(
    there: MercadoPagoStand, changes: dict[str, object]
) -> None:
    paid = ADAPTER.charge(there.request(KEY), there.account)
    there.spoil = altered(201, **changes)
    with pytest.raises(GatewayAway):
        ADAPTER.refund(paid.ref, Money(5_025), there.account, idempotency_key="devolucion-01")


@pytest.mark.parametrize(("detail", "status"), [("in_process", "open"), ("settled", "lost"), ("reimbursed", "won")])
def test_a_chargeback_is_told_with_the_charge(there: MercadoPagoStand, detail: str, status: str) -> None:
    there.payments["52044997115"] = message("mercado_pago", "charged_back") | {"status_detail": detail}
    found = ADAPTER.fetch("52044997115", there.account)
    assert found.status is PayStatus.PAID
    (dispute,) = found.disputes
    assert (dispute.status, dispute.amount) == (status, Money(913_550))


def test_a_signature_counts_in_seconds_and_milliseconds_and_five_minutes_long(there: MercadoPagoStand) -> None:
    for age, unit in ((0, 1), (0, 1000), (290, 1), (-290, 1000)):
        notice = there.notice("52044997115", age_s=age, unit=unit)
        event = ADAPTER.parse_webhook(notice.body, notice.headers, notice.query, there.account)
        assert event.ref == "52044997115"
        assert event.event_id == notice.headers["X-Request-Id"]
        assert abs(event.occurred_at.timestamp() - time.time()) < 300
    for age, unit in ((301, 1), (310, 1000), (-310, 1)):
        notice = there.notice("52044997115", age_s=age, unit=unit)
        with pytest.raises(BadSignature, match="too_old"):
            ADAPTER.parse_webhook(notice.body, notice.headers, notice.query, there.account)


def test_whatever_is_signed_cannot_be_altered_and_the_body_is_not_believed(there: MercadoPagoStand) -> None:
    notice = there.notice("52044997115")
    lies = b'{"type":"payment","data":{"id":"1"},"action":"payment.updated"}'
    assert ADAPTER.parse_webhook(lies, notice.headers, notice.query, there.account).ref == "52044997115"
    signature = notice.headers["X-Signature"]
    for query, headers in (
        ({**notice.query, "data.id": "52044997116"}, notice.headers),
        ({"type": "payment"}, notice.headers),
        (notice.query, {**notice.headers, "X-Request-Id": "otro"}),
        (notice.query, {"X-Signature": signature}),
        (notice.query, {**notice.headers, "X-Signature": signature.replace("ts=", "ts=1")}),
        (notice.query, {**notice.headers, "X-Signature": f"{signature},{signature}"}),
        (notice.query, {**notice.headers, "X-Signature": signature.replace("v1", "v0")}),
        (notice.query, {**notice.headers, "X-Signature": "ts=,v1="}),
    ):
        with pytest.raises(BadSignature):
            ADAPTER.parse_webhook(notice.body, headers, query, there.account)
    with pytest.raises(BadSignature):
        ADAPTER.parse_webhook(notice.body, notice.headers, notice.query, replace(there.account, webhook_secret=""))


def test_a_notice_about_something_else_concerns_no_charge(there: MercadoPagoStand) -> None:
    notice = there.notice("52044997115")
    other = {**notice.query, "type": "topic_chargebacks_wh"}
    event = ADAPTER.parse_webhook(notice.body, notice.headers, other, there.account)
    assert (event.type, event.ref) == ("topic_chargebacks_wh", "")


def test_the_page_loads_one_script_and_frames_the_fields_and_any_bank(there: MercadoPagoStand) -> None:
    config = ADAPTER.client_config(there.account)
    assert (config.tokeniser, config.public_key) == ("mercado_pago", "APP_USR-publica")
    assert config.script_urls == ("https://sdk.mercadopago.com/js/v2",)
    assert config.csp_origins["script-src"] == ("https://sdk.mercadopago.com",)
    assert config.csp_origins["frame-src"] == ("https://secure-fields.mercadopago.com", "https:")
    own = ADAPTER.client_config(replace(there.account, script_url="http://127.0.0.1:9/sdk.js"))
    assert own.csp_origins["script-src"] == ("http://127.0.0.1:9",)


def test_a_lost_capture_or_cancel_is_away(there: MercadoPagoStand) -> None:
    held = ADAPTER.charge(there.request(KEY, capture=False), there.account)
    there.spoil = lambda body: Reply(is_lost=True)
    with pytest.raises(GatewayAway):
        ADAPTER.cancel(held.ref, there.account, idempotency_key="cancelar-01")
    there.spoil = None
    assert ADAPTER.fetch(held.ref, there.account).status is PayStatus.CANCELLED


def test_a_payment_of_test_credentials_says_so(there: MercadoPagoStand) -> None:
    assert not ADAPTER.fetch("52044997115", one(there).account).is_test
    assert ADAPTER.fetch("52044997115", one(there, live_mode=False).account).is_test
