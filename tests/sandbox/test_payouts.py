"""The demo's bank sends money when it is ordered to: once for each key, and tells the site."""

from __future__ import annotations

import json
import time

import pytest

from seguripago.adapters.payouts.sandbox import ADAPTER
from seguripago.ports.bank_feeds import FeedRefused, NotFoundThere
from seguripago.ports.payouts import PayoutAnswer, PayoutOrder, PayoutState
from seguripago.values.money import Money
from tests.sandbox.conftest import Running, Site


def order(key: str, amount: Money) -> PayoutOrder:
    return PayoutOrder(
        tracking_key=key,
        amount=amount,
        account="012180015012884670",
        account_type=40,
        institution="40012",
        holder="LUCIA HERNANDEZ",
        concept="REEMBOLSO",
        reference="7",
        payer_account="",
        payer_name="",
        payer_rfc="",
    )


def ended(asked: PayoutOrder, credentials: dict[str, str]) -> PayoutAnswer:
    """Ask until the order has an end."""
    for _ in range(100):
        answer = ADAPTER.fetch(asked, None, credentials)
        if answer.state is not PayoutState.SENT:
            return answer
        time.sleep(0.05)
    raise AssertionError("no end")


@pytest.mark.parametrize(("amount", "end"), [(Money(10_00), PayoutState.DONE), (Money(10_13), PayoutState.FAILED)])
def test_an_order_is_carried_out_once_and_the_site_is_told(
    sandbox: Running, site: Site, amount: Money, end: PayoutState
) -> None:
    credentials = {
        "address": sandbox.url,
        "secret": sandbox.config.demo_secret,
        "notify_url": f"{site.url}/hooks/payouts/sandbox/store-key/",
    }
    asked = order("SPDEV0000000001", amount)
    for _ in range(3):
        assert ADAPTER.send(asked, credentials).state is PayoutState.SENT
    assert ended(asked, credentials).state is end
    site.wait_for(1)
    time.sleep(0.2)
    ((path, body, _),) = site.heard
    assert path == "/hooks/payouts/sandbox/store-key/"
    assert ADAPTER.hint(body, {}) == "SPDEV0000000001"
    assert json.loads(body) == {"tracking_key": "SPDEV0000000001"}
    with pytest.raises(FeedRefused):
        ADAPTER.send(order("SPDEV0000000001", Money(99_00)), credentials)
    with pytest.raises(NotFoundThere):
        ADAPTER.fetch(order("OTRA", amount), None, credentials)
    with pytest.raises(FeedRefused):
        ADAPTER.send(asked, {**credentials, "secret": "whsec_nothing"})
