"""The supervisor's live wall: who waits, who attends, where conversations stand still.

Only what is open is read, however long the history is, and the number of statements depends on nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import connection

from seguripago.foundations.people import queries as people
from seguripago.foundations.staffing import queries as staffing
from seguripago.foundations.staffing.queries import TeamView
from seguripago.journey.assistance import queries as chat
from seguripago.journey.assistance.rules import RED_S, Tone, answer_tone
from seguripago.journey.cards.queries import orders_paid_by_card
from seguripago.journey.evidence import queries as evidence
from seguripago.journey.payments import queries as payments
from seguripago.values.steps import Step

from ..rules import STUCK_S, Milestones, Standing, standing

MOST_OPEN: Final = 5_000
RATED_WITHIN: Final = timedelta(days=7)
LISTED: Final = 30
_WORST: Final = {"bad": 0, "warn": 1, "ok": 2}


@dataclass(frozen=True, slots=True)
class Talk:
    """One open conversation on the wall. `waits_s` is None where nobody owes an answer."""

    id: int
    name: str
    code: str
    order_number: str
    topic: str
    state: str
    led_by: str
    analyst_id: int | None
    analyst_name: str
    team_name: str
    wants_person: bool
    waits_s: int | None
    tone: Tone
    step: Step
    stood_s: int
    stuck: Tone


@dataclass(frozen=True, slots=True)
class AnalystNow:
    """A person at the desk: presence, load, the buyer who has waited longest for an answer, and today's figures."""

    user_id: int
    name: str
    role: str
    state: str
    since_at: datetime | None
    open: int
    capacity: int
    unanswered: int
    oldest_s: int
    tone: Tone
    first_answer_s: int | None
    first_answers: int
    rating: float | None
    ratings: int


@dataclass(frozen=True, slots=True)
class StepNow:
    """Everything open that stands in one step, and how long it may."""

    step: Step
    open: int
    warn: int
    bad: int
    oldest_s: int
    amber_s: int | None
    red_s: int | None


@dataclass(frozen=True, slots=True)
class Wall:
    """The whole wall. `late` are those who have waited longer than the red mark; lists hold the worst first."""

    waiting: int
    oldest_s: int
    late: int
    nobodys: int
    assistants: int
    wanting: int
    messages: int
    open: int
    is_cut: bool
    talks: tuple[Talk, ...]
    stuck: tuple[Talk, ...]
    stuck_count: int
    steps: tuple[StepNow, ...]
    analysts: tuple[AnalystNow, ...]
    teams: tuple[TeamView, ...]
    given_back: int
    reveals: int


@dataclass(frozen=True, slots=True)
class Day:
    """What each person did today: {user: (median seconds to a first answer, how many)}, {user: (rating, how many)}."""

    answers: dict[int, tuple[int, int]]
    ratings: dict[int, tuple[float, int]]
    given_back: int
    reveals: int


class _Open(NamedTuple):
    """What the wall reads of `assistance_talk`."""

    id: int
    buyer_name: str
    code: str
    order_number: str
    topic: str
    state: str
    led_by: str
    handed_over: str
    is_message: bool
    analyst_id: int | None
    analyst_name: str
    team_id: int | None
    opened_since: datetime
    waits_since: datetime | None
    identified_at: datetime | None
    order_id: int | None
    order_state: str | None
    order_accepted_at: datetime | None
    order_paid_at: datetime | None


OPEN: Final = f"""
    SELECT {", ".join(_Open._fields)} FROM assistance_talk
    WHERE store_id = %s AND state IN ('waiting', 'assigned') ORDER BY opened_since, id LIMIT %s
"""  # noqa: S608 - the columns are the names above
LATE: Final = """
    SELECT count(*) FROM assistance_talk
    WHERE store_id = %s AND state IN ('waiting', 'assigned') AND waits_since <= %s
"""
ANSWERED: Final = """
    SELECT first_answer_by, count(*)::int, percentile_cont(0.5) WITHIN GROUP (ORDER BY first_answer_s)::int
    FROM assistance_talk
    WHERE store_id = %s AND started_at >= %s AND first_answer_s IS NOT NULL AND first_answer_by IS NOT NULL
    GROUP BY first_answer_by
"""
RATED: Final = """
    SELECT attended_by, count(*)::int, avg(rating)::float FROM assistance_talk
    WHERE store_id = %s AND rated_at >= %s AND rating > 0 AND attended_by > 0 GROUP BY attended_by
"""


