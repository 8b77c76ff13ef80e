"""What screens read of the asking: when feeds were last heard, what was pulled, what is still to be asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from seguripago.ports import bank_feeds, registry

from . import rules
from .asking_tables import Enquiry, FeedHour, FeedSilence, ListPull


@dataclass(frozen=True, slots=True)
class FeedHeard:
    """A feed as it is heard: `usual_an_hour` is what comes on average at this hour of such a day, rounded.

    `silent_since` is set while its silence is open.
    """

    feed: str
    title: str
    last_at: datetime
    usual_an_hour: int
    heard_this_hour: int
    silent_since: datetime | None


@dataclass(frozen=True, slots=True)
class PullView:
    """The list of one operation date as far as it was pulled; `trouble` is of the last try, empty when it was good."""

    feed: str
    day: date
    pages: int
    good_at: datetime | None
    tried_at: datetime
    trouble: str


@dataclass(frozen=True, slots=True)
class EnquiryView:
    """Something that a provider is asked about: state waiting, found, absent or parked."""

    id: int
    feed: str
    tracking_key: str
    bank_id: str
    state: str
    tries: int
    trouble: str
    asked_at: datetime
    next_at: datetime
    deadline_at: datetime


def feeds_heard(store_id: int, *, at: datetime) -> tuple[FeedHeard, ...]:
    """Every feed whose provider ever called the store, with what is usual and whether it is silent.

    Counted every half minute by a clock, so it costs the same for one notice a day and for a million.
    """
    since = at - timedelta(weeks=rules.WEEKS_BACK)
    rows = FeedHour.objects.filter(store_id=store_id, hour__gte=since).order_by("feed", "hour")
    by_feed: dict[str, list[FeedHour]] = {}
    for row in rows:
        by_feed.setdefault(row.feed, []).append(row)
    silences = FeedSilence.objects.filter(store_id=store_id, ended_at=None)
    silent: dict[str, datetime] = {each.feed: each.since for each in silences}
    return tuple(_heard(feed, hours, silent.get(feed), at) for feed, hours in by_feed.items())


def list_pulls(store_id: int, *, limit: int = 10) -> tuple[PullView, ...]:
    """The newest days whose lists were pulled, or tried to."""
    rows = ListPull.objects.filter(store_id=store_id).order_by("-day", "feed")[:limit]
    return tuple(PullView(row.feed, row.day, len(row.digests), row.good_at, row.tried_at, row.trouble) for row in rows)


def open_enquiries_of(store_id: int, *, limit: int = 50) -> tuple[EnquiryView, ...]:
    """What the store's providers are still to be asked about, the oldest first."""
    rows = Enquiry.objects.filter(store_id=store_id, state="waiting").order_by("asked_at", "pk")[:limit]
    return tuple(
        EnquiryView(
            row.pk,
            row.feed,
            str(row.asked.get("tracking_key", "")),
            str(row.asked.get("bank_id", "")),
            row.state,
            row.tries,
            row.trouble,
            row.asked_at,
            row.next_at,
            row.deadline_at,
        )
        for row in rows
    )


def _heard(feed: str, hours: list[FeedHour], silent_since: datetime | None, at: datetime) -> FeedHeard:
    known = registry.adapters(bank_feeds.FAMILY).get(feed)
    this_hour = at.replace(minute=0, second=0, microsecond=0)
    counts = {row.hour: row.heard for row in hours}
    usual = rules.usual_hours(counts, first=hours[0].hour, until=this_hour)
    return FeedHeard(
        feed=feed,
        title=known.title if known is not None else feed,
        last_at=hours[-1].last_at,
        usual_an_hour=round(usual.get(rules.kind_of_hour(at), 0)),
        heard_this_hour=counts.get(this_hour, 0),
        silent_since=silent_since,
    )
