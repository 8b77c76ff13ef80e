"""Stripe's adapter against Stripe's documented messages, over a real socket."""

import json

import pytest

from seguripago.adapters.card_gateways.stripe import ADAPTER
from seguripago.ports.card_gateways import (
    ChargeMissing,
    DeclineCode,
    GatewayAccount,
    GatewayAway,
    GatewayRefused,
    KeyUsedOtherwise,
    PayStatus,
)
from seguripago.values.money import Money
from tests.adapters.provider import Provider, Reply
from tests.adapters.stripe_side import (
    INTENT,
    INTENTS,
    KEY,
    Stripe,
    account,
    asked,
    charge,
    declined,
    error,
    form,
    intent,
    listed,
    refund,
    says,
    waiting,
)

CLOSED = says(intent(status="canceled"))


def test_one_call_makes_and_confirms_a_charge_as_the_reference_says(
    stripe: Stripe, there: Provider, ours: GatewayAccount
) -> None:
    stripe.on("POST", INTENTS, says(intent()))
    paid = ADAPTER.charge(asked(), ours)
    assert (paid.ref, paid.status, paid.amount) == ("pi_3Contract", PayStatus.PAID, Money(913_500))
    assert (paid.card_label, paid.authorization, paid.refunded) == ("Visa •••• 4242", "A10238", Money.zero())
    [question] = there.asked
    assert question.headers["idempotency-key"] == KEY
    assert question.headers["authorization"] == "Bearer sk_test_contract"
    assert "x-stripe-client-telemetry" not in question.headers
    sent = form(question)
    assert sent == {
        "amount": "913500",
        "currency": "mxn",
        "payment_method": "pm_1Contract",
        "payment_method_types[0]": "card",
        "capture_method": "automatic",
        "confirm": "true",
        "use_stripe_sdk": "true",
        "return_url": "https://tienda.example/pedido/abc/",
        "description": "Pedido CM-7K3F-92QX",
        "metadata[seguripago_key]": KEY,
        "metadata[seguripago_order]": "CM-7K3F-92QX",
        "expand[0]": "latest_charge.refunds",
        "expand[1]": "payment_method",
    }


def test_without_a_token_nothing_is_asked(there: Provider, ours: GatewayAccount) -> None:
    with pytest.raises(GatewayRefused, match="no_token"):
        ADAPTER.charge(asked(token=""), ours)
    assert not there.asked


def test_months_are_a_plan_of_the_card_and_a_card_without_it_is_no_mystery(
    stripe: Stripe, there: Provider, ours: GatewayAccount
) -> None:
    param = "payment_method_options[card][installments][plan]"
    no = error(400, param=param, message="This installment plan is not available.")
    stripe.on("POST", INTENTS, says(intent()), no)
    assert ADAPTER.charge(asked(installments=6), ours).status is PayStatus.PAID
    plan = {name: value for name, value in form(there.asked[0]).items() if "installments" in name}
    assert plan == {
        "payment_method_options[card][installments][enabled]": "true",
        f"{param}[count]": "6",
        f"{param}[interval]": "month",
        f"{param}[type]": "fixed_count",
    }
    refused = ADAPTER.charge(asked(installments=18), ours)
    assert refused.status is PayStatus.DECLINED
    assert refused.decline is not None
    assert (refused.decline.code, refused.decline.can_retry) == (DeclineCode.NO_INSTALLMENTS, True)


def test_a_bank_that_asks_first_is_answered_in_stripes_window_or_on_its_page(
    stripe: Stripe, ours: GatewayAccount
) -> None:
    page = {"type": "redirect_to_url", "redirect_to_url": {"url": "https://hooks.stripe.com/3ds", "return_url": "x"}}
    stripe.on("POST", INTENTS, says(waiting()), says({**waiting(), "next_action": page}))
    for kind, url in (("sdk", ""), ("redirect", "https://hooks.stripe.com/3ds")):
        charge = ADAPTER.charge(asked(), ours)
        assert charge.status is PayStatus.REQUIRES_ACTION
        assert charge.next_action is not None
        assert (charge.next_action.kind, charge.next_action.url) == (kind, url)
        assert charge.next_action.client_secret == "pi_3Contract_secret_x1"


