"""A cardholder's bank takes money back: believed from `fetch` alone, a case for a person, the parcel stays."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from seguripago.foundations.ledger.rules import Account
from seguripago.journey.cards.commands import follow_charge, look_at_hints
from seguripago.journey.cards.commands.following import charges_to_follow
from seguripago.journey.cards.models import Chargeback, GatewayEvent
from seguripago.journey.cards.refusals import ChargeDisputed
from seguripago.journey.delivery.commands import send_parcel
from seguripago.journey.guarantee.commands import accept_delivery
from seguripago.journey.guarantee.models import Guarantee
from seguripago.journey.guarantee.queries import guarantee_of
from seguripago.journey.orders.commands import ShippingHeld, mark_shipped
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.queries import payment_of
from seguripago.journey.reconciliation.commands import approve_case, propose_dismiss
from seguripago.journey.reconciliation.queries import open_cases
from seguripago.values.money import Money
from tests.cases.world import broken_truths, proposed
from tests.delivery.builders import BETO, LUCIA
from tests.refunds.world import Charged, Loopback, carry, charged, decided, hear

pytestmark = pytest.mark.django_db


def says(gateway: Loopback, there: Charged, status: str, amount: Money | None = None) -> None:
    """What the gateway tells of the charge's dispute."""
    told = {"id": f"dp_{there.charge_id}", "centavos": (amount or there.total).centavos, "status": status}
    gateway.disputes[there.ref] = [{**told, "reason": "fraudulent", "evidence_by": "2026-04-01T12:00:00+00:00"}]


def told(gateway: Loopback, there: Charged, status: str, at: datetime, amount: Money | None = None) -> None:
    says(gateway, there, status, amount)
    follow_charge(there.charge_id, at=at)
    hear(at)


def state_of(there: Charged) -> str:
    found = payment_of(there.order_id)
    assert found is not None
    return found.state.value


def test_an_open_one_is_a_case_and_keeps_the_parcel(at: datetime, gateway: Loopback) -> None:
    there = charged(at)
    hear(at)
    for _ in range(2):
        told(gateway, there, "open", at)

    assert state_of(there) == "charged_back"
    (case,) = open_cases(there.store_id)
    assert (case.kind, case.amount) == ("chargeback", there.total)
    assert there.money(Account.CARD_GATEWAY) == Money(0)
    with pytest.raises(ShippingHeld):
        mark_shipped(there.order_id, by=BETO, at=at)
    with pytest.raises(ChargeDisputed):
        decided(there, at, "10")
    found = Chargeback.objects.get()
    assert (found.reason, found.evidence_by is not None) == ("fraudulent", True)
    assert broken_truths() == {}


def test_one_that_is_won_gives_everything_back(at: datetime, gateway: Loopback) -> None:
    there = charged(at)
    hear(at)
    told(gateway, there, "open", at)
    told(gateway, there, "won", at)

    assert (state_of(there), order(there.order_id).shipping_hold) == ("confirmed", False)
    assert open_cases(there.store_id) == ()
    assert there.money(Account.CARD_GATEWAY) == there.total
    assert there.money(Account.REFUNDS) == Money(0)
    send_parcel(there.order_id, None, carrier="dhl", tracking_number="4410887201", by=BETO, at=at)
    assert broken_truths() == {}


def test_one_that_is_lost_waits_for_a_person_and_keeps_the_parcel(at: datetime, gateway: Loopback) -> None:
    there = charged(at)
    hear(at)
    told(gateway, there, "lost", at)

    assert (state_of(there), order(there.order_id).shipping_hold) == ("charged_back", True)
    (case,) = open_cases(there.store_id)
    made = propose_dismiss(case.id, reason="Se cancela el pedido", by=there.mariana, at=at)
    approve_case(made, seen=proposed(there.store_id, made).hash, by=there.diego, at=at)
    assert open_cases(there.store_id) == ()
    assert order(there.order_id).shipping_hold, "the money is gone: what was not sent stays"
    assert broken_truths() == {}


def dismissed(there: Charged, at: datetime) -> None:
    """Two people have settled the case."""
    (case,) = open_cases(there.store_id)
    made = propose_dismiss(case.id, reason="La tienda asume esa parte", by=there.mariana, at=at)
    approve_case(made, seen=proposed(there.store_id, made).hash, by=there.diego, at=at)
    hear(at)


