"""Who is at the desk, in which teams, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection
from django.db.models import Value

from seguripago.foundations.people import queries as people

from . import rules
from .models import DeskHours, DeskRules, Seat, Team
from .rules import Day, Opening, Reach

PRESENCE_S: Final = rules.PRESENCE_S
DESK_ROLES: Final = ("analyst", "supervisor", "owner")
TOPICS: Final = rules.TOPICS
USUAL_CAPACITY: Final = rules.USUAL_CAPACITY


@dataclass(frozen=True, slots=True)
class SeatView:
    """One person who may attend, with the presence of this moment."""

    user_id: int
    name: str
    role: str
    state: str
    is_automatic: bool
    capacity: int
    since_at: datetime | None = None

    @property
    def choice(self) -> str:
        """What the person chose: `auto`, or the state itself."""
        return rules.AUTOMATIC if self.is_automatic else self.state


@dataclass(frozen=True, slots=True)
class TeamView:
    """A team: the keys of its topics and the people in it."""

    id: int
    name: str
    topics: tuple[str, ...]
    people: tuple[int, ...]
    is_active: bool


def is_desk_open(store_id: int, at: datetime) -> bool:
    """Whether somebody is available now."""
    return Seat.objects.filter(store_id=store_id, state="available", seen_at__gt=_since(at)).exists()


def available(store_id: int, at: datetime) -> int:
    """How many people are available now."""
    return Seat.objects.filter(store_id=store_id, state="available", seen_at__gt=_since(at)).count()


def open_stores(at: datetime) -> frozenset[int]:
    """The stores at whose desk somebody is available now."""
    return frozenset(Seat.objects.filter(state="available", seen_at__gt=_since(at)).values_list("store_id", flat=True))


def seats(store_id: int, at: datetime) -> tuple[SeatView, ...]:
    """Everybody who may attend in this store; whoever was not seen for a minute is away."""
    taken = {seat.user_id: seat for seat in Seat.objects.filter(store_id=store_id)}
    found = []
    for member in people.members(store_id):
        if member.role not in DESK_ROLES:
            continue
        seat = taken.get(member.user_id) or Seat()
        state = "away" if rules.is_away(seat.state, seat.seen_at, at) else seat.state
        found.append(
            SeatView(
                user_id=member.user_id,
                name=member.name,
                role=member.role,
                state=state,
                is_automatic=seat.is_automatic,
                capacity=seat.capacity,
                since_at=seat.since_at,
            )
        )
    return tuple(found)


def at_the_desk(store_id: int, at: datetime) -> frozenset[int]:
    """The people whose desk is open on some screen now, whatever presence they chose."""
    return frozenset(Seat.objects.filter(store_id=store_id, seen_at__gt=_since(at)).values_list("user_id", flat=True))


def seat_of(user_id: int, store_id: int) -> SeatView | None:
    """A person's seat as it was left, None before the first time; callers know name and role."""
    seat = Seat.objects.filter(user_id=user_id, store_id=store_id).first()
    return None if seat is None else SeatView(user_id, "", "", seat.state, seat.is_automatic, seat.capacity)


def is_available(user_id: int, store_id: int, at: datetime) -> bool:
    """Whether this person is at the desk and free to attend."""
    return Seat.objects.filter(user_id=user_id, store_id=store_id, state="available", seen_at__gt=_since(at)).exists()


def is_there(user_id: int, store_id: int, at: datetime) -> bool:
    """Whether this person is at the desk, free or busy."""
    there = Seat.objects.filter(user_id=user_id, store_id=store_id, seen_at__gt=_since(at))
    return there.exclude(state="away").exists()


def all_there(at: datetime) -> frozenset[int]:
    """Everybody who is at a desk now, free or busy."""
    there = Seat.objects.filter(seen_at__gt=_since(at)).exclude(state="away")
    return frozenset(there.values_list("user_id", flat=True))


def teams(store_id: int, *, only_active: bool = False) -> tuple[TeamView, ...]:
    """The store's teams by name, those that attend first."""
    rows = Team.objects.filter(store_id=store_id).annotate(ids=ArrayAgg("people__user_id", default=Value([])))
    if only_active:
        rows = rows.filter(is_active=True)
    found = sorted(rows, key=lambda team: (not team.is_active, team.name.casefold()))
    return tuple(
        TeamView(row.pk, row.name, tuple(row.topics), tuple(sorted(filter(None, row.ids))), row.is_active)
        for row in found
    )


def team(store_id: int, team_id: int) -> TeamView | None:
    """One team of the store, or None."""
    return next((each for each in teams(store_id) if each.id == team_id), None)


def reach_of(user_id: int, store_id: int, at: datetime) -> Reach:
    """What decides whether a person may take a conversation, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT ARRAY(SELECT m.team_id FROM team_member m JOIN team t ON t.id = m.team_id
                          WHERE m.user_id = %(user)s AND t.store_id = %(store)s AND t.is_active),
                   ARRAY(SELECT id FROM team WHERE store_id = %(store)s AND NOT is_active),
                   ARRAY(SELECT user_id FROM seat
                          WHERE store_id = %(store)s AND seen_at > %(since)s AND state <> 'away')
            """,
            {"user": user_id, "store": store_id, "since": _since(at)},
        )
        own, closed, there = cursor.fetchone()
    return Reach(frozenset(own), frozenset(closed), frozenset(there))


def team_for(store_id: int, topic: str) -> int | None:
    """The active team that attends a topic, told by key or label; the oldest of several, None when none does."""
    rows = Team.objects.filter(store_id=store_id, is_active=True, topics__contains=[rules.topic_key(topic)])
    return rows.order_by("pk").values_list("pk", flat=True).first()


def hours_of(store_id: int) -> tuple[Day, ...]:
    """The days on which people attend, Monday first; a day that is missing is closed."""
    rows = DeskHours.objects.filter(store_id=store_id).order_by("weekday")
    return tuple(Day(row.weekday, row.opens, row.closes) for row in rows)


def next_opening(store_id: int, at: datetime) -> Opening | None:
    """When the desk opens next, None for a store without hours."""
    return rules.next_opening({day.weekday: day for day in hours_of(store_id)}, at)


def reopening(days: Sequence[Day], at: datetime) -> Opening | None:
    """When a desk with these hours opens again; None within them, and for a store without hours."""
    week = {day.weekday: day for day in days}
    return None if rules.is_within(week, at) else rules.next_opening(week, at)


def reminds_unpaid(store_id: int) -> bool:
    """Whether the store reminds buyers of unpaid orders."""
    return not DeskRules.objects.filter(store_id=store_id, reminds_unpaid=False).exists()


def stores_without_reminders() -> frozenset[int]:
    """The stores that switched the reminders of unpaid orders off."""
    return frozenset(DeskRules.objects.filter(reminds_unpaid=False).values_list("store_id", flat=True))


def _since(at: datetime) -> datetime:
    return at - timedelta(seconds=PRESENCE_S)
