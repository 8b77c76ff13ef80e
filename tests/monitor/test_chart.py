"""The hour's bars: whatever arrives, they stay inside their picture and keep their proportions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from seguripago.journey.reconciliation.queries import Bucket
from seguripago.values.money import Money
from seguripago.web.monitor import chart

amounts = st.integers(min_value=0, max_value=10**12)
START = datetime(2026, 3, 11, 16, 0, tzinfo=UTC)


def buckets(*pairs: tuple[int, int]) -> tuple[Bucket, ...]:
    return tuple(
        Bucket(START + timedelta(minutes=5 * slot), Money(applied), Money(case))
        for slot, (applied, case) in enumerate(pairs)
    )


@given(st.lists(st.tuples(amounts, amounts), max_size=12))
def test_every_bar_stands_on_the_ground_inside_the_picture(pairs: list[tuple[int, int]]) -> None:
    drawn = chart.draw(buckets(*pairs))
    assert len(drawn.bars) == len(pairs)
    right = chart.LEFT
    for bar in drawn.bars:
        assert bar.applied_y + bar.applied_height == chart.HEIGHT
        assert 0 <= bar.case_y <= bar.case_y + bar.case_height <= bar.applied_y
        assert right <= bar.x < bar.x + bar.width <= chart.WIDTH
        right = bar.x + bar.width
    assert drawn.is_empty == (not any(applied or case for applied, case in pairs))
    assert [bar.is_last for bar in drawn.bars] == [False] * (len(pairs) - 1) + [True] * bool(pairs)


@given(st.lists(st.tuples(amounts, amounts), min_size=2, max_size=12))
def test_more_money_is_never_a_shorter_bar_and_the_smallest_is_seen(pairs: list[tuple[int, int]]) -> None:
    bars = chart.draw(buckets(*pairs)).bars
    for bar, (applied, case) in zip(bars, pairs, strict=True):
        assert (bar.applied_height >= 3) == (applied > 0)
        assert (bar.case_height >= 3) == (case > 0)
    by_amount = sorted(bars, key=lambda bar: bar.applied.centavos)
    assert [bar.applied_height for bar in by_amount] == sorted(bar.applied_height for bar in bars)


@given(amounts)
def test_the_scale_holds_the_tallest_bar_and_its_labels_are_round(highest: int) -> None:
    lines = chart.draw(buckets((highest, 0))).lines
    assert (lines[0].label, lines[0].y, lines[-1].y) == ("$0", chart.HEIGHT, 0)
    assert len({line.label for line in lines}) == 5
    assert all("." not in line.label for line in lines)


def test_labels_are_short() -> None:
    lines = chart.draw(buckets((7_900_000, 0))).lines
    assert [line.label for line in lines] == ["$0", "$20k", "$40k", "$60k", "$80k"]
    assert chart.draw(()).bars == ()
