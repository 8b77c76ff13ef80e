"""What «Mesa» in the office draws and what its forms say: hours, people with their capacity, teams."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from seguripago.foundations.staffing import queries as staffing
from seguripago.foundations.staffing.queries import TeamView

USUAL: Final = ("09:00", "20:00")


@dataclass(slots=True)
class DayRow:
    """One day of the week as its fields show it."""

    weekday: int
    name: str
    is_open: bool
    opens: str
    closes: str
    error: str = ""


@dataclass(slots=True)
class TeamRow:
    """One team, or the empty form of a new one (id 0), as its fields show it."""

    id: int
    name: str
    topics: Collection[str]
    people: Collection[int]
    is_active: bool
    error: str = ""


@dataclass(slots=True)
class PersonRow:
    """One person of the desk."""

    user_id: int
    name: str
    role: str
    state: str
    capacity: str
    error: str = ""


@dataclass(slots=True)
class Typed:
    """What was sent and could not be kept: it stays on the page."""

    days: list[DayRow] = field(default_factory=list)
    team: TeamRow | None = None
    capacities: dict[int, PersonRow] = field(default_factory=dict)

    @property
    def is_wrong(self) -> bool:
        return bool(self.days or self.team or self.capacities)


def day_names() -> tuple[str, ...]:
    return (_("Lunes"), _("Martes"), _("Miércoles"), _("Jueves"), _("Viernes"), _("Sábado"), _("Domingo"))


def roles() -> dict[str, str]:
    return {"analyst": _("Analista"), "supervisor": _("Supervisor"), "owner": _("Dueño de la tienda")}


def screen(store_id: int, typed: Typed, *, at: datetime) -> dict[str, Any]:
    """Everything that the page draws."""
    seats, all_teams = staffing.seats(store_id, at), staffing.teams(store_id)
    named = roles()
    people = [
        typed.capacities.get(seat.user_id)
        or PersonRow(seat.user_id, seat.name, named[seat.role], seat.state, str(seat.capacity))
        for seat in seats
    ]
    rows = [_team_row(team) for team in all_teams]
    new = TeamRow(0, "", (), (), is_active=True)
    if typed.team is not None:
        rows = [typed.team if row.id == typed.team.id else row for row in rows]
        new = typed.team if typed.team.id == 0 else new
    return {
        "section": "desk",
        "days": typed.days or _week(store_id),
        "people": people,
        "teams": rows,
        "new_team": new,
        "topics": [(key, _(label)) for key, label in staffing.TOPICS.items()],
        "reminds": staffing.reminds_unpaid(store_id),
        "is_wrong": typed.is_wrong,
    }


def typed_week(posted: QueryDict) -> tuple[list[DayRow], dict[int, tuple[time, time]]]:
    """The week as it was typed, and as hours where it can be read."""
    rows, week = [], {}
    for weekday, name in enumerate(day_names()):
        opens, closes = posted.get(f"opens-{weekday}", ""), posted.get(f"closes-{weekday}", "")
        row = DayRow(weekday, name, f"open-{weekday}" in posted, opens[:8], closes[:8])
        if row.is_open:
            first, last = _time(opens), _time(closes)
            if first is None or last is None:
                row.error = _("Escribe las dos horas.")
            elif first >= last:
                row.error = _("El cierre va después de la apertura.")
            else:
                week[weekday] = (first, last)
        rows.append(row)
    return rows, week


def typed_team(posted: QueryDict, team_id: int) -> TeamRow:
    people = [int(value) for value in posted.getlist("people") if value.isdecimal() and len(value) < 19]
    topics = [value for value in posted.getlist("topics") if value in staffing.TOPICS]
    is_active = team_id == 0 or "is_active" in posted
    return TeamRow(team_id, posted.get("name", "")[:80], topics, people, is_active)


def _team_row(team: TeamView) -> TeamRow:
    return TeamRow(team.id, team.name, team.topics, team.people, team.is_active)


def _week(store_id: int) -> list[DayRow]:
    hours: Mapping[int, Any] = {day.weekday: day for day in staffing.hours_of(store_id)}
    rows = []
    for weekday, name in enumerate(day_names()):
        day = hours.get(weekday)
        opens, closes = (f"{day.opens:%H:%M}", f"{day.closes:%H:%M}") if day else USUAL
        rows.append(DayRow(weekday, name, day is not None, opens, closes))
    return rows


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        return None
