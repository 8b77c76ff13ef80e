"""Money back to a card: decided by two people, told to the gateway once, booked when it was done."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from seguripago.foundations.approvals.commands import ChangedMeanwhile, SamePerson
from seguripago.foundations.approvals.queries import proposal
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.cards.commands import follow_charge, open_refund, send_refund
from seguripago.journey.cards.commands.following import charges_to_follow
from seguripago.journey.cards.commands.refunding import adopt_refund, keep_refund
from seguripago.journey.cards.facts import CardRefunded
from seguripago.journey.cards.models import CardCharge, CardRefund
from seguripago.journey.cards.refusals import NotCharged, RefundTooLarge, RefundUnclear
from seguripago.journey.cards.rules.refunds import GIVEN_UP_AFTER
from seguripago.journey.delivery.commands import send_parcel
from seguripago.journey.guarantee.commands import accept_delivery
from seguripago.journey.guarantee.queries import guarantee_of
from seguripago.journey.notices.commands import write_mails
from seguripago.journey.notices.models import Mail
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.models import Payment
from seguripago.journey.payments.queries import payment_of
from seguripago.journey.refunds.commands import approve_refund, ask_refund_of_charge
from seguripago.ports.card_gateways import RefundResult
from seguripago.values.money import Money
from tests.approvals.people import works
from tests.cases.world import broken_truths
from tests.delivery.builders import BETO, LUCIA
from tests.refunds.world import Charged, Loopback, carry, charged, decided, hear, published

pytestmark = pytest.mark.django_db


def state_of(there: Charged) -> str:
    found = payment_of(there.order_id)
    assert found is not None
    return found.state.value


def test_a_part_goes_back_and_the_order_goes_on(at: datetime, gateway: Loopback) -> None:
    there = charged(at)
    hear(at)
    decided(there, at, "100.00")
    carry(there, at)
    hear(at)

    assert [(each.state, each.amount_centavos) for each in there.refunds] == [("done", 100_00)]
    assert (state_of(there), order(there.order_id).state) == ("partly_refunded", "preparing")
    assert gateway.gone(there.ref) == 100_00
    assert there.money(Account.CARD_GATEWAY) == there.total - Money(100_00)
    assert there.money(Account.REFUNDS) == Money(100_00)
    assert broken_truths() == {}


def test_all_of_it_ends_the_order_that_has_not_left_and_its_promise(at: datetime, gateway: Loopback) -> None:
    there = charged(at)
    hear(at)
    decided(there, at)
    assert order(there.order_id).shipping_hold, "from the decision on nothing leaves"
    carry(there, at)
    hear(at)

    assert (state_of(there), order(there.order_id).state) == ("refunded", "cancelled")
    promise = guarantee_of(there.order_id)
    assert promise is not None
    assert promise.state == "resolved"
    assert {there.money(account).centavos for account in Account} == {0}
    assert broken_truths() == {}


def test_a_refund_after_a_part_takes_only_what_is_left(at: datetime, gateway: Loopback) -> None:
    there = charged(at)
    decided(there, at, "100")
    with pytest.raises(RefundTooLarge) as refused:
        ask_refund_of_charge(
            there.store_id, there.charge_id, amount=there.total.plain, reason="Todo", by=there.mariana, at=at
        )
    assert refused.value.left == there.total - Money(100_00)
    decided(there, at)
    carry(there, at)
    assert sum(each.amount_centavos for each in there.refunds) == there.total.centavos
    with pytest.raises(RefundTooLarge):
        decided(there, at, "0.01")


@pytest.mark.parametrize(("amount", "reason"), [("", " "), ("diez", "x"), ("0", "x"), ("-5", "x"), ("1.234", "x")])
def test_what_cannot_be_read_is_asked_again(at: datetime, amount: str, reason: str) -> None:
    there = charged(at)
    with pytest.raises(RefundUnclear):
        ask_refund_of_charge(there.store_id, there.charge_id, amount=amount, reason=reason, by=there.mariana, at=at)


def test_nobody_approves_his_own_refund_and_what_changed_is_void(at: datetime, gateway: Loopback) -> None:
    there = charged(at)
    made = ask_refund_of_charge(there.store_id, there.charge_id, amount="100", reason="Faltó", by=there.diego, at=at)
    seen = proposal(there.store_id, made)
    assert seen is not None
    with pytest.raises(SamePerson):
        approve_refund(made, seen=seen.hash, by=there.diego, at=at)
    with transaction.atomic():
        open_refund(
            there.charge_id, there.total, key="by-another-road", proposal_id=None, reason="", by=there.diego, at=at
        )
    other = works(there.store_id, "supervisor", "Rita")
    with pytest.raises(ChangedMeanwhile):
        approve_refund(made, seen=seen.hash, by=other, at=at)
    assert len(there.refunds) == 1


def decided_by_another(there: Charged):  # type: ignore[no-untyped-def]
    from tests.approvals.people import works

    return works(there.store_id, "supervisor", "Rita")


def test_the_same_key_is_one_refund_that_is_never_deleted(at: datetime) -> None:
    there = charged(at)
    with transaction.atomic():
        first, again = (
            open_refund(there.charge_id, Money(1), key="once", proposal_id=None, reason="", by=there.diego, at=at)
            for _ in range(2)
        )
    assert first == again
    with pytest.raises(DatabaseError), transaction.atomic():
        CardRefund.objects.filter(pk=first).delete()


def test_a_lost_answer_is_never_told_twice_and_found_by_asking(at: datetime, gateway: Loopback) -> None:
    there = charged(at)
    gateway.behaves = "lost"
    refund_id = decided(there, at, "50")
    assert send_refund(refund_id, at=at) == "pending"
    assert send_refund(refund_id, at=at) == "pending"
    assert gateway.calls == 1
    follow_charge(there.charge_id, at=at)
    assert [(each.state, each.ref != "") for each in there.refunds] == [("done", True)]
    assert gateway.gone(there.ref) == 50_00
    assert broken_truths() == {}


def test_without_keys_a_lost_answer_is_found_by_its_amount(at: datetime, gateway: Loopback) -> None:
    there = charged(at)
    gateway.behaves, gateway.tells_keys = "lost", False
    send_refund(decided(there, at, "50"), at=at)
    follow_charge(there.charge_id, at=at)
    assert [each.state for each in there.refunds] == ["done"]


def test_one_that_never_arrived_is_given_up_and_frees_its_amount(at: datetime, gateway: Loopback) -> None:
    there = charged(at)
    gateway.behaves = "drops"
    send_refund(decided(there, at), at=at)
    follow_charge(there.charge_id, at=at + GIVEN_UP_AFTER - timedelta(seconds=1))
    assert [each.state for each in there.refunds] == ["pending"], "it may still be on its way"
    follow_charge(there.charge_id, at=at + GIVEN_UP_AFTER)
    assert [each.state for each in there.refunds] == ["failed"]
    gateway.behaves = "fine"
    decided(there, at)
    carry(there, at)
    assert [each.state for each in there.refunds] == ["failed", "done"]
    assert gateway.gone(there.ref) == there.total.centavos
    assert broken_truths() == {}


def test_one_that_was_given_up_and_done_after_all_is_done(at: datetime, gateway: Loopback) -> None:
    there = charged(at)
    gateway.behaves = "drops"
    refund_id = decided(there, at, "50")
    send_refund(refund_id, at=at)
    follow_charge(there.charge_id, at=at + GIVEN_UP_AFTER)
    gateway.behaves = "fine"
    gateway.refund(there.ref, 50_00, there.refunds[0].key)
    follow_charge(there.charge_id, at=at + GIVEN_UP_AFTER)
    assert [each.state for each in there.refunds] == ["done"]
    assert broken_truths() == {}


def test_one_that_was_given_up_then_on_its_way_and_done_is_done(at: datetime, gateway: Loopback) -> None:
    there = charged(at)
    gateway.behaves = "drops"
    refund_id = decided(there, at, "50")
    send_refund(refund_id, at=at)
    follow_charge(there.charge_id, at=at + GIVEN_UP_AFTER)
    (given_up,) = there.refunds
    assert given_up.state == "failed"
    for status in ("pending", "done"):
        told = RefundResult("re_late", there.ref, Money(50_00), status)
        keep_refund(refund_id, told, at=at + GIVEN_UP_AFTER)
    assert [each.state for each in there.refunds] == ["done"]
    assert broken_truths() == {}


def test_a_refund_of_the_panel_is_booked_also_when_whoever_found_it_died(at: datetime) -> None:
    there = charged(at)
    adopt_refund(there.charge_id, RefundResult("re_panel", there.ref, Money(30_00), "done"), at=at)
    assert there.charge_id in charges_to_follow(at=at + timedelta(minutes=5), older_than_s=60)


def test_a_refusal_fails_it_and_lets_the_parcel_go(at: datetime, gateway: Loopback) -> None:
    there = charged(at)
    hear(at)
    gateway.behaves = "refuses"
    decided(there, at)
    carry(there, at)
    hear(at)
    (refund,) = there.refunds
    assert (refund.state, refund.failure) == ("failed", "Pasarela de pruebas: charge_too_old")
    assert (state_of(there), order(there.order_id).shipping_hold) == ("confirmed", False)
    assert broken_truths() == {}


def test_one_that_comes_back_is_the_stores_again(at: datetime, gateway: Loopback) -> None:
    there = charged(at)
    decided(there, at, "50")
    carry(there, at)
    gateway.refunds[there.ref][0]["status"] = "failed"
    follow_charge(there.charge_id, at=at)
    assert [each.state for each in there.refunds] == ["failed"]
    assert (state_of(there), there.money(Account.CARD_GATEWAY)) == ("confirmed", there.total)
    gateway.refunds[there.ref][0]["status"] = "done"
    follow_charge(there.charge_id, at=at)
    assert [each.state for each in there.refunds] == ["failed"], "what came back is not believed to have left again"
    assert broken_truths() == {}


def test_a_refund_made_in_the_gateways_panel_is_found_and_booked(at: datetime, gateway: Loopback) -> None:
    there = charged(at)
    gateway.refund(there.ref, 30_00, "made-in-the-panel")
    follow_charge(there.charge_id, at=at)
    follow_charge(there.charge_id, at=at)
    assert [(each.state, each.amount_centavos, each.proposal_id) for each in there.refunds] == [("done", 30_00, None)]
    assert state_of(there) == "partly_refunded"
    assert broken_truths() == {}


def test_the_promise_ends_with_two_amounts_and_what_follows_is_the_stores(at: datetime, gateway: Loopback) -> None:
    there = charged(at)
    hear(at)
    decided(there, at, "100")
    carry(there, at)
    hear(at)
    send_parcel(there.order_id, None, carrier="dhl", tracking_number="4410887201", by=BETO, at=at)
    accept_delivery(there.order_id, by=LUCIA, at=at)
    assert there.money(Account.DUE_TO_STORE) == -(there.total - Money(100_00))
    assert (there.money(Account.DUE_TO_BUYER), there.money(Account.REFUNDS)) == (Money(0), Money(0))
    decided(there, at, "20")
    carry(there, at)
    for _ in range(2):
        hear(at)
    assert there.money(Account.DUE_TO_STORE) == -(there.total - Money(120_00))
    assert there.money(Account.REFUNDS) == Money(0)
    assert broken_truths() == {}


def test_no_row_takes_more_than_was_captured_whoever_writes_it(at: datetime) -> None:
    there = charged(at)
    with pytest.raises(IntegrityError, match="card_charge_returns_within_captured"), transaction.atomic():
        CardRefund.objects.create(
            store_id=there.store_id,
            charge_id=there.charge_id,
            gateway="sandbox",
            key="by-hand",
            amount_centavos=there.total.centavos + 1,
            made_at=at,
        )
    with pytest.raises(IntegrityError, match="payment_refunded_within_received"), transaction.atomic():
        Payment.objects.filter(pk=there.payment_id).update(refunded_centavos=there.total.centavos + 1)


def test_nothing_goes_back_of_a_charge_that_was_not_paid(at: datetime) -> None:
    there = charged(at)
    row = CardCharge.objects.get(pk=there.charge_id)
    row.pk, row.key, row.ref = None, "another-charge-of-the-order", ""
    row.state, row.captured_centavos = "declined", 0
    row.save(force_insert=True)
    with pytest.raises(NotCharged), transaction.atomic():
        open_refund(row.pk, Money(1), key="not-paid", proposal_id=None, reason="", by=there.diego, at=at)


def test_the_buyer_hears_of_it_by_mail_and_sees_it_on_the_order_page(
    at: datetime, gateway: Loopback, client: Client
) -> None:
    there = charged(at)
    hear(at)
    token = order(there.order_id).access_token
    decided(there, at, "100")
    assert "La tienda lo está enviando" in client.get(f"/pedido/{token}/").content.decode()
    carry(there, at)
    (fact,) = published(CardRefunded)
    write_mails([fact, fact], at=at)
    (mail,) = Mail.objects.filter(order_id=there.order_id, template="card_refunded")
    assert "Te reembolsamos $100.00 MXN" in mail.text
    page = client.get(f"/pedido/{token}/").content.decode()
    assert "a Visa •••• 4242" in page
    assert "$100.00" in page
    assert "Pago confirmado" in page
    decided(there, at)
    carry(there, at)
    hear(at)
    assert "Tu dinero volvió por donde pagaste" in client.get(f"/pedido/{token}/").content.decode()
