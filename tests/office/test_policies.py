"""«Oficina» → Reglas del dinero: one person proposes, another approves, and only then it holds."""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.test import Client

from seguripago.foundations.approvals.queries import open_proposals, policy
from tests.money.bank import bank_store
from tests.office.test_banks import waiting_of
from tests.office.test_office import enter

pytestmark = pytest.mark.django_db
AT = "/oficina/reglas/"
LITTLE = {"tolerance_centavos": "$10.00", "writes_off_by_itself": "on"}


@pytest.fixture
def store_id() -> int:
    return bank_store()


@pytest.fixture
def ana(store_id: int) -> Client:
    return enter(store_id, "ana", "owner")


@pytest.fixture
def sofia(store_id: int) -> Client:
    return enter(store_id, "sofia", "supervisor")


def shown(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def test_a_rule_holds_once_a_second_person_approved_it(ana: Client, sofia: Client, store_id: int) -> None:
    assert ana.post(AT, LITTLE).headers["Location"] == f"{AT}?propuesto=1"
    assert policy(store_id).tolerance_centavos == 0
    assert "Tolerancia de diferencias: $10.00." in shown(ana.get(AT))
    assert "propuestas" not in shown(ana.get(AT)), "its maker finds nothing to press"
    path, seen = waiting_of(shown(sofia.get(AT)))
    answer = sofia.post(path, {"seen": seen, "decision": "approve", "back": "reglas"})
    assert answer.headers["Location"] == f"{AT}?decidido=1"
    assert (policy(store_id).tolerance_centavos, policy(store_id).writes_off_by_itself) == (10_00, True)
    page = shown(sofia.get(AT))
    assert 'value="10.00"' in page
    assert page.count("checked") == 1


def test_only_what_differs_is_proposed(ana: Client, store_id: int) -> None:
    ana.post(AT, LITTLE)
    (found,) = open_proposals(store_id)
    assert found.effects["to"] == {"tolerance_centavos": 10_00, "writes_off_by_itself": 1}
    assert ana.post(AT, LITTLE).status_code == 422, "one at a time"


@pytest.mark.parametrize("typed", ["", "mucho", "-1.00", "500.01", "0.001"])
def test_a_tolerance_that_cannot_be_is_refused(typed: str, ana: Client, store_id: int) -> None:
    assert ana.post(AT, {"tolerance_centavos": typed}).status_code == 422
    assert open_proposals(store_id) == ()


def test_nothing_is_proposed_when_nothing_changes(ana: Client, store_id: int) -> None:
    assert ana.post(AT, {"tolerance_centavos": "0"}).status_code == 422
    assert open_proposals(store_id) == ()


def test_a_lone_owner_reads_that_time_decides(ana: Client) -> None:
    ana.post(AT, {"tolerance_centavos": "0", "delay_instead_of_second_person": "on"})
    assert "se hace por sí solo 24 horas después" in shown(ana.get(AT))


def test_whoever_decides_no_money_finds_nothing(store_id: int) -> None:
    for name, role in (("eva", "analyst"), ("beto", "payments")):
        clerk = enter(store_id, name, role)
        assert clerk.get(AT).status_code == 404
        assert clerk.post(AT, LITTLE).status_code == 404
    assert Client().get(AT).status_code == 302
    assert open_proposals(store_id) == ()