@pytest.mark.parametrize(
    ("word", "code", "our_code", "can_retry"),
    [
        ("insufficient_funds", "card_declined", DeclineCode.INSUFFICIENT_FUNDS, True),
        ("card_velocity_exceeded", "card_declined", DeclineCode.LIMIT_EXCEEDED, True),
        ("lost_card", "card_declined", DeclineCode.STOLEN_CARD, False),
        ("do_not_honor", "card_declined", DeclineCode.CALL_BANK, True),
        ("card_not_supported", "card_declined", DeclineCode.NOT_SUPPORTED, False),
        ("generic_decline", "card_declined", DeclineCode.DECLINED, True),
        ("a_word_of_next_year", "card_declined", DeclineCode.DECLINED, True),
        (None, "expired_card", DeclineCode.CARD_EXPIRED, False),
        (None, "incorrect_cvc", DeclineCode.WRONG_CVC, True),
        (None, "processing_error", DeclineCode.TRY_LATER, True),
        (None, "payment_intent_authentication_failure", DeclineCode.AUTHENTICATION_FAILED, True),
    ],
)
def test_a_bank_says_no_with_its_reason_and_the_charge_is_closed_for_good(
    stripe: Stripe, there: Provider, ours: GatewayAccount, word: str | None, code: str, our_code: str, can_retry: bool
) -> None:
    said = declined(word, code)
    no = {"error": {"type": "card_error", "code": code, "decline_code": word, "payment_intent": said}}
    stripe.on("POST", INTENTS, says(no, 402)).on("POST", f"{INTENT}/cancel", CLOSED)
    charge = ADAPTER.charge(asked(), ours)
    assert charge.status is PayStatus.DECLINED
    assert charge.decline is not None
    assert (charge.decline.code, charge.decline.can_retry) == (our_code, can_retry)
    assert (charge.ref, charge.card_label) == ("pi_3Contract", "Mastercard •••• 9995")
    assert there.asked[-1].path == f"{INTENT}/cancel"
    assert there.asked[-1].headers["idempotency-key"] == "pi_3Contract-close"


def test_a_decline_that_somebody_paid_meanwhile_is_paid(stripe: Stripe, ours: GatewayAccount) -> None:
    moved = error(400, code="payment_intent_unexpected_state")
    stripe.on("GET", INTENT, says(declined("do_not_honor")), says(intent())).on("POST", f"{INTENT}/cancel", moved)
    assert ADAPTER.fetch("pi_3Contract", ours).status is PayStatus.PAID
    stripe.on("GET", INTENT, says(declined("do_not_honor")))
    with pytest.raises(GatewayAway, match="not closed"):
        ADAPTER.fetch("pi_3Contract", ours)
    stripe.on("POST", f"{INTENT}/cancel", Reply(b"{}", 500))
    with pytest.raises(GatewayAway):
        ADAPTER.fetch("pi_3Contract", ours)


def test_a_refusal_that_names_no_charge_is_looked_for_by_our_key(stripe: Stripe, ours: GatewayAccount) -> None:
    no = {"error": {"type": "card_error", "code": "card_declined", "charge": "ch_3Contract"}}
    stripe.on("POST", INTENTS, says(no, 402)).on(
        "GET", INTENTS, says(listed(intent(id="pi_other", metadata={}), intent()))
    )
    stripe.on("GET", INTENT, says(declined("insufficient_funds"))).on("POST", f"{INTENT}/cancel", CLOSED)
    assert ADAPTER.charge(asked(), ours).status is PayStatus.DECLINED


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (intent(status="processing"), PayStatus.PROCESSING),
        (intent(status="requires_capture"), PayStatus.AUTHORIZED),
        (intent(status="requires_confirmation", latest_charge=None), PayStatus.CREATED),
        (intent(status="requires_payment_method", latest_charge=None), PayStatus.CREATED),
        (intent(status="canceled", latest_charge=None), PayStatus.CANCELLED),
        (intent(status="canceled", latest_charge=None, cancellation_reason="expired"), PayStatus.EXPIRED),
        ({**declined("do_not_honor"), "status": "canceled"}, PayStatus.DECLINED),
    ],
)
def test_a_state_is_read_from_stripe_alone(
    stripe: Stripe, ours: GatewayAccount, said: dict[str, object], status: PayStatus
) -> None:
    stripe.on("GET", INTENT, says(said))
    assert ADAPTER.resume("pi_3Contract", {"redirect_status": "succeeded"}, ours).status is status


