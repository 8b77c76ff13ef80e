"""The demo's gateway over real sockets, through the adapter that the site uses."""

import re
import threading

import httpx
import pytest

from seguripago.adapters.card_gateways.sandbox import ADAPTER
from seguripago.ports.card_gateways import (
    BadSignature,
    ChargeMissing,
    ChargeRequest,
    ChargeResult,
    DeclineCode,
    GatewayAccount,
    GatewayAway,
    GatewayRefused,
    KeyUsedOtherwise,
    Payer,
    PayStatus,
)
from seguripago.ports.store_secrets import store_secret
from seguripago.values.money import Money

from .conftest import MAIN_KEY, STORE_KEY, Running, Site

GOOD = {"expiry": "12/40", "cvc": "123", "name": "LUCIA HERNANDEZ", "step": "pay"}


@pytest.fixture
def account(sandbox: Running) -> GatewayAccount:
    return GatewayAccount(
        api_url=sandbox.url,
        store_key=STORE_KEY,
        secret_key=store_secret(MAIN_KEY, "card:sandbox", STORE_KEY),
        webhook_secret=store_secret(MAIN_KEY, "card:sandbox:webhook", STORE_KEY),
    )


def asked(site: Site, key: str = "key-00000001", centavos: int = 913500) -> ChargeRequest:
    return ChargeRequest(
        order_ref="CM-7K3F-92QX",
        amount=Money(centavos),
        payer=Payer("Lucía Hernández", "lucia@correo.example"),
        idempotency_key=key,
        return_url=f"{site.url}/pedido/abc/?desde=tarjeta",
        notify_url=f"{site.url}/hooks/card/sandbox/{STORE_KEY}/",
    )


def page_of(charge: ChargeResult) -> str:
    assert charge.next_action is not None
    return charge.next_action.url


def pay(charge: ChargeResult, number: str, **changes: str) -> httpx.Response:
    return httpx.post(page_of(charge), data={**GOOD, "number": number, **changes})


def test_a_card_is_paid_on_the_gateways_page_and_learned_by_fetch(account: GatewayAccount, site: Site) -> None:
    charge = ADAPTER.charge(asked(site), account)
    assert charge.status is PayStatus.REQUIRES_ACTION
    page = httpx.get(page_of(charge))
    assert "$9,135.00" in page.text
    assert "form-action 'self' " + site.url in page.headers["content-security-policy"]
    back = pay(charge, "4242 4242 4242 4242")
    assert back.status_code == 303
    assert back.headers["location"] == f"{site.url}/pedido/abc/?desde=tarjeta&charge={charge.ref}"
    paid = ADAPTER.resume(charge.ref, {"status": "declined"}, account)
    assert paid.status is PayStatus.PAID
    assert paid.card_label == "Visa •••• 4242"
    assert re.fullmatch(r"\d{6}", paid.authorization)


@pytest.mark.parametrize(
    ("number", "code", "can_retry"),
    [
        ("4000000000009995", DeclineCode.INSUFFICIENT_FUNDS, True),
        ("4000000000000069", DeclineCode.CARD_EXPIRED, False),
        ("4000000000000127", DeclineCode.WRONG_CVC, True),
        ("4000000000009979", DeclineCode.STOLEN_CARD, False),
        ("4000000000000002", DeclineCode.DECLINED, True),
    ],
)
def test_a_bank_says_no_with_its_reason(
    account: GatewayAccount, site: Site, number: str, code: DeclineCode, can_retry: bool
) -> None:
    charge = ADAPTER.charge(asked(site), account)
    pay(charge, number)
    declined = ADAPTER.fetch(charge.ref, account)
    assert declined.status is PayStatus.DECLINED
    assert declined.decline is not None
    assert (declined.decline.code, declined.decline.can_retry) == (code, can_retry)


@pytest.mark.parametrize(
    ("step", "status"), [("authorize", PayStatus.PAID), ("reject", PayStatus.DECLINED), ("cancel", PayStatus.CANCELLED)]
)
def test_the_buyers_bank_asks_first(account: GatewayAccount, site: Site, step: str, status: PayStatus) -> None:
    charge = ADAPTER.charge(asked(site), account)
    assert pay(charge, "4000000000003220").status_code == 303
    assert ADAPTER.fetch(charge.ref, account).status is PayStatus.REQUIRES_ACTION
    page = httpx.get(page_of(charge)).text
    assert "Autorizar" in page
    assert "Rechazar" in page
    httpx.post(page_of(charge), data={"step": step})
    assert ADAPTER.fetch(charge.ref, account).status is status


def test_nobody_skips_the_card_by_posting_the_banks_answer(account: GatewayAccount, site: Site) -> None:
    charge = ADAPTER.charge(asked(site), account)
    httpx.post(page_of(charge), data={"step": "authorize"})
    assert ADAPTER.fetch(charge.ref, account).status is PayStatus.REQUIRES_ACTION


def test_a_real_card_and_a_bad_date_stay_on_the_page_and_the_number_is_not_shown(
    account: GatewayAccount, site: Site
) -> None:
    charge = ADAPTER.charge(asked(site), account)
    page = pay(charge, "4539148803436467", expiry="01/20", cvc="1", name="")
    assert page.status_code == 422
    assert page.text.count('aria-invalid="true"') == 4
    assert "4539148803436467" not in page.text
    assert 'value="01/20"' in page.text
    assert ADAPTER.fetch(charge.ref, account).status is PayStatus.REQUIRES_ACTION


