from __future__ import annotations

import dataclasses
from datetime import date, datetime, timedelta

import pytest

from seguripago.foundations.audit.queries import history
from seguripago.foundations.facts.models import FactRow
from seguripago.journey.catalogue.models import Product
from seguripago.journey.catalogue.rules import OutOfStock
from seguripago.journey.checkout.rules import CartFull
from seguripago.journey.orders import commands, queries
from seguripago.journey.orders.models import Order, PreInvoice
from seguripago.values.money import Money
from seguripago.values.steps import Preference
from tests.orders.builders import BUYER, COATEPEC, INVOICE, ROMA, make_product, make_store, placing

pytestmark = pytest.mark.django_db


def test_an_order_freezes_its_lines_its_prices_and_its_promise(at: datetime) -> None:
    store = make_store(shipping_centavos=14_500)
    machine = make_product(store, "Máquina Lumbre", price=Money(649_600), stock=2, warranty_days=730)
    cup = make_product(store, "Taza", price=Money(29_000), lead_days_max=5)
    asked = placing((machine, 1), (cup, 2), billing=INVOICE, marketing_opt_in=True)
    order = queries.order(commands.place_order(store, asked, at=at))
    Product.objects.filter(pk=machine).update(price_centavos=1, name="Otra cosa")
    assert queries.order(order.id) == order
    assert [(line.name, line.quantity, str(line.subtotal)) for line in order.lines] == [
        ("Máquina Lumbre", 1, "$6,496.00"),
        ("Taza", 2, "$580.00"),
    ]
    assert (str(order.subtotal), str(order.shipping_fee), str(order.total)) == ("$7,076.00", "$145.00", "$7,221.00")
    assert (order.number, order.access_token, order.state) == (asked.number, asked.access_token, "placed")
    assert (order.buyer, order.billing, order.shipping) == (BUYER, INVOICE, ROMA)
    assert order.expires_at == at + timedelta(hours=24)
    # Wednesday 11 March 2026; Monday the 16th is a holiday.
    assert (order.promised_from, order.promised_to) == (date(2026, 3, 13), date(2026, 3, 19))
    assert (order.privacy_version, order.marketing_opt_in) == ("2026-11", True)


def test_placing_holds_the_stock_announces_the_order_and_writes_it_down(at: datetime) -> None:
    store = make_store()
    product = make_product(store, stock=3)
    order_id = commands.place_order(store, placing((product, 2)), at=at)
    assert Product.objects.get(pk=product).reserved == 2
    fact = FactRow.objects.get(subject=f"order:{order_id}")
    assert (fact.kind, fact.body["number"]) == ("OrderPlaced", queries.order(order_id).number)
    assert [entry.action for entry in history(store, f"order:{order_id}")] == ["order.placed"]
    assert PreInvoice.objects.filter(order_id=order_id, version=1).count() == 1


def test_the_same_checkout_places_one_order_however_often_it_is_sent(at: datetime) -> None:
    store = make_store()
    product = make_product(store, stock=1)
    asked = placing((product, 1))
    again = dataclasses.replace(asked, number=placing().number, access_token="another-token-of-a-second-press")
    first = commands.place_order(store, asked, at=at)
    # The second press finds the last piece taken, by its own first press.
    assert commands.place_order(store, again, at=at) == first
    Product.objects.filter(pk=product).update(stock=5)
    assert commands.place_order(store, again, at=at) == first
    assert Product.objects.get(pk=product).reserved == 1
    assert Order.objects.filter(store_id=store).count() == 1


def test_the_same_checkout_with_another_request_is_refused_and_names_the_order(at: datetime) -> None:
    store = make_store()
    product = make_product(store)
    asked = placing((product, 1))
    first = commands.place_order(store, asked, at=at)
    with pytest.raises(commands.CheckoutAlreadyUsed) as refused:
        commands.place_order(store, dataclasses.replace(asked, shipping=COATEPEC), at=at)
    assert refused.value.order_id == first
    assert Product.objects.get(pk=product).reserved == 1