def test_a_closed_decline_still_says_why_by_its_charge(stripe: Stripe, ours: GatewayAccount) -> None:
    failed = charge(status="failed", failure_code="card_declined", outcome={"reason": "insufficient_funds"})
    stripe.on("GET", INTENT, says(intent(status="canceled", latest_charge=failed)))
    found = ADAPTER.fetch("pi_3Contract", ours)
    assert found.decline is not None
    assert found.decline.code is DeclineCode.INSUFFICIENT_FUNDS


def test_what_was_taken_counts_not_what_was_asked(stripe: Stripe, ours: GatewayAccount) -> None:
    stripe.on("GET", INTENT, says(intent(amount_received=900_000)))
    assert ADAPTER.fetch("pi_3Contract", ours).amount == Money(900_000)


@pytest.mark.parametrize(
    "said",
    [
        {},
        [],
        intent(status="a_state_of_next_year"),
        intent(amount="913500", amount_received=None),
        intent(currency=None),
        {**waiting(), "client_secret": ""},
        intent(latest_charge=charge(refunds={"data": [refund(status="?")]})),
        intent(latest_charge=charge(refunds={"data": {}})),
    ],
)
def test_what_is_not_known_is_trouble_never_a_guess(stripe: Stripe, ours: GatewayAccount, said: object) -> None:
    stripe.on("GET", INTENT, says(said))
    with pytest.raises(GatewayAway):
        ADAPTER.fetch("pi_3Contract", ours)


def test_a_lost_answer_is_found_by_our_key_among_the_newest_or_by_search(
    stripe: Stripe, there: Provider, ours: GatewayAccount
) -> None:
    stripe.on("GET", INTENTS, says(listed(intent())), says(listed()))
    stripe.on("GET", INTENT, says(intent())).on("GET", f"{INTENTS}/search", says(listed(intent())), says(listed()))
    assert ADAPTER.fetch_by_key(KEY, ours).ref == "pi_3Contract"
    assert ADAPTER.fetch_by_key(KEY, ours).ref == "pi_3Contract"
    search = next(question for question in there.asked if "/search" in question.path)
    assert form(search)["query"] == f'metadata["seguripago_key"]:"{KEY}"'
    with pytest.raises(ChargeMissing):
        ADAPTER.fetch_by_key(KEY, ours)
    before = len(there.asked)
    with pytest.raises(ChargeMissing):
        ADAPTER.fetch_by_key('x" OR status:"succeeded', ours)
    assert len(there.asked) == before


def test_nothing_is_tried_twice_and_silence_is_no_answer(stripe: Stripe, there: Provider, ours: GatewayAccount) -> None:
    for reply in (
        Reply(b"<html>", 502),
        Reply(b"<html>"),
        Reply(b"", 409),
        error(429, code="rate_limit"),
        Reply(b"[]"),
    ):
        stripe.on("POST", INTENTS, reply)
        there.asked.clear()
        with pytest.raises(GatewayAway):
            ADAPTER.charge(asked(), ours)
        assert len(there.asked) == 1
    with pytest.raises(GatewayAway) as away:
        ADAPTER.charge(asked(), account("http://127.0.0.1:9"))
    assert not away.value.permanent


