"""Ask the providers: about what was only announced or hinted at, until they answer or the deadline passes.

The network is never touched inside a transaction: an enquiry is claimed and committed, its provider is asked, and what
it answers is kept like any other notice, as FETCHED, for the one reader to read.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction

from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.stores.queries import feed_settings
from seguripago.ports import bank_feeds, registry
from seguripago.ports.bank_feeds import (
    Arrived,
    Asked,
    Authenticity,
    Credentials,
    FeedAway,
    FeedRefused,
    FeedTrouble,
    Hint,
    Listed,
    NotADeposit,
    NotFoundThere,
    Refetches,
    Returned,
    Road,
    Unreadable,
)

from .. import rules
from ..asking_tables import Enquiry
from ..facts import AnnouncementUnconfirmed, DepositAnnounced, MovementHinted, NoticeUnreadable
from ..models import Announcement, RawNotice
from .keep import keep_own
from .pulling import pull_list
from .roads import own_headers, why_not

LEASE: Final = timedelta(minutes=3)
MANY: Final = 5
"""From so many open enquiries of one feed on, its day's list answers them all in one call."""
CLAIM: Final = """
    UPDATE bank_enquiry SET next_at = %s, tries = tries + 1 WHERE id IN (
        SELECT id FROM bank_enquiry WHERE state = 'waiting' AND next_at <= %s
        ORDER BY next_at, id LIMIT %s FOR UPDATE SKIP LOCKED
    ) RETURNING id
"""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of asking once: the state, and for a waiting one when to ask again."""

    state: str
    trouble: str = ""
    wait: timedelta = timedelta(0)
    body: bytes = b""


def open_enquiries(facts: Sequence[Fact], *, at: datetime) -> int:
    """Write down what is to be asked: announcements that are still open, and what notices hint at. Returns how many.

    Runs in the caller's transaction; what was written down before stays as it is.
    """
    wanted = [*_announced(facts), *_hinted(facts)]
    rows = [
        Enquiry(
            store_id=store_id,
            feed=feed,
            key=_key(asked),
            asked=_plain(asked),
            notice_id=notice_id,
            announcement_id=announcement_id,
            next_at=at,
            deadline_at=at + rules.ENQUIRY_ENDS,
            asked_at=at,
        )
        for store_id, feed, asked, notice_id, announcement_id in wanted
    ]
    Enquiry.objects.bulk_create(rows, ignore_conflicts=True)
    _ask_again(rows, at=at)
    return len(rows)


def ask_due(limit: int = 20, *, at: datetime) -> int:
    """Ask the providers what is due, oldest first; returns how many enquiries were taken up.

    Running twice, or beside another, asks nothing twice: an enquiry is claimed with a lease.
    """
    _end_resolved(at=at)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM, [at + LEASE, at, limit])
        ids = [row[0] for row in cursor.fetchall()]
    enquiries = list(Enquiry.objects.filter(pk__in=ids).order_by("store_id", "feed", "pk"))
    for group in _by_feed(enquiries):
        try:
            _ask_group(group, at=at)
        except Exception:
            # What fails in a way that nobody foresaw is asked again after its lease; the other stores are asked now.
            log.exception("%s of store %s was not asked", group[0].feed, group[0].store_id)
    return len(enquiries)


def give_up(*, at: datetime) -> int:
    """End the enquiries whose deadline passed: an announcement nobody confirmed becomes an alarm. Returns how many."""
    with transaction.atomic():
        _end_resolved(at=at)
        overdue = list(
            Enquiry.objects.select_for_update(skip_locked=True)
            .filter(state="waiting", deadline_at__lte=at)
            .order_by("pk")[:500]
        )
        Enquiry.objects.filter(pk__in=[each.pk for each in overdue]).update(state="absent", ended_at=at)
        publish(*(_alarm(each, each.trouble or "not_found", at) for each in overdue))
    return len(overdue)


def _announced(facts: Sequence[Fact]) -> Iterable[tuple[int, str, Asked, int, int]]:
    ids = [fact.announcement_id for fact in facts if isinstance(fact, DepositAnnounced)]
    for row in Announcement.objects.filter(pk__in=ids).select_related("notice").order_by("pk"):
        # Where nobody can be asked, the deadline still runs: the day's list or a statement may confirm it.
        asked = Asked(*_as_written(row), row.operation_date, row.sending_institution, row.clabe)
        yield row.store_id, row.feed, asked, row.notice_id, row.pk


def _as_written(row: Announcement) -> tuple[str, str]:
    """The provider's own id and the tracking key with its own capitals, which identity does not keep."""
    adapter: bank_feeds.BankFeed = registry.adapter(bank_feeds.FAMILY, row.feed)
    for each in adapter.read(bytes(row.notice.body), row.notice.headers):
        if isinstance(each, Arrived) and rules.plain_key(each.deposit.tracking_key) == row.tracking_key:
            return each.deposit.bank_id, each.deposit.tracking_key
    return "", row.tracking_key


