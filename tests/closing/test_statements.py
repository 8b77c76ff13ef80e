"""The first of the three columns: what statements that somebody brought say of the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from seguripago.config.command_line_upkeep import check_invariants
from seguripago.journey.bank.models import Deposit
from seguripago.journey.reconciliation.commands import close_day
from seguripago.journey.reconciliation.queries import DayView, day_view
from seguripago.values.money import Money
from tests.statements import banks
from tests.statements.banks import Movement
from tests.statements.bringing import imported

from .books import CLERK, DAY, EVENING, NOON, bank, day_of_sales

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, slots=True)
class Day:
    """A store, its deposits of the day, and the lines that an honest statement prints of them."""

    store_id: int
    lines: tuple[Movement, ...]

    def with_statement(self, *lines: Movement, at: datetime = EVENING) -> DayView:
        # The day is written so that nobody has to be asked whether it is March or November.
        found = imported(self.store_id, banks.stp_csv(lines or self.lines, day="%Y-%m-%d"), at=at)
        assert found.state == "done"
        return day_view(self.store_id, DAY, at=at)


@pytest.fixture
def day() -> Day:
    store_id = day_of_sales(3)
    return Day(store_id, lines_of(store_id))


def lines_of(store_id: int) -> tuple[Movement, ...]:
    rows = Deposit.objects.filter(store_id=store_id, operation_date=DAY).order_by("pk")
    return tuple(
        Movement(
            DAY, Money(row.amount_centavos).plain, row.tracking_key, row.clabe, row.sending_institution, concept="Pago"
        )
        for row in rows
    )


def test_a_whole_statement_makes_the_day_agree_to_the_centavo(day: Day) -> None:
    view = day.with_statement()
    assert (view.standing, view.differences) == ("agrees", ())
    assert view.unexplained_pesos == Money.zero()
    (account,) = view.accounts
    assert account.statement == account.deposits == account.ledger == view.moved
    assert (account.statement_count, account.deposit_count, account.ledger_count) == (3, 3, 3)
    close_day(day.store_id, DAY, by=CLERK, at=EVENING)
    assert day_view(day.store_id, DAY, at=EVENING).standing == "agrees"
    assert not any(check_invariants()["rows"].values())


def test_overlapping_statements_count_once(day: Day) -> None:
    day.with_statement(*day.lines[:2])
    view = day.with_statement(*day.lines[1:], at=EVENING + timedelta(hours=1))
    assert view.standing == "agrees"
    assert view.accounts[0].statement_count == 3


def test_what_the_statement_lacks_is_named(day: Day) -> None:
    view = day.with_statement(*day.lines[:2])
    (line,) = view.differences
    assert (line.kind, line.tracking_key, line.deposit) == (
        "only_in_deposits",
        day.lines[2].key,
        Money.parse(day.lines[2].amount),
    )
    assert view.unexplained_pesos == Money.parse(day.lines[2].amount)
    assert view.standing == "differs"


def test_a_statement_that_says_another_amount_is_named_with_both(day: Day) -> None:
    lied = Movement(DAY, "1.07", day.lines[0].key, day.lines[0].clabe, day.lines[0].sender)
    view = day.with_statement(lied, *day.lines[1:])
    (line,) = view.differences
    honest = Money.parse(day.lines[0].amount)
    assert (line.kind, line.statement, line.deposit) == ("amount_differs", Money(107), honest)
    assert line.amount == honest - Money(107)


def test_a_movement_that_only_the_statement_knew_becomes_a_deposit_and_is_booked(day: Day) -> None:
    sold = bank.sale(NOON, store_id=day.store_id)
    lost = Movement(DAY, sold.total.plain, "SINAVISO0001", sold.clabe)
    view = day.with_statement(*day.lines, lost)
    assert view.standing == "agrees"
    assert view.accounts[0].deposit_count == 4


def test_a_credit_without_the_banks_marks_is_unexplained_until_a_person_looks(day: Day) -> None:
    day.with_statement()
    imported(
        day.store_id,
        banks.branch_csv(
            [Movement(DAY, "55.00", concept="DEPOSITO"), Movement(DAY, "-3.00", concept="COMISION")], day="%Y-%m-%d"
        ),
        at=EVENING + timedelta(hours=1),
    )
    view = day_view(day.store_id, DAY, at=EVENING)
    assert [(line.kind, line.amount) for line in view.differences] == [("only_in_statement", Money(5_500))]


def test_a_statement_that_comes_after_the_close_changes_nothing_of_it(day: Day) -> None:
    close_day(day.store_id, DAY, by=CLERK, at=EVENING)
    assert day.with_statement(at=EVENING + timedelta(hours=5)).standing == "no_statement"
