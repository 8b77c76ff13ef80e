"""Invariant 10: the same notices in any order, in any batches, end with the same deposits, totals and order states."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from seguripago.journey.reconciliation.queries import open_cases
from seguripago.values.money import Money
from tests.judging import movements
from tests.judging.movements import Listed, Said, Signed, Telling, Unsigned, movement, returned, tell
from tests.money import bank

pytestmark = pytest.mark.django_db

# Drawn at will, and four that once ended otherwise.
SCENARIOS = (*range(10), 104, 111, 120, 122)
ORDERS = 4
# Parts of the amount, in tenths; some scenarios fall short, some go over.
SETS = ((10,), (4, 6), (3, 3, 4), (10, 10), (5, 9), (4, 6, 10), (12,), (2, 3), (7, 7, 7), (10, 1))


@dataclass(frozen=True, slots=True)
class Part:
    """A movement of the plan: its share of the amount in tenths, and what is told of it."""

    tenths: int
    copies: int
    is_listed: bool
    goes_back: bool
    unsigned: str
    late: bool


def plan(dice: random.Random) -> tuple[Part, ...]:
    """A drawn set of movements and of what is told of each."""
    return tuple(
        Part(
            tenths,
            copies=dice.choice((1, 1, 2, 4)),
            is_listed=dice.random() < 0.4,
            goes_back=dice.random() < 0.35,
            unsigned=dice.choice(("", "", "same", "other")),
            late=dice.random() < 0.12,
        )
        for tenths in dice.choice(SETS)
    )


def tellings_of(parts: Sequence[Part], sold: bank.Sale, *, at: datetime) -> list[Telling]:
    """Every notice of the plan, for this sale; its movements have the same marks in every sale."""
    tellings: list[Telling] = []
    for place, part in enumerate(parts):
        amount = Money(sold.total.centavos * part.tenths // 10)
        settled_at = at + timedelta(days=60) if part.late else at
        said: Said = movement(sold, amount.plain, at=at, tracking_key=f"PARTE{place}", settled_at=settled_at)
        tellings += [Signed(said)] * part.copies
        if part.is_listed:
            tellings.append(Listed(said))
        if part.goes_back:
            tellings.append(returned(said))
        if part.unsigned:
            tellings.append(Unsigned(said if part.unsigned == "same" else said.saying("1.23")))
    return tellings


@pytest.mark.parametrize("seed", SCENARIOS)
def test_any_order_of_the_same_notices_ends_the_same(seed: int, at: datetime) -> None:
    dice = random.Random(seed)
    parts = plan(dice)
    ends = []
    for _ in range(ORDERS):
        sold = bank.sale(at, store_id=bank.bank_store())
        tellings = tellings_of(parts, sold, at=at)
        dice.shuffle(tellings)
        for telling in tellings:
            tell(telling, at=at)
            if dice.random() < 0.6:
                bank.turn(at)
        bank.turn(at)
        ends.append(movements.end_state(sold))
    assert all(end == ends[0] for end in ends), (parts, ends)


def test_a_signed_notice_wins_over_an_unsigned_one_whichever_comes_first(at: datetime) -> None:
    for first_is_signed in (True, False):
        sold = bank.sale(at)
        said = movement(sold, sold.total.plain, at=at)
        told: list[Telling] = [Signed(said), Unsigned(said.saying("9.99"))]
        movements.tell_all(told if first_is_signed else told[::-1], at=at)

        assert bank.paid_view(sold.order_id).is_confirmed
        assert [case.kind for case in open_cases(sold.store_id)] == ["contradiction"]


def test_two_believed_notices_that_disagree_are_an_alarm_with_both_sayings(at: datetime) -> None:
    for first_is_call in (True, False):
        sold = bank.sale(at)
        said = movement(sold, "100.00", at=at, tracking_key="DOSDICHOS")
        told: list[Telling] = [Signed(said), Listed(said.saying("900.00"))]
        movements.tell_all(told if first_is_call else told[::-1], at=at)

        (case,) = open_cases(sold.store_id)
        assert case.kind == "contradiction"
        for words in ("$100.00", "$900.00", "Banco de pruebas", "STP"):
            assert words in case.says, case.says
        assert movements.end_state(sold)["order"] == ("verified", "held", True)
