from __future__ import annotations

from datetime import datetime

import pytest
from django.db import IntegrityError, connection, transaction

from seguripago.foundations.audit.queries import history
from seguripago.journey.catalogue import commands, queries
from seguripago.journey.catalogue.models import Product
from seguripago.journey.catalogue.rules import OutOfStock, ProductNotPossible, Short, StockBelowPromises, Wanted
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from tests.orders.builders import make_product, make_store

pytestmark = pytest.mark.django_db
ANA = Actor.staff(1, "Ana Cruz")


def counters(product_id: int) -> tuple[int, int, int]:
    row = Product.objects.get(pk=product_id)
    return row.stock, row.reserved, row.sold


def test_a_search_forgives_accents_case_and_unfinished_words() -> None:
    store = make_store()
    make_product(store, "Máquina de espresso Lumbre 15 bar")
    make_product(store, "Molino manual Xico")
    assert [card.name for card in queries.shelf(store, search="MAQUI lumb")] == ["Máquina de espresso Lumbre 15 bar"]
    assert [card.name for card in queries.shelf(store, search="xíco")] == ["Molino manual Xico"]
    assert queries.shelf(store, search="tetera") == ()


@pytest.mark.parametrize("typed", ["!!!", "a & | b:*", "';--", "\\", "(", "%"])
def test_a_search_of_signs_finds_nothing_and_breaks_nothing(typed: str) -> None:
    store = make_store()
    make_product(store)
    assert queries.shelf(store, search=typed) == ()


def test_the_search_is_the_expression_of_its_index() -> None:
    rows = Product.objects.order_by()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = queries._matching(rows, "molino").explain()
    assert "product_by_words" in plan


def test_the_shelf_shows_what_is_left_and_keeps_what_is_gone_at_the_end() -> None:
    store = make_store()
    gone = make_product(store, "Aguamanil", stock=0)
    left = make_product(store, "Báscula", stock=3)
    commands.reserve(store, [Wanted(left, 1)])
    shelf = queries.shelf(store)
    assert [(card.id, card.available) for card in shelf] == [(left, 2), (gone, 0)]


def test_the_shelf_of_one_store_never_shows_another_stores_products() -> None:
    ana, carla = make_store(), make_store()
    product = make_product(ana)
    slug = Product.objects.get(pk=product).slug
    assert queries.shelf(carla) == ()
    assert queries.product(carla, slug) is None
    assert queries.products_by_id(carla, [product]) == {}


def test_out_of_stock_names_every_short_line_and_what_is_left_of_it() -> None:
    store = make_store()
    mill = make_product(store, "Molino", stock=2)
    kettle = make_product(store, "Tetera", stock=0)
    enough = make_product(store, "Taza", stock=9)
    with pytest.raises(OutOfStock) as refused:
        commands.reserve(store, [Wanted(enough, 9), Wanted(kettle, 1), Wanted(mill, 3)])
    assert refused.value.lines == (Short(mill, "Molino", 3, 2), Short(kettle, "Tetera", 1, 0))
    assert counters(enough) == (9, 0, 0)


def test_repeated_lines_of_a_product_count_together() -> None:
    store = make_store()
    product = make_product(store, stock=3)
    with pytest.raises(OutOfStock):
        commands.reserve(store, [Wanted(product, 2), Wanted(product, 2)])
    [line] = commands.reserve(store, [Wanted(product, 2), Wanted(product, 1)])
    assert line.quantity == 3
    assert counters(product) == (3, 3, 0)


def test_products_of_another_store_count_as_none_left() -> None:
    ana, carla = make_store(), make_store()
    product = make_product(ana)
    with pytest.raises(OutOfStock) as refused:
        commands.reserve(carla, [Wanted(product, 1)])
    assert refused.value.lines == (Short(product, "", 1, 0),)
    assert counters(product) == (10, 0, 0)


def test_a_product_off_the_shelf_can_be_kept_for_an_order_but_not_ordered_anew(at: datetime) -> None:
    store = make_store()
    product = make_product(store)
    commands.set_listed(store, product, is_listed=False, by=ANA, at=at)
    with pytest.raises(OutOfStock):
        commands.reserve(store, [Wanted(product, 1)])
    assert commands.reserve(store, [Wanted(product, 1)], even_unlisted=True)[0].product_id == product


def test_pieces_go_from_the_shelf_to_reserved_to_sold_and_back() -> None:
    store = make_store()
    product = make_product(store, stock=5)
    commands.reserve(store, [Wanted(product, 3)])
    commands.release(store, [Wanted(product, 1)])
    commands.sell_reserved(store, [Wanted(product, 2)])
    assert counters(product) == (5, 0, 2)
    commands.take_back_sold(store, [Wanted(product, 1)])
    assert counters(product) == (5, 0, 1)


@pytest.mark.parametrize("verb", [commands.release, commands.sell_reserved, commands.take_back_sold])
def test_more_than_was_promised_is_never_moved(verb: object) -> None:
    store = make_store()
    product = make_product(store)
    with pytest.raises(commands.CountersDisagree):
        verb(store, [Wanted(product, 1)])  # type: ignore[operator]
    assert counters(product) == (10, 0, 0)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"reserved": 8, "sold": 3}, "product_promises_within_stock"),
        ({"reserved": -1}, "product_reserved_not_negative"),
        ({"sold": -1}, "product_sold_not_negative"),
        ({"warranty_days": 30}, "product_warranty_at_least_90_days"),
    ],
)
def test_the_database_itself_refuses_impossible_counters(change: dict[str, int], constraint: str) -> None:
    product = make_product(make_store())
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Product.objects.filter(pk=product).update(**change)


def test_a_warranty_below_90_days_is_refused_in_words() -> None:
    with pytest.raises(ProductNotPossible) as refused:
        make_product(make_store(), warranty_days=89)
    assert refused.value.reason == "La garantía no puede ser menor a 90 días."


def test_the_stock_cannot_be_counted_below_what_is_promised(at: datetime) -> None:
    store = make_store()
    product = make_product(store, stock=5)
    commands.reserve(store, [Wanted(product, 4)])
    with pytest.raises(StockBelowPromises) as refused:
        commands.set_stock(store, product, 3, by=ANA, at=at)
    assert refused.value.promised == 4
    commands.set_stock(store, product, 4, by=ANA, at=at)
    assert counters(product) == (4, 4, 0)
    assert history(store, f"product:{product}")[0].said == {"from": 5, "to": 4}


def test_reserving_is_one_statement(django_assert_num_queries: object) -> None:
    store = make_store()
    lines = [Wanted(make_product(store, price=Money(100 + n)), 1) for n in range(5)]
    with django_assert_num_queries(1):  # type: ignore[operator]
        commands.reserve(store, lines)
