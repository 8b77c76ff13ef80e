"""Pure decisions of the desk's people: who is there, when they open, which topics there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final, Literal

from seguripago.values.calendar import MEXICO

State = Literal["available", "busy", "away"]
STATES: Final = ("available", "busy", "away")
AUTOMATIC: Final = "auto"
CHOICES: Final = (AUTOMATIC, *STATES)

PRESENCE_S: Final = 60
IDLE_S: Final = 300
USUAL_CAPACITY: Final = 5
LEAST_CAPACITY: Final = 1
MOST_CAPACITY: Final = 50


def _(text: str) -> str:
    """Mark a text for the catalogue; it is translated where it is drawn."""
    return text


TOPICS: Final = {
    "seguripago": "SEGURIPAGO",
    "order": _("Mi pedido"),
    "invoice": _("Facturación"),
    "warranty": _("Garantías"),
    "other": _("Otro tema"),
}
"""What a buyer's form can be about: key and label."""


def topic_key(said: str) -> str:
    """The key of a topic told by key or by its Spanish label; an unknown one is «Otro tema»."""
    wanted = said.strip().casefold()
    for key, label in TOPICS.items():
        if wanted in (key, label.casefold()):
            return key
    return "other"


def automatic_state(*, touched_at: datetime | None, put_away_at: datetime | None, at: datetime) -> State:
    """Available while there is a hand on the desk; whoever was put away comes back with the next one."""
    if touched_at is None or at - touched_at >= timedelta(seconds=IDLE_S):
        return "away"
    if put_away_at is not None and touched_at <= put_away_at:
        return "away"
    return "available"


def is_away(state: str, seen_at: datetime | None, at: datetime) -> bool:
    """Whether nobody sits there: not seen for a minute, or away by name."""
    return state == "away" or seen_at is None or at - seen_at >= timedelta(seconds=PRESENCE_S)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a person reaches: own active teams, the store's closed teams, and who is at its desk now."""

    teams: frozenset[int]
    closed_teams: frozenset[int]
    present: frozenset[int]


@dataclass(frozen=True, slots=True)
class Day:
    """The hours of one day of the week; Monday is 0."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Opening:
    """When people attend again: `days_ahead` is 0 today and 1 tomorrow; `opens` is Mexico's clock."""

    at: datetime
    days_ahead: int
    weekday: int
    opens: time


def is_within(week: Mapping[int, Day], at: datetime) -> bool:
    """Whether `at` lies in the week's hours, by the clock of central Mexico. A store without hours is never closed."""
    if not week:
        return True
    there = at.astimezone(MEXICO)
    day = week.get(there.weekday())
    return day is not None and day.opens <= there.time() < day.closes


def next_opening(week: Mapping[int, Day], at: datetime) -> Opening | None:
    """The next moment at which the desk opens, after `at`; None for a store without hours."""
    there = at.astimezone(MEXICO)
    for ahead in range(8):
        date = there.date() + timedelta(days=ahead)
        day = week.get(date.weekday())
        if day is None:
            continue
        opens_at = datetime.combine(date, day.opens, tzinfo=MEXICO)
        if opens_at > there:
            return Opening(opens_at.astimezone(UTC), ahead, day.weekday, day.opens)
    return None
