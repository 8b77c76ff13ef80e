"""Money is exact: whole centavos, read with certainty or not at all."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seguripago.values.money import CurrenciesDiffer, Money, UnreadableAmount

# Thirteen digits of pesos: more than every bank of the country together.
centavos = st.integers(min_value=-(10**15) + 1, max_value=10**15 - 1)


@given(centavos)
def test_what_is_written_is_read_back(amount: int) -> None:
    money = Money(amount)
    assert Money.parse(money.plain) == money
    assert Money.parse(str(money)) == money
    assert Money.from_decimal(money.decimal) == money


@given(centavos, centavos)
def test_sums_and_order_are_those_of_whole_numbers(one: int, other: int) -> None:
    assert Money(one) + Money(other) == Money(one + other)
    assert Money(one) - Money(other) == Money(one - other)
    assert (Money(one) < Money(other)) == (one < other)
    assert (Money(one) >= Money(other)) == (one >= other)
    assert Money.sum([Money(one), Money(other), -Money(one)]) == Money(other)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1250", 125_000),
        ("1250.5", 125_050),
        ("1,250.00", 125_000),
        ("$1,250.00", 125_000),
        (" $9,135.00 ", 913_500),
        ("-$0.01", -1),
        ("0", 0),
        ("1,234,567.89", 123_456_789),
    ],
)
def test_the_shapes_that_are_read(text: str, amount: int) -> None:
    assert Money.parse(text) == Money(amount)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10,00",
        "1.250,00",
        "1,25",
        "12,50.00",
        "1250.005",
        "1e3",
        "NaN",
        "MX$5",
        "5 pesos",
        "--5",
        "$",
        ".50",
        "1 250",
    ],
)
def test_what_could_be_read_two_ways_is_not_read(text: str) -> None:
    with pytest.raises(UnreadableAmount):
        Money.parse(text)


@given(st.floats())
def test_a_float_is_never_money(amount: float) -> None:
    with pytest.raises(TypeError):
        Money(amount)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(100) * amount  # type: ignore[operator]


@pytest.mark.parametrize("wrong", [True, "100", Decimal(100), None])
def test_only_a_whole_number_makes_money(wrong: Any) -> None:
    with pytest.raises(TypeError):
        Money(wrong)


@pytest.mark.parametrize("amount", ["0.001", "NaN", "Infinity", "1e30"])
def test_a_decimal_that_is_no_centavo_is_refused_instead_of_rounded(amount: str) -> None:
    with pytest.raises(UnreadableAmount):
        Money.from_decimal(Decimal(amount))


def test_currencies_are_never_mixed() -> None:
    pesos, dollars = Money(100), Money(100, "USD")
    assert pesos != dollars
    for do in (lambda: pesos + dollars, lambda: pesos - dollars, lambda: pesos < dollars, lambda: pesos >= dollars):
        with pytest.raises(CurrenciesDiffer):
            do()


def test_huge_amounts_stay_exact() -> None:
    huge = Money(10**30 + 1)
    assert (huge - Money(10**30)).centavos == 1
    assert huge.plain.endswith(".01")


def test_how_amounts_look() -> None:
    assert (str(Money(913_500)), Money(913_500).plain) == ("$9,135.00", "9135.00")
    assert (str(Money(-5)), Money(-5).plain) == ("-$0.05", "-0.05")


@given(st.integers(min_value=0, max_value=10**15), st.sampled_from([0, 800, 1600]))
def test_the_tax_and_the_price_without_it_make_the_whole(amount: int, basis_points: int) -> None:
    whole = Money(amount)
    tax = whole.iva_part(basis_points)
    base = whole - tax
    assert base + tax == whole
    assert Money.zero() <= tax <= whole
    # The contained tax differs from the tax on the base by less than one centavo.
    assert abs(base.centavos * basis_points - tax.centavos * 10_000) <= 10_000


def test_the_tax_is_rounded_half_even_and_once() -> None:
    assert Money(116).iva_part() == Money(16)
    assert Money(913_500).iva_part() == Money(126_000)
    assert Money(-913_500).iva_part() == Money(-126_000)
    lines = [Money(3_333)] * 3
    assert Money.sum(lines).iva_part() == Money(1_379)
    assert Money.sum(line.iva_part() for line in lines) == Money(1_380), "a sum of rounded parts is another number"