def _hinted(facts: Sequence[Fact]) -> Iterable[tuple[int, str, Asked, int, int]]:
    ids = [fact.notice_id for fact in facts if isinstance(fact, MovementHinted)]
    for notice in RawNotice.objects.filter(pk__in=ids).order_by("pk"):
        adapter: bank_feeds.BankFeed = registry.adapter(bank_feeds.FAMILY, notice.feed)
        for each in adapter.read(bytes(notice.body), notice.headers):
            if isinstance(each, Hint):
                yield notice.store_id, notice.feed, each.asked, notice.pk, 0


def _ask_again(rows: Sequence[Enquiry], *, at: datetime) -> None:
    """A new hint about something that was asked before: it may have changed since (returned, paid at last)."""
    for row in rows:
        Enquiry.objects.filter(store_id=row.store_id, feed=row.feed, key=row.key).exclude(state="waiting").filter(
            asked_at__lt=at, announcement_id=0
        ).update(
            state="waiting",
            ended_at=None,
            next_at=at,
            asked_at=at,
            deadline_at=at + rules.ENQUIRY_ENDS,
            notice_id=row.notice_id,
            tries=0,
        )


def _end_resolved(*, at: datetime) -> None:
    """What was announced and is a deposit by now needs no asking."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE bank_enquiry e SET state = 'found', ended_at = %s WHERE e.state = 'waiting' AND e.announcement_id > 0
               AND EXISTS (
                   SELECT 1 FROM deposit_announcement a
                   JOIN deposit d ON d.store_id = a.store_id AND d.identity = a.identity WHERE a.id = e.announcement_id
               )
            """,
            [at],
        )


def _by_feed(enquiries: Sequence[Enquiry]) -> list[list[Enquiry]]:
    groups: dict[tuple[int, str], list[Enquiry]] = {}
    for each in enquiries:
        groups.setdefault((each.store_id, each.feed), []).append(each)
    return list(groups.values())


def _ask_group(group: Sequence[Enquiry], *, at: datetime) -> None:
    store_id, feed = group[0].store_id, group[0].feed
    adapter = registry.adapters(bank_feeds.FAMILY).get(feed)
    credentials = feed_settings(store_id).get(feed)
    refusal = why_not(adapter, credentials.credentials if credentials else {})
    if refusal or credentials is None or not isinstance(adapter, Refetches):
        for each in group:
            _settle(each, Outcome("waiting", refusal or "nobody_to_ask", timedelta(seconds=rules.SLOW_S)), at=at)
        return
    if len(group) > MANY and isinstance(adapter, bank_feeds.DailyList):
        days = {day for each in group if (day := _asked(each, at).operation_date)}
        troubles = [pull_list(store_id, feed, day, credentials.credentials, at=at) for day in sorted(days)]
        trouble = next((words for words in troubles if words), "in_the_list")
        for each in group:
            # The reader ends those that the list confirmed; the others wait for the next list.
            _settle(each, Outcome("waiting", trouble, timedelta(seconds=rules.PATIENCE_S[3])), at=at)
        return
    for each in group:
        outcome = _ask(adapter, _asked(each, at), credentials.credentials, tries=each.tries)
        _settle(each, outcome, at=at)


