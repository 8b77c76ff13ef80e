"""«Cobro rápido»: a charge without a cart is an order like any other, with one line that no shelf knows."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from seguripago.adapters.documents.typst import ADAPTER as PRINTER
from seguripago.foundations.audit.queries import history
from seguripago.foundations.facts.models import FactRow
from seguripago.journey.orders import commands, queries
from seguripago.journey.orders.models import Order, OrderLine
from seguripago.values import order_number
from seguripago.values.money import Money
from tests.orders import charges
from tests.orders.builders import BETO, BUYER, INVOICE, LUCIA, make_store, placed
from tests.orders.charges import asking
from tests.orders.test_invariants import broken

pytestmark = pytest.mark.django_db


def charged(at: datetime, **more: Any) -> int:
    return charges.charged(make_store(), at, **more)


def test_a_charge_is_an_order_with_one_free_line_ticked_by_whoever_made_it(at: datetime) -> None:
    order = queries.order(charged(at))
    assert (order.kind, order.is_quick, order.made_by, order.note) == (
        "quick", True, "Beto Nava", "En tu domicilio, el viernes",
    )  # fmt: skip
    [line] = order.lines
    assert (line.product_id, line.name, str(line.iva), str(order.total)) == (
        None, "Mantenimiento de molino", "$160.00", "$1,160.00",
    )  # fmt: skip
    assert order.all_checked
    assert {check.confirmed_by for check in order.checks} == {"Beto Nava"}
    assert order.accepted_at is None
    assert order.state == "placed"
    assert order.expires_at == at + timedelta(days=3)
    assert FactRow.objects.filter(kind="OrderPlaced", subject=f"order:{order.id}").count() == 1
    actions = [entry.action for entry in history(order.store_id, f"order:{order.id}")]
    assert set(actions) == {"order.quick_made", "order.checks_confirmed"}


def test_the_same_charge_is_made_once_and_another_one_with_its_key_is_refused(at: datetime) -> None:
    store, asked = make_store(), asking()
    first = commands.place_quick_order(store, asked, by=BETO, at=at)
    again = dataclasses.replace(asked, number=order_number.draw(secrets.choice), access_token="another-token")
    assert commands.place_quick_order(store, again, by=BETO, at=at) == first
    with pytest.raises(commands.CheckoutAlreadyUsed):
        commands.place_quick_order(store, dataclasses.replace(asked, amount=Money(1_000)), by=BETO, at=at)
    with pytest.raises(commands.NumberTaken):
        commands.place_quick_order(store, dataclasses.replace(asked, checkout_key="other"), by=BETO, at=at)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("quick.concept", {"concept": " "}),
        ("quick.concept", {"concept": "x" * 121}),
        ("quick.concept", {"concept": "a\x00b"}),
        ("quick.amount", {"amount": Money(99)}),
        ("quick.amount", {"amount": Money(-100)}),
        ("quick.amount", {"amount": Money(10**12)}),
        ("quick.iva", {"iva_bp": 1700}),
        ("quick.note", {"note": "x" * 401}),
        ("quick.days", {"valid_days": 0}),
        ("quick.days", {"valid_days": 31}),
        ("buyer.email", {"buyer": dataclasses.replace(BUYER, email="lucia")}),
        ("buyer.phone", {"buyer": dataclasses.replace(BUYER, phone="55")}),
    ],
)
def test_what_cannot_be_charged_is_said_field_by_field(at: datetime, field: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(commands.DetailsRefused) as refused:
        charged(at, **wrong)
    assert [fault.field for fault in refused.value.faults] == [field]
    assert not Order.objects.exists()


def test_only_the_stores_people_make_one(at: datetime) -> None:
    with pytest.raises(commands.ChargesAreMadeByStaff):
        commands.place_quick_order(make_store(), asking(), by=LUCIA, at=at)


@pytest.mark.parametrize("typed", [{"concept": "Cargo 4111 1111 1111 1111"}, {"note": "tarjeta 4111111111111111"}])
def test_no_card_number_is_kept_in_what_the_store_writes(at: datetime, typed: dict[str, str]) -> None:
    with pytest.raises(commands.DetailsRefused, match="número de tarjeta"):
        charged(at, **typed)


def test_the_shelf_never_hears_of_it_from_beginning_to_end(at: datetime) -> None:
    order_id = charged(at)
    commands.accept_confirmation(order_id, by=LUCIA, at=at)
    commands.mark_paid([order_id], at=at)
    assert queries.order(order_id).stock_state == "sold"
    assert commands.mark_unpaid(order_id, at=at)
    commands.mark_paid([order_id], at=at)
    commands.hand_over(order_id, by=BETO, at=at)
    commands.close_order(order_id, by=BETO, at=at)
    gone = charged(at)
    commands.accept_confirmation(gone, by=LUCIA, at=at)
    commands.cancel_order(gone, by=BETO, reason="Ya no", at=at)
    commands.hold_again(gone, at=at)
    late = charged(at, valid_days=1)
    assert queries.order(gone).state == "verified"
    assert commands.expire_orders(at + timedelta(days=2)) == 1
    assert queries.order(late).stock_state == "released"


def test_what_travels_in_a_parcel_is_not_handed_over(at: datetime) -> None:
    with pytest.raises(commands.NotByHand):
        commands.hand_over(placed(at), by=BETO, at=at)


def test_its_buyer_may_ask_for_an_invoice_without_an_address_of_delivery(at: datetime) -> None:
    order_id = charged(at)
    commands.ask_correction(order_id, "Con factura, por favor", by=LUCIA, at=at)
    order = queries.order(order_id)
    commands.correct_details(order_id, order.buyer, INVOICE, order.shipping, by=LUCIA, at=at)
    commands.confirm_checks(order_id, [check.item for check in order.checks], by=BETO, at=at)
    order = queries.order(order_id)
    assert (order.all_checked, order.pre_invoice_version) == (True, 2)
    assert [row.id for row in queries.orders_of_store(order.store_id, search="manteni moli")] == [order_id]


def test_its_paper_says_what_is_charged_and_no_address(at: datetime) -> None:
    paper = queries.pre_invoice(charged(at))
    assert (paper.is_sent, str(paper.subtotal + paper.iva)) == (False, "$1,160.00")
    assert PRINTER.pdf(paper).startswith(b"%PDF")


def test_lists_tell_charges_apart(at: datetime) -> None:
    store = make_store()
    placed(at, store_id=store)
    quick = commands.place_quick_order(store, asking(), by=BETO, at=at)
    [row] = queries.orders_of_store(store, kind="quick")
    assert (row.id, row.concept, row.pieces) == (quick, "Mantenimiento de molino", 1)
    assert [row.concept for row in queries.orders_of_store(store)] == ["Mantenimiento de molino", ""]
    assert queries.quick_by_state(store)["placed"] == 1


def commit(write: Callable[[], object]) -> None:
    with transaction.atomic():
        write()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_database_knows_which_lines_may_be_free(at: datetime) -> None:
    cart, quick = placed(at, store_id=make_store(shipping_centavos=0)), charged(at)
    line = OrderLine.objects.filter(order_id=quick).values().get() | {"id": None}
    orders = Order.objects.filter
    commit(lambda: None)
    with pytest.raises(IntegrityError, match="order_line_free_only_in_quick"):
        commit(lambda: OrderLine.objects.create(**line | {"order_id": cart}))
    with pytest.raises(IntegrityError, match="order_line_once_per_product"):
        commit(lambda: OrderLine.objects.create(**line))
    with pytest.raises(IntegrityError, match="order_quick_has_one_free_line"):
        commit(lambda: orders(pk=cart).update(kind="quick", made_by="Beto"))
    with pytest.raises(IntegrityError, match="order_quick_has_its_maker"):
        commit(lambda: orders(pk=quick).update(made_by=""))
    assert not broken()
