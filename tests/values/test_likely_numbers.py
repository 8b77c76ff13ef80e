"""What a hurried payer types is still read as the order number that was meant, or as several that may be looked up."""

from __future__ import annotations

import random

import pytest

from seguripago.values import order_number

NUMBER = "CM-F8QY-40YH"


@pytest.mark.parametrize(
    "typed",
    [
        "CMFBQY40YH",
        "cmf8qy4oyh café",
        "pedido CM F8QY 40YH",
        "CM.F8QY/40YH",
        "f8qy-40yh",
        "PAGO CMF8QY40Y",
        "CMFQ8Y40YH",
        "CMF8XY40YH gracias",
    ],
)
def test_what_was_probably_meant_is_found(typed: str) -> None:
    assert NUMBER in [*order_number.find_all(typed), *order_number.find_likely(typed)]


def test_what_is_written_right_is_no_guess() -> None:
    assert order_number.find_all("pago CMF8QY40YH") == [NUMBER]
    assert NUMBER not in order_number.find_likely("pago CMF8QY40YH")


def test_ordinary_words_bring_few_guesses_and_never_many() -> None:
    assert order_number.find_likely("TRANSFERENCIA DE ABRIL A CAFE DE ANA") == []
    noise = " ".join(["CM" + "B8S5Z2G6" * 5] * 20)
    assert len(order_number.find_likely(noise)) <= 24


def test_every_look_alike_of_every_number_is_forgiven() -> None:
    dice = random.Random(7)
    swaps = {"B": "8", "8": "B", "S": "5", "5": "S", "Z": "2", "2": "Z", "0": "O", "1": "I"}
    for _ in range(300):
        number = order_number.draw(dice.choice)
        plain = order_number.bare(number)
        place = dice.randrange(2, 10)
        typed = plain[:place] + swaps.get(plain[place], plain[place]) + plain[place + 1 :]
        assert number in [*order_number.find_all(typed), *order_number.find_likely(typed)]
