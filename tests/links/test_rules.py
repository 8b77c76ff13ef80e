"""What a link may ask for, whose browser looked, and the words against false pages: pure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seguripago.journey.payments.rules import NoSuchAsk, Purpose, agent_kind, ask, next_handle, phrase
from seguripago.journey.payments.rules.phrases import WORDS
from seguripago.values.money import Money

CENTAVOS = st.integers(min_value=1, max_value=10_000_000)


@given(CENTAVOS, st.integers(min_value=0), CENTAVOS, st.sampled_from(Purpose))
def test_a_link_asks_for_what_is_missing_or_a_part_of_it(whole: int, gone: int, part: int, purpose: Purpose) -> None:
    received = gone % whole
    deposit = Money(part) if purpose is Purpose.DEPOSIT else None
    try:
        asked = ask(purpose, whole=Money(whole), received=Money(received), deposit=deposit)
    except NoSuchAsk:
        assert purpose is Purpose.DEPOSIT
        assert part >= whole - received
        return
    assert asked.target.centavos == received + asked.amount.centavos
    assert (asked.target.centavos < whole) == (asked.purpose is Purpose.DEPOSIT)
    assert (asked.purpose is Purpose.WHOLE) <= (received == 0)
    assert (asked.purpose is Purpose.REST) <= (received > 0)


def test_nothing_is_asked_for_what_is_paid_nor_in_another_currency() -> None:
    with pytest.raises(NoSuchAsk):
        ask(Purpose.REST, whole=Money(100), received=Money(100))
    with pytest.raises(NoSuchAsk):
        ask(Purpose.DEPOSIT, whole=Money(100), received=Money(0), deposit=Money(10, "USD"))


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("WhatsApp/2.24.1 A", "preview"),
        ("facebookexternalhit/1.1", "preview"),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; Mobile)", "robot"),
        ("curl/8.1", "robot"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148", "phone"),
        ("Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0", "computer"),
        ("  ", "unknown"),
    ],
)
def test_what_looks_is_one_of_five_kinds(said: str, kind: str) -> None:
    assert agent_kind(said) == kind


@given(st.binary(min_size=1, max_size=40), st.text(max_size=43))
def test_the_words_are_three_the_same_again_and_the_stores_own(seed: bytes, handle: str) -> None:
    words = phrase(seed, handle).split()
    assert len(set(words)) == 3
    assert set(words) <= set(WORDS)
    assert phrase(seed, handle) == " ".join(words)


def test_nobody_guesses_the_words_or_the_next_handle() -> None:
    assert len({phrase(b"store", str(number)) for number in range(2000)}) > 1990
    assert len({phrase(bytes([number]), "handle") for number in range(200)}) == 200
    follows = next_handle("h" * 32, "rest")
    assert len(follows) == 43
    assert follows != next_handle("h" * 32, "other") != next_handle("g" * 32, "rest")