def _ask(adapter: Refetches, asked: Asked, credentials: Credentials, *, tries: int) -> Outcome:
    try:
        body = adapter.refetch(asked, credentials)
        said: tuple[Listed, ...] = adapter.read(body, own_headers(Road.REFETCH))  # type: ignore[attr-defined]
    except NotFoundThere as trouble:
        return Outcome("waiting", f"not_found {trouble}".strip(), rules.patience(tries))
    except FeedAway as trouble:
        return Outcome("waiting", f"away {trouble}".strip(), rules.patience(tries, wanted_s=trouble.retry_after_s))
    except FeedRefused as trouble:
        # A person may mend the credentials before the deadline.
        return Outcome("waiting", f"refused {trouble}"[:200], timedelta(seconds=rules.SLOW_S))
    except Unreadable as trouble:
        return Outcome("parked", f"unreadable {trouble}"[:200])
    except FeedTrouble as trouble:
        return Outcome("waiting", str(trouble)[:200], rules.patience(tries))
    if all(isinstance(each, NotADeposit) for each in said):
        reasons = ", ".join(sorted({each.reason for each in said if isinstance(each, NotADeposit)}))
        # Not settled yet, or nothing that brings money: only time tells them apart.
        return Outcome("waiting", f"not_yet {reasons}"[:200], rules.patience(tries))
    return Outcome("found" if any(isinstance(each, Arrived | Returned) for each in said) else "parked", body=body)


def _settle(enquiry: Enquiry, outcome: Outcome, *, at: datetime) -> None:
    with transaction.atomic():
        row = Enquiry.objects.select_for_update().get(pk=enquiry.pk)
        if row.state != "waiting":
            return
        row.trouble = outcome.trouble[:200]
        if outcome.body:
            keep_own(
                row.feed,
                row.store_id,
                body=outcome.body,
                headers=own_headers(Road.REFETCH),
                authenticity=Authenticity.FETCHED,
                at=at,
            )
        if outcome.state == "waiting":
            row.next_at = at + outcome.wait
        else:
            row.state, row.ended_at = outcome.state, at
        row.save(update_fields=["trouble", "next_at", "state", "ended_at"])
        if outcome.state == "parked" and not outcome.body:
            publish(_alarm(row, outcome.trouble, at))
    if outcome.state == "waiting" and outcome.trouble:
        log.info("%s of store %s, enquiry %s: %s", row.feed, row.store_id, row.pk, outcome.trouble)


def _alarm(row: Enquiry, reason: str, at: datetime) -> Fact:
    if not row.announcement_id:
        return NoticeUnreadable(store_id=row.store_id, at=at, notice_id=row.notice_id, reason=f"asked: {reason}"[:200])
    found = Announcement.objects.filter(pk=row.announcement_id).first()
    return AnnouncementUnconfirmed(
        store_id=row.store_id,
        at=at,
        announcement_id=row.announcement_id,
        notice_id=row.notice_id,
        centavos=found.amount_centavos if found else 0,
        reason=reason,
    )


def _key(asked: Asked) -> str:
    day = f"{asked.operation_date:%Y%m%d}" if asked.operation_date else ""
    marks = (asked.bank_id, asked.beneficiary_clabe, asked.sending_institution, asked.tracking_key, day)
    return "|".join(marks)[:160]


def _plain(asked: Asked) -> dict[str, Any]:
    day = asked.operation_date.isoformat() if asked.operation_date else ""
    return {**asdict(asked), "operation_date": day, "is_current_day": False}


def _asked(enquiry: Enquiry, at: datetime) -> Asked:
    said = dict(enquiry.asked)
    day = date.fromisoformat(said["operation_date"]) if said["operation_date"] else None
    said.pop("operation_date")
    said.pop("is_current_day")
    return Asked(**said, operation_date=day, is_current_day=day == rules.operation_day(at))
