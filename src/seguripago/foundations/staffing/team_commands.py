"""Say who attends which topics, how much at once, and when. Every change leaves its line in the audit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time
from typing import Any

from django.db import IntegrityError, transaction

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.wakeups import wake
from seguripago.foundations.people import queries as people
from seguripago.values.actor import Actor

from . import rules
from .models import DeskHours, DeskRules, Seat, Team, TeamMember
from .queries import DESK_ROLES
from .refusals import CapacityOutOfRange, HoursOutOfOrder, TeamNameTaken, TeamUnknown

LONGEST_NAME = 40


def make_team(
    store_id: int, name: str, *, topics: Collection[str], people_ids: Collection[int], by: Actor, at: datetime
) -> int:
    """Make a team and return its id. Raises TeamNameTaken."""
    with transaction.atomic():
        team = Team(store_id=store_id)
        _write(team, name, topics, people_ids, is_active=True)
        record(store_id, by, "desk.team_made", f"team:{team.pk}", _said(team), at=at)
        wake(f"desk:{store_id}")
    return team.pk


def change_team(
    store_id: int,
    team_id: int,
    *,
    name: str,
    topics: Collection[str],
    people_ids: Collection[int],
    is_active: bool,
    by: Actor,
    at: datetime,
) -> None:
    """Keep a team's name, topics and people, and whether it still attends. Raises TeamUnknown, TeamNameTaken.

    What waits for a team that no longer attends is open to everybody.
    """
    with transaction.atomic():
        team = Team.objects.select_for_update().filter(store_id=store_id, pk=team_id).first()
        if team is None:
            raise TeamUnknown
        before = _said(team)
        _write(team, name, topics, people_ids, is_active=is_active)
        after = _said(team)
        if after != before:
            record(store_id, by, "desk.team_changed", f"team:{team.pk}", {"before": before, **after}, at=at)
            wake(f"desk:{store_id}", *(f"member:{user_id}" for user_id in {*before["people"]} - {*after["people"]}))


def set_capacity(store_id: int, user_id: int, capacity: int, *, by: Actor, at: datetime) -> None:
    """Say how many open conversations a person may hold. Raises CapacityOutOfRange."""
    if not rules.LEAST_CAPACITY <= capacity <= rules.MOST_CAPACITY:
        raise CapacityOutOfRange
    with transaction.atomic():
        member = people.member(user_id)
        if member is None or member.store_id != store_id or member.role not in DESK_ROLES:
            return
        Seat.objects.get_or_create(user_id=user_id, store_id=store_id, defaults={"seen_at": at})
        seat = Seat.objects.select_for_update().get(user_id=user_id, store_id=store_id)
        if seat.capacity == capacity:
            return
        said = {"name": member.name, "before": seat.capacity, "after": capacity}
        seat.capacity = capacity
        seat.save(update_fields=["capacity"])
        record(store_id, by, "desk.capacity_changed", f"user:{user_id}", said, at=at)
        wake(f"desk:{store_id}")


def set_week(store_id: int, week: Mapping[int, tuple[time, time]], *, by: Actor, at: datetime) -> None:
    """Set the week's hours, Monday is 0, by Mexico's clock; a day left out is closed. Raises HoursOutOfOrder."""
    for weekday, (opens, closes) in sorted(week.items()):
        if not 0 <= weekday <= 6 or opens >= closes:
            raise HoursOutOfOrder(weekday)
    with transaction.atomic():
        rows = DeskHours.objects.select_for_update().filter(store_id=store_id).order_by("weekday")
        before = {row.weekday: (row.opens, row.closes) for row in rows}
        if before == dict(week):
            return
        DeskHours.objects.filter(store_id=store_id).delete()
        DeskHours.objects.bulk_create(
            DeskHours(store_id=store_id, weekday=weekday, opens=opens, closes=closes)
            for weekday, (opens, closes) in sorted(week.items())
        )
        record(store_id, by, "desk.hours_set", f"store:{store_id}", _week(week), at=at)


def set_reminders(store_id: int, *, reminds: bool, by: Actor, at: datetime) -> None:
    """Switch the reminders of unpaid orders on or off."""
    with transaction.atomic():
        DeskRules.objects.get_or_create(store_id=store_id)
        row = DeskRules.objects.select_for_update().get(store_id=store_id)
        if row.reminds_unpaid == reminds:
            return
        row.reminds_unpaid = reminds
        row.save(update_fields=["reminds_unpaid"])
        record(store_id, by, "desk.reminders_set", f"store:{store_id}", {"reminds_unpaid": reminds}, at=at)


def _write(team: Team, name: str, topics: Collection[str], people_ids: Collection[int], *, is_active: bool) -> None:
    cleaned = " ".join(name.split())[:LONGEST_NAME]
    if not cleaned:
        raise TeamNameTaken
    team.name, team.is_active = cleaned, is_active
    team.topics = [key for key in rules.TOPICS if key in topics]
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError as taken:
        raise TeamNameTaken from taken
    working = {member.user_id for member in people.members(team.store_id) if member.role in DESK_ROLES}
    wanted = working & set(people_ids)
    TeamMember.objects.filter(team=team).exclude(user_id__in=wanted).delete()
    TeamMember.objects.bulk_create(
        (TeamMember(team=team, user_id=user_id) for user_id in sorted(wanted)), ignore_conflicts=True
    )


def _said(team: Team) -> dict[str, Any]:
    ids: Sequence[int] = sorted(TeamMember.objects.filter(team=team).values_list("user_id", flat=True))
    return {"name": team.name, "topics": list(team.topics), "people": list(ids), "is_active": team.is_active}


def _week(week: Mapping[int, tuple[time, time]]) -> dict[str, Any]:
    return {str(day): [opens.strftime("%H:%M"), closes.strftime("%H:%M")] for day, (opens, closes) in week.items()}