@pytest.mark.parametrize("first", ["bank", "people"])
def test_of_a_part_that_is_lost_the_rest_leaves_once_bank_and_people_have_decided(
    at: datetime, gateway: Loopback, first: str
) -> None:
    there, part = charged(at), Money(100_00)
    hear(at)
    told(gateway, there, "open", at, part)
    if first == "bank":
        told(gateway, there, "lost", at, part)
        assert order(there.order_id).shipping_hold, "its case waits for people"
        dismissed(there, at)
    else:
        dismissed(there, at)
        assert order(there.order_id).shipping_hold, "the bank may still decide"
        told(gateway, there, "lost", at, part)
    assert (state_of(there), order(there.order_id).shipping_hold) == ("charged_back", False)
    send_parcel(there.order_id, None, carrier="dhl", tracking_number="4410887201", by=BETO, at=at)
    accept_delivery(there.order_id, by=LUCIA, at=at)
    promise = Guarantee.objects.get(order_id=there.order_id)
    assert (promise.released_centavos, promise.returned_centavos) == ((there.total - part).centavos, part.centavos)
    assert order(there.order_id).state == "closed"
    assert broken_truths() == {}


def test_arbitration_turns_it_again_and_each_turn_is_booked(at: datetime, gateway: Loopback) -> None:
    there = charged(at)
    for status in ("open", "won", "open", "lost", "won"):
        told(gateway, there, status, at)
    assert (state_of(there), there.money(Account.CARD_GATEWAY)) == ("confirmed", there.total)
    assert broken_truths() == {}


def test_what_was_refunded_in_part_is_so_again_when_the_rest_is_won(at: datetime, gateway: Loopback) -> None:
    there = charged(at)
    hear(at)
    decided(there, at, "100")
    carry(there, at)
    told(gateway, there, "open", at, there.total - Money(100_00))
    assert state_of(there) == "charged_back"
    told(gateway, there, "won", at, there.total - Money(100_00))
    assert state_of(there) == "partly_refunded"
    assert broken_truths() == {}


def test_after_the_promise_ended_what_is_lost_is_the_stores_to_bear(at: datetime, gateway: Loopback) -> None:
    there = charged(at)
    hear(at)
    send_parcel(there.order_id, None, carrier="dhl", tracking_number="4410887201", by=BETO, at=at)
    accept_delivery(there.order_id, by=LUCIA, at=at)
    promise = guarantee_of(there.order_id)
    assert promise is not None
    assert promise.state == "released"
    told(gateway, there, "lost", at)
    assert {there.money(account).centavos for account in Account} == {0}
    told(gateway, there, "won", at)
    assert there.money(Account.DUE_TO_STORE) == -there.total
    assert broken_truths() == {}


def test_a_notice_leads_to_a_look_and_says_nothing_itself(at: datetime, gateway: Loopback) -> None:
    there = charged(at)
    for event in ("evt_1", "evt_2"):
        GatewayEvent.objects.create(
            gateway="sandbox", event_id=event, store_id=there.store_id, ref=there.ref, ask_at=at, occurred_at=at,
            received_at=at,
        )  # fmt: skip
        look_at_hints(at=at)
        says(gateway, there, "open")
    assert [each.state for each in Chargeback.objects.all()] == ["open"], "the first one found none: it was believed so"
    assert set(GatewayEvent.objects.values_list("state", flat=True)) == {"looked"}


def test_an_open_one_is_asked_about_though_no_notice_comes(at: datetime, gateway: Loopback) -> None:
    there = charged(at)
    told(gateway, there, "open", at)
    assert charges_to_follow(at=at, older_than_s=10) == []
    assert charges_to_follow(at=at + timedelta(hours=1), older_than_s=10) == [there.charge_id]


def test_a_won_one_lets_no_parcel_of_a_refunded_order_go(at: datetime, gateway: Loopback) -> None:
    there = charged(at)
    hear(at)
    decided(there, at)
    told(gateway, there, "open", at)
    carry(there, at)
    told(gateway, there, "won", at)
    hear(at)
    assert state_of(there) == "refunded"
    assert order(there.order_id).shipping_hold
