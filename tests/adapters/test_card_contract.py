"""What every card gateway's adapter promises, asked of each in the same words.

The stand-ins of Mercado Pago, Conekta, Openpay and Stripe are made from their documentation (`gateway_messages/`,
`stripe_side`); the demo's gateway is the real one. What is green here says that our side is right, not theirs.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from seguripago.ports import registry
from seguripago.ports.card_gateways import (
    BadSignature,
    ChargeMissing,
    ChargeResult,
    GatewayAway,
    GatewayRefused,
    GatewayTrouble,
    KeyUsedOtherwise,
    PayStatus,
)
from seguripago.values.money import Money
from tests.adapters.gateway_conekta import ConektaStand
from tests.adapters.gateway_mercado_pago import MercadoPagoStand
from tests.adapters.gateway_openpay import OpenpayStand
from tests.adapters.gateway_sandbox import SandboxStand
from tests.adapters.gateway_stand import Notice, Outcome, Stand
from tests.adapters.gateway_stripe import StripeStand
from tests.adapters.provider import Reply, provider
from tests.sandbox.conftest import site, stopper  # noqa: F401 - fixtures of the demo's gateway

STANDS: dict[str, Callable[[], Stand]] = {
    "mercado_pago": MercadoPagoStand,
    "conekta": ConektaStand,
    "openpay": OpenpayStand,
    "sandbox": SandboxStand,
    "stripe": StripeStand,
}
KEY = "llave-0001"


@pytest.fixture(params=sorted(STANDS))
def stand(request: pytest.FixtureRequest) -> Iterator[Stand]:
    found = STANDS[request.param]()
    if isinstance(found, SandboxStand):
        found.site = request.getfixturevalue("site")
        found.running = request.getfixturevalue("stopper").start()
    with provider(found) as there:
        found.url = there.url
        yield found


def charge(stand: Stand, outcome: Outcome = "paid", *, key: str = KEY, money: Money | None = None) -> ChargeResult:
    """Charge a card, and do the buyer's part where the gateway waits for it."""
    changes = {"notify_url": f"{stand.site.url}/hooks/"} if isinstance(stand, SandboxStand) and stand.site else {}
    made = stand.gateway.charge(stand.request(key, money, outcome, **changes), stand.account)
    if stand.has_page:
        assert made.status is PayStatus.REQUIRES_ACTION
        assert outcome in {"paid", "declined"}
        stand.finish(made.ref, "paid" if outcome == "paid" else "declined")
        return stand.gateway.fetch(made.ref, stand.account)
    return made


def test_every_gateway_of_the_folder_keeps_the_contract_here() -> None:
    assert set(STANDS) == set(registry.adapters("card_gateways"))


def test_a_paid_charge_tells_exactly_what_was_paid(stand: Stand) -> None:
    paid = charge(stand)
    assert paid.status is PayStatus.PAID
    assert (paid.amount, paid.refunded) == (Money(913_550), Money.zero())
    assert paid.ref
    assert paid.decline is None
    assert paid.next_action is None
    assert paid.card_label.startswith("Visa •••• ")
    assert paid.authorization
    assert stand.gateway.fetch(paid.ref, stand.account) == paid
    assert stand.gateway.resume(paid.ref, {"status": "declined"}, stand.account) == paid
    assert stand.count() == 1


def test_no_centavo_is_lost_or_gained(stand: Stand) -> None:
    for centavos in (1, 9, 10, 19, 99, 101, 10_001, 9_999_999, 123_456_789_01):
        assert charge(stand, key=f"llave-de-{centavos}", money=Money(centavos)).amount == Money(centavos)


def test_a_declined_card_says_why_and_pays_nothing(stand: Stand) -> None:
    no = charge(stand, "declined")
    assert no.status is PayStatus.DECLINED
    assert no.decline is not None
    assert no.next_action is None
    assert no.refunded == Money.zero()
    assert stand.gateway.fetch_by_key(KEY, stand.account).status is PayStatus.DECLINED


@pytest.mark.parametrize(("outcome", "status"), [("paid", PayStatus.PAID), ("declined", PayStatus.DECLINED)])
def test_a_bank_that_asks_first_is_answered_where_it_asks_and_believed_only_by_fetch(
    stand: Stand, outcome: Any, status: PayStatus
) -> None:
    waits = stand.gateway.charge(stand.request(KEY, outcome="step"), stand.account)
    assert waits.status is PayStatus.REQUIRES_ACTION
    assert waits.next_action is not None
    if waits.next_action.kind == "sdk":
        assert waits.next_action.client_secret
    else:
        address = urlsplit(waits.next_action.url)
        assert address.scheme == "https" or address.hostname == "127.0.0.1"
    said = {"status": "approved", "id": "otro", "charge": "otro", "payment_status": "paid"}
    assert stand.gateway.resume(waits.ref, said, stand.account).status is PayStatus.REQUIRES_ACTION
    stand.finish(waits.ref, outcome)
    assert stand.gateway.resume(waits.ref, {}, stand.account).status is status


