"""A deposit as people ask for it, to the centavo."""

from __future__ import annotations

import pytest

from seguripago.journey.payments.rules.asked_deposit import DepositUnreadable, deposit_asked
from seguripago.values.money import Money

WHOLE = Money(913_501)


@pytest.mark.parametrize(
    ("typed", "centavos"),
    [
        ("30%", 274_050),
        ("30 %", 274_050),
        ("33.33 %", 304_470),
        ("33,3 por ciento", 304_196),
        ("50%", 456_750),
        ("1,250.00", 125_000),
        ("$1250", 125_000),
        ("1.00", 100),
        ("9,135.00", 913_500),
    ],
)
def test_an_amount_or_a_part_is_exact(typed: str, centavos: int) -> None:
    assert deposit_asked(typed, whole=WHOLE, missing=WHOLE) == Money(centavos)


@pytest.mark.parametrize(
    "typed",
    ["", "la mitad", "0%", "0.001%", "100%", "-30%", "0.99", "9,135.01", "9,999.00", "1.2.3", "30%%", "٣٠%", "∞"],
)
def test_what_is_no_deposit_is_refused_with_its_limits(typed: str) -> None:
    with pytest.raises(DepositUnreadable) as refused:
        deposit_asked(typed, whole=WHOLE, missing=WHOLE)
    assert (refused.value.least, refused.value.most) == (Money(100), Money(913_500))


def test_what_came_already_is_counted() -> None:
    with pytest.raises(DepositUnreadable):
        deposit_asked("60%", whole=WHOLE, missing=Money(500_000))
    assert deposit_asked("30%", whole=WHOLE, missing=Money(500_000)) == Money(274_050)
