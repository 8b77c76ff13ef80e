from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product as every

import pytest
from django.db import IntegrityError, transaction

from seguripago.foundations.audit.models import AuditEntry
from seguripago.foundations.facts.models import FactRow
from seguripago.journey.catalogue.commands import reserve, set_listed
from seguripago.journey.catalogue.models import Product
from seguripago.journey.catalogue.rules import OutOfStock, Wanted
from seguripago.journey.orders import commands, queries
from seguripago.journey.orders.models import Order
from seguripago.journey.orders.rules.states import MOVES, STATE_LABELS, STOCK_OF, State, Verb, WrongState, move
from seguripago.values.steps import Preference
from tests.orders.builders import BETO, LUCIA, make_product, make_store, paid, placed, verified

db = pytest.mark.django_db


def state(order_id: int) -> tuple[str, str]:
    order = queries.order(order_id)
    return order.state, order.stock_state


def counters(product_id: int) -> tuple[int, int]:
    row = Product.objects.get(pk=product_id)
    return row.reserved, row.sold


@pytest.mark.parametrize(("here", "verb"), list(every(State, Verb)))
def test_only_the_table_says_which_moves_exist(here: State, verb: Verb) -> None:
    if (here, verb) in MOVES:
        assert move(here, verb) is MOVES[here, verb]
    else:
        with pytest.raises(WrongState) as refused:
            move(here, verb)
        assert (refused.value.state, refused.value.verb) == (here, verb)


def test_every_state_has_a_label_and_says_what_it_means_for_the_shelf() -> None:
    assert set(STATE_LABELS) == set(STOCK_OF) == set(State)


def test_money_never_pays_an_order_that_its_buyer_has_not_accepted() -> None:
    payable = {here for (here, verb) in MOVES if verb is Verb.PAY}
    assert payable == {State.VERIFIED}


@db
def test_an_order_walks_from_verified_to_closed(at: datetime) -> None:
    store = make_store()
    product = make_product(store, stock=5)
    order_id = verified(at, store_id=store, lines=((product, 2),))
    assert (state(order_id), counters(product)) == (("verified", "held"), (2, 0))
    commands.mark_paid([order_id], at=at)
    assert (state(order_id), counters(product)) == (("paid", "sold"), (0, 2))
    commands.mark_preparing([order_id], by=BETO, at=at)
    commands.mark_shipped(order_id, by=BETO, at=at + timedelta(days=1))
    commands.mark_delivered(order_id, by=BETO, at=at + timedelta(days=2))
    commands.close_order(order_id, by=BETO, at=at + timedelta(days=9))
    order = queries.order(order_id)
    assert (order.state, order.stock_state) == ("closed", "sold")
    assert (order.paid_at, order.shipped_at) == (at, at + timedelta(days=1))
    kinds = list(FactRow.objects.filter(subject=f"order:{order_id}").order_by("pk").values_list("kind", flat=True))
    assert kinds[4:] == ["OrderPaid", "OrderPreparing", "OrderShipped", "OrderDelivered", "OrderClosed"]
    assert AuditEntry.objects.filter(subject=f"order:{order_id}").count() == len(kinds)


@db
def test_many_orders_are_paid_in_as_many_statements_as_one(at: datetime, django_assert_num_queries: object) -> None:
    store = make_store()
    product = make_product(store, stock=50)
    ids = [verified(at, store_id=store, lines=((product, 1),)) for _ in range(12)]
    # Lock, pieces, counters, orders, one for facts, one for the audit, and the test's savepoint.
    with django_assert_num_queries(6 + 2):  # type: ignore[operator]
        commands.mark_paid(ids, at=at)
    assert counters(product) == (0, 12)
    assert {state(order_id) for order_id in ids} == {("paid", "sold")}


@db
def test_one_order_that_cannot_be_paid_stops_the_whole_set(at: datetime) -> None:
    store = make_store()
    good, raw = verified(at, store_id=store), placed(at, store_id=store)
    with pytest.raises(WrongState):
        commands.mark_paid([good, raw], at=at)
    assert state(good) == ("verified", "held")
    with pytest.raises(commands.OrderUnknown):
        commands.mark_paid([good, 10**12], at=at)
    with pytest.raises(WrongState):
        commands.mark_paid([paid(at, store_id=store)], at=at)


@db
def test_the_way_to_pay_can_change_until_the_money_is_there(at: datetime) -> None:
    order_id = verified(at)
    commands.change_preference(order_id, Preference.LINK, by=LUCIA, at=at)
    commands.change_preference(order_id, Preference.LINK, by=LUCIA, at=at)
    assert queries.order(order_id).preference is Preference.LINK
    assert FactRow.objects.filter(kind="OrderPreferenceChanged", subject=f"order:{order_id}").count() == 1
    commands.mark_paid([order_id], at=at)
    with pytest.raises(WrongState):
        commands.change_preference(order_id, Preference.SPEI, by=LUCIA, at=at)


