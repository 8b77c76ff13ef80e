"""How Banxico is asked for a CEP: on which days, how often, and when to stop. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, assert_never

from seguripago.ports.cep_lookup import Away, CepAnswer, Found, NotFound, NotYet, RateLimited, WentBack
from seguripago.values.calendar import is_working_day

GAP: Final = timedelta(seconds=20)
"""Between two questions of the whole installation: the portal asks for a picture's letters when it is hurried."""
LEASE: Final = timedelta(minutes=2)
"""Longer than one question can take; a worker that died leaves its question to the next after this."""
NOT_YET: Final = tuple(timedelta(minutes=minutes) for minutes in (2, 5, 10, 15, 30, 60, 120))
"""A CEP is there at most 30 minutes after the credit; some institutions are slower."""
NOT_FOUND: Final = tuple(timedelta(minutes=minutes) for minutes in (10, 30))
AWAY: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 30, 60, 120))


@dataclass(frozen=True, slots=True)
class Step:
    """What follows an answer. `after` None: that was the end. `pause`: nobody asks anything before it is over."""

    state: str
    says: str = ""
    after: timedelta | None = None
    tries: int = 0
    days_tried: int = 0
    pause: timedelta | None = None


def days_to_try(operation_date: date) -> tuple[date, ...]:
    """The bank's day, then the working day before and the one after: clerks read the calendar, banks do not."""
    return (operation_date, _beside(operation_date, -1), _beside(operation_date, 1))


def following(answer: CepAnswer, *, tries: int, days_tried: int) -> Step:
    """Decide what an answer means for a question that was asked `tries` times before, on `days_tried` days in vain."""
    match answer:
        case Found():
            return Step("found", tries=tries + 1)
        case WentBack(state):
            return Step("went_back", state, tries=tries + 1)
        case NotYet(state):
            return _again_or("no_cep", state, NOT_YET, tries)
        case NotFound():
            if days_tried + 1 < 3:
                return Step("waiting", after=timedelta(0), tries=tries, days_tried=days_tried + 1)
            return _again_or("not_found", "", NOT_FOUND, tries)
        case RateLimited(after_s):
            pause = timedelta(seconds=max(after_s, 60))
            return Step("waiting", "rate_limited", pause, tries, days_tried, pause)
        case Away(reason):
            again = _again_or("gave_up", reason, AWAY, tries)
            return Step(again.state, again.says, again.after, again.tries, days_tried)
        case never:
            assert_never(never)


def _again_or(end: str, says: str, pauses: tuple[timedelta, ...], tries: int) -> Step:
    if tries < len(pauses):
        return Step("waiting", says, pauses[tries], tries + 1)
    return Step(end, says, tries=tries + 1)


def _beside(day: date, step: int) -> date:
    day += timedelta(days=step)
    while not is_working_day(day):
        day += timedelta(days=step)
    return day
