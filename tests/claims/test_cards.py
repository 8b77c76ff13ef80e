"""Claims about what a card paid: a cardholder's bank that takes money meanwhile, a gateway that gives no part back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest

from seguripago.foundations.ledger.rules import Account
from seguripago.journey.cards.refusals import OnlyWhole
from seguripago.journey.claims import commands as claims
from seguripago.journey.claims.commands import MoneyOffer
from seguripago.journey.claims.rules import OfferKind
from seguripago.journey.delivery.commands import deliver_all, send_parcel
from seguripago.journey.delivery.rules import Says
from seguripago.journey.guarantee.queries import guarantee_of
from seguripago.journey.orders.queries import order
from seguripago.journey.refunds.queries import refunds_of
from seguripago.ports import registry
from seguripago.ports.card_gateways import FAMILY
from seguripago.values.money import Money
from tests.approvals.people import works
from tests.cases.world import broken_truths
from tests.claims.world import HUNDRED, LUCIA, Bought, claimed, offered, verdict, view
from tests.refunds.test_chargebacks import told
from tests.refunds.world import Charged, Loopback, charged, hear, loopback

pytestmark = pytest.mark.django_db


@pytest.fixture
def gateway() -> Iterator[Loopback]:
    with loopback() as found:
        yield found


def delivered(at: datetime) -> tuple[Charged, Bought]:
    card = charged(at)
    hear(at)
    people = [works(card.store_id, role, name) for role, name in (("analyst", "Ana"), ("owner", "Olga"))]
    there = Bought(card.store_id, card.order_id, card.total, people[0], card.diego, people[1])
    send_parcel(there.order_id, None, carrier="dhl", tracking_number="4410887201", by=there.ana, at=at)
    deliver_all(there.order_id, says=Says.CARRIER, by=there.ana, at=at)
    hear(at)
    return card, there


@pytest.mark.parametrize(("agreed", "end"), [(HUNDRED, "won"), (Money(50_00), "won"), (Money(50_00), "lost")])
def test_what_was_agreed_while_a_bank_had_it_goes_back_when_it_is_won(
    at: datetime, gateway: Loopback, agreed: Money, end: str
) -> None:
    card, there = delivered(at)
    claim_id = claimed(there, at)
    offer = offered(there, claim_id, OfferKind.REFUND_PART, agreed, at)
    told(gateway, card, "open", at, HUNDRED)
    claims.accept_offer(claim_id, offer, by=LUCIA, at=at)
    hear(at)
    assert (refunds_of(there.order_id), view(claim_id).to_buyer) == ((), agreed)
    assert there.money(Account.REFUNDS) == Money(0), "what the bank took beyond it is the store's to bear"
    for _ in range(2):
        told(gateway, card, end, at, HUNDRED)
    assert [one.amount for one in refunds_of(there.order_id)] == ([agreed] if end == "won" else [])
    assert there.money(Account.DUE_TO_STORE) == -(there.total - (agreed if end == "won" else HUNDRED))
    assert broken_truths() == {}


@pytest.mark.parametrize("is_claimed", [False, True])
def test_a_lost_chargeback_ends_the_promise(at: datetime, gateway: Loopback, is_claimed: bool) -> None:
    card, there = delivered(at)
    claim_id = claimed(there, at) if is_claimed else 0
    told(gateway, card, "open", at)
    assert there.guarantee.state == ("claimed" if is_claimed else "held"), "the bank has not decided yet"
    told(gateway, card, "lost", at)
    hear(at)
    assert (there.guarantee.state, order(there.order_id).state) == ("resolved", "closed")
    assert {there.money(account).centavos for account in Account} == {0}
    if is_claimed:
        assert view(claim_id).outcome == "given_back"
    assert broken_truths() == {}
    told(gateway, card, "won", at)
    assert there.money(Account.DUE_TO_STORE) == -there.total
    assert broken_truths() == {}


def test_a_chargeback_lost_in_part_leaves_the_promise(at: datetime, gateway: Loopback) -> None:
    card, there = delivered(at)
    told(gateway, card, "lost", at, HUNDRED)
    promise = guarantee_of(there.order_id)
    assert promise is not None
    assert promise.state == "held"


def test_a_part_is_not_offered_where_the_gateway_gives_whole_charges_only(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, there = delivered(at)
    sandbox = registry.adapter(FAMILY, "sandbox")
    strict = replace(sandbox, capabilities=sandbox.capabilities - {"partial_refund"})
    monkeypatch.setitem(registry._FILLED, FAMILY, {**registry.adapters(FAMILY), "sandbox": strict})
    claim_id = claimed(there, at)
    with pytest.raises(OnlyWhole):
        claims.propose_offer(claim_id, MoneyOffer(OfferKind.REFUND_PART, HUNDRED), by=there.ana, at=at)
    claims.escalate(claim_id, by=LUCIA, at=at)
    with pytest.raises(OnlyWhole):
        claims.propose_decision(claim_id, verdict(there, HUNDRED), by=there.ana, at=at)
    assert claims.propose_decision(claim_id, verdict(there, there.total), by=there.ana, at=at)
