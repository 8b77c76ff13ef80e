"""What the desk did in a stretch of time: set-based figures whose number of statements depends on nothing.

A stretch is half-open: `since` belongs to it, `until` does not. Whoever attends a conversation is its analyst, or, when
it has none any more, who answered first; a first answer belongs to who gave it.
"""

# ruff: noqa: S608 - the parts of these statements are literals of this file; what is asked travels as parameters.
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Final

from django.db import connection

from seguripago.values.calendar import MEXICO

ZONE: Final = MEXICO.key
BUCKETS_S: Final = (30, 60, 90, 180, 600)
COMMENTS: Final = 50
PAGE: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a report is about; `analyst_id` and `team_id` are None for everybody."""

    store_id: int
    since: datetime
    until: datetime
    analyst_id: int | None = None
    team_id: int | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """How long something took in `n` cases: median and ninth decile in seconds, None when there was none."""

    n: int = 0
    median_s: float | None = None
    p90_s: float | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """First answers: how long, how many within 60 and within 90 seconds, and how many within each of BUCKETS_S."""

    span: Span = Span()
    within_60: int = 0
    within_90: int = 0
    buckets: tuple[int, ...] = (0,) * (len(BUCKETS_S) + 1)


@dataclass(frozen=True, slots=True)
class Paid:
    """Orders that conversations were about, and how many of them are paid by now."""

    orders: int = 0
    paid: int = 0


@dataclass(frozen=True, slots=True)
class Stars:
    """Ratings by stars: how many of one, two, three, four, five."""

    counts: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)

    @property
    def n(self) -> int:
        return sum(self.counts)

    @property
    def average(self) -> float | None:
        return sum(stars * count for stars, count in enumerate(self.counts, 1)) / self.n if self.n else None


@dataclass(frozen=True, slots=True)
class Comment:
    """What a buyer wrote beside the stars."""

    conversation_id: int
    code: str
    rating: int
    text: str
    user_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of a report. Keys of a person are None for «nobody but the assistant»."""

    volume: Mapping[tuple[date, int], int]
    attended: Mapping[int | None, int]
    assistant_alone: int
    opened_by_staff: int
    messages: int
    answers: Answers
    answers_of: Mapping[int | None, Answers]
    resolution: Span
    resolution_of: Mapping[int | None, Span]
    stars: Stars
    stars_of: Mapping[int | None, Stars]
    comments: tuple[Comment, ...]
    paid: Paid
    paid_by_medium: Mapping[str, Paid]
    paid_by_topic: Mapping[str, Paid]
    paid_of: Mapping[int | None, Paid]
    handed_over: int
    handed_over_why: Mapping[str, int]

    @property
    def conversations(self) -> int:
        return sum(self.volume.values())


def report(asked: Asked) -> Report:
    """The whole report in eight statements."""
    volume = {(day, hour): count for day, hour, count in _rows(_VOLUME, asked)}
    attended: dict[int | None, int] = {}
    alone = opened = messages = 0
    for user, count, is_alone, is_opened, is_message in _rows(_ATTENDED, asked):
        attended[user] = count
        alone, opened, messages = alone + is_alone, opened + is_opened, messages + is_message
    answers, answers_of = _answers(asked)
    resolution, resolution_of = _resolution(asked)
    stars, stars_of = _stars(asked)
    by_medium, by_topic, by_person = _paid(asked)
    handed_over = {(is_all, reason): count for is_all, reason, count in _rows(_HANDED_OVER, asked)}
    return Report(
        volume=volume,
        attended=attended,
        assistant_alone=alone,
        opened_by_staff=opened,
        messages=messages,
        answers=answers,
        answers_of=answers_of,
        resolution=resolution,
        resolution_of=resolution_of,
        stars=stars,
        stars_of=stars_of,
        comments=tuple(Comment(*row) for row in _rows(_COMMENTS, asked)),
        paid=_summed(by_person.values()),
        paid_by_medium=by_medium,
        paid_by_topic=by_topic,
        paid_of=by_person,
        handed_over=handed_over.get((1, None), 0),
        handed_over_why={reason: count for (is_all, reason), count in handed_over.items() if not is_all},
    )


