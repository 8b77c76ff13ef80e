"""CLABE: the control digit, against the rule as Banxico's manual gives it, written here a second time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seguripago.values import clabe

prefixes = st.from_regex(r"[0-9]{10,13}", fullmatch=True)


def control_digit(body: str) -> str:
    """Weights 3, 7, 1; each product modulo 10; what is missing to the next ten."""
    total = sum(int(digit) * (3, 7, 1)[place % 3] % 10 for place, digit in enumerate(body))
    return str((10 - total % 10) % 10)


@given(prefixes, st.integers(min_value=0, max_value=9999))
def test_a_built_clabe_has_the_control_digit_of_the_rule(prefix: str, number: int) -> None:
    built = clabe.build(prefix, number)
    assert len(built) == 18
    assert built.startswith(prefix)
    assert built[17] == control_digit(built[:17])


@given(st.integers(min_value=0, max_value=10**7 - 1), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(number: int, place: int, off: int) -> None:
    built = clabe.build("6461801157", number)
    assert clabe.is_valid(built)
    wrong = built[:place] + str((int(built[place]) + off) % 10) + built[place + 1 :]
    assert not clabe.is_valid(wrong)


@pytest.mark.parametrize("known", ["646180115700294217", "002010077777777771", "032180000118359719"])
def test_published_examples_are_valid(known: str) -> None:
    assert clabe.is_valid(known)


@pytest.mark.parametrize(
    "wrong",
    ["", "64618011570029421", "6461801157002942170", "64618011570029421X", "６４６１８０１１５７００２９４２１７"],
)
def test_what_is_not_eighteen_digits_is_no_clabe(wrong: str) -> None:
    assert not clabe.is_valid(wrong)


@given(prefixes)
def test_no_two_numbers_share_an_account_and_the_last_one_is_the_last(prefix: str) -> None:
    last = clabe.capacity(prefix) - 1
    assert len({clabe.build(prefix, number) for number in (0, 1, last - 1, last)}) == 4
    with pytest.raises(clabe.BadPrefix):
        clabe.build(prefix, last + 1)


@pytest.mark.parametrize(("prefix", "number"), [("64618A1157", 1), ("6461801157", -1), ("", 1)])
def test_a_prefix_that_is_none_is_refused(prefix: str, number: int) -> None:
    with pytest.raises(clabe.BadPrefix):
        clabe.build(prefix, number)


def test_how_a_clabe_is_shown() -> None:
    assert clabe.pretty("646180115700294217") == "646 180 11570029421 7"
    assert clabe.pretty("corta") == "corta"
    assert clabe.masked("646180115700294217") == "••• 4217"
    assert clabe.masked("1") == "•••"


def test_institutions_have_names() -> None:
    assert clabe.institution_of("646180115700294217") == "90646"
    assert clabe.bank_name_of("646180115700294217") == "STP"
    assert clabe.institution_name("40012") == "BBVA"
    assert clabe.institution_name("00000") == clabe.bank_name_of("999180115700294217") == ""
    assert ("90646", "STP") in clabe.institutions()
