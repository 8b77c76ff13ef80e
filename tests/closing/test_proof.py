"""The day's proof: three columns, line by line; differences never hide one another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from seguripago.journey.bank.queries import DayLine
from seguripago.journey.bank.statement_day import StatedCredit
from seguripago.journey.reconciliation.rules.closing import (
    Booking,
    DifferenceKind,
    Proof,
    Standing,
    prove,
)
from seguripago.values.money import Money

ACCOUNT = "6461801157"


def credit(deposit_id: int | None, centavos: int, account: str = ACCOUNT, key: str = "") -> StatedCredit:
    return StatedCredit(account, Money(centavos), key or f"K{deposit_id}", deposit_id, "camt053:1")


def deposit(deposit_id: int, centavos: int, account: str = ACCOUNT) -> DayLine:
    return DayLine(deposit_id, account, Money(centavos), f"K{deposit_id}")


def booking(deposit_id: int, centavos: int) -> Booking:
    return Booking(deposit_id * 10, f"deposit:{deposit_id}:arrived", Money(centavos), deposit_id)


def kinds(proof: Proof) -> list[DifferenceKind]:
    return [each.kind for each in proof.differences]


def test_when_all_three_agree_nothing_is_unexplained() -> None:
    amounts = {1: 100, 2: 250, 3: 100}
    proof = prove(
        [credit(pk, amount) for pk, amount in amounts.items()],
        [deposit(pk, amount) for pk, amount in amounts.items()],
        [booking(pk, amount) for pk, amount in amounts.items()],
        accounts_with_statement={ACCOUNT},
    )
    assert proof.standing is Standing.AGREES
    assert proof.unexplained == {"MXN": Money.zero()}
    (account,) = proof.accounts
    assert account.statement == account.deposits == account.ledger == Money(450)
    assert (account.statement_count, account.deposit_count, account.ledger_count) == (3, 3, 3)


def test_without_a_statement_nobody_pretends_that_it_agrees() -> None:
    proof = prove([], [deposit(1, 100)], [booking(1, 100)], accounts_with_statement=())
    assert proof.standing is Standing.NO_STATEMENT
    assert proof.accounts[0].statement is None, "not even a nought"
    assert prove([], [], [], accounts_with_statement=()).standing is Standing.NO_STATEMENT


def test_one_account_of_two_without_a_statement_is_told() -> None:
    proof = prove(
        [credit(1, 100)],
        [deposit(1, 100), deposit(2, 70, "other")],
        [booking(1, 100), booking(2, 70)],
        accounts_with_statement={ACCOUNT},
    )
    assert proof.standing is Standing.NO_STATEMENT
    assert {each.account: each.standing for each in proof.accounts} == {
        ACCOUNT: Standing.AGREES,
        "other": Standing.NO_STATEMENT,
    }


def test_an_empty_statement_of_a_quiet_day_agrees() -> None:
    proof = prove([], [], [], accounts_with_statement={ACCOUNT})
    assert proof.standing is Standing.AGREES
    assert proof.accounts[0].statement == Money.zero()


def test_each_way_of_not_agreeing_has_its_line() -> None:
    proof = prove(
        [credit(None, 10, key="EXTRA"), credit(2, 205), credit(4, 40), credit(5, 50)],
        [deposit(1, 100), deposit(2, 200), deposit(4, 40), deposit(5, 50)],
        [booking(1, 100), booking(2, 200), booking(4, 44), Booking(99, "hand:1", Money(7), None)],
        accounts_with_statement={ACCOUNT},
    )
    found = {each.kind: (each.amount, each.deposit_id) for each in proof.differences}
    assert found == {
        DifferenceKind.ONLY_IN_STATEMENT: (Money(10), None),
        DifferenceKind.ONLY_IN_DEPOSITS: (Money(100), 1),
        DifferenceKind.AMOUNT_DIFFERS: (Money(5), 2),
        DifferenceKind.BOOKED_OTHERWISE: (Money(4), 4),
        DifferenceKind.NOT_BOOKED: (Money(50), 5),
        DifferenceKind.ONLY_IN_LEDGER: (Money(7), None),
    }
    assert proof.standing is Standing.DIFFERS
    assert proof.unexplained["MXN"] == Money(10 + 100 + 5 + 4 + 50 + 7)


def test_two_differences_of_opposite_sign_do_not_hide_one_another() -> None:
    proof = prove(
        [credit(1, 105), credit(2, 95)],
        [deposit(1, 100), deposit(2, 100)],
        [booking(1, 100), booking(2, 100)],
        accounts_with_statement={ACCOUNT},
    )
    (account,) = proof.accounts
    assert account.statement == account.deposits, "the sums are equal"
    assert proof.unexplained["MXN"] == Money(10), "and the lines are not"


def test_the_same_credit_on_two_statements_counts_once() -> None:
    proof = prove(
        [credit(1, 100), credit(1, 100)], [deposit(1, 100)], [booking(1, 100)], accounts_with_statement={ACCOUNT}
    )
    assert proof.standing is Standing.AGREES
    assert proof.accounts[0].statement == Money(100)


def test_a_statement_that_contradicts_another_is_told_though_one_agrees() -> None:
    proof = prove(
        [credit(1, 999), credit(1, 100)], [deposit(1, 100)], [booking(1, 100)], accounts_with_statement={ACCOUNT}
    )
    assert kinds(proof) == [DifferenceKind.AMOUNT_DIFFERS]
    assert proof.accounts[0].statement == Money(100)


def test_currencies_are_never_added_up() -> None:
    usd = DayLine(2, ACCOUNT, Money(100, "USD"), "K2")
    proof = prove(
        [credit(1, 100), StatedCredit(ACCOUNT, Money(100), "K2", 2, "x")],
        [deposit(1, 100), usd],
        [booking(1, 100), Booking(20, "deposit:2:arrived", Money(100, "USD"), 2)],
        accounts_with_statement={ACCOUNT},
    )
    assert kinds(proof) == [DifferenceKind.AMOUNT_DIFFERS]
    assert {(each.currency, each.deposits.centavos) for each in proof.accounts} == {("MXN", 100), ("USD", 100)}


def test_money_that_went_out_is_listed_and_is_no_difference() -> None:
    back = Booking(11, "deposit:1:returned", Money(-100), None)
    proof = prove([credit(1, 100)], [deposit(1, 100)], [booking(1, 100), back], accounts_with_statement={ACCOUNT})
    assert proof.standing is Standing.AGREES
    assert proof.debits == (back,)


AMOUNTS = st.dictionaries(st.integers(1, 30), st.integers(1, 10**9), max_size=12)


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_nothing_is_unexplained_exactly_when_all_three_are_the_same(
    stated: dict[int, int], kept: dict[int, int], booked: dict[int, int]
) -> None:
    proof = prove(
        [credit(pk, amount) for pk, amount in stated.items()],
        [deposit(pk, amount) for pk, amount in kept.items()],
        [booking(pk, amount) for pk, amount in booked.items()],
        accounts_with_statement={ACCOUNT},
    )
    same = stated == kept == booked
    assert proof.unexplained["MXN"].is_zero == same
    assert (proof.standing is Standing.AGREES) == same
    assert Money.sum(each.unexplained for each in proof.accounts) == proof.unexplained["MXN"]