def wall(store_id: int, day: Day, *, at: datetime) -> Wall:
    """The wall of a store at this moment; `day` comes from `today`, which changes slowly."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN, [store_id, MOST_OPEN + 1])
        rows = [_Open(*row) for row in cursor.fetchall()]
    is_cut, rows = len(rows) > MOST_OPEN, rows[:MOST_OPEN]
    teams = staffing.teams(store_id)
    talks = _talks(rows, {team.id: team.name for team in teams}, at=at)
    waiting = sorted((talk for talk in talks if talk.waits_s is not None), key=lambda talk: -(talk.waits_s or 0))
    stuck = sorted((talk for talk in talks if talk.stuck != "ok"), key=lambda talk: (_WORST[talk.stuck], -talk.stood_s))
    return Wall(
        waiting=len(waiting),
        oldest_s=waiting[0].waits_s or 0 if waiting else 0,
        late=sum((talk.waits_s or 0) >= RED_S for talk in waiting),
        nobodys=sum(talk.state == "waiting" for talk in waiting),
        assistants=sum(talk.led_by == "assistant" for talk in talks),
        wanting=sum(talk.wants_person for talk in waiting),
        messages=sum(row.is_message and row.state == "waiting" for row in rows),
        open=len(rows),
        is_cut=is_cut,
        talks=tuple(waiting[:LISTED]),
        stuck=tuple(stuck[:LISTED]),
        stuck_count=len(stuck),
        steps=_steps(talks),
        analysts=_analysts(store_id, rows, talks, day, at=at),
        teams=tuple(team for team in teams if team.is_active),
        given_back=day.given_back,
        reveals=day.reveals,
    )


def late_count(store_id: int, *, at: datetime) -> int:
    """How many people have waited for a person longer than the red mark: the alarm at the desk, one statement."""
    with connection.cursor() as cursor:
        cursor.execute(LATE, [store_id, at - timedelta(seconds=RED_S)])
        return int(cursor.fetchone()[0])


def today(store_id: int, *, since: datetime, at: datetime) -> Day:
    """What happened since `since`, the first moment of the day in Mexico; ratings are of the last seven days."""
    with connection.cursor() as cursor:
        cursor.execute(ANSWERED, [store_id, since])
        answers = {user: (median, count) for user, count, median in cursor.fetchall()}
        cursor.execute(RATED, [store_id, at - RATED_WITHIN])
        ratings = {user: (average, count) for user, count, average in cursor.fetchall()}
    desk = [person.user_id for person in people.members(store_id)]
    return Day(
        answers,
        ratings,
        given_back=chat.claims_given_back(store_id, since),
        reveals=chat.reveals_since(desk, since),
    )


def _talks(rows: Sequence[_Open], team_names: dict[int, str], *, at: datetime) -> list[Talk]:
    order_ids = [row.order_id for row in rows if row.order_id is not None]
    asked = payments.asked_of(order_ids) if order_ids else {}
    papers = evidence.first_evidence(order_ids) if order_ids else {}
    unproved = [
        row.order_id for row in rows if row.order_id in asked and row.order_paid_at and row.order_id not in papers
    ]
    by_card = orders_paid_by_card(unproved) if unproved else frozenset()
    found = []
    for row in rows:
        waits_s = None if row.waits_since is None else max(0, int((at - row.waits_since).total_seconds()))
        order_id = row.order_id or 0
        is_by_card = order_id in by_card
        stands = _standing(row, asked.get(order_id), papers.get(order_id), is_by_card=is_by_card, at=at)
        found.append(
            Talk(
                id=row.id,
                name=row.buyer_name,
                code=row.code,
                order_number=row.order_number,
                topic=row.topic,
                state=row.state,
                led_by=row.led_by,
                analyst_id=row.analyst_id,
                analyst_name=row.analyst_name if row.analyst_id else "",
                team_name=team_names.get(row.team_id or 0, ""),
                wants_person=bool(row.handed_over),
                waits_s=waits_s,
                tone="ok" if waits_s is None else answer_tone(waits_s),
                step=stands.step,
                stood_s=max(0, int((at - stands.since).total_seconds())),
                stuck=stands.tone,
            )
        )
    return found


def _standing(
    row: _Open, asked: payments.Asked | None, evidence_at: datetime | None, *, is_by_card: bool, at: datetime
) -> Standing:
    return standing(
        Milestones(
            opened_since=row.opened_since,
            identified_at=row.identified_at,
            has_order=row.order_id is not None,
            order_state=row.order_state or "",
            accepted_at=row.order_accepted_at,
            details_at=asked.monitored_at if asked else None,
            paid_at=row.order_paid_at,
            evidence_at=evidence_at,
            needs_evidence=not is_by_card and (asked is None or asked.channel != "card"),
        ),
        at=at,
    )


def _steps(talks: Sequence[Talk]) -> tuple[StepNow, ...]:
    counted: Counter[tuple[Step, Tone]] = Counter((talk.step, talk.stuck) for talk in talks)
    oldest: dict[Step, int] = {}
    for talk in talks:
        oldest[talk.step] = max(oldest.get(talk.step, 0), talk.stood_s)
    found = []
    for step in Step:
        warn, bad = counted[step, "warn"], counted[step, "bad"]
        amber, red = STUCK_S.get(step, (None, None))
        found.append(StepNow(step, counted[step, "ok"] + warn + bad, warn, bad, oldest.get(step, 0), amber, red))
    return tuple(found)


def _analysts(
    store_id: int, rows: Sequence[_Open], talks: Sequence[Talk], day: Day, *, at: datetime
) -> tuple[AnalystNow, ...]:
    held = Counter(row.analyst_id for row in rows if row.state == "assigned")
    waits: dict[int, list[int]] = {}
    for talk in talks:
        if talk.state == "assigned" and talk.analyst_id is not None and talk.waits_s is not None:
            waits.setdefault(talk.analyst_id, []).append(talk.waits_s)
    found = []
    for seat in staffing.seats(store_id, at):
        if seat.role != "analyst" and seat.state == "away" and not held[seat.user_id]:
            continue
        oldest_s = max(waits.get(seat.user_id, ()), default=0)
        first_answer_s, first_answers = day.answers.get(seat.user_id, (None, 0))
        rating, ratings = day.ratings.get(seat.user_id, (None, 0))
        found.append(
            AnalystNow(
                user_id=seat.user_id,
                name=seat.name,
                role=seat.role,
                state=seat.state,
                since_at=seat.since_at,
                open=held[seat.user_id],
                capacity=seat.capacity,
                unanswered=len(waits.get(seat.user_id, ())),
                oldest_s=oldest_s,
                tone=answer_tone(oldest_s),
                first_answer_s=first_answer_s,
                first_answers=first_answers,
                rating=rating,
                ratings=ratings,
            )
        )
    return tuple(sorted(found, key=lambda one: (one.state == "away", one.name.casefold())))
