from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from seguripago.journey.catalogue.commands import reserve
from seguripago.journey.catalogue.rules import QuantityNotPossible, Wanted
from seguripago.journey.checkout import commands, queries
from seguripago.journey.checkout.models import Cart
from seguripago.journey.checkout.rules import NotEnoughLeft, NotForSale
from seguripago.values.money import Money
from tests.orders.builders import make_product, make_store

pytestmark = pytest.mark.django_db
TOKEN = "cart-token-of-this-browser"


def test_a_cart_adds_pieces_and_quotes_them(at: datetime) -> None:
    store = make_store(shipping_centavos=14_500)
    mill = make_product(store, price=Money(191_400))
    commands.put_in_cart(store, TOKEN, mill, 1, at=at)
    commands.put_in_cart(store, TOKEN, mill, 2, at=at)
    cart = queries.cart(store, TOKEN)
    assert [(line.product.id, line.quantity, str(line.subtotal)) for line in cart.lines] == [(mill, 3, "$5,742.00")]
    assert (cart.count, str(cart.shipping), str(cart.total)) == (3, "$145.00", "$5,887.00")
    assert queries.pieces_in_cart(store, TOKEN) == 3


def test_an_unknown_cart_is_empty_and_costs_nothing() -> None:
    cart = queries.cart(make_store(), TOKEN)
    assert (cart.lines, cart.count, cart.total) == ((), 0, Money.zero())


def test_a_cart_never_takes_more_than_is_left_and_says_how_many_are(at: datetime) -> None:
    store = make_store()
    kettle = make_product(store, "Tetera", stock=3)
    commands.put_in_cart(store, TOKEN, kettle, 2, at=at)
    with pytest.raises(NotEnoughLeft) as refused:
        commands.put_in_cart(store, TOKEN, kettle, 2, at=at)
    assert (refused.value.name, refused.value.wanted, refused.value.available) == ("Tetera", 4, 3)
    with pytest.raises(NotEnoughLeft):
        commands.set_quantity(store, TOKEN, kettle, 4, at=at)
    assert queries.cart(store, TOKEN).count == 2


@pytest.mark.parametrize("quantity", [0, -1, 10_000])
def test_impossible_quantities_are_refused(at: datetime, quantity: int) -> None:
    store = make_store()
    product = make_product(store)
    with pytest.raises(QuantityNotPossible):
        commands.put_in_cart(store, TOKEN, product, quantity, at=at)


def test_a_product_of_another_store_is_not_for_sale(at: datetime) -> None:
    ana, carla = make_store(), make_store()
    product = make_product(ana)
    with pytest.raises(NotForSale):
        commands.put_in_cart(carla, TOKEN, product, 1, at=at)


def test_a_line_that_others_bought_meanwhile_is_marked_and_can_be_lowered_to_what_is_left(at: datetime) -> None:
    store = make_store()
    scarce, gone = make_product(store, stock=3), make_product(store, stock=1)
    commands.put_in_cart(store, TOKEN, scarce, 3, at=at)
    commands.put_in_cart(store, TOKEN, gone, 1, at=at)
    reserve(store, [Wanted(scarce, 2), Wanted(gone, 1)])
    assert [line.is_short for line in queries.cart(store, TOKEN).lines] == [True, True]
    commands.take_what_is_left(store, TOKEN, at=at)
    cart = queries.cart(store, TOKEN)
    assert [(line.product.id, line.quantity) for line in cart.lines] == [(scarce, 1)]
    assert not cart.is_short


def test_quantity_zero_takes_the_line_out(at: datetime) -> None:
    store = make_store()
    product = make_product(store)
    commands.put_in_cart(store, TOKEN, product, 1, at=at)
    commands.set_quantity(store, TOKEN, product, 0, at=at)
    assert queries.cart(store, TOKEN).lines == ()


def test_one_purchase_has_one_key_until_the_cart_is_emptied_and_keeps_what_was_typed(at: datetime) -> None:
    store = make_store()
    product = make_product(store)
    commands.put_in_cart(store, TOKEN, product, 1, at=at)
    commands.keep_details(store, TOKEN, {"name": "Lucía"}, at=at)
    first = queries.cart(store, TOKEN)
    assert queries.cart(store, TOKEN).checkout_key == first.checkout_key
    commands.empty_cart(store, TOKEN, at=at)
    emptied = queries.cart(store, TOKEN)
    assert emptied.checkout_key != first.checkout_key
    assert (emptied.lines, emptied.details) == ((), {"name": "Lucía"})


def test_it_says_what_is_missing_for_free_shipping(at: datetime) -> None:
    store = make_store(free_shipping_from_centavos=300_000)
    product = make_product(store, price=Money(200_000))
    commands.put_in_cart(store, TOKEN, product, 1, at=at)
    assert queries.cart(store, TOKEN).missing_for_free_shipping == Money(100_000)
    commands.put_in_cart(store, TOKEN, product, 1, at=at)
    assert queries.cart(store, TOKEN).missing_for_free_shipping.is_zero


def test_reading_a_cart_takes_four_statements_however_many_lines(
    at: datetime, django_assert_num_queries: object
) -> None:
    store = make_store()
    for _ in range(6):
        commands.put_in_cart(store, TOKEN, make_product(store), 1, at=at)
    with django_assert_num_queries(4):  # type: ignore[operator]
        queries.cart(store, TOKEN)


def test_carts_that_nobody_touches_are_forgotten(at: datetime) -> None:
    store = make_store()
    commands.put_in_cart(store, TOKEN, make_product(store), 1, at=at)
    assert commands.forget_old_carts(at + timedelta(days=89)) == 0
    assert commands.forget_old_carts(at + timedelta(days=91)) == 1
    assert not Cart.objects.exists()
