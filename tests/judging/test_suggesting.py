"""Suggestions: looked up in sets by indexes, scored with reasons that a person can check."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.crowd import crowd
from seguripago.journey.bank.queries import DepositView
from seguripago.journey.orders.queries import UNPAID_OF_BUYERS
from seguripago.journey.payments.leads import BY_AMOUNT, BY_CLABE, BY_CLAIM, BY_REFERENCE
from seguripago.journey.payments.rules import Claim, Lead, State
from seguripago.journey.reconciliation.commands.suggesting import suggestions_for
from seguripago.journey.reconciliation.models import Case
from seguripago.journey.reconciliation.rules import Sought, likeness, near_clabes, suggest
from seguripago.values import clabe as clabes
from seguripago.values.money import Money
from tests.judging.movements import Signed, movement, tell_all
from tests.money import bank

AT = datetime(2026, 3, 11, 16, 30, tzinfo=UTC)
CLABE = clabes.build("6461801157", 29421)


def lead(number: str = "CM-F8QY-40YH", **more: Any) -> Lead:
    values: dict[str, Any] = {
        "payment_id": 1,
        "order_number": number,
        "order_state": "verified",
        "state": State.MONITORED,
        "missing": Money(100_000),
        "buyer_name": "Lucía Hernández Robles",
        "buyer_email": "lucia@correo.example",
        "clabe": CLABE,
        "reference": CLABE[10:17],
        "monitored_at": AT - timedelta(minutes=30),
        "expires_at": AT + timedelta(hours=20),
    }
    return Lead(**{**values, **more})


def sought(**more: Any) -> Sought:
    values: dict[str, Any] = {
        "amount": Money(100_000),
        "payer_name": "",
        "concept": "",
        "reference": "",
        "tracking_key": "",
        "clabe": "",
        "bank_name": "BBVA",
        "operation_date": date(2026, 3, 11),
        "settled_at": AT,
    }
    return Sought(**{**values, **more})


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("LUCIA HERNANDEZ ROBLES", "Lucía Hernández Robles", 100, 100),
        ("HERNANDEZ ROBLES LUCIA", "Lucía Hernández", 100, 100),
        ("MARIA G LOPEZ", "María Guadalupe López Díaz", 70, 99),
        ("GRUPO NORTE S.A.P.I. DE C.V.", "Grupo Norte", 100, 100),
        ("TRANSPORTES DEL BAJIO S DE RL DE CV", "Transportes del Bajío", 100, 100),
        ("JUAN PEREZ LOPEZ", "María Pérez Soto", 0, 0),
        ("ANA", "Ana López", 1, 49),
        ("", "Ana López", 0, 0),
    ],
)
def test_names_are_alike_whatever_their_order_accents_and_legal_form(
    one: str, other: str, least: int, most: int
) -> None:
    assert least <= likeness(one, other) <= most
    assert likeness(one, other) == likeness(other, one)


def test_what_was_copied_weighs_more_than_what_agrees_by_chance() -> None:
    by_number = lead("CM-F8QY-40YH", missing=Money(555), payment_id=1)
    by_amount = lead("CM-0000-0000", payment_id=2)

    first, second = suggest(sought(concept="pago CMF8QY40YH"), [by_amount, by_number])

    assert first.order_number == "CM-F8QY-40YH"
    assert first.reasons[0] == "El concepto trae el número de este pedido."
    assert "Sobrarían $994.45." in first.reasons
    assert second.reasons[0] == "El monto es exactamente lo que falta."
    assert first.score > second.score


def test_an_amount_that_many_share_says_little() -> None:
    alone = suggest(sought(), [lead()])
    crowd_of = suggest(sought(), [lead(f"CM-0000-000{n}", payment_id=n) for n in range(1, 7)])

    assert alone[0].score > crowd_of[0].score
    assert "lo comparten 6 pedidos" in crowd_of[0].reasons[0]


def test_a_claimed_tracking_key_is_the_best_mark_of_all() -> None:
    claim = Claim("BBVA", date(2026, 3, 11), "RASTREO1")
    (first, *_) = suggest(sought(tracking_key="RASTREO1", amount=Money(1)), [lead(claims=(claim,)), lead(payment_id=2)])

    assert first.reasons[0] == "El comprador avisó de su transferencia con esta misma clave de rastreo."


def test_one_transfer_for_several_orders_comes_as_one_suggestion_with_its_shares() -> None:
    mine = [
        lead(number, payment_id=pk, missing=Money(centavos))
        for pk, (number, centavos) in enumerate((("CM-AAAA-1111", 40_000), ("CM-BBBB-2222", 60_000)), start=1)
    ]
    (first, *_) = suggest(sought(payer_name="LUCIA HERNANDEZ"), mine)

    assert [(share.order_number, share.amount) for share in first.shares] == [
        ("CM-AAAA-1111", Money(40_000)),
        ("CM-BBBB-2222", Money(60_000)),
    ]
    assert "La suma de lo que falta de 2 pedidos es exactamente $1,000.00." in first.reasons


def test_a_sum_that_can_be_made_in_two_ways_is_not_suggested() -> None:
    mine = [lead(f"CM-0000-000{n}", payment_id=n, missing=Money(50_000)) for n in range(1, 4)]

    assert not [each for each in suggest(sought(), mine) if each.shares]


def test_a_closed_order_is_shown_with_its_reason_and_half_the_points() -> None:
    paid = lead(order_state="paid", state=State.CONFIRMED, missing=Money.zero())
    (only,) = suggest(sought(concept="CMF8QY40YH"), [paid])

    assert only.reasons[-1] == "Ese pedido ya está pagado."
    assert only.score < 50


def test_the_clabes_next_to_one_are_all_well_formed() -> None:
    near = near_clabes(CLABE)

    assert 60 <= len(near) <= 70
    assert all(clabes.is_valid(each) for each in near)
    assert CLABE not in near


@pytest.mark.django_db
def test_an_excess_and_a_duplicate_are_suggested_for_the_buyers_other_order(at: datetime) -> None:
    store_id = bank.bank_store()
    one, other = bank.sale(at, store_id=store_id), bank.sale(at, store_id=store_id)
    tell_all([Signed(movement(one, (one.total + other.total).plain, at=at))], at=at)

    case = Case.objects.get(kind="excess")
    assert case.suggestions[0]["order_number"] == bank.order(other.order_id).number
    assert "Es del mismo comprador." in case.suggestions[0]["reasons"]


@pytest.mark.django_db
def test_no_order_of_another_store_is_ever_suggested(at: datetime) -> None:
    mine, theirs = bank.sale(at), bank.sale(at)
    stray = movement(
        mine,
        theirs.total.plain,
        at=at,
        clabe=clabes.build(mine.clabe[:10], 9_999_999),
        concept=bank.order(theirs.order_id).number,
    )
    tell_all([Signed(stray)], at=at)

    (case,) = Case.objects.all()
    numbers = {each["order_number"] for each in case.suggestions}
    assert bank.order(theirs.order_id).number not in numbers
    assert numbers == {bank.order(mine.order_id).number}


@pytest.mark.django_db
def test_looking_up_many_costs_no_more_statements_than_looking_up_some(at: datetime) -> None:
    store_id = bank.bank_store()
    crowd(store_id, open_payments=400)
    counts = []
    for many in (30, 400):
        with CaptureQueriesContext(connection) as seen:
            started = time.perf_counter()
            found = suggestions_for([stray(n, store_id) for n in range(many)], at=at)
            took_s = time.perf_counter() - started
        counts.append(len(seen))
        assert took_s < 0.02 * many + 1
        assert len(found) <= many
    assert counts[1] <= counts[0] + 2


@pytest.mark.django_db
def test_every_look_up_is_by_an_index(at: datetime) -> None:
    store_id = bank.bank_store()
    made = crowd(store_id, open_payments=6_000)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clabe, reference FROM transfer_instructions WHERE clabe LIKE '%%' LIMIT 1", [])
        clabe, reference = cursor.fetchone()
        cursor.execute(
            "INSERT INTO transfer_claim (payment_id, bank, transfer_date, tracking_key, at)"
            " SELECT p.id, 'BBVA', current_date, 'CLAVE' || p.id, now() FROM payment p"
        )
        cursor.execute("UPDATE shop_order SET buyer_email = id || '@correo.example'")
        cursor.execute("ANALYZE transfer_claim, shop_order")
    assert len(made.open_orders) == 6_000
    asked: dict[str, tuple[str, list[object]]] = {
        "payment_by_missing": (BY_AMOUNT, [[store_id] * 3, [191_400, 5, 6], ["MXN"] * 3, 8]),
        "instructions_by_reference": (BY_REFERENCE, [[reference], 8]),
        "claim_by_tracking_key": (BY_CLAIM, [["CLAVE12"], 8]),
        "transfer_instructions_clabe": (BY_CLABE, [list(near_clabes(clabe))[:6]]),
        "order_unpaid_of_buyer": (UNPAID_OF_BUYERS, [["nadie@correo.example"], store_id, 8]),
    }
    for index, (statement, values) in asked.items():
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {statement}", values)
            plan = "\n".join(row[0] for row in cursor.fetchall())
        assert index in plan, plan
        assert "Seq Scan" not in plan, plan


def stray(number: int, store_id: int) -> DepositView:
    """A deposit of nobody's, as the bank's room shows it."""
    return DepositView(
        id=number,
        store_id=store_id,
        amount=Money(120_000 + number),
        clabe=clabes.build("6461809999", number),
        is_own_account=True,
        sending_institution="40012",
        bank_name="BBVA",
        tracking_key=f"X{number}",
        operation_date=AT.date(),
        payer_name="JUAN PEREZ LOPEZ",
        concept="pago",
        reference=str(number),
        settled_at=AT,
        received_at=AT,
        feed="sandbox",
        is_returned=False,
    )
