"""Money back, chargebacks, notices and the buyer's page of Stripe's adapter, over a real socket."""

import time
from datetime import UTC, datetime

import pytest

from seguripago.adapters.card_gateways.stripe import ADAPTER
from seguripago.ports.card_gateways import BadSignature, GatewayAccount, GatewayRefused
from seguripago.values.money import Money
from tests.adapters.provider import Provider
from tests.adapters.stripe_side import (
    INTENT,
    KEY,
    Stripe,
    account,
    charge,
    error,
    event,
    form,
    intent,
    listed,
    refund,
    says,
    signed,
)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("succeeded", "done"),
        ("pending", "pending"),
        ("requires_action", "pending"),
        ("failed", "failed"),
        ("canceled", "failed"),
    ],
)
def test_a_refund_carries_our_key_and_its_own_state(
    stripe: Stripe, there: Provider, ours: GatewayAccount, said: str, status: str
) -> None:
    stripe.on("POST", "/v1/refunds", says(refund(status=said)))
    done = ADAPTER.refund("pi_3Contract", Money(1_000), ours, idempotency_key="refund-1")
    assert (done.ref, done.charge_ref, done.amount) == ("re_3Contract", "pi_3Contract", Money(1_000))
    assert (done.status, done.key) == (status, "refund-1")
    [question] = there.asked
    assert question.headers["idempotency-key"] == "refund-1"
    assert form(question) == {
        "payment_intent": "pi_3Contract",
        "amount": "1000",
        "metadata[seguripago_key]": "refund-1",
    }


def test_stripe_refuses_more_than_was_taken(stripe: Stripe, ours: GatewayAccount) -> None:
    stripe.on("POST", "/v1/refunds", error(400, code="charge_already_refunded"))
    with pytest.raises(GatewayRefused, match="charge_already_refunded"):
        ADAPTER.refund("pi_3Contract", Money(1), ours, idempotency_key="refund-1")


def test_a_charge_tells_all_its_refunds_page_after_page(stripe: Stripe, there: Provider, ours: GatewayAccount) -> None:
    first = [refund(id=f"re_{n}") for n in range(2)]
    more = charge(amount_refunded=3_000, refunds={"object": "list", "data": first, "has_more": True})
    stripe.on("GET", INTENT, says(intent(latest_charge=more)))
    stripe.on("GET", "/v1/refunds", says(listed(*first, has_more=True)), says(listed(refund(id="re_2", metadata={}))))
    now = ADAPTER.fetch("pi_3Contract", ours)
    assert now.refunded == Money(3_000)
    assert [(each.ref, each.key) for each in now.refunds] == [("re_0", "refund-1"), ("re_1", "refund-1"), ("re_2", "")]
    assert form(there.asked[-1])["starting_after"] == "re_1"


def test_a_chargeback_is_told_and_an_inquiry_is_none(stripe: Stripe, ours: GatewayAccount) -> None:
    until = 1_764_500_000
    said = [
        {
            "id": f"dp_{status}",
            "object": "dispute",
            "amount": 913_500,
            "currency": "mxn",
            "status": status,
            "reason": "fraudulent",
            "evidence_details": {"due_by": until, "has_evidence": False},
        }
        for status in ("needs_response", "under_review", "won", "lost", "warning_needs_response", "warning_closed")
    ]
    stripe.on("GET", INTENT, says(intent(latest_charge=charge(disputed=True))))
    stripe.on("GET", "/v1/disputes", says(listed(*said)))
    found = ADAPTER.fetch("pi_3Contract", ours).disputes
    assert [(each.ref, each.status) for each in found] == [
        ("dp_needs_response", "open"),
        ("dp_under_review", "open"),
        ("dp_won", "won"),
        ("dp_lost", "lost"),
    ]
    assert found[0].evidence_by == datetime.fromtimestamp(until, UTC)
    assert (found[0].amount, found[0].reason) == (Money(913_500), "fraudulent")


@pytest.mark.parametrize(
    ("about", "kind", "ref", "key"),
    [
        (intent(), "payment_intent.succeeded", "pi_3Contract", KEY),
        (charge(payment_intent="pi_3Contract"), "charge.refunded", "pi_3Contract", ""),
        (refund(), "refund.updated", "pi_3Contract", ""),
        ({"object": "dispute", "payment_intent": "pi_3Contract"}, "charge.dispute.created", "pi_3Contract", ""),
        ({"object": "payout", "id": "po_1"}, "payout.paid", "", ""),
    ],
)
def test_a_signed_notice_is_a_hint(
    ours: GatewayAccount, about: dict[str, object], kind: str, ref: str, key: str
) -> None:
    body = event(about, kind)
    told = ADAPTER.parse_webhook(body, signed(body), {}, ours)
    assert (told.event_id, told.type, told.ref, told.key) == ("evt_3Contract", kind, ref, key)
    assert told.occurred_at == datetime(2025, 11, 23, 8, 0, tzinfo=UTC)


def test_forged_replayed_and_dated_ahead_notices_are_refused(ours: GatewayAccount) -> None:
    body = event(intent())
    good = signed(body)["Stripe-Signature"]
    now = time.time()
    for bad, headers in (
        (body, {}),
        (body, {"Stripe-Signature": ""}),
        (body, {"Stripe-Signature": "t=x,v1=y"}),
        (body, {"Stripe-Signature": good.replace("v1=", "v1=0")}),
        (body, {"Stripe-Signature": good.replace("v1=", "v0=")}),
        (body, signed(body, secret="whsec_of_another_store")),
        (body, signed(body, at=now - 301)),
        (body, signed(body, at=now + 400)),
        (body.replace(b"913500", b"100000"), {"Stripe-Signature": good}),
        (b"\xff", signed(b"\xff")),
        (b"[]", signed(b"[]")),
        (b"{}", signed(b"{}")),
        (b"no json", signed(b"no json")),
    ):
        with pytest.raises(BadSignature):
            ADAPTER.parse_webhook(bad, headers, {}, ours)
    with pytest.raises(BadSignature):
        ADAPTER.parse_webhook(body, signed(body, secret=""), {}, account(ours.api_url, webhook_secret=""))
    assert ADAPTER.parse_webhook(body, signed(body, at=now - 290), {}, ours).ref == "pi_3Contract"


def test_the_page_lets_stripes_own_origins_through_and_a_stand_in_only_itself(ours: GatewayAccount) -> None:
    real = ADAPTER.client_config(ours)
    assert real.script_urls == ("https://js.stripe.com/v3/",)
    assert (real.public_key, real.tokeniser, real.has_page) == ("pk_test_contract", "stripe", False)
    assert real.csp_origins == {
        "script-src": ("https://js.stripe.com", "https://*.js.stripe.com"),
        "frame-src": ("https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"),
        "connect-src": ("https://api.stripe.com",),
    }
    here = ADAPTER.client_config(account("http://127.0.0.1:8420", script_url="http://127.0.0.1:8420/js.stripe.com/v3/"))
    assert here.script_urls == ("http://127.0.0.1:8420/js.stripe.com/v3/",)
    assert {origin for origins in here.csp_origins.values() for origin in origins} == {"http://127.0.0.1:8420"}
