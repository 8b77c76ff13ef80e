"""Working days of Mexico, and an address as the buyer wrote it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seguripago.values.actor import Actor
from seguripago.values.address import Address
from seguripago.values.calendar import add_working_days, holidays, is_working_day
from seguripago.values.refusal import Refusal

days = st.dates(min_value=date(2024, 1, 1), max_value=date(2040, 12, 31))


def test_the_mandatory_holidays_of_2026() -> None:
    assert holidays(2026) == {
        date(2026, 1, 1),
        date(2026, 2, 2),
        date(2026, 3, 16),
        date(2026, 5, 1),
        date(2026, 9, 16),
        date(2026, 11, 16),
        date(2026, 12, 25),
    }


@pytest.mark.parametrize(("year", "rests"), [(2024, True), (2026, False), (2029, False), (2030, True)])
def test_the_first_of_october_rests_when_the_executive_changes(year: int, rests: bool) -> None:
    assert (date(year, 10, 1) in holidays(year)) == rests


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 3, 13), 1, date(2026, 3, 17)),  # a Friday before the long weekend
        (date(2026, 3, 14), 0, date(2026, 3, 17)),
        (date(2026, 12, 24), 1, date(2026, 12, 28)),
        (date(2026, 12, 31), 1, date(2027, 1, 4)),
        (date(2026, 11, 13), 3, date(2026, 11, 19)),
    ],
)
def test_deadlines_jump_over_what_is_no_working_day(day: date, count: int, expected: date) -> None:
    assert add_working_days(day, count) == expected


@given(days, st.integers(0, 40))
def test_a_deadline_is_a_working_day_with_the_asked_number_between(day: date, count: int) -> None:
    start, end = add_working_days(day, 0), add_working_days(day, count)
    assert is_working_day(end)
    between = [start + timedelta(days=after) for after in range(1, (end - start).days + 1)]
    assert sum(is_working_day(each) for each in between) == count


ROMA = Address("Orizaba", "127", "4B", "Roma Norte", "06700", "Cuauhtémoc", "Ciudad de México", "Portón verde")


def test_an_address_in_one_line() -> None:
    assert ROMA.one_line == "Orizaba 127-4B, Roma Norte, 06700 Cuauhtémoc, Ciudad de México"
    assert Address("Sur 8", "", "", "", "91500", "Coatepec", "").one_line == "Sur 8, 91500 Coatepec"


def test_an_address_comes_back_from_json_even_when_parts_are_new_or_gone() -> None:
    assert Address.from_json(ROMA.to_json()) == ROMA
    stored = {**ROMA.to_json(), "planet": "Earth"}
    del stored["references"]
    assert Address.from_json(stored).references == ""


def test_actors_are_named_and_only_staff_has_an_id() -> None:
    assert Actor.staff(7, "Beto") == Actor("staff", 7, "Beto")
    assert {Actor.buyer("Ana").id, Actor.assistant().id, Actor.system().id} == {None}


def test_two_refusals_never_share_a_code() -> None:
    class FirstOfThem(Refusal):
        """Said once."""

        code = "SP-999"

    assert str(FirstOfThem()) == "Said once."
    with pytest.raises(TypeError, match="SP-999"):
        type("SecondOfThem", (Refusal,), {"code": "SP-999"})
    del Refusal.registry["SP-999"]
