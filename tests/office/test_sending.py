"""The owner sets from which hour on a day is over and what each destination adds; new orders are promised so."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from seguripago.foundations.audit.queries import history
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.orders.queries import order
from tests.delivery.builders import open_shop, place
from tests.web.staff import entered

pytestmark = pytest.mark.django_db
GIVEN = {"cutoff_hour": "9", "near_days": "0", "national_days": "2", "remote_days": "4", "arrival_days": "3"}


def test_the_next_order_is_promised_with_it_and_the_one_before_keeps_its_own(
    ana: Client, store_id: int, at: datetime
) -> None:
    before = order(place(store_id, at=at))
    assert ana.post("/oficina/tienda/entregas/", GIVEN).status_code == 302
    after = order(place(store_id, at=at, turn=2))
    assert order(before.id).promised_to == before.promised_to
    assert (after.promised_to - before.promised_to).days >= 3
    assert history(store_id, f"store:{store_id}")[0].action == "store.days_changed"


@pytest.fixture
def store_id() -> int:
    return open_shop()


@pytest.fixture
def ana(store_id: int) -> Client:
    """Owns the store."""
    return entered(store_id, "owner", "ana")


@pytest.mark.parametrize(
    "wrong", [{"cutoff_hour": "25"}, {"cutoff_hour": "0"}, {"remote_days": "x"}, {"arrival_days": "1"}]
)
def test_what_cannot_be_is_said_and_kept_as_it_was_typed(ana: Client, store_id: int, wrong: dict[str, Any]) -> None:
    answer = ana.post("/oficina/tienda/entregas/", GIVEN | wrong)
    assert answer.status_code == 422
    assert f'value="{GIVEN["national_days"]}"' in answer.content.decode()
    assert store_by_id(store_id).cutoff_hour == 14
