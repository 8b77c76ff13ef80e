"""Balances are sums of postings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from seguripago.values.money import MXN, Money

from .models import Posting
from .rules import Account

PAGE: Final = 100
CHUNK: Final = 2_000


@dataclass(frozen=True, slots=True)
class PostingView:
    """One leg of a journal: a debit above zero or a credit below, and when it was booked."""

    journal: str
    account: str
    amount: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class TrialLine:
    """An account in one currency: what went in, what went out, and what is left of both."""

    account: str
    currency: str
    debits: Money
    credits: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of an account's statement; `balance` is the account's after it."""

    id: int
    journal: str
    subject: str
    amount: Money
    balance: Money
    at: datetime
    value_date: date


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the next one begins before it."""

    at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a statement, newest first; `following` is None on the last."""

    entries: tuple[Entry, ...]
    following: Place | None


@dataclass(frozen=True, slots=True)
class BankLine:
    """What the ledger says of the bank's account: one leg. `booked_id` grows with the booking."""

    booked_id: int
    journal: str
    subject: str
    amount: Money
    at: datetime
    value_date: date


def balance(
    store_id: int,
    account: Account,
    *,
    currency: str = MXN,
    at: datetime | None = None,
    value_date: date | None = None,
) -> Money:
    """The sum of the account's postings: booked until `at`, of the bank's days until `value_date`, when given."""
    rows = _until(Posting.objects.filter(store_id=store_id, account=account.value, currency=currency), at, value_date)
    return Money(rows.aggregate(total=Sum("centavos"))["total"] or 0, currency)


def balances(
    store_id: int, *, currency: str = MXN, at: datetime | None = None, value_date: date | None = None
) -> dict[str, Money]:
    """Every account's balance in a currency, as of a booking time or a bank's day when given."""
    rows = _until(Posting.objects.filter(store_id=store_id, currency=currency), at, value_date)
    return {account: Money(total, currency) for account, total in rows.values_list("account").annotate(Sum("centavos"))}


def trial_balance(
    store_id: int, *, at: datetime | None = None, value_date: date | None = None
) -> tuple[TrialLine, ...]:
    """Debits, credits and balance of every account and currency, in the order of the accounts."""
    rows = _until(Posting.objects.filter(store_id=store_id), at, value_date)
    sums = (
        rows.values("account", "currency")
        .annotate(debits=Sum("centavos", filter=Q(centavos__gt=0)), credits=Sum("centavos", filter=Q(centavos__lt=0)))
        .values_list("account", "currency", "debits", "credits")
    )
    found = {(account, currency): (debits or 0, credits or 0) for account, currency, debits, credits in sums}
    order = [account.value for account in Account]
    return tuple(
        TrialLine(
            account, currency, Money(debits, currency), Money(-credits, currency), Money(debits + credits, currency)
        )
        for (account, currency), (debits, credits) in sorted(
            found.items(), key=lambda each: (each[0][1], order.index(each[0][0]))
        )
    )


def statement(
    store_id: int,
    account: Account,
    *,
    currency: str = MXN,
    until: datetime | None = None,
    before: Place | None = None,
    limit: int = PAGE,
) -> Page:
    """A page of the account's postings, newest first, each with the balance after it."""
    rows = _until(Posting.objects.filter(store_id=store_id, account=account.value, currency=currency), until, None)
    if before is not None:
        # The first condition is for the index; the second is the place.
        rows = rows.filter(at__lte=before.at).filter(Q(at__lt=before.at) | Q(pk__lt=before.id))
    found = list(rows.order_by("-at", "-pk")[: limit + 1])
    if not found:
        return Page((), None)
    left = rows.aggregate(total=Sum("centavos"))["total"]
    entries = []
    for row in found[:limit]:
        entries.append(
            Entry(
                row.pk,
                row.journal,
                row.subject,
                Money(row.centavos, currency),
                Money(left, currency),
                row.at,
                row.value_date,
            )
        )
        left -= row.centavos
    last = entries[-1]
    return Page(tuple(entries), Place(last.at, last.id) if len(found) > limit else None)


def postings_of(store_id: int, subject: str) -> tuple[PostingView, ...]:
    """Every posting about a subject, such as `order:12`, in the order of booking."""
    rows = Posting.objects.filter(store_id=store_id, subject=subject).order_by("pk")
    return tuple(PostingView(row.journal, row.account, Money(row.centavos, row.currency), row.at) for row in rows)


def booked_under(name: str, subject: str, account: Account, *, currency: str = MXN) -> tuple[Money, int]:
    """What the journals about a subject whose names begin so booked on an account, and how many did."""
    rows = Posting.objects.filter(subject=subject, journal__startswith=name, account=account.value, currency=currency)
    found = rows.aggregate(total=Sum("centavos"), times=Count("journal", distinct=True))
    return Money(found["total"] or 0, currency), found["times"]


def booked_by(journal: str, account: Account, *, currency: str = MXN) -> Money:
    """What the journal of this name booked on an account; nothing when there is none."""
    rows = Posting.objects.filter(journal=journal, account=account.value, currency=currency)
    return Money(rows.aggregate(total=Sum("centavos"))["total"] or 0, currency)


