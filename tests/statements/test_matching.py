"""A line without the bank's identity attests a deposit only when nothing else could be meant."""

from __future__ import annotations

import time
from datetime import date, timedelta

from seguripago.journey.bank.statement_rules import Candidate, Match, Waiting, match_lines

DAY = date(2026, 3, 11)  # a Wednesday
ACCOUNT = "6461801157"


def line(
    key: int, day: date = DAY, *, tracking_key: str = "", sender: str = "", clabe: str = "", words: str = ""
) -> Waiting:
    return Waiting(key, ACCOUNT, day, tracking_key, sender, clabe, words)


def deposit(pk: int, day: date = DAY, *, key: str = "", clabe: str = "6" * 18, attested: bool = False) -> Candidate:
    return Candidate(pk, ACCOUNT, day, key or f"KEY{pk:06d}", "40012", clabe, attested)


def test_one_that_fits_is_attested_and_two_are_a_doubt() -> None:
    assert match_lines([line(1)], [deposit(7)]) == {1: Match(attests=7)}
    assert match_lines([line(1)], [deposit(7), deposit(8)]) == {1: Match(why="several")}
    assert match_lines([line(1)], []) == {1: Match(why="none", may_arrive=True)}


def test_as_many_equal_lines_as_equal_deposits_are_all_attested() -> None:
    found = match_lines([line(1), line(2)], [deposit(7), deposit(8)])
    assert sorted(match.attests or 0 for match in found.values()) == [7, 8]


def test_the_key_in_the_words_decides_between_equals() -> None:
    found = match_lines([line(1, words="PAGO KEY000008 GRACIAS"), line(2)], [deposit(7), deposit(8)])
    assert (found[1].attests, found[2].attests) == (8, 7)


def test_the_very_day_comes_before_a_working_day_to_the_side() -> None:
    thursday = DAY + timedelta(days=1)
    found = match_lines([line(1), line(2, thursday)], [deposit(7), deposit(8, thursday)])
    assert (found[1].attests, found[2].attests) == (7, 8)
    friday = date(2026, 3, 13)
    # Monday 16 is a holiday: the working day before Tuesday is Friday.
    assert match_lines([line(1, date(2026, 3, 17))], [deposit(7, friday)])[1].attests == 7
    assert match_lines([line(1, date(2026, 3, 18))], [deposit(7, friday)])[1].attests is None


def test_marks_speak_against() -> None:
    assert match_lines([line(1, sender="40072")], [deposit(7)])[1].attests is None
    assert match_lines([line(1, clabe="5" * 18)], [deposit(7)])[1].attests is None
    assert match_lines([line(1, tracking_key="OTHER1")], [deposit(7)])[1].attests is None
    assert match_lines([line(1, tracking_key="000123456")], [deposit(7, key="123456")])[1].attests == 7


def test_what_another_statement_attested_is_known_as_often_as_it_was() -> None:
    found = match_lines([line(1), line(2)], [deposit(7, attested=True)])
    assert [found[1].is_known, found[2].is_known] == [True, False]
    assert found[2].why == "none"


def test_many_equal_amounts_take_no_time() -> None:
    lines = [line(n) for n in range(20_000)]
    deposits = [deposit(n) for n in range(20_000)]
    began = time.perf_counter()
    assert all(match.attests is not None for match in match_lines(lines, deposits).values())
    keyed = [line(n, tracking_key=f"KEY{n:06d}") for n in range(20_000)]
    assert all(match.attests is not None for match in match_lines(keyed, deposits).values())
    assert time.perf_counter() - began < 10