def test_the_same_key_is_the_same_charge_and_another_amount_is_refused(stand: Stand) -> None:
    first = stand.gateway.charge(stand.request(KEY), stand.account)
    again = stand.gateway.charge(stand.request(KEY), stand.account)
    assert (again.ref, again.amount) == (first.ref, first.amount)
    with pytest.raises(KeyUsedOtherwise):
        stand.gateway.charge(stand.request(KEY, Money(100)), stand.account)
    assert stand.count() == 1


def test_a_lost_answer_is_found_by_its_key_and_charged_once(stand: Stand) -> None:
    # The adapter may look for the key first: the answer that is lost is the one to the charge itself.
    stand.spoil = lambda body: Reply(is_lost=True) if stand.asked[-1].method == "POST" else Reply(body)
    with pytest.raises(GatewayAway):
        stand.gateway.charge(stand.request(KEY), stand.account)
    stand.spoil = None
    found = stand.gateway.fetch_by_key(KEY, stand.account)
    assert found.amount == Money(913_550)
    assert stand.gateway.charge(stand.request(KEY), stand.account).ref == found.ref
    assert stand.count() == 1


def test_what_never_arrived_is_missing_and_not_away(stand: Stand) -> None:
    charge(stand)
    with pytest.raises(ChargeMissing):
        stand.gateway.fetch_by_key("llave-nunca-usada", stand.account)
    for ref in ("", "../x", "no existe", "9999999999", "ord_9999", "abcd1234"):
        with pytest.raises(ChargeMissing):
            stand.gateway.fetch(ref, stand.account)


def test_refunds_are_exact_add_up_and_never_pass_what_was_paid(stand: Stand) -> None:
    paid = charge(stand, money=Money(10_000))
    part = stand.gateway.refund(paid.ref, Money(5_025), stand.account, idempotency_key="devolucion-01")
    assert (part.amount, part.charge_ref, part.status) == (Money(5_025), paid.ref, "done")
    with pytest.raises(GatewayRefused):
        stand.gateway.refund(paid.ref, Money(4_976), stand.account, idempotency_key="devolucion-02")
    now = stand.gateway.fetch(paid.ref, stand.account)
    assert (now.status, now.amount, now.refunded) == (PayStatus.PAID, Money(10_000), Money(5_025))
    assert [(each.ref, each.amount, each.status) for each in now.refunds] == [(part.ref, Money(5_025), "done")]
    rest = stand.gateway.refund(paid.ref, Money(4_975), stand.account, idempotency_key="devolucion-03")
    whole = stand.gateway.fetch(paid.ref, stand.account)
    assert (whole.status, whole.refunded) == (PayStatus.PAID, Money(10_000))
    assert {each.ref for each in whole.refunds} == {part.ref, rest.ref}
    keys = {each.key for each in whole.refunds}
    assert keys in ({"devolucion-01", "devolucion-03"}, {""})


def test_a_refund_whose_answer_was_lost_is_told_by_the_charge(stand: Stand) -> None:
    paid = charge(stand, money=Money(10_000))
    stand.spoil = lambda body: Reply(is_lost=True) if stand.asked[-1].method == "POST" else Reply(body)
    with pytest.raises(GatewayAway):
        stand.gateway.refund(paid.ref, Money(2_500), stand.account, idempotency_key="devolucion-01")
    stand.spoil = None
    (told,) = stand.gateway.fetch(paid.ref, stand.account).refunds
    assert told.amount == Money(2_500)
    if "native_idempotency" in stand.gateway.capabilities or told.key:
        again = stand.gateway.refund(paid.ref, Money(2_500), stand.account, idempotency_key="devolucion-01")
        assert again.ref == told.ref
        assert stand.gateway.fetch(paid.ref, stand.account).refunded == Money(2_500)


def test_a_charge_that_is_not_paid_can_be_given_up_and_a_paid_one_stays_paid(stand: Stand) -> None:
    waits = stand.gateway.charge(stand.request(KEY, outcome="step"), stand.account)
    assert stand.gateway.cancel(waits.ref, stand.account, idempotency_key="cancelar-01").status is PayStatus.CANCELLED
    assert stand.gateway.fetch(waits.ref, stand.account).status is PayStatus.CANCELLED
    paid = charge(stand, key="llave-0002")
    assert stand.gateway.cancel(paid.ref, stand.account, idempotency_key="cancelar-02").status is PayStatus.PAID
    assert stand.gateway.fetch(paid.ref, stand.account).status is PayStatus.PAID


def test_a_signed_notice_is_a_hint_at_its_charge(stand: Stand) -> None:
    paid = charge(stand)
    notice = stand.notice(paid.ref)
    event = stand.gateway.parse_webhook(notice.body, notice.headers, notice.query, stand.account)
    assert event.ref == paid.ref
    assert event.event_id
    assert event.type
    assert event.occurred_at.tzinfo is not None
    lowered = {name.lower(): value for name, value in notice.headers.items()}
    again = stand.gateway.parse_webhook(notice.body, lowered, notice.query, stand.account)
    assert again.event_id == event.event_id