def test_no_card_number_is_kept(account: GatewayAccount, site: Site, sandbox: Running) -> None:
    pay(ADAPTER.charge(asked(site), account), "4242424242424242")
    pay(ADAPTER.charge(asked(site, "key-00000002"), account), "4539148803436467")
    kept = b"".join(path.read_bytes() for path in sandbox.config.data_dir.glob("sandbox-bank.sqlite3*"))
    assert b"4242424242424242" not in kept
    assert b"4539148803436467" not in kept


def test_the_same_key_is_the_same_charge_also_at_once(account: GatewayAccount, site: Site) -> None:
    refs: list[str] = []

    def go() -> None:
        refs.append(ADAPTER.charge(asked(site), account).ref)

    threads = [threading.Thread(target=go) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refs) == 12
    assert len(set(refs)) == 1
    assert ADAPTER.fetch_by_key("key-00000001", account).ref == refs[0]
    with pytest.raises(KeyUsedOtherwise):
        ADAPTER.charge(asked(site, centavos=1), account)
    with pytest.raises(ChargeMissing):
        ADAPTER.fetch_by_key("never-used", account)


def test_a_double_click_pays_once_and_a_later_card_changes_nothing(account: GatewayAccount, site: Site) -> None:
    charge = ADAPTER.charge(asked(site), account)
    pay(charge, "4242424242424242")
    first = ADAPTER.fetch(charge.ref, account)
    pay(charge, "4242424242424242")
    pay(charge, "4000000000000002")
    assert ADAPTER.fetch(charge.ref, account) == first
    assert ADAPTER.cancel(charge.ref, account, idempotency_key="cancel-01").status is PayStatus.PAID
    site.wait_for(1)
    assert len(site.heard) == 1


def test_the_webhook_is_a_signed_hint(account: GatewayAccount, site: Site) -> None:
    charge = ADAPTER.charge(asked(site), account)
    pay(charge, "4242424242424242")
    site.wait_for(1)
    path, body, headers = site.heard[0]
    assert path == f"/hooks/card/sandbox/{STORE_KEY}/"
    event = ADAPTER.parse_webhook(body, headers, {}, account)
    assert (event.ref, event.type) == (charge.ref, "charge.changed")
    for wrong in (body + b" ", b"\xff", b"{}"):
        with pytest.raises(BadSignature):
            ADAPTER.parse_webhook(wrong, headers, {}, account)
    with pytest.raises(BadSignature):
        ADAPTER.parse_webhook(body, {}, {}, account)


def test_refunds_never_pass_what_was_paid(account: GatewayAccount, site: Site) -> None:
    charge = ADAPTER.charge(asked(site, centavos=10_000), account)
    with pytest.raises(GatewayRefused):
        ADAPTER.refund(charge.ref, Money(1), account, idempotency_key="refund-00")
    pay(charge, "5555555555554444")
    first = ADAPTER.refund(charge.ref, Money(6_000), account, idempotency_key="refund-01")
    assert ADAPTER.refund(charge.ref, Money(6_000), account, idempotency_key="refund-01") == first
    with pytest.raises(KeyUsedOtherwise):
        ADAPTER.refund(charge.ref, Money(5_000), account, idempotency_key="refund-01")
    with pytest.raises(GatewayRefused, match="refund_exceeds_charge"):
        ADAPTER.refund(charge.ref, Money(4_001), account, idempotency_key="refund-02")
    ADAPTER.refund(charge.ref, Money(4_000), account, idempotency_key="refund-03")
    now = ADAPTER.fetch(charge.ref, account)
    assert now.refunded == Money(10_000)
    told = {(each.key, each.amount.centavos, each.status) for each in now.refunds}
    assert told == {("refund-01", 6_000, "done"), ("refund-03", 4_000, "done")}


def test_another_stores_key_opens_nothing(account: GatewayAccount, site: Site, sandbox: Running) -> None:
    charge = ADAPTER.charge(asked(site), account)
    carla = GatewayAccount(sandbox.url, "carla", store_secret(MAIN_KEY, "card:sandbox", "carla"), "whsec_x")
    with pytest.raises(ChargeMissing):
        ADAPTER.fetch(charge.ref, carla)
    with pytest.raises(ChargeMissing):
        ADAPTER.cancel(charge.ref, carla, idempotency_key="cancel-01")
    thief = GatewayAccount(sandbox.url, STORE_KEY, carla.secret_key, "whsec_x")
    with pytest.raises(GatewayRefused, match="unauthorized"):
        ADAPTER.fetch(charge.ref, thief)
    assert ADAPTER.fetch(charge.ref, account).status is PayStatus.REQUIRES_ACTION


def test_a_gateway_that_is_away_is_not_permanent(site: Site) -> None:
    nowhere = GatewayAccount("http://127.0.0.1:9", STORE_KEY, "x", "whsec_x")
    with pytest.raises(GatewayAway) as away:
        ADAPTER.charge(asked(site), nowhere)
    assert not away.value.permanent
    with pytest.raises(GatewayAway):
        ADAPTER.charge(asked(site), GatewayAccount(site.url, STORE_KEY, "x", "whsec_x"))


def test_an_unknown_charge_has_a_page_that_says_so(sandbox: Running) -> None:
    answer = httpx.get(f"{sandbox.url}/pagar/ch_nothing/")
    assert answer.status_code == 404
    assert "Aquí no hay nada" in answer.text