def test_the_same_key_in_two_stores_is_two_checkouts(at: datetime) -> None:
    ana, carla = make_store(), make_store()
    first = commands.place_order(ana, placing((make_product(ana), 1), checkout_key="k" * 20), at=at)
    second = commands.place_order(carla, placing((make_product(carla), 1), checkout_key="k" * 20), at=at)
    assert first != second


def test_a_number_that_is_taken_asks_for_another_draw_and_holds_nothing(at: datetime) -> None:
    store = make_store()
    product = make_product(store)
    asked = placing((product, 1))
    commands.place_order(store, asked, at=at)
    with pytest.raises(commands.NumberTaken):
        commands.place_order(store, placing((product, 1), number=asked.number), at=at)
    assert Product.objects.get(pk=product).reserved == 1


def test_out_of_stock_names_the_lines_and_leaves_nothing_behind(at: datetime) -> None:
    store = make_store()
    plenty, scarce = make_product(store, stock=9), make_product(store, "Tetera Cofre", stock=1)
    with pytest.raises(OutOfStock) as refused:
        commands.place_order(store, placing((plenty, 1), (scarce, 2)), at=at)
    assert [(line.name, line.wanted, line.available) for line in refused.value.lines] == [("Tetera Cofre", 2, 1)]
    assert Product.objects.get(pk=plenty).reserved == 0
    assert not Order.objects.filter(store_id=store).exists()


def test_what_the_buyer_left_out_is_named_field_by_field(at: datetime) -> None:
    store = make_store()
    asked = placing(
        (make_product(store), 1),
        buyer=dataclasses.replace(BUYER, email="lucia", phone="123"),
        billing=dataclasses.replace(INVOICE, rfc="HERL", cfdi_use=""),
        shipping=dataclasses.replace(ROMA, postal_code="6700", street=" "),
    )
    with pytest.raises(commands.DetailsRefused) as refused:
        commands.place_order(store, asked, at=at)
    assert [fault.field for fault in refused.value.faults] == [
        "buyer.email",
        "buyer.phone",
        "billing.rfc",
        "billing.cfdi_use",
        "shipping.street",
        "shipping.postal_code",
    ]


def test_an_order_without_lines_or_without_a_privacy_notice_is_refused(at: datetime) -> None:
    store = make_store()
    with pytest.raises(commands.NothingToBuy):
        commands.place_order(store, placing(), at=at)
    with pytest.raises(CartFull):
        commands.place_order(store, placing(*((n, 1) for n in range(61))), at=at)
    with pytest.raises(commands.PrivacyNoticeMissing):
        commands.place_order(store, placing((make_product(store), 1), privacy_version=" "), at=at)


@pytest.mark.parametrize("preference", list(Preference))
def test_every_way_to_pay_places_the_same_order(at: datetime, preference: Preference) -> None:
    store = make_store()
    asked = placing((make_product(store), 1), preference=preference)
    order = queries.order(commands.place_order(store, asked, at=at))
    assert (order.preference, order.state, order.pre_invoice_version) == (preference, "placed", 1)


def test_placing_an_order_takes_five_statements_however_many_lines(
    at: datetime, django_assert_num_queries: object
) -> None:
    """Reserve, the store's policy, the order with its lines and PRE-FACTURA, and one each for fact and audit."""
    store = make_store()
    asked = placing(*((make_product(store), 1) for _ in range(5)))
    # Two more are the savepoint of the test's own transaction.
    with django_assert_num_queries(5 + 2):  # type: ignore[operator]
        commands.place_order(store, asked, at=at)


def test_the_clock_of_the_order_is_the_stores(at: datetime) -> None:
    from seguripago.foundations.stores.commands import change_clocks

    store = make_store()
    change_clocks(store, transfer_hours=48, watch_days=15, ship_days=3, deliver_days=10, inspection_days=7)
    order = queries.order(commands.place_order(store, placing((make_product(store), 1)), at=at))
    assert order.expires_at == at + timedelta(hours=48)