@dataclass(frozen=True, slots=True)
class Talked:
    """One conversation of a report, without anything personal of the buyer."""

    code: str
    started_at: datetime
    topic: str
    medium: str
    state: str
    user_id: int | None
    first_answer_s: int | None
    first_answer_by: int | None
    resolution_s: int | None
    rating: int
    order_number: str
    paid_at: datetime | None


def conversations_of(asked: Asked) -> Iterator[Talked]:
    """The conversations that began in the stretch, oldest first, read page by page while they go out."""
    after: tuple[datetime, int] = (asked.since, 0)
    while rows := _rows(_TALKED, asked, after_at=after[0], after_id=after[1]):
        for _pk, *columns in rows:
            yield Talked(*columns)
        after = (rows[-1][2], rows[-1][0])


_STARTED: Final = """store_id = %(store)s AND started_at >= %(since)s AND started_at < %(until)s"""
_CHOSEN: Final = """(%(team)s::bigint IS NULL OR team_id = %(team)s)
    AND (%(analyst)s::bigint IS NULL OR attended_by = %(analyst)s)"""
_TALKED: Final = f"""
    SELECT id, code, started_at, topic, medium, state, attended_by, first_answer_s::int, first_answer_by,
           resolution_s::int, rating, order_number, order_paid_at
    FROM assistance_talk
    WHERE {_STARTED} AND {_CHOSEN} AND (started_at, id) > (%(after_at)s, %(after_id)s)
    ORDER BY started_at, id LIMIT {PAGE}
"""
_VOLUME: Final = f"""
    SELECT (started_at AT TIME ZONE '{ZONE}')::date, extract(hour FROM started_at AT TIME ZONE '{ZONE}')::int,
           count(*)::int
    FROM assistance_talk WHERE {_STARTED} AND {_CHOSEN} GROUP BY 1, 2
"""
_ATTENDED: Final = f"""
    SELECT attended_by, count(*)::int, count(*) FILTER (WHERE attended_by IS NULL AND led_by = 'assistant')::int,
           count(*) FILTER (WHERE is_opened_by_staff)::int, count(*) FILTER (WHERE is_message)::int
    FROM assistance_talk WHERE {_STARTED} AND {_CHOSEN} GROUP BY 1
"""
_ANSWERS: Final = f"""
    SELECT grouping(first_answer_by), first_answer_by, count(*)::int,
           percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY first_answer_s),
           {", ".join(f"count(*) FILTER (WHERE first_answer_s <= {limit})::int" for limit in BUCKETS_S)}
    FROM assistance_talk
    WHERE {_STARTED} AND first_answer_s IS NOT NULL
      AND (%(team)s::bigint IS NULL OR team_id = %(team)s)
      AND (%(analyst)s::bigint IS NULL OR first_answer_by = %(analyst)s)
    GROUP BY GROUPING SETS ((), (first_answer_by))
"""
# Chosen apart: beside grouping sets PostgreSQL 18 does not see that a partial index of the view's column would do.
_RESOLUTION: Final = f"""
    SELECT grouping(attended_by), attended_by, count(*)::int,
           percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY resolution_s)
    FROM (
        SELECT attended_by, resolution_s FROM assistance_talk
        WHERE store_id = %(store)s AND resolved_at >= %(since)s AND resolved_at < %(until)s AND {_CHOSEN}
    ) AS resolved
    GROUP BY GROUPING SETS ((), (attended_by))
"""
_RATED: Final = f"""
    FROM assistance_talk
    WHERE store_id = %(store)s AND rated_at >= %(since)s AND rated_at < %(until)s AND rating > 0 AND {_CHOSEN}
"""
_STARS: Final = f"SELECT attended_by, rating, count(*)::int {_RATED} GROUP BY 1, 2"
_COMMENTS: Final = f"""
    SELECT id, code, rating, rating_says, attended_by, rated_at {_RATED} AND rating_says <> ''
    ORDER BY rated_at DESC LIMIT {COMMENTS}
"""
_PAID: Final = f"""
    SELECT medium, topic, attended_by, count(*)::int, count(order_paid_at)::int
    FROM (SELECT DISTINCT ON (order_id) * FROM assistance_talk
          WHERE {_STARTED} AND order_id IS NOT NULL ORDER BY order_id, id DESC) newest
    WHERE {_CHOSEN} GROUP BY 1, 2, 3
"""
_HANDED_OVER: Final = f"""
    SELECT grouping(e.reason), e.reason, count(DISTINCT c.id)::int
    FROM assistance_talk c JOIN assistance_hand_over e ON e.conversation_id = c.id
    WHERE {_STARTED} AND {_CHOSEN}
    GROUP BY GROUPING SETS ((), (e.reason))
"""


