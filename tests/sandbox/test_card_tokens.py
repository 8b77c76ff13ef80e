"""The gateway's hosted fields, its steps in a frame, and how it misbehaves, over real sockets."""

import time
from dataclasses import replace

import httpx
import pytest

from seguripago.adapters.card_gateways.sandbox import ADAPTER, public_key_of
from seguripago.ports.card_gateways import (
    BadSignature,
    ChargeRequest,
    DeclineCode,
    GatewayAccount,
    GatewayAway,
    GatewayRefused,
    PayStatus,
)
from seguripago.values.money import Money
from seguripago.web.sandbox import cards, charges

from .conftest import STORE_KEY, Running, Site
from .test_cards import account, asked

__all__ = ["account"]
TYPED = {"expiry": "12 / 40", "cvc": "123", "name": "LUCIA HERNANDEZ", "key": public_key_of(STORE_KEY)}


def typed(sandbox: Running, number: str, **changes: str) -> httpx.Response:
    body = {**TYPED, "number": number, **changes}
    return httpx.post(f"{sandbox.url}/tokens", json=body, headers={"origin": sandbox.url})


def with_card(sandbox: Running, site: Site, number: str, key: str = "key-00000001", **changes: object) -> ChargeRequest:
    token = typed(sandbox, number).json()["token"]
    return replace(asked(site, key), token=token, **changes)  # type: ignore[arg-type]


def press(sandbox: Running, **form: str) -> int:
    return httpx.post(f"{sandbox.url}/movimientos/", data=form, headers={"origin": sandbox.url}).status_code


def test_a_typed_card_becomes_a_token_that_is_charged_once(
    account: GatewayAccount, site: Site, sandbox: Running
) -> None:
    request = with_card(sandbox, site, "4242 4242 4242 4242", installments=6)
    paid = ADAPTER.charge(request, account)
    assert (paid.status, paid.card_label) == (PayStatus.PAID, "Visa •••• 4242")
    assert ADAPTER.charge(request, account) == paid
    with pytest.raises(GatewayRefused, match="token"):
        ADAPTER.charge(replace(request, idempotency_key="key-00000002"), account)
    kept = b"".join(path.read_bytes() for path in sandbox.config.data_dir.glob("sandbox-bank.sqlite3*"))
    assert b"4242424242424242" not in kept


def test_only_the_frame_makes_tokens_and_only_the_store_frames_it(sandbox: Running, site: Site) -> None:
    body = {**TYPED, "number": "4242424242424242"}
    for headers in ({}, {"origin": site.url}, {"origin": "null"}):
        assert httpx.post(f"{sandbox.url}/tokens", json=body, headers=headers).status_code == 403
    policy = httpx.get(f"{sandbox.url}/campos/?key={TYPED['key']}").headers["content-security-policy"]
    assert f"frame-ancestors {site.url};" in policy
    wrong = typed(sandbox, "4539148803436467", cvc="1", expiry="01/20")
    assert wrong.status_code == 422
    assert set(wrong.json()["errors"]) == {"number", "expiry", "cvc"}
    assert "4539148803436467" not in wrong.text
    # With «no-referrer» a browser sends «Origin: null», and no button of the panel would work.
    assert httpx.get(f"{sandbox.url}/movimientos/").headers["referrer-policy"] == "same-origin"


def test_a_token_of_another_store_is_refused(account: GatewayAccount, site: Site, sandbox: Running) -> None:
    token = typed(sandbox, "4242424242424242", key=public_key_of("carla")).json()["token"]
    with pytest.raises(GatewayRefused, match="token"):
        ADAPTER.charge(replace(asked(site), token=token), account)


@pytest.mark.parametrize(("step", "status"), [("authorize", PayStatus.PAID), ("reject", PayStatus.DECLINED)])
def test_the_bank_asks_in_a_frame_of_the_store(
    account: GatewayAccount, site: Site, sandbox: Running, step: str, status: PayStatus
) -> None:
    charge = ADAPTER.charge(with_card(sandbox, site, "4000000000003063"), account)
    assert charge.next_action is not None
    assert charge.next_action.kind == "challenge_iframe"
    page = httpx.get(charge.next_action.url)
    assert f"frame-ancestors {site.url};" in page.headers["content-security-policy"]
    assert ADAPTER.fetch(charge.ref, account).status is PayStatus.REQUIRES_ACTION
    done = httpx.post(charge.next_action.url, data={"step": step}, follow_redirects=True)
    assert f'data-store="{site.url}"' in done.text
    assert ADAPTER.fetch(charge.ref, account).status is status


def test_the_bank_asks_on_its_own_page(account: GatewayAccount, site: Site, sandbox: Running) -> None:
    charge = ADAPTER.charge(with_card(sandbox, site, "4000000000003220"), account)
    assert charge.next_action is not None
    assert (charge.next_action.kind, "/pagar/" in charge.next_action.url) == ("redirect", True)
    assert httpx.get(f"{sandbox.url}/reto/{charge.ref}/").status_code == 404


