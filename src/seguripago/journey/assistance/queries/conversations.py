"""A conversation and its entries, as the buyer and the desk may read them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from seguripago.foundations.staffing import queries as staffing
from seguripago.values.money import Money

from ..models import Conversation, WayBack
from ..rules import card_title, initials, is_changeable, token_hash

Audience = Literal["buyer", "desk"]
PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class ConversationView:
    """One conversation. `order_id` is set only after a second proof; `position` is 1 for the next of the queue."""

    id: int
    store_id: int
    code: str
    state: str
    led_by: str
    seq: int
    buyer_name: str
    buyer_email: str
    buyer_phone: str
    topic: str
    question: str
    medium: str
    analyst_id: int | None
    analyst_name: str
    analyst_number: str
    order_id: int | None
    order_number: str
    correcting: bool
    handed_over: str
    last_line: str
    position: int
    started_at: datetime
    waiting_since: datetime
    last_buyer_at: datetime
    last_staff_at: datetime | None
    claimed_at: datetime | None
    owed_since: datetime | None
    team_id: int | None
    is_message: bool
    wants_transcript: bool
    buyer_seen_seq: int
    staff_seen_seq: int
    rating: int
    rating_says: str
    rated_at: datetime | None

    @property
    def initials(self) -> str:
        return initials(self.buyer_name)

    @property
    def tint(self) -> int:
        """Which of the four avatar colours."""
        return self.id % 4 + 1


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry, ready to draw.

    `body` holds primitives, except that `*_centavos` became Money under the name without the suffix and `*_at` became
    datetimes. A card that a newer entry answered is `closed`, with when and how (`accepted`, `corrected`, …).
    """

    seq: int
    kind: str
    author_kind: str
    author_id: int
    author_name: str
    visibility: str
    title: str
    body: dict[str, Any]
    at: datetime
    closed: bool
    closed_at: datetime | None
    closed_as: str

    @property
    def initials(self) -> str:
        return initials(self.author_name)

    @property
    def card(self) -> str:
        return str(self.body.get("card", ""))

    @property
    def text(self) -> str:
        return str(self.body.get("text", ""))

    @property
    def topics(self) -> tuple[str, ...]:
        """Labels of what the buyer ticked in the form, when it was more than one."""
        return tuple(staffing.TOPICS.get(str(key), str(key)) for key in self.body.get("topics", ()))


def conversation_by_token(token: str) -> ConversationView | None:
    """The conversation that a browser's secret token opens, or None."""
    if not token:
        return None
    hashed = token_hash(token)
    row = Conversation.objects.filter(token_hash=hashed).first()
    if row is None:
        way = WayBack.objects.filter(browser_hash=hashed).select_related("conversation").first()
        row = None if way is None else way.conversation
    return None if row is None else _view(row)


def conversation(conversation_id: int) -> ConversationView | None:
    """One conversation by its id; callers check the store."""
    row = Conversation.objects.filter(pk=conversation_id).first()
    return None if row is None else _view(row)


def conversations_by_id(conversation_ids: Collection[int]) -> dict[int, ConversationView]:
    """Many conversations by their ids, in one query and without their places in the queue; callers check the store."""
    rows = Conversation.objects.filter(pk__in=list(conversation_ids))
    return {row.pk: _view(row, position=0) for row in rows}


def conversations_of_browser(tokens: Sequence[str]) -> tuple[ConversationView, ...]:
    """The conversations of the tokens that a browser keeps, newest first, in one query."""
    hashes = [token_hash(token) for token in tokens if token][:20]
    back = WayBack.objects.filter(browser_hash__in=hashes).values("conversation_id")
    own = Q(token_hash__in=hashes) | Q(pk__in=back)
    rows = Conversation.objects.filter(own).order_by("-started_at") if hashes else ()
    return tuple(_view(row, position=0) for row in rows)


def entries(
    conversation_id: int, after: int = 0, *, audience: Audience = "buyer", limit: int = PAGE
) -> tuple[EntryView, ...]:
    """Entries with a greater `seq`, oldest first, and before them the older cards that these answered, drawn anew.

    A reader keeps the greatest `seq` as its cursor and replaces what it already shows under the same `seq`.
    """
    return entries_after_many({conversation_id: after}, audience=audience, limit=limit)[conversation_id]


