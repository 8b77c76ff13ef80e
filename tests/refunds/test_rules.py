"""What a gateway's list of refunds means, and what leaves a payment: pure decisions."""

from __future__ import annotations

import pytest

from seguripago.journey.cards.rules.refunds import (
    DisputeState,
    Ours,
    RefundEvent,
    RefundState,
    compare,
    left_to_refund,
    move_dispute,
    move_refund,
)
from seguripago.journey.payments.rules import State, WrongMove
from seguripago.journey.payments.rules.refunds import Settled, contest, refund, take_refund_back, win_back
from seguripago.ports.card_gateways import RefundResult
from seguripago.values.money import Money

TEN, FIVE, NOTHING = Money(10_00), Money(5_00), Money(0)
WHOLE = Settled(State.CONFIRMED, TEN, NOTHING, NOTHING)


def ours(number: int, amount: Money = FIVE, *, ref: str = "", state: str = "pending", sent: bool = True) -> Ours:
    return Ours(number, f"key-{number}", ref, amount, RefundState(state), sent)


def theirs(ref: str, amount: Money = FIVE, *, key: str = "") -> RefundResult:
    return RefundResult(ref, "ch_1", amount, "done", key)


def told(*mine: Ours, says: tuple[RefundResult, ...], refunded: Money = FIVE) -> tuple[dict[int, str], list[str]]:
    reading = compare(mine, says, refunded=refunded)
    return {each.refund_id: each.says.ref for each in reading.told}, [each.ref for each in reading.unknown]


def test_our_key_finds_a_refund_whatever_else_looks_alike() -> None:
    assert told(ours(1), ours(2), says=(theirs("re_9", key="key-2"),)) == ({2: "re_9"}, [])


def test_the_gateways_name_finds_one_that_was_answered() -> None:
    assert told(ours(1, ref="re_1", state="done"), says=(theirs("re_1"),)) == ({1: "re_1"}, [])


def test_without_keys_the_amount_finds_one_whose_answer_was_lost() -> None:
    assert told(ours(1), ours(2, TEN), says=(theirs("re_1", TEN),)) == ({2: "re_1"}, [])
    assert told(ours(1), ours(2), says=(theirs("re_1"), theirs("re_2"))) == ({1: "re_1", 2: "re_2"}, [])


def test_one_that_was_never_sent_is_not_found_and_a_strangers_key_is_not_ours() -> None:
    assert told(ours(1, sent=False), says=(theirs("re_1"),)) == ({}, ["re_1"])
    assert told(ours(1), says=(theirs("re_1", key="somebody-elses"),)) == ({}, ["re_1"])
    assert told(ours(1, ref="re_1", state="done"), says=(theirs("re_1"), theirs("re_2"))) == ({1: "re_1"}, ["re_2"])


def test_a_gateway_that_tells_only_the_sum_is_believed_as_far_as_the_sum_goes() -> None:
    assert told(ours(1, ref="re_1", state="done"), ours(2), says=(), refunded=TEN) == ({2: ""}, [])
    assert told(ours(1, ref="re_1", state="done"), ours(2), says=(), refunded=FIVE) == ({}, [])


def test_what_is_pending_counts_against_the_cap() -> None:
    assert left_to_refund(TEN, FIVE) == FIVE


@pytest.mark.parametrize(
    ("state", "event", "following"),
    [
        ("pending", RefundEvent.FINISH, "done"),
        ("pending", RefundEvent.FAIL, "failed"),
        ("done", RefundEvent.FAIL, "failed"),
        ("failed", RefundEvent.FINISH, "done"),
        ("done", RefundEvent.FINISH, None),
        ("failed", RefundEvent.FAIL, None),
    ],
)
def test_the_table_of_a_refund(state: str, event: RefundEvent, following: str | None) -> None:
    assert move_refund(state, event) == following


def test_a_chargeback_moves_to_where_the_gateway_says_and_stays_there() -> None:
    assert move_dispute("open", "won") is DisputeState.WON
    assert move_dispute("won", "lost") is DisputeState.LOST
    assert move_dispute("lost", "lost") is None


def test_a_payment_is_refunded_in_parts_until_nothing_is_left() -> None:
    part = refund(WHOLE, FIVE)
    assert (part.state, part.given_back) == (State.PARTLY_REFUNDED, FIVE)
    assert refund(part, FIVE).state is State.REFUNDED
    with pytest.raises(WrongMove):
        refund(part, Money(5_01))
    assert take_refund_back(part, FIVE) == WHOLE


def test_a_chargeback_won_gives_the_payment_the_state_it_had() -> None:
    for before in (WHOLE, refund(WHOLE, FIVE), refund(WHOLE, TEN)):
        gone = contest(before, FIVE)
        assert gone.state is State.CHARGED_BACK
        assert win_back(gone, FIVE) == before


def test_two_chargebacks_are_won_one_by_one() -> None:
    gone = contest(contest(WHOLE, FIVE), FIVE)
    assert win_back(gone, FIVE).state is State.CHARGED_BACK
    assert win_back(win_back(gone, FIVE), FIVE) == WHOLE
    with pytest.raises(WrongMove):
        win_back(gone, Money(11_00))


def test_refunded_and_charged_back_gives_back_no_more_than_all() -> None:
    assert contest(refund(WHOLE, TEN), TEN).given_back == TEN
