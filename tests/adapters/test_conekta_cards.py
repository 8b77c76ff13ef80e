"""Conekta: what is sent, how a charge is found without an idempotency key, whose digest counts. From its OpenAPI."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from seguripago.adapters.card_gateways import conekta
from seguripago.adapters.card_gateways.conekta import ADAPTER
from seguripago.ports.card_gateways import (
    BadSignature,
    ChargeMissing,
    DeclineCode,
    GatewayAway,
    GatewayRefused,
    PayStatus,
)
from seguripago.values.money import Money
from tests.adapters.gateway_conekta import ConektaStand, pem
from tests.adapters.gateway_stand import altered, message, of_body
from tests.adapters.provider import Reply, provider

KEY = "llave-0001"
REF = "ord_2zmXJSNUGZZ0000"


@pytest.fixture
def there() -> Iterator[ConektaStand]:
    stand = ConektaStand()
    with provider(stand) as found:
        stand.url = found.url
        yield stand


def test_an_order_is_asked_for_with_everything_it_needs(there: ConektaStand) -> None:
    ADAPTER.charge(there.request(KEY, installments=6, metadata={"origen": "liga"}), there.account)
    *looked, asked = there.asked
    assert {each.method for each in looked} == {"GET"}
    assert (asked.method, asked.path) == ("POST", "/orders")
    assert asked.headers["accept"] == "application/vnd.conekta-v2.3.0+json"
    assert of_body(asked) == {
        "currency": "MXN",
        "customer_info": {"name": "Lucía Hernández Ruiz", "email": "lucia@correo.example", "phone": "5512345678"},
        "line_items": [{"name": "Pedido CM-7K3F-92QX", "unit_price": 913_550, "quantity": 1}],
        "charges": [
            {
                "amount": 913_550,
                "payment_method": {
                    "type": "card",
                    "token_id": "tok_paid_2znsEnNtewkbkqqCK",
                    "monthly_installments": 6,
                },
                "reference_id": KEY,
            }
        ],
        "metadata": {"origen": "liga", "order_ref": "CM-7K3F-92QX", "key": KEY},
        "pre_authorize": False,
        "three_ds_mode": "smart",
        "return_url": "https://tienda.example/pedido/abc/?desde=tarjeta",
    }


def test_what_is_no_token_or_no_plan_is_not_sent(there: ConektaStand) -> None:
    for token in ("", "4242424242424242", "tok_", "tok_no vale", "src_2tLkkyfMPh6v7pFry"):
        with pytest.raises(GatewayRefused, match="token"):
            ADAPTER.charge(there.request(KEY, token=token), there.account)
    with pytest.raises(GatewayRefused, match="installments"):
        ADAPTER.charge(there.request(KEY, installments=2), there.account)
    assert not there.asked


@pytest.mark.parametrize(
    ("state", "charge", "status"),
    [
        ("paid", "paid", PayStatus.PAID),
        ("partially_refunded", "partially_refunded", PayStatus.PAID),
        ("refunded", "refunded", PayStatus.PAID),
        ("charged_back", "charged_back", PayStatus.PAID),
        ("pre_authorized", "pre_authorized", PayStatus.AUTHORIZED),
        ("pending_payment", "pending_payment", PayStatus.PROCESSING),
        ("pending_payment", "declined", PayStatus.DECLINED),
        # What a document shows: an order that waits although its charge says «paid». Nobody is told that it is paid.
        ("pending_payment", "paid", PayStatus.PROCESSING),
        ("declined", "declined", PayStatus.DECLINED),
        ("expired", "expired", PayStatus.EXPIRED),
        ("canceled", "canceled", PayStatus.CANCELLED),
        ("voided", "voided", PayStatus.CANCELLED),
        (None, "pending_payment", PayStatus.CREATED),
    ],
)
def test_each_state_of_an_order(there: ConektaStand, state: str | None, charge: str, status: PayStatus) -> None:
    there.orders[REF] = message("conekta", "order") | {"id": REF, "payment_status": state}
    there.orders[REF]["charges"]["data"][0]["status"] = charge
    assert ADAPTER.fetch(REF, there.account).status is status


def test_an_order_is_paid_only_when_its_charges_add_up(there: ConektaStand) -> None:
    order = message("conekta", "order") | {"id": REF}
    there.orders[REF] = order
    for charges in ([], [order["charges"]["data"][0] | {"status": "pending_payment"}]):
        order["charges"] = {"object": "list", "data": charges}
        with pytest.raises(GatewayAway, match="charges_differ"):
            ADAPTER.fetch(REF, there.account)
    order["charges"] = message("conekta", "order")["charges"]
    order["charges"]["data"][0]["amount"] = 913_549
    with pytest.raises(GatewayAway, match="charges_differ"):
        ADAPTER.fetch(REF, there.account)


@pytest.mark.parametrize(
    ("code", "ours"),
    [
        ("insufficient_funds", DeclineCode.INSUFFICIENT_FUNDS),
        ("invalid_card_security_code", DeclineCode.WRONG_CVC),
        ("suspected_fraud", DeclineCode.DECLINED),
        ("restricted_card", DeclineCode.STOLEN_CARD),
        ("una_palabra_nueva", DeclineCode.DECLINED),
        (None, DeclineCode.DECLINED),
    ],
)
def test_why_a_bank_said_no_in_our_words(there: ConektaStand, code: str | None, ours: DeclineCode) -> None:
    there.orders[REF] = message("conekta", "order_declined") | {"id": REF}
    there.orders[REF]["charges"]["data"][0]["failure_code"] = code
    decline = ADAPTER.fetch(REF, there.account).decline
    assert decline is not None
    assert decline.code is ours


def test_a_402_is_a_declined_card_and_not_an_error(there: ConektaStand) -> None:
    no = ADAPTER.charge(there.request(KEY, outcome="declined"), there.account)
    assert no.status is PayStatus.DECLINED
    assert no.ref == REF
    assert no.decline is not None
    assert no.decline.code is DeclineCode.INSUFFICIENT_FUNDS
    # Without the order it is said as well.
    there.spoil = lambda body: altered(402, data=None)(body) if there.asked[-1].method == "POST" else Reply(body)
    nothing = ADAPTER.charge(there.request("llave-0002", outcome="declined"), there.account)
    assert (nothing.ref, nothing.status) == ("", PayStatus.DECLINED)


def test_a_token_that_was_used_before_is_a_refused_call(there: ConektaStand) -> None:
    there.used.add(there.token("paid"))
    with pytest.raises(GatewayRefused, match=r"tokenization\.used"):
        ADAPTER.charge(there.request(KEY), there.account)


def test_the_banks_step_is_a_page_of_conektas(there: ConektaStand) -> None:
    waits = ADAPTER.charge(there.request(KEY, outcome="step"), there.account)
    assert waits.next_action is not None
    assert waits.next_action.kind == "redirect"
    assert waits.next_action.url.startswith("https://3ds-pay.conekta.com/")
    there.orders[waits.ref]["next_action"]["redirect_to_url"]["url"] = "http://otro.example/"
    with pytest.raises(GatewayAway):
        ADAPTER.fetch(waits.ref, there.account)


def test_an_authorised_order_is_captured_whole(there: ConektaStand) -> None:
    held = ADAPTER.charge(there.request(KEY, capture=False), there.account)
    assert held.status is PayStatus.AUTHORIZED
    assert ADAPTER.capture(held.ref, there.account, idempotency_key="tomar-0001").status is PayStatus.PAID
    assert of_body(there.asked[-1]) == {"amount": 913_550}


def test_a_key_that_the_search_does_not_read_is_found_among_the_newest(
    there: ConektaStand, monkeypatch: pytest.MonkeyPatch
) -> None:
    there.searches, there.page_size = False, 2
    first = ADAPTER.charge(there.request(KEY), there.account)
    for number in range(5):
        ADAPTER.charge(there.request(f"llave-otra-{number}"), there.account)
    assert ADAPTER.fetch_by_key(KEY, there.account).ref == first.ref
    with pytest.raises(ChargeMissing):
        ADAPTER.fetch_by_key("llave-nunca", there.account)
    # Conekta's own address of the next page is not followed: our key goes nowhere but to the account's.
    assert all(each.headers["host"] == there.url.removeprefix("http://") for each in there.asked)
    monkeypatch.setattr(conekta, "PAGES", 2)
    with pytest.raises(GatewayAway, match="too_many"):
        ADAPTER.fetch_by_key(KEY, there.account)
    assert ADAPTER.charge(there.request("llave-nueva"), there.account).ref, "a store of many orders goes on charging"


def test_two_paid_orders_under_one_key_are_for_a_person(there: ConektaStand) -> None:
    first = ADAPTER.charge(there.request(KEY), there.account)
    there.orders["ord_otra"] = {**there.orders[first.ref], "id": "ord_otra"}
    with pytest.raises(GatewayAway, match="two_charges"):
        ADAPTER.fetch_by_key(KEY, there.account)


def test_a_refund_that_is_not_told_is_not_guessed(there: ConektaStand) -> None:
    paid = ADAPTER.charge(there.request(KEY), there.account)
    there.spoil = lambda body: altered(amount_refunded=0, charges=message("conekta", "order")["charges"])(body)
    with pytest.raises(GatewayAway, match="refund_not_told"):
        ADAPTER.refund(paid.ref, Money(100), there.account, idempotency_key="devolucion-01")


def test_a_refund_that_waits_is_pending(there: ConektaStand) -> None:
    there.orders[REF] = message("conekta", "order_refunded") | {"id": REF}
    refund = there.orders[REF]["charges"]["data"][0]["refunds"]["data"][0]
    for word, status in (("pending", "pending"), ("failed", "failed"), (None, "done")):
        refund["status"] = word
        (told,) = ADAPTER.fetch(REF, there.account).refunds
        assert (told.amount, told.status) == (Money(15_000), status)
    refund["status"] = "quien_sabe"
    with pytest.raises(GatewayAway):
        ADAPTER.fetch(REF, there.account)


@pytest.mark.parametrize(
    ("word", "status"), [("action_required", "open"), ("won", "won"), ("covered", "won"), ("lost", "lost")]
)
def test_a_chargeback_is_told_with_the_charge(there: ConektaStand, word: str, status: str) -> None:
    there.orders[REF] = message("conekta", "order_charged_back") | {"id": REF}
    there.orders[REF]["charges"]["data"][0]["chargeback"]["status"] = word
    found = ADAPTER.fetch(REF, there.account)
    assert found.status is PayStatus.PAID
    (dispute,) = found.disputes
    assert (dispute.ref, dispute.status, dispute.reason) == ("chbk_2zPxWFUnGNLySoumn", status, "unrecognized")
    assert dispute.evidence_by == datetime.fromtimestamp(1_795_700_000, UTC)


def test_a_digest_counts_over_the_very_body_by_any_key_of_the_account(there: ConektaStand) -> None:
    notice = there.notice(REF)
    event = ADAPTER.parse_webhook(notice.body, notice.headers, {}, there.account)
    assert (event.ref, event.key, event.type) == (REF, KEY, "order.paid")
    for broken in (pem("ours").replace("\n", ""), pem("ours").replace("\n", " "), pem("ours").replace("\n", "\\n")):
        one_line = replace(there.account, webhook_secret=broken)
        assert ADAPTER.parse_webhook(notice.body, notice.headers, {}, one_line) == event
    rotating = replace(there.account, webhook_secret=pem("old") + "\n" + pem("ours"))
    assert ADAPTER.parse_webhook(notice.body, notice.headers, {}, rotating) == event
    for body, secret in (
        (notice.body + b" ", pem("ours")),
        (notice.body.replace(REF.encode(), b"ord_2zmXJSNUGZZ0001"), pem("ours")),
        (notice.body, pem("old")),
        (notice.body, ""),
        (notice.body, "-----BEGIN PUBLIC KEY-----\nno\n-----END PUBLIC KEY-----"),
    ):
        with pytest.raises(BadSignature):
            ADAPTER.parse_webhook(body, notice.headers, {}, replace(there.account, webhook_secret=secret))
    with pytest.raises(BadSignature):
        ADAPTER.parse_webhook(notice.body, {"Digest": "no es base64"}, {}, there.account)


def test_an_order_of_the_test_mode_says_so(there: ConektaStand) -> None:
    assert not ADAPTER.charge(there.request(KEY), there.account).is_test
    there.livemode = False
    assert ADAPTER.charge(there.request("llave-0002"), there.account).is_test
