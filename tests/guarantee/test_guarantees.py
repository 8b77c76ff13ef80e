"""Hold, inspect, release: once, to the centavo, with its history."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.test.utils import CaptureQueriesContext

from seguripago.foundations.ledger.queries import balance
from seguripago.foundations.ledger.rules import Account
from seguripago.foundations.stores.commands import change_clocks, set_guarantee_mode
from seguripago.journey.delivery.commands import send_parcel
from seguripago.journey.delivery.listeners import LISTENERS as DELIVERY
from seguripago.journey.guarantee.commands import (
    Promise,
    accept_delivery,
    claim,
    hold_guarantees,
    release_due,
    replace_claimed,
    resolve,
    take_steps,
    withdraw_claim,
)
from seguripago.journey.guarantee.listeners import LISTENERS
from seguripago.journey.guarantee.models import Guarantee, GuaranteeEvent
from seguripago.journey.guarantee.queries import (
    certificate_by_number,
    certificate_document,
    guarantee_history,
    guarantee_of,
)
from seguripago.journey.guarantee.rules import GuaranteeCannot, NotSentYet, PartsDoNotAddUp, Step, TooLateToClaim
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.commands import refund_payment, take_back_refund
from seguripago.journey.payments.queries import payment_of
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from tests.delivery.builders import BETO, LUCIA, arrive, listen, open_shop, paid_order, place, verify

pytestmark = pytest.mark.django_db
INVARIANTS = (
    "inv_guarantee_parts_differ",
    "inv_guarantee_end_differs",
    "inv_guarantee_ledger_differs",
    "inv_guarantee_without_payment",
)


@pytest.fixture
def store_id() -> int:
    return open_shop()


def held(store_id: int, at: datetime, turn: int = 1) -> int:
    order_id = paid_order(store_id, at=at, turn=turn)
    listen(*DELIVERY, *LISTENERS, at=at)
    return order_id


def sent(store_id: int, at: datetime, turn: int = 1) -> int:
    order_id = held(store_id, at, turn)
    send_parcel(order_id, None, carrier="dhl", tracking_number="4410887201", by=BETO, at=at)
    return order_id


def delivered(store_id: int, at: datetime, turn: int = 1) -> int:
    order_id = sent(store_id, at, turn)
    arrive(order_id, by=BETO, at=at)
    listen(*DELIVERY, *LISTENERS, at=at)
    return order_id


def broken_invariants() -> dict[str, int]:
    found = {}
    with connection.cursor() as cursor:
        for view in INVARIANTS:
            cursor.execute(f"SELECT count(*) FROM {view}")
            found[view] = cursor.fetchone()[0]
    return {view: rows for view, rows in found.items() if rows}


def test_a_confirmed_payment_is_held_once_for_what_was_paid(store_id: int, at: datetime) -> None:
    order_id = held(store_id, at)
    listen(*LISTENERS, at=at)
    promise = guarantee_of(order_id)
    assert promise is not None
    assert (promise.state, promise.amount) == ("held", order(order_id).total)
    assert promise.number == "GC-2026-000001"
    assert promise.inspection_ends_at is None
    assert [event.kind for event in guarantee_history(order_id)] == ["held"]
    assert broken_invariants() == {}


def test_folios_follow_one_another_in_each_store(store_id: int, at: datetime) -> None:
    other = open_shop("otra")
    numbers = []
    for store, turn in ((store_id, 1), (store_id, 2), (other, 3), (store_id, 4)):
        promise = guarantee_of(held(store, at, turn))
        assert promise is not None
        numbers.append(promise.number[-3:])
    assert numbers == ["001", "002", "001", "003"]


def test_an_order_that_nobody_paid_has_no_guarantee(store_id: int, at: datetime) -> None:
    order_id = verify(place(store_id, at=at), at=at)
    listen(*LISTENERS, at=at)
    assert guarantee_of(order_id) is None
    assert certificate_document(order_id) is None


def test_the_delivery_starts_the_days_to_look(store_id: int, at: datetime) -> None:
    promise = guarantee_of(delivered(store_id, at))
    assert promise is not None
    assert promise.inspection_ends_at == at + timedelta(days=7)
    assert promise.state == "held"


def test_the_clock_releases_when_it_ends_and_closes_the_order(store_id: int, at: datetime) -> None:
    order_id = delivered(store_id, at)
    assert release_due(at + timedelta(days=7, seconds=-1)) == 0
    assert release_due(at + timedelta(days=7)) == 1
    assert release_due(at + timedelta(days=8)) == 0
    promise = guarantee_of(order_id)
    assert promise is not None
    assert promise.state == "released"
    assert order(order_id).state == "closed"
    assert balance(store_id, Account.DUE_TO_BUYER) == Money.zero()
    assert balance(store_id, Account.DUE_TO_STORE) == -promise.amount
    assert broken_invariants() == {}


def test_the_buyer_who_received_everything_well_ends_it_at_once(store_id: int, at: datetime) -> None:
    order_id = sent(store_id, at)
    accept_delivery(order_id, by=LUCIA, at=at + timedelta(days=1))
    accept_delivery(order_id, by=LUCIA, at=at + timedelta(days=2))
    listen(*DELIVERY, *LISTENERS, at=at)
    promise = guarantee_of(order_id)
    assert promise is not None
    assert (promise.state, promise.released_at) == ("released", at + timedelta(days=1))
    assert order(order_id).state == "closed"
    assert [event.kind for event in guarantee_history(order_id)] == ["held", "accepted"]
    assert release_due(at + timedelta(days=40)) == 0
    assert broken_invariants() == {}


def test_nobody_receives_what_was_not_sent(store_id: int, at: datetime) -> None:
    order_id = held(store_id, at)
    with pytest.raises(NotSentYet):
        accept_delivery(order_id, by=LUCIA, at=at)
    assert order(order_id).state == "preparing"


def test_a_claim_stops_clock_and_acceptance(store_id: int, at: datetime) -> None:
    order_id = delivered(store_id, at)
    assert claim(order_id, by=LUCIA, at=at + timedelta(days=3)) == order(order_id).total
    assert release_due(at + timedelta(days=90)) == 0
    with pytest.raises(GuaranteeCannot):
        accept_delivery(order_id, by=LUCIA, at=at)
    withdraw_claim(order_id, by=LUCIA, at=at + timedelta(days=90))
    assert release_due(at + timedelta(days=93)) == 0
    assert release_due(at + timedelta(days=94)) == 1
    assert broken_invariants() == {}


def test_a_resolution_owes_each_side_its_part_and_the_refund_pays_the_buyers(store_id: int, at: datetime) -> None:
    order_id = delivered(store_id, at)
    total, part = order(order_id).total, Money(1_000_00)
    claim(order_id, by=LUCIA, at=at)
    with pytest.raises(PartsDoNotAddUp):
        resolve(order_id, to_store=total, to_buyer=part, by=BETO, at=at)
    resolve(order_id, to_store=total - part, to_buyer=part, by=BETO, at=at)
    assert balance(store_id, Account.DUE_TO_STORE) == part - total
    assert balance(store_id, Account.REFUNDS) == -part
    assert order(order_id).state == "closed"
    payment = payment_of(order_id)
    assert payment is not None
    for turn in (1, 2):
        # The way back may fail and be tried again: what was decided stays owed to the buyer all the while.
        with transaction.atomic():
            refund_payment(payment.id, part, source=f"refund:{turn}", comes_from=Account.BANK, by=BETO, at=at)
        listen(*LISTENERS, at=at)
        assert balance(store_id, Account.REFUNDS) == Money.zero()
        if turn == 1:
            with transaction.atomic():
                take_back_refund(payment.id, part, source="refund:1", comes_from=Account.BANK, by=BETO, at=at)
            listen(*LISTENERS, at=at)
            assert balance(store_id, Account.REFUNDS) == -part
    assert balance(store_id, Account.DUE_TO_STORE) == part - total
    with pytest.raises(TooLateToClaim):
        claim(order_id, by=LUCIA, at=at)
    assert broken_invariants() == {}


def test_the_buyers_word_is_kept_after_the_promise_ended(store_id: int, at: datetime) -> None:
    order_id = sent(store_id, at)
    total = claim(order_id, by=LUCIA, at=at)
    resolve(order_id, to_store=total - Money(1_00), to_buyer=Money(1_00), by=BETO, at=at)
    accept_delivery(order_id, by=LUCIA, at=at)
    listen(*DELIVERY, *LISTENERS, at=at)
    assert order(order_id).state == "closed"
    assert [event.kind for event in guarantee_history(order_id)] == ["held", "claimed", "resolved"]
    assert broken_invariants() == {}


def test_what_replaced_it_is_looked_at_anew(store_id: int, at: datetime) -> None:
    order_id = delivered(store_id, at)
    claim(order_id, by=LUCIA, at=at + timedelta(days=6))
    replace_claimed(order_id, by=LUCIA, at=at + timedelta(days=20))
    promise = guarantee_of(order_id)
    assert promise is not None
    assert (promise.state, promise.inspection_ends_at) == ("held", at + timedelta(days=27))


def told(at: datetime) -> list[str]:
    take_steps(at)
    return list(GuaranteeEvent.objects.filter(kind__in=list(Step)).order_by("pk").values_list("kind", flat=True))


def test_each_deadline_is_told_before_and_when_it_is_missed_once(store_id: int, at: datetime) -> None:
    order_id = held(store_id, at)
    promise = guarantee_of(order_id)
    assert promise is not None
    second = timedelta(seconds=1)
    assert told(promise.ship_by - timedelta(days=1) - second) == []
    assert told(promise.ship_by - timedelta(days=1)) == ["ship_soon"]
    assert told(promise.ship_by) == ["ship_soon", "ship_late"]
    # It is late to send: nobody is asked for the delivery of what has not left.
    assert told(promise.deliver_by - second) == ["ship_soon", "ship_late"]
    assert told(promise.deliver_by) == told(promise.deliver_by + second) == ["ship_soon", "ship_late", "deliver_late"]


def test_what_is_sent_and_comes_in_time_is_asked_for_a_look_only(store_id: int, at: datetime) -> None:
    delivered(store_id, at)
    assert told(at + timedelta(days=6) - timedelta(seconds=1)) == []
    assert told(at + timedelta(days=6)) == ["inspection_soon"]
    assert told(at + timedelta(days=60)) == ["inspection_soon"]


def test_a_claim_silences_the_clocks(store_id: int, at: datetime) -> None:
    order_id = held(store_id, at)
    claim(order_id, by=LUCIA, at=at)
    assert told(at + timedelta(days=60)) == []


def test_history_cannot_be_rewritten(store_id: int, at: datetime) -> None:
    order_id = delivered(store_id, at)
    release_due(at + timedelta(days=8))
    for change in (
        lambda: GuaranteeEvent.objects.update(kind="otro"),
        lambda: GuaranteeEvent.objects.all().delete(),
        lambda: Guarantee.objects.filter(order_id=order_id).update(funded_centavos=1, released_centavos=1),
        lambda: Guarantee.objects.filter(order_id=order_id).update(released_at=at),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_certificate_opens_with_folio_and_key_and_tells_no_more_than_needed(store_id: int, at: datetime) -> None:
    order_id = held(store_id, at)
    promise = guarantee_of(order_id)
    assert promise is not None
    shown = certificate_by_number(promise.number.lower(), promise.key.lower())
    assert shown is not None
    assert (shown.order_number, shown.buyer_name) == (order(order_id).number, "Lucía H. R.")
    assert certificate_by_number(promise.number, "A" * 20) is None
    assert certificate_by_number("GC-2026-999999", promise.key) is None


def test_the_certificate_paper_carries_the_stores_clocks(store_id: int, at: datetime) -> None:
    order_id = held(store_id, at)
    paper = certificate_document(order_id)
    assert paper is not None
    assert paper.delivery_place == "06700, Ciudad de México"
    assert paper.claims_email == "reclamaciones@sierra-alta.test"
    assert paper.key in paper.verify_url
    assert paper.claim_url.endswith("/reclamar/")


def test_a_batch_costs_the_same_number_of_statements_for_one_order_as_for_five(store_id: int, at: datetime) -> None:
    first = paid_order(store_id, at=at, turn=1)
    others = [paid_order(store_id, at=at, turn=turn) for turn in range(2, 7)]
    counted = []
    for group in ([first], others):
        with CaptureQueriesContext(connection) as caught:
            promises = [Promise(store_id, order_id, Money(100)) for order_id in group]
            hold_guarantees(promises, by=Actor.system(), at=at)
        counted.append(len(caught))
    assert counted[0] == counted[1]


def test_what_was_promised_at_its_issue_stays_whatever_the_store_promises_since(store_id: int, at: datetime) -> None:
    order_id = held(store_id, at)
    change_clocks(store_id, transfer_hours=24, watch_days=10, ship_days=2, deliver_days=5, inspection_days=30)
    set_guarantee_mode(store_id, "licensed_partner", "Pagos del Golfo", by=BETO, at=at)
    issued = certificate_document(order_id)
    assert issued is not None
    assert (issued.mode, issued.partner, issued.inspection_days) == ("merchant_obligation", "", 7)
    send_parcel(order_id, None, carrier="dhl", tracking_number="4410887201", by=BETO, at=at)
    arrive(order_id, by=BETO, at=at)
    listen(*DELIVERY, *LISTENERS, at=at)
    found = guarantee_of(order_id)
    assert found is not None
    assert found.inspection_ends_at == at + timedelta(days=7)
    for changed in ({"mode": "licensed_partner", "partner": "Otra"}, {"inspection_days": 1}):
        with pytest.raises(DatabaseError, match="does not change"), transaction.atomic():
            Guarantee.objects.filter(order_id=order_id).update(**changed)


def test_certificates_of_the_version_before_say_what_their_store_says_when_they_move(
    store_id: int, at: datetime
) -> None:
    ended, going = held(store_id, at), held(store_id, at, 2)
    send_parcel(ended, None, carrier="dhl", tracking_number="4410887201", by=BETO, at=at)
    accept_delivery(ended, by=LUCIA, at=at)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    MigrationExecutor(connection).migrate([("guarantee", "0005_claims_and_steps")])
    set_guarantee_mode(store_id, "licensed_partner", "Pagos del Golfo", by=BETO, at=at)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    MigrationExecutor(connection).migrate([("guarantee", "0006_issued_as_it_was")])
    moved = Guarantee.objects.filter(order_id__in=[ended, going]).values_list("mode", "partner", "inspection_days")
    assert list(moved) == [("licensed_partner", "Pagos del Golfo", 7)] * 2
    with pytest.raises(DatabaseError, match="does not change"), transaction.atomic():
        Guarantee.objects.filter(order_id=going).update(partner="Otra")
