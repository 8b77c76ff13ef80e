"""The order number: read however a person types it, never read where there is none."""

from __future__ import annotations

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seguripago.values import order_number

numbers = st.integers().map(lambda seed: order_number.draw(random.Random(seed).choice))


@given(numbers)
def test_a_drawn_number_is_valid_and_has_its_shape(number: str) -> None:
    assert order_number.is_valid(number)
    assert len(number) == 12
    assert (number[:3], number[7]) == ("CM-", "-")
    assert order_number.bare(number) == number.replace("-", "")


@given(numbers, st.integers())
def test_it_is_read_however_it_is_typed(number: str, seed: int) -> None:
    dice = random.Random(seed)
    typed = {
        number.lower(),
        number.replace("-", " "),
        number.replace("-", ""),
        number.replace("-", "–"),  # the dash that phones put
        number[:3] + number[3:].replace("0", dice.choice("Oo")).replace("1", dice.choice("IiLl")),
        f"  {number}\n",
    }
    assert {order_number.parse(each) for each in typed} == {number}


@given(numbers, st.integers(0, 6), st.integers(1, 31))
def test_one_wrong_character_is_noticed(number: str, place: int, off: int) -> None:
    body = number[3:].replace("-", "")
    wrong = order_number.ALPHABET[(order_number.ALPHABET.index(body[place]) + off) % 32]
    assert order_number.parse("CM" + body[:place] + wrong + body[place + 1 :]) is None


@given(numbers, st.integers(0, 5))
def test_two_neighbours_that_change_places_are_noticed(number: str, place: int) -> None:
    body = number[3:].replace("-", "")
    swapped = body[:place] + body[place + 1] + body[place] + body[place + 2 :]
    assert order_number.parse("CM" + swapped) == (number if swapped == body else None)


@pytest.mark.parametrize(
    "text", ["", "CM", "CM-7K3F-92Q", "XX-7K3F-92QX", "CM-7K3F-92QXX", "CM-UUUU-UUUU", "CM-7K3F-92Q?"]
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert order_number.parse(text) is None
    assert not order_number.is_valid(text)


@given(numbers, numbers)
def test_all_numbers_of_a_text_are_found_once_and_in_order(first: str, second: str) -> None:
    said = f"Hola, pagué {first.lower()} y también ({order_number.bare(second)}); otra vez {first}."
    assert order_number.find_all(said) == list(dict.fromkeys([first, second]))


@given(numbers)
def test_a_number_is_found_at_either_end_and_between_signs(number: str) -> None:
    for said in (number, f"#{number}", f"{number}.", f"pedido:{number}\n", f"«{number}»", f"{number}/pago"):
        assert order_number.find_all(said) == [number]


@given(numbers, st.sampled_from(string.ascii_uppercase + string.digits))
def test_a_longer_word_that_holds_one_is_not_one(number: str, more: str) -> None:
    bare = order_number.bare(number)
    assert order_number.find_all(more + bare) == []
    assert order_number.find_all(bare + more) == []


@given(st.text())
def test_whatever_is_found_in_any_text_is_a_valid_number(text: str) -> None:
    assert all(order_number.is_valid(found) for found in order_number.find_all(text))


@given(st.lists(st.from_regex(r"[a-zñáéíóú]{1,12}", fullmatch=True), max_size=30))
def test_ordinary_words_are_never_taken_for_a_number(words: list[str]) -> None:
    sentence = " ".join(word for word in words if not word.startswith("cm"))
    assert order_number.find_all(f"buenas tardes {sentence} gracias") == []


def test_a_spanish_letter_to_a_shop_holds_no_number() -> None:
    letter = (
        "Buenos días: compré una báscula de 30 cm y un mantel de 45 cm x 35 cm. CM es centímetro. "
        "Mi CLABE es 646180115700294217, mi teléfono 55 5012 8846, y el 12/03/2026 pagué $1,250.00. "
        "Comunícame con CMA, CMB-1234-5678 o cm 1234567. Cámara, acme, comercio, CM-ABCD."
    )
    assert order_number.find_all(letter) == []
