from __future__ import annotations

from collections import Counter

import pytest
from stdnum.mx import rfc

from seguripago.foundations.people.models import Membership, User
from seguripago.foundations.stores.queries import prefixes, store
from seguripago.jobs import demo
from seguripago.jobs.demo_products import KINDS, PRODUCTS
from seguripago.journey.catalogue.models import Product
from seguripago.journey.catalogue.queries import kinds, shelf
from seguripago.values import clabe

pytestmark = pytest.mark.django_db


def test_the_demo_sells_at_least_24_products_of_three_kinds_some_few_and_one_sold_out() -> None:
    demo.run()
    view = store(demo.SLUG)
    assert view is not None
    cards = shelf(view.id)
    assert len(cards) == len(PRODUCTS) >= 24
    assert set(kinds(view.id)) == set(KINDS)
    assert min(Counter(card.kind for card in cards).values()) >= 8
    assert [card.available for card in cards].count(0) == 1
    assert sum(0 < card.available <= 5 for card in cards) >= 3
    assert min(card.warranty_days for card in cards) >= 90


def test_the_demos_numbers_pass_their_own_check_characters() -> None:
    demo.run()
    view = store(demo.SLUG)
    assert view is not None
    assert rfc.is_valid(view.rfc, validate_check_digits=True)
    [prefix] = prefixes(view.id)
    assert clabe.is_valid(clabe.build(prefix.prefix, prefix.next_number))
    assert view.legal_name == "SIERRA ALTA CAFE SA DE CV"


def test_a_second_run_changes_nothing() -> None:
    first = demo.run()
    Product.objects.filter(sku="EQU-01").update(stock=3)
    before = list(Product.objects.order_by("pk").values()), list(User.objects.order_by("pk").values())
    second = demo.run()
    assert (list(Product.objects.order_by("pk").values()), list(User.objects.order_by("pk").values())) == before
    assert (first["new"], second["new"]) == (True, False)


def test_four_people_work_at_the_demo_store_with_the_password_that_was_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEGURIPAGO_DEMO_PASSWORD", "cafe-de-olla")
    said = demo.run()
    roles = dict(Membership.objects.values_list("user__email", "role"))
    assert roles == {
        "analista@demo.test": "analyst",
        "medios@demo.test": "payments",
        "supervisor@demo.test": "supervisor",
        "tienda@demo.test": "owner",
    }
    assert said["password"] == "cafe-de-olla"
    assert User.objects.get(email="analista@demo.test").check_password("cafe-de-olla")