def test_a_notice_that_nobody_signed_or_another_key_is_refused(stand: Stand) -> None:
    paid = charge(stand)
    notice, other = stand.notice(paid.ref), stand.notice(paid.ref, secret="otra-clave-cualquiera")
    for wrong in (
        other,
        Notice(notice.body, {}, notice.query),
        Notice(notice.body, dict.fromkeys(notice.headers, "x")),
    ):
        with pytest.raises(BadSignature):
            stand.gateway.parse_webhook(wrong.body, wrong.headers, wrong.query, stand.account)


def test_a_page_lets_only_named_origins_in_and_learns_no_secret(stand: Stand) -> None:
    config = stand.gateway.client_config(stand.account)
    assert config.tokeniser in {"redirect", "stripe", "mercado_pago", "conekta", "sandbox_frame"}
    origins = {origin for each in config.csp_origins.values() for origin in each}
    assert origins
    for origin in origins - {"https:"}:
        parts = urlsplit(origin)
        assert parts.scheme == "https" or parts.hostname == "127.0.0.1"
        assert origin == f"{parts.scheme}://{parts.netloc}"
        assert "*" not in origin.removeprefix("https://*.")
    assert "https:" not in config.csp_origins.get("script-src", ())
    assert "https:" not in config.csp_origins.get("connect-src", ())
    for secret in (stand.account.secret_key, stand.account.webhook_secret):
        assert secret not in repr(config)
    for script in config.script_urls:
        assert any(script.startswith(origin + "/") for origin in config.csp_origins["script-src"])


def changed(stand: Stand, **fields: object) -> Callable[[bytes], Reply]:
    """Answer with these fields of every object that looks like a charge changed."""

    def walk(value: Any) -> Any:
        if isinstance(value, list):
            return [walk(each) for each in value]
        if isinstance(value, dict):
            is_charge = stand.state_field in value and stand.amount_fields[0] in value and stand.id_field in value
            return {**value, **fields} if is_charge else {name: walk(each) for name, each in value.items()}
        return value

    return lambda body: Reply(json.dumps(walk(json.loads(body))).encode())


def spoilt(stand: Stand) -> dict[str, Callable[[bytes], Reply]]:
    currency, state, name = stand.currency_field, stand.state_field, stand.id_field

    def amount(value: object) -> Callable[[bytes], Reply]:
        return changed(stand, **dict.fromkeys(stand.amount_fields, value))

    return {
        "a state that nobody knows": changed(stand, **{state: "aprobado_por_magia"}),
        "a state that is no word": changed(stand, **{state: {"paid": True}}),
        "an amount below zero": amount(-1),
        "a part of a centavo": amount(91.355),
        "an amount that is no number": amount("mucho"),
        "no amount": amount(None),
        "an amount of yes": amount(True),
        "an amount without end": amount(10**30),
        "a currency without cents": changed(stand, **{currency: "JPY"}),
        "no currency": changed(stand, **{currency: None}),
        "another charge": changed(stand, **{name: "99999999999"}),
        "no id": changed(stand, **{name: None}),
        "half an answer": lambda body: Reply(body[: len(body) // 2]),
        "nothing": lambda body: Reply(b""),
        "a page": lambda body: Reply(b"<html>Mantenimiento</html>"),
        "a list": lambda body: Reply(b"[]"),
        "a name twice": lambda body: Reply(body.replace(b"{", b'{"id":"x","id":"y",', 1)),
        "an error of its own": lambda body: Reply(body, 500),
        "patience": lambda body: Reply(b'{"error":"slow down"}', 429),
        "elsewhere": lambda body: Reply(b"{}", 302, {"location": "https://otro.example/"}),
    }


def test_an_answer_that_cannot_be_believed_is_trouble_and_never_money(stand: Stand) -> None:
    paid = charge(stand)
    believed = []
    answers = spoilt(stand)
    if isinstance(stand, StripeStand):
        # Stripe's own library reads its answers, and takes the later of two.
        del answers["a name twice"]
    for how, spoil in answers.items():
        stand.spoil = spoil
        with contextlib.suppress(GatewayTrouble):
            believed.append((how, stand.gateway.fetch(paid.ref, stand.account)))
        if how != "another charge":  # Whoever asks by key has no id to compare.
            with contextlib.suppress(GatewayTrouble):
                believed.append((how, stand.gateway.fetch_by_key(KEY, stand.account)))
    assert not believed


def test_a_key_that_the_gateway_does_not_take_is_said(stand: Stand) -> None:
    account = stand.account
    wrong = type(account)(account.api_url, account.store_key, "otra", account.webhook_secret)
    with pytest.raises(GatewayRefused) as refused:
        stand.gateway.charge(stand.request(KEY), wrong)
    assert not isinstance(refused.value, ChargeMissing)
    assert refused.value.status == 401