@db
def test_time_over_ends_an_order_and_gives_its_pieces_back(at: datetime) -> None:
    store = make_store()
    product = make_product(store, stock=5)
    due = placed(at, store_id=store, lines=((product, 2),))
    waiting = verified(at, store_id=store, lines=((product, 1),))
    settled = paid(at, store_id=store, lines=((product, 1),))
    commands.extend_expiry(waiting, at + timedelta(hours=30), at=at)
    assert commands.expire_orders(at + timedelta(hours=23)) == 0
    assert commands.expire_orders(at + timedelta(hours=24)) == 1
    assert commands.expire_orders(at + timedelta(hours=24)) == 0
    assert (state(due), state(waiting), state(settled)) == (
        ("expired", "released"),
        ("verified", "held"),
        ("paid", "sold"),
    )
    assert counters(product) == (1, 1)
    assert FactRow.objects.filter(kind="OrderExpired", subject=f"order:{due}").count() == 1


@db
def test_a_clock_is_never_shortened(at: datetime) -> None:
    order_id = placed(at)
    commands.extend_expiry(order_id, at + timedelta(hours=1), at=at)
    assert queries.order(order_id).expires_at == at + timedelta(hours=24)


@db
def test_late_money_brings_an_expired_order_back_to_be_paid(at: datetime) -> None:
    store = make_store()
    product = make_product(store, stock=2)
    order_id = verified(at, store_id=store, lines=((product, 2),))
    commands.expire_orders(at + timedelta(days=2))
    set_listed(store, product, is_listed=False, by=BETO, at=at)
    with transaction.atomic():
        commands.hold_again(order_id, at=at + timedelta(days=3))
        commands.mark_paid([order_id], at=at + timedelta(days=3))
    assert (state(order_id), counters(product)) == (("paid", "sold"), (0, 2))
    assert queries.order(order_id).ended_at is None


@db
def test_late_money_for_goods_that_are_gone_leaves_the_order_as_it_is(at: datetime) -> None:
    store = make_store()
    product = make_product(store, "Tetera", stock=2)
    order_id = verified(at, store_id=store, lines=((product, 2),))
    commands.expire_orders(at + timedelta(days=2))
    reserve(store, [Wanted(product, 1)])
    with pytest.raises(OutOfStock) as refused:
        commands.hold_again(order_id, at=at + timedelta(days=3))
    assert [(line.name, line.available) for line in refused.value.lines] == [("Tetera", 1)]
    assert (state(order_id), counters(product)) == (("expired", "released"), (1, 0))


@db
def test_money_alone_does_not_bring_back_an_order_that_was_never_accepted(at: datetime) -> None:
    order_id = placed(at)
    commands.expire_orders(at + timedelta(days=2))
    with pytest.raises(commands.NeverAccepted):
        commands.hold_again(order_id, at=at + timedelta(days=3))
    with pytest.raises(WrongState):
        commands.hold_again(verified(at), at=at)


@db
@pytest.mark.parametrize("build", [placed, verified, paid])
def test_cancelling_puts_the_pieces_back_wherever_they_were(at: datetime, build: object) -> None:
    store = make_store()
    product = make_product(store, stock=3)
    order_id = build(at, store_id=store, lines=((product, 2),))  # type: ignore[operator]
    commands.cancel_order(order_id, by=LUCIA, reason="Cambié de idea", at=at)
    assert (state(order_id), counters(product)) == (("cancelled", "released"), (0, 0))
    assert queries.order(order_id).cancel_reason == "Cambié de idea"


@db
def test_what_has_left_cannot_be_cancelled(at: datetime) -> None:
    order_id = paid(at)
    commands.mark_shipped(order_id, by=BETO, at=at)
    with pytest.raises(WrongState):
        commands.cancel_order(order_id, by=LUCIA, reason="", at=at)


@db
def test_an_open_doubt_stops_the_shipment_until_it_is_let_go(at: datetime) -> None:
    order_id = paid(at)
    commands.hold_shipping(order_id, is_held=True, reason="Reclamación abierta", by=BETO, at=at)
    with pytest.raises(commands.ShippingHeld):
        commands.mark_shipped(order_id, by=BETO, at=at)
    commands.hold_shipping(order_id, is_held=False, reason="Resuelta", by=BETO, at=at)
    commands.mark_shipped(order_id, by=BETO, at=at)
    assert queries.order(order_id).state == "shipped"


@db
@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"stock_state": "released"}, "order_stock_follows_state"),
        ({"total_centavos": 1}, "order_total_is_goods_and_shipping"),
        ({"state": "lost"}, "order_(state_known|accepted_before_paid|stock_follows_state)"),
        ({"preference": "cash"}, "order_preference_known"),
        ({"privacy_version": ""}, "order_privacy_notice_named"),
        ({"ended_at": datetime(2026, 1, 1, tzinfo=UTC)}, "order_ended_has_its_time"),
    ],
)
def test_the_database_itself_refuses_what_no_order_can_be(
    at: datetime, change: dict[str, object], constraint: str
) -> None:
    order_id = placed(at)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Order.objects.filter(pk=order_id).update(**change)
