"""The owner sets how long everybody has in a claim; nobody else does, and nothing outside the bounds is kept."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from seguripago.foundations.audit.models import AuditEntry
from seguripago.foundations.stores.commands import change_days
from seguripago.foundations.stores.models import Store
from seguripago.foundations.stores.queries import store_by_id
from seguripago.foundations.stores.refusals import DaysNotPossible
from seguripago.values.actor import Actor
from tests.delivery.builders import open_shop
from tests.web.staff import entered

pytestmark = pytest.mark.django_db
GIVEN = {
    "remind_days": 2,
    "answer_days": 3,
    "accept_days": 4,
    "replace_days": 5,
    "send_back_days": 6,
    "decide_days": 7,
    "appeal_days": 8,
    "refund_days": 3,
    "refund_account_days": 9,
    "refund_bank_days": 4,
}
PAGE = "/oficina/tienda/reclamaciones/"


def test_the_owner_sets_the_days_and_it_is_written_down() -> None:
    store_id = open_shop()
    ana: Client = entered(store_id, "owner", "ana")
    assert ana.post(PAGE, GIVEN).status_code == 302
    store = store_by_id(store_id)
    assert {name: getattr(store, name) for name in GIVEN} == GIVEN
    entry = AuditEntry.objects.get(action="store.days_changed")
    assert entry.said["answer_days"] == {"from": 2, "to": 3}
    assert ana.post(PAGE, GIVEN).status_code == 302
    assert AuditEntry.objects.filter(action="store.days_changed").count() == 1


@pytest.mark.parametrize("wrong", [{"answer_days": 0}, {"appeal_days": 16}, {"decide_days": "mañana"}])
def test_what_cannot_be_is_said_beside_its_field_and_nothing_changes(wrong: dict[str, object]) -> None:
    store_id = open_shop()
    answer = entered(store_id, "owner", "ana").post(PAGE, GIVEN | wrong)
    assert answer.status_code == 422
    assert store_by_id(store_id).answer_days == 2


def test_only_the_owner_changes_them() -> None:
    store_id = open_shop()
    sofia: Client = entered(store_id, "supervisor", "sofia")
    assert sofia.post(PAGE, GIVEN).status_code in {403, 404}
    assert "Días para apelar" in sofia.get("/oficina/tienda/").content.decode()
    assert store_by_id(store_id).answer_days == 2


def test_the_bounds_are_the_databases_too() -> None:
    store_id = open_shop()
    with pytest.raises(DaysNotPossible):
        change_days(store_id, {"appeal_days": 99}, by=Actor.system(), at=None)  # type: ignore[arg-type]
    with pytest.raises(IntegrityError, match="store_appeal_days_possible"), transaction.atomic():
        Store.objects.filter(pk=store_id).update(appeal_days=99)
