"""What happens by itself while the promise is kept: reminders before a deadline, and what a missed one opens. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class Step(StrEnum):
    """A moment of a clock. Nothing of it moves money: a reminder is said, a missed deadline lets the buyer claim."""

    SHIP_SOON = "ship_soon"
    SHIP_LATE = "ship_late"
    DELIVER_SOON = "deliver_soon"
    DELIVER_LATE = "deliver_late"
    INSPECTION_SOON = "inspection_soon"


BEFORE_ARRIVAL: Final = (Step.SHIP_SOON, Step.SHIP_LATE, Step.DELIVER_SOON, Step.DELIVER_LATE)
LATE: Final = frozenset({Step.SHIP_LATE, Step.DELIVER_LATE})
NOT_SENT: Final = frozenset({"paid", "preparing"})
UNDER_WAY: Final = frozenset({"shipped"})
CONCERNS: Final[dict[Step, frozenset[str]]] = {
    Step.SHIP_SOON: NOT_SENT,
    Step.SHIP_LATE: NOT_SENT,
    Step.DELIVER_SOON: UNDER_WAY,
    Step.DELIVER_LATE: NOT_SENT | UNDER_WAY,
    Step.INSPECTION_SOON: frozenset({"delivered"}),
}
"""The states of the order in which a step still says something: what was sent in time is never told to be late."""


def next_step(
    done: Step | None,
    *,
    ship_by: datetime,
    deliver_by: datetime,
    inspection_ends_at: datetime | None,
    remind: timedelta,
) -> tuple[Step, datetime] | None:
    """Answer the step that follows `done` (None: the first) and when; None when nothing more is to be said."""
    if inspection_ends_at is not None:
        return None if done is Step.INSPECTION_SOON else (Step.INSPECTION_SOON, inspection_ends_at - remind)
    left = BEFORE_ARRIVAL if done is None else BEFORE_ARRIVAL[_place(done) + 1 :]
    if not left:
        return None
    times = {
        Step.SHIP_SOON: ship_by - remind,
        Step.SHIP_LATE: ship_by,
        # However short the way is: nobody is asked for the delivery before the sending.
        Step.DELIVER_SOON: max(ship_by, deliver_by - remind),
        Step.DELIVER_LATE: deliver_by,
    }
    return left[0], times[left[0]]


def concerns(step: Step, order_state: str) -> bool:
    """Say whether the step still says something to somebody."""
    return order_state in CONCERNS[step]


def _place(done: Step) -> int:
    return BEFORE_ARRIVAL.index(done) if done in BEFORE_ARRIVAL else len(BEFORE_ARRIVAL)