def test_months_are_those_of_the_list_and_some_cards_take_none(
    account: GatewayAccount, site: Site, sandbox: Running
) -> None:
    said = ADAPTER.charge(with_card(sandbox, site, "4000000000000341", installments=3), account)
    assert said.decline is not None
    assert said.decline.code is DeclineCode.NO_INSTALLMENTS
    with pytest.raises(GatewayRefused, match="installments"):
        ADAPTER.charge(replace(asked(site, "key-00000009"), installments=5), account)


def test_an_answer_that_was_lost_is_found_by_its_key_and_nobody_was_told(
    account: GatewayAccount, site: Site, sandbox: Running
) -> None:
    request = with_card(sandbox, site, "4000000000000374")
    with pytest.raises(GatewayAway):
        ADAPTER.charge(request, account)
    found = ADAPTER.fetch_by_key(request.idempotency_key, account)
    assert found.status is PayStatus.PAID
    assert ADAPTER.charge(request, account).ref == found.ref
    assert not site.heard


def test_a_slow_answer_comes(
    account: GatewayAccount, site: Site, sandbox: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cards, "SLOW_S", 0.3)
    request, began = with_card(sandbox, site, "4000000000000366"), time.monotonic()
    assert ADAPTER.charge(request, account).status is PayStatus.PAID
    assert time.monotonic() - began >= 0.3


def test_what_is_in_process_is_paid_a_little_later(
    account: GatewayAccount, site: Site, sandbox: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    charge = ADAPTER.charge(with_card(sandbox, site, "4000000000000358"), account)
    assert charge.status is PayStatus.PROCESSING
    monkeypatch.setattr(charges, "IN_PROCESS_S", 0)
    assert ADAPTER.fetch(charge.ref, account).status is PayStatus.PAID


def test_an_authorised_charge_is_captured_or_given_up(account: GatewayAccount, site: Site, sandbox: Running) -> None:
    first = ADAPTER.charge(with_card(sandbox, site, "4242424242424242", capture=False), account)
    other = ADAPTER.charge(with_card(sandbox, site, "4242424242424242", "key-00000002", capture=False), account)
    assert {first.status, other.status} == {PayStatus.AUTHORIZED}
    for _again in range(2):
        assert ADAPTER.capture(first.ref, account, idempotency_key="capture-1").status is PayStatus.PAID
    assert ADAPTER.cancel(other.ref, account, idempotency_key="cancel-01").status is PayStatus.CANCELLED
    with pytest.raises(GatewayRefused, match="not_authorized"):
        ADAPTER.capture(other.ref, account, idempotency_key="capture-2")


def test_a_chargeback_is_told_and_decided_and_its_money_is_not_refunded(
    account: GatewayAccount, site: Site, sandbox: Running
) -> None:
    charge = ADAPTER.charge(with_card(sandbox, site, "4242424242424242"), account)
    ADAPTER.refund(charge.ref, Money(13_500), account, idempotency_key="refund-01")
    assert httpx.post(f"{sandbox.url}/movimientos/", headers={"origin": site.url}).status_code == 403
    for _twice in range(2):
        press(sandbox, do="dispute", charge=charge.ref)
    (dispute,) = ADAPTER.fetch(charge.ref, account).disputes
    assert (dispute.amount, dispute.status, dispute.reason) == (Money(900_000), "open", "fraudulent")
    with pytest.raises(GatewayRefused, match="refund_exceeds_charge"):
        ADAPTER.refund(charge.ref, Money(1), account, idempotency_key="refund-02")
    press(sandbox, do="won", charge=charge.ref)
    press(sandbox, do="lost", charge=charge.ref)
    assert [each.status for each in ADAPTER.fetch(charge.ref, account).disputes] == ["won"]
    site.wait_for(3)
    types = [ADAPTER.parse_webhook(body, headers, {}, account).type for _path, body, headers in site.heard]
    assert types == ["charge.changed", "charge.disputed", "charge.disputed"]


def test_webhooks_come_twice_again_badly_signed_or_not_at_all(
    account: GatewayAccount, site: Site, sandbox: Running
) -> None:
    press(sandbox, do="switch", hints="twice")
    charge = ADAPTER.charge(with_card(sandbox, site, "4242424242424242"), account)
    site.wait_for(2)
    press(sandbox, do="switch", hints="none")
    ADAPTER.charge(with_card(sandbox, site, "4242424242424242", "key-00000002"), account)
    press(sandbox, do="again", charge=charge.ref)
    site.wait_for(3)
    events = {ADAPTER.parse_webhook(body, headers, {}, account) for _path, body, headers in site.heard}
    assert {(each.ref, each.key) for each in events} == {(charge.ref, "key-00000001")}
    assert len({each.event_id for each in events}) == 1
    press(sandbox, do="switch", hints="forged")
    press(sandbox, do="again", charge=charge.ref)
    site.wait_for(4)
    with pytest.raises(BadSignature):
        ADAPTER.parse_webhook(site.heard[3][1], site.heard[3][2], {}, account)