def entries_after_many(
    cursors: Mapping[int, int], *, audience: Audience = "buyer", limit: int = PAGE
) -> dict[int, tuple[EntryView, ...]]:
    """`entries` of many conversations in one query: {conversation_id: after} → {conversation_id: entries}."""
    if not cursors:
        return {}
    hidden = "AND e.visibility = 'all'" if audience == "buyer" else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH wanted AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[]) AS w(conversation_id, after)),
            fresh AS (
                SELECT e.* FROM wanted w CROSS JOIN LATERAL (
                    SELECT * FROM assistance_entry e
                    WHERE e.conversation_id = w.conversation_id AND e.seq > w.after {hidden}
                    ORDER BY e.seq LIMIT %s
                ) e
            ),
            shown AS (
                SELECT * FROM fresh
                UNION
                SELECT e.* FROM fresh f JOIN assistance_entry e
                ON e.conversation_id = f.conversation_id AND e.seq = f.closes AND f.closes > 0 {hidden}
            )
            SELECT s.conversation_id, s.seq, s.kind, s.author_kind, s.author_id, s.author_name,
                   s.visibility, s.body::text, s.at, c.at, c.body->>'answer'
            FROM shown s LEFT JOIN LATERAL (
                SELECT at, body FROM assistance_entry c
                WHERE c.conversation_id = s.conversation_id AND c.closes = s.seq AND c.closes > 0
                ORDER BY c.seq DESC LIMIT 1
            ) c ON s.kind = 'card'
            ORDER BY s.conversation_id, s.seq
            """,  # noqa: S608 - `hidden` is one of two literals above
            [list(cursors.keys()), list(cursors.values()), limit],
        )
        rows = cursor.fetchall()
    found: dict[int, list[EntryView]] = defaultdict(list)
    for conversation_id, *row in rows:
        found[conversation_id].append(_entry(*row))
    return {conversation_id: tuple(found[conversation_id]) for conversation_id in cursors}


def entries_by_number(places: Collection[tuple[int, int]]) -> dict[tuple[int, int], EntryView]:
    """Single entries as the desk reads them, in one query: {(conversation_id, seq): entry}. What stands alone is drawn
    without what answered it; callers have checked that the reader may read the conversations.
    """
    if not places:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT e.conversation_id, e.seq, e.kind, e.author_kind, e.author_id, e.author_name, e.visibility,
                   e.body::text, e.at, NULL, NULL
            FROM unnest(%s::bigint[], %s::bigint[]) AS w(conversation_id, seq)
            JOIN assistance_entry e ON e.conversation_id = w.conversation_id AND e.seq = w.seq
            """,
            [[place[0] for place in places], [place[1] for place in places]],
        )
        return {(row[0], row[1]): _entry(*row[1:]) for row in cursor.fetchall()}


def has_read_all(order_id: int) -> bool:
    """Whether the buyer's screen showed all that one of the order's conversations says: he is there."""
    return Conversation.objects.filter(order_id=order_id, seq__gt=0, buyer_seen_seq__gte=F("seq")).exists()


def may_still_rate(view: ConversationView, *, at: datetime) -> bool:
    """Whether the buyer may give or change the rating now."""
    return view.state == "resolved" and is_changeable(view.rated_at, at)


def cursors(conversation_ids: Collection[int]) -> dict[int, int]:
    """The newest `seq` of each conversation, in one query: what a stream compares on every heartbeat."""
    # One array instead of ten thousand parameters: a process may hold as many conversations.
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, seq FROM assistance_conversation WHERE id = ANY(%s)", [list(conversation_ids)])
        return dict(cursor.fetchall())


def view_of(row: Conversation) -> ConversationView:
    """A row as screens read it, without asking for its place in the queue."""
    return _view(row, position=0)


def _view(row: Conversation, position: int | None = None) -> ConversationView:
    if position is None:
        position = _position(row)
    return ConversationView(
        id=row.pk,
        store_id=row.store_id,
        code=row.code,
        state=row.state,
        led_by=row.led_by,
        seq=row.seq,
        buyer_name=row.buyer_name,
        buyer_email=row.buyer_email,
        buyer_phone=row.buyer_phone,
        topic=staffing.TOPICS.get(row.topic, row.topic),
        question=row.question,
        medium=row.medium,
        analyst_id=row.analyst_id,
        analyst_name=row.analyst_name,
        analyst_number=row.analyst_number,
        order_id=row.order_id,
        order_number=row.order_number,
        correcting=row.correcting,
        handed_over=row.handed_over,
        last_line=row.last_line,
        position=position,
        started_at=row.started_at,
        waiting_since=row.waiting_since,
        last_buyer_at=row.last_buyer_at,
        last_staff_at=row.last_staff_at,
        claimed_at=row.claimed_at,
        owed_since=row.owed_since,
        team_id=row.team_id,
        is_message=row.is_message,
        wants_transcript=row.wants_transcript,
        buyer_seen_seq=row.buyer_seen_seq,
        staff_seen_seq=row.staff_seen_seq,
        rating=row.rating,
        rating_says=row.rating_says,
        rated_at=row.rated_at,
    )


def _position(row: Conversation) -> int:
    if row.state != "waiting":
        return 0
    return _ahead(row).count() + 1


def _ahead(row: Conversation) -> QuerySet[Conversation]:
    # Whom the assistant serves well is taken after those whom nobody serves.
    earlier = Conversation.objects.filter(store_id=row.store_id, state="waiting", waiting_since__lt=row.waiting_since)
    if row.team_id is not None:
        earlier = earlier.filter(Q(team_id=row.team_id) | Q(team__isnull=True))
    return earlier.filter(is_message=False).exclude(led_by="assistant", handed_over="")


def _entry(
    seq: int,
    kind: str,
    author_kind: str,
    author_id: int,
    author_name: str,
    visibility: str,
    body_text: str,
    at: datetime,
    closed_at: datetime | None,
    closed_as: str | None,
) -> EntryView:
    body = _drawable(json.loads(body_text))
    if body.get("forgotten"):
        kind, body = "status", {"text": _("Este mensaje se borró al terminar su plazo de conservación.")}
    return EntryView(
        seq=seq,
        kind=kind,
        author_kind=author_kind,
        author_id=author_id,
        author_name=author_name,
        visibility=visibility,
        title=card_title(str(body.get("card", ""))) if kind == "card" else "",
        body=body,
        at=at,
        closed=closed_at is not None,
        closed_at=closed_at,
        closed_as=closed_as or "",
    )


def _drawable(body: dict[str, Any]) -> dict[str, Any]:
    drawn: dict[str, Any] = {}
    for name, value in body.items():
        if name.endswith("_centavos") and isinstance(value, int):
            drawn[name.removesuffix("_centavos")] = Money(value)
        elif name.endswith("_at") and isinstance(value, str) and value:
            drawn[name] = datetime.fromisoformat(value)
        else:
            drawn[name] = value
    return drawn