def _rows(sql: str, asked: Asked, **more: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            sql,
            {
                "store": asked.store_id,
                "since": asked.since,
                "until": asked.until,
                "team": asked.team_id,
                "analyst": asked.analyst_id,
                **more,
            },
        )
        return list(cursor.fetchall())


def _answers(asked: Asked) -> tuple[Answers, dict[int | None, Answers]]:
    everybody, by_person = Answers(), dict[int | None, Answers]()
    for is_all, user, n, marks, *within in _rows(_ANSWERS, asked):
        if not n:
            continue
        edges = (0, *within, n)
        found = Answers(
            span=_span(n, marks),
            within_60=within[BUCKETS_S.index(60)],
            within_90=within[BUCKETS_S.index(90)],
            buckets=tuple(after - before for before, after in pairwise(edges)),
        )
        if is_all:
            everybody = found
        else:
            by_person[user] = found
    return everybody, by_person


def _resolution(asked: Asked) -> tuple[Span, dict[int | None, Span]]:
    everybody, by_person = Span(), dict[int | None, Span]()
    for is_all, user, n, marks in _rows(_RESOLUTION, asked):
        if is_all:
            everybody = _span(n, marks)
        else:
            by_person[user] = _span(n, marks)
    return everybody, by_person


def _stars(asked: Asked) -> tuple[Stars, dict[int | None, Stars]]:
    counted: dict[int | None, Counter[int]] = {}
    for user, stars, count in _rows(_STARS, asked):
        counted.setdefault(user, Counter())[stars] += count
    return _as_stars(sum(counted.values(), Counter[int]())), {user: _as_stars(each) for user, each in counted.items()}


def _as_stars(counted: Counter[int]) -> Stars:
    return Stars((counted[1], counted[2], counted[3], counted[4], counted[5]))


def _paid(asked: Asked) -> tuple[dict[str, Paid], dict[str, Paid], dict[int | None, Paid]]:
    """By medium, topic and person, each order once: in the newest conversation of the stretch that was about it."""
    found = _rows(_PAID, asked)
    return tuple(_folded(found, place) for place in range(3))  # type: ignore[return-value]


def _folded(rows: list[tuple[Any, ...]], place: int) -> dict[Any, Paid]:
    folded: dict[Any, Paid] = {}
    for row in rows:
        known = folded.get(row[place], Paid())
        folded[row[place]] = Paid(known.orders + row[3], known.paid + row[4])
    return folded


def _summed(parts: Iterable[Paid]) -> Paid:
    each = list(parts)
    return Paid(sum(part.orders for part in each), sum(part.paid for part in each))


def _span(n: int, marks: Any) -> Span:
    return Span(n, float(marks[0]), float(marks[1])) if n and marks is not None else Span()
