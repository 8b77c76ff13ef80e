"""The guarantee's machine: whatever happens in whatever order, the parts add up and there is one end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seguripago.journey.guarantee import rules
from seguripago.journey.guarantee.rules import (
    ENDED,
    Accept,
    Claim,
    EndClock,
    Event,
    GuaranteeCannot,
    GuaranteeState,
    Hold,
    PartsDoNotAddUp,
    Replace,
    Resolve,
    StartInspection,
    TooLateToClaim,
    Withdraw,
    after,
    offered,
)
from seguripago.values.money import Money

NOON = datetime(2026, 11, 20, 18, tzinfo=UTC)
moments = st.integers(0, 30).map(lambda days: NOON + timedelta(days=days))
amounts = st.integers(0, 2_000_000).map(Money)
events: st.SearchStrategy[Event] = st.one_of(
    st.integers(1, 2_000_000).map(lambda centavos: Hold(Money(centavos))),
    moments.map(StartInspection),
    st.just(Accept()),
    moments.map(EndClock),
    moments.map(Claim),
    moments.map(Withdraw),
    moments.map(Replace),
    st.builds(Resolve, amounts, amounts),
)


@given(st.lists(events, max_size=25), st.integers(0, 100))
def test_held_plus_released_plus_returned_is_funded_at_every_step(story: list[Event], share: int) -> None:
    standing, ends = offered("MXN"), 0
    for event in story:
        if isinstance(event, Resolve) and share:
            # Most drawn resolutions do not add up; this one does, at the drawn share.
            part = Money(standing.held.centavos * share // 100)
            event = Resolve(part, standing.held - part)
        try:
            standing = after(standing, event)
        except (GuaranteeCannot, PartsDoNotAddUp, TooLateToClaim):
            continue
        assert standing.held + standing.released + standing.returned == standing.funded
        assert min(standing.held, standing.released, standing.returned) >= Money.zero()
        ends += standing.state in ENDED
    assert ends <= 1


def held(centavos: int = 913_500) -> rules.Standing:
    return after(offered("MXN"), Hold(Money(centavos)))


def test_a_claim_stops_the_release_clock() -> None:
    claimed = after(after(held(), StartInspection(NOON)), Claim(NOON - timedelta(days=1)))
    with pytest.raises(GuaranteeCannot):
        after(claimed, EndClock(NOON + timedelta(days=400)))


def test_the_clock_releases_at_its_end_and_not_before() -> None:
    inspected = after(held(), StartInspection(NOON))
    with pytest.raises(GuaranteeCannot):
        after(inspected, EndClock(NOON - timedelta(seconds=1)))
    assert after(inspected, EndClock(NOON)).state is GuaranteeState.RELEASED


def test_without_a_delivery_no_clock_releases() -> None:
    with pytest.raises(GuaranteeCannot):
        after(held(), EndClock(NOON + timedelta(days=400)))


def test_a_second_notice_of_the_delivery_gives_no_more_time() -> None:
    with pytest.raises(GuaranteeCannot):
        after(after(held(), StartInspection(NOON)), StartInspection(NOON + timedelta(days=3)))


def test_a_resolution_gives_away_exactly_what_is_held() -> None:
    claimed = after(held(100), Claim(NOON))
    with pytest.raises(PartsDoNotAddUp):
        after(claimed, Resolve(Money(60), Money(41)))
    with pytest.raises(PartsDoNotAddUp):
        after(claimed, Resolve(Money(101), Money(-1)))
    resolved = after(claimed, Resolve(Money(60), Money(40)))
    assert (resolved.released, resolved.returned, resolved.held) == (Money(60), Money(40), Money(0))


def test_a_claim_that_is_taken_back_leaves_the_clock_the_time_that_was_left() -> None:
    claimed = after(after(held(), StartInspection(NOON)), Claim(NOON - timedelta(days=2)))
    assert claimed.inspection_ends_at is None
    again = after(claimed, Withdraw(NOON + timedelta(days=5)))
    assert (again.state, again.inspection_ends_at) == (GuaranteeState.HELD, NOON + timedelta(days=7))


def test_what_arrives_while_a_claim_is_open_is_looked_at_when_it_ends() -> None:
    week = timedelta(days=7)
    claimed = after(after(held(), Claim(NOON)), StartInspection(NOON + week, week))
    with pytest.raises(GuaranteeCannot):
        after(claimed, StartInspection(NOON + week, week))
    assert after(claimed, Withdraw(NOON + week)).inspection_ends_at == NOON + 2 * week


def test_nobody_claims_when_the_days_to_look_are_over_or_the_promise_has_ended() -> None:
    looked = after(held(), StartInspection(NOON))
    for late in (looked, after(held(), Accept()), after(looked, EndClock(NOON))):
        with pytest.raises(TooLateToClaim):
            after(late, Claim(NOON))


def test_what_replaced_it_is_looked_at_for_the_whole_time_again() -> None:
    claimed = after(after(held(), StartInspection(NOON)), Claim(NOON - timedelta(days=2)))
    assert after(claimed, Replace(NOON + timedelta(days=30))).inspection_ends_at == NOON + timedelta(days=30)


DAY = timedelta(days=1)


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 4))
def test_the_steps_before_the_arrival_come_in_order_and_end(ship: int, deliver: int, remind: int) -> None:
    done, told = None, [NOON - 5 * DAY]
    for _ in range(4):
        step = rules.next_step(
            done,
            ship_by=NOON + ship * DAY,
            deliver_by=NOON + (ship + deliver) * DAY,
            inspection_ends_at=None,
            remind=remind * DAY,
        )
        assert step is not None
        done = step[0]
        told.append(step[1])
    assert told == sorted(told)
    assert done is rules.Step.DELIVER_LATE


def test_what_was_sent_in_time_is_not_told_to_be_late() -> None:
    assert not rules.concerns(rules.Step.SHIP_LATE, "shipped")
    assert not rules.concerns(rules.Step.DELIVER_LATE, "delivered")
    assert rules.concerns(rules.Step.DELIVER_LATE, "preparing")


def test_clocks_count_working_days_of_mexico_until_midnight() -> None:
    # Friday 13 November 2026, 22:00 in Mexico; Monday 16 is a holiday.
    friday = datetime(2026, 11, 14, 4, tzinfo=UTC)
    assert rules.ship_by(friday, 1).isoformat() == "2026-11-17T23:59:59-06:00"
    assert rules.deliver_by(friday, 1, 2).isoformat() == "2026-11-19T23:59:59-06:00"


def test_the_public_reads_only_the_first_name() -> None:
    assert rules.short_name("Lucía Hernández Robles") == "Lucía H. R."
    assert rules.short_name("María de la Luz Peña") == "María L. P."
    assert rules.short_name("") == ""