def bank_lines(store_id: int, value_date: date, *, up_to: int | None = None) -> tuple[BankLine, ...]:
    """Every posting on the bank's account that counts for that day, in the order of booking."""
    rows = Posting.objects.filter(store_id=store_id, account=Account.BANK.value, value_date=value_date)
    return _bank_lines(rows if up_to is None else rows.filter(pk__lte=up_to))


def late_bank_lines(
    store_id: int, *, until: date, after: int, up_to: int | None = None, limit: int | None = None
) -> tuple[BankLine, ...]:
    """What was booked after the posting `after` for the bank's days until `until`: too late for their close."""
    rows = Posting.objects.filter(store_id=store_id, account=Account.BANK.value, value_date__lte=until, pk__gt=after)
    return _bank_lines(rows if up_to is None else rows.filter(pk__lte=up_to), limit)


def count_late(store_id: int, *, until: date, after: int) -> tuple[int, Money]:
    """How many lines `late_bank_lines` would give, and their pesos."""
    rows = Posting.objects.filter(store_id=store_id, account=Account.BANK.value, value_date__lte=until, pk__gt=after)
    found = rows.aggregate(lines=Count("pk"), total=Sum("centavos", filter=Q(currency=MXN)))
    return found["lines"], Money(found["total"] or 0)


def bank_days(store_id: int, *, since: date) -> tuple[tuple[date, str, int, int], ...]:
    """The bank's days from `since` on that have money in them, newest first: (day, currency, lines, centavos in)."""
    rows = (
        Posting.objects.filter(store_id=store_id, account=Account.BANK.value, value_date__gte=since, centavos__gt=0)
        .values("value_date", "currency")
        .annotate(lines=Count("pk"), total=Sum("centavos"))
        .order_by("-value_date", "currency")
    )
    return tuple(rows.values_list("value_date", "currency", "lines", "total"))


def bank_total(store_id: int, *, before: date, up_to: int, currency: str = MXN) -> Money:
    """The bank's account over all of its days before `before`, as the posting `up_to` left it."""
    rows = Posting.objects.filter(
        store_id=store_id, account=Account.BANK.value, currency=currency, value_date__lt=before, pk__lte=up_to
    )
    return Money(rows.aggregate(total=Sum("centavos"))["total"] or 0, currency)


def first_bank_day(store_id: int, *, after: date | None = None) -> date | None:
    """The first of the bank's days with a posting, after a day when given."""
    rows = Posting.objects.filter(store_id=store_id, account=Account.BANK.value)
    if after is not None:
        rows = rows.filter(value_date__gt=after)
    return rows.order_by("value_date").values_list("value_date", flat=True).first()


def sums_between(store_id: int, *, after: int, up_to: int) -> dict[tuple[str, str], int]:
    """What the postings after `after` until `up_to` add to every account and currency."""
    rows = Posting.objects.filter(store_id=store_id, pk__gt=after, pk__lte=up_to)
    sums = rows.values("account", "currency").annotate(total=Sum("centavos"))
    return {(row["account"], row["currency"]): row["total"] for row in sums}


def entries(store_id: int, *, booked_from: datetime, booked_before: datetime) -> Iterator[tuple[str, Entry]]:
    """Every posting booked in that time, account by account in the order of time, read in chunks.

    `balance` is the running sum of the account from `booked_from`, currency by currency.
    """
    rows = Posting.objects.filter(store_id=store_id, at__gte=booked_from, at__lt=booked_before)
    for account in Account:
        sums: dict[str, int] = {}
        place: Place | None = None
        while True:
            chunk = rows.filter(account=account.value)
            if place is not None:
                chunk = chunk.filter(at__gte=place.at).filter(Q(at__gt=place.at) | Q(pk__gt=place.id))
            found = list(chunk.order_by("at", "pk")[:CHUNK])
            for row in found:
                sums[row.currency] = sums.get(row.currency, 0) + row.centavos
                yield (
                    row.account,
                    Entry(
                        row.pk,
                        row.journal,
                        row.subject,
                        Money(row.centavos, row.currency),
                        Money(sums[row.currency], row.currency),
                        row.at,
                        row.value_date,
                    ),
                )
            if len(found) < CHUNK:
                break
            place = Place(found[-1].at, found[-1].pk)


def newest_booked_id() -> int:
    """The number of the newest posting that a reader sees now; a lower one may still commit."""
    return Posting.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def last_booked_id() -> int:
    """The number of the newest posting that is safe to build on: nothing that commits later has a lower one.

    It waits for those who are writing in this moment and holds new ones back until the caller's transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE posting IN SHARE MODE")
        cursor.execute("SELECT coalesce(max(id), 0) FROM posting")
        return int(cursor.fetchone()[0])


def _bank_lines(rows: QuerySet[Posting], limit: int | None = None) -> tuple[BankLine, ...]:
    return tuple(
        BankLine(pk, journal, subject, Money(centavos, currency), at, value_date)
        for pk, journal, subject, centavos, currency, at, value_date in rows.order_by("pk").values_list(
            "pk", "journal", "subject", "centavos", "currency", "at", "value_date"
        )[:limit]
    )


def _until(rows: QuerySet[Posting], at: datetime | None, value_date: date | None) -> QuerySet[Posting]:
    if at is not None:
        rows = rows.filter(at__lte=at)
    if value_date is not None:
        rows = rows.filter(value_date__lte=value_date)
    return rows