def test_a_slow_answer_is_no_answer(stripe: Stripe, ours: GatewayAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    from seguripago.adapters.card_gateways.stripe import calls

    monkeypatch.setattr(calls, "WHOLE_CALL_S", 0.05)
    stripe.on("GET", INTENT, Reply(json.dumps(intent()).encode(), drips_s=0.002))
    with pytest.raises(GatewayAway):
        ADAPTER.fetch("pi_3Contract", ours)


def test_an_address_without_tls_is_not_asked() -> None:
    with pytest.raises(GatewayRefused):
        ADAPTER.fetch("pi_3Contract", account("http://api.stripe.example"))


def test_a_key_used_otherwise_and_a_wrong_secret_are_told_apart(stripe: Stripe, ours: GatewayAccount) -> None:
    stripe.on("POST", INTENTS, error(400, type="idempotency_error", message="Keys for idempotent requests…"))
    with pytest.raises(KeyUsedOtherwise):
        ADAPTER.charge(asked(), ours)
    for reply in (error(401, message="Invalid API Key provided: sk_test_***act"), error(403)):
        stripe.on("POST", INTENTS, reply)
        with pytest.raises(GatewayRefused, match="unauthorized") as no:
            ADAPTER.charge(asked(), ours)
        assert "sk_test" not in str(no.value)
    stripe.on("POST", INTENTS, error(400, code="amount_too_small", param="amount", message="…"))
    with pytest.raises(GatewayRefused, match="amount_too_small:amount"):
        ADAPTER.charge(asked(), ours)


def test_an_unknown_charge_is_missing(ours: GatewayAccount) -> None:
    for ask in (
        lambda: ADAPTER.fetch("pi_nothing", ours),
        lambda: ADAPTER.cancel("pi_nothing", ours, idempotency_key="c1"),
        lambda: ADAPTER.refund("pi_nothing", Money(1), ours, idempotency_key="r1"),
    ):
        with pytest.raises(ChargeMissing):
            ask()


def test_an_authorised_charge_is_captured_once(stripe: Stripe, there: Provider, ours: GatewayAccount) -> None:
    moved = error(400, code="payment_intent_unexpected_state")
    stripe.on("POST", INTENTS, says(intent(status="requires_capture")))
    stripe.on("POST", f"{INTENT}/capture", says(intent()), moved).on("GET", INTENT, says(intent()), CLOSED)
    assert ADAPTER.charge(asked(capture=False), ours).status is PayStatus.AUTHORIZED
    assert form(there.asked[0])["capture_method"] == "manual"
    assert ADAPTER.capture("pi_3Contract", ours, idempotency_key="k1").status is PayStatus.PAID
    assert there.asked[-1].headers["idempotency-key"] == "k1"
    assert ADAPTER.capture("pi_3Contract", ours, idempotency_key="k1").status is PayStatus.PAID
    with pytest.raises(GatewayRefused, match="unexpected_state"):
        ADAPTER.capture("pi_3Contract", ours, idempotency_key="k1")


def test_a_paid_charge_is_not_given_up(stripe: Stripe, ours: GatewayAccount) -> None:
    stripe.on("POST", f"{INTENT}/cancel", says(intent(status="canceled", latest_charge=None)))
    assert ADAPTER.cancel("pi_3Contract", ours, idempotency_key="c1").status is PayStatus.CANCELLED
    stripe.on("POST", f"{INTENT}/cancel", error(400, code="payment_intent_unexpected_state"))
    stripe.on("GET", INTENT, says(intent()), says(intent(status="processing")))
    assert ADAPTER.cancel("pi_3Contract", ours, idempotency_key="c2").status is PayStatus.PAID
    with pytest.raises(GatewayRefused, match="unexpected_state"):
        ADAPTER.cancel("pi_3Contract", ours, idempotency_key="c3")


def test_no_secret_is_shown_by_what_goes_wrong(stripe: Stripe, ours: GatewayAccount) -> None:
    stripe.on(
        "POST", INTENTS, error(400, code="parameter_invalid", param="x", message="sk_test_contract 4242424242424242")
    )
    with pytest.raises(GatewayRefused) as no:
        ADAPTER.charge(asked(), ours)
    assert "sk_test" not in f"{no.value!r} {no.value}"
    assert "4242" not in f"{no.value!r} {no.value}"
