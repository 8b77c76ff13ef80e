"""What others may read of the bank's side."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from seguripago.ports.bank_feeds import INSTITUTION_UNSAID
from seguripago.values.clabe import institution_name
from seguripago.values.money import Money

from .asking_queries import EnquiryView as EnquiryView
from .asking_queries import FeedHeard as FeedHeard
from .asking_queries import PullView as PullView
from .asking_queries import feeds_heard as feeds_heard
from .asking_queries import list_pulls as list_pulls
from .asking_queries import open_enquiries_of as open_enquiries_of
from .cep_questions import CepQuestionView as CepQuestionView
from .cep_questions import account_asked as account_asked
from .cep_questions import cep_question as cep_question
from .cep_questions import cep_questions as cep_questions
from .cep_questions import seal_is_deposit as seal_is_deposit
from .cep_questions import seals_at_banxico as seals_at_banxico
from .models import Announcement, Deposit, DepositReturn

_COLUMNS: Final = (
    "pk", "store_id", "amount_centavos", "currency", "clabe", "is_own_account", "sending_institution", "tracking_key",
    "operation_date", "payer_name", "concept", "reference", "settled_at", "received_at", "feed",
)  # fmt: skip
"""What a DepositView is made of, in its order."""


@dataclass(frozen=True, slots=True)
class DepositView:
    """A deposit as somebody whom we believe told it; `is_returned` once the bank has sent it back."""

    id: int
    store_id: int
    amount: Money
    clabe: str
    is_own_account: bool
    sending_institution: str
    bank_name: str
    tracking_key: str
    operation_date: date
    payer_name: str
    concept: str
    reference: str
    settled_at: datetime
    received_at: datetime
    feed: str
    is_returned: bool


@dataclass(frozen=True, slots=True)
class AnnouncementView:
    """A movement of which only unsigned notices speak."""

    id: int
    store_id: int
    feed: str
    notice_id: int
    amount: Money
    clabe: str
    sending_institution: str
    bank_name: str
    tracking_key: str
    operation_date: date
    payer_name: str
    concept: str
    reference: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class DayLine:
    """A deposit as the day's proof needs it; `account` is the store's account that was paid."""

    id: int
    account: str
    amount: Money
    tracking_key: str


@dataclass(frozen=True, slots=True)
class Payer:
    """The sender of a deposit; banks leave any of it out."""

    account: str
    institution: str
    name: str
    rfc: str


def deposits(ids: Collection[int]) -> tuple[DepositView, ...]:
    """The deposits with these ids, by id."""
    # One array, not a placeholder for every id; by ANY, which finds each by its key however few rows there are.
    told = RawSQL("deposit.id = ANY(%s::bigint[])", [list(ids)], output_field=BooleanField())
    return _views(Deposit.objects.filter(told).order_by("pk"))


def newest(store_id: int, *, limit: int = 50) -> tuple[DepositView, ...]:
    """The store's newest deposits, newest first."""
    return _views(Deposit.objects.filter(store_id=store_id).order_by("-received_at", "-pk")[:limit])


def announcements(store_id: int, *, limit: int = 50) -> tuple[AnnouncementView, ...]:
    """What is only announced, newest first: a believed notice of the same movement ends it."""
    return _announced(Announcement.objects.filter(store_id=store_id).order_by("-received_at", "-pk"), limit)


def announcements_by_id(ids: Collection[int]) -> tuple[AnnouncementView, ...]:
    """Those of these announcements that are still only announced."""
    return _announced(Announcement.objects.filter(pk__in=list(ids)).order_by("pk"), len(ids))


def announced_movement(
    store_id: int, *, tracking_key: str, operation_date: date, sending_institution: str
) -> tuple[AnnouncementView, ...]:
    """What is only announced with the bank's own marks."""
    rows = Announcement.objects.filter(
        store_id=store_id,
        tracking_key=tracking_key.strip().upper(),
        operation_date=operation_date,
        sending_institution=sending_institution,
    )
    return _announced(rows.order_by("pk"), 20)


def by_movement(
    store_id: int, *, tracking_key: str, operation_date: date, sending_institution: str
) -> tuple[DepositView, ...]:
    """The deposits with the bank's own marks (several only when several accounts got the same key)."""
    ids = Deposit.objects.filter(
        store_id=store_id,
        tracking_key=tracking_key.strip().upper(),
        operation_date=operation_date,
        sending_institution=sending_institution,
    ).values_list("pk", flat=True)
    return deposits(list(ids))


def deposits_told(
    clabes: Collection[str], *, store_ids: Collection[int], keys: Collection[str], limit: int = 2_000
) -> tuple[DepositView, ...]:
    """What came to one of these accounts, and what came to these stores under one of these tracking keys, by id."""
    told = Q(store_id__in=list(store_ids), tracking_key__in=[key for key in keys if key])
    return _views(Deposit.objects.filter(Q(clabe__in=[each for each in clabes if each]) | told).order_by("pk")[:limit])


def deposits_of_day(store_id: int, operation_date: date) -> tuple[DayLine, ...]:
    """Every deposit of the bank's day, shortly, by id."""
    rows = Deposit.objects.filter(store_id=store_id, operation_date=operation_date).order_by("pk")
    return tuple(
        DayLine(pk, account, Money(centavos, currency), key)
        for pk, account, centavos, currency, key in rows.values_list(
            "pk", "owner_account", "amount_centavos", "currency", "tracking_key"
        )
    )


def deposits_between(store_id: int, *, first: date, last: date, chunk: int = 1_000) -> Iterator[DepositView]:
    """The deposits of the bank's days from `first` to `last`, by day and id, read a chunk at a time."""
    rows = Deposit.objects.filter(store_id=store_id, operation_date__gte=first, operation_date__lte=last)
    after: DepositView | None = None
    while True:
        more = rows
        if after is not None:
            more = rows.filter(operation_date__gte=after.operation_date).filter(
                Q(operation_date__gt=after.operation_date) | Q(pk__gt=after.id)
            )
        found = _views(more.order_by("operation_date", "pk")[:chunk])
        yield from found
        if len(found) < chunk:
            return
        after = found[-1]


def payers(ids: Collection[int]) -> dict[int, Payer]:
    """Where each deposit came from, as the bank said it."""
    rows = Deposit.objects.filter(pk__in=list(ids)).values_list(
        "pk", "payer_account", "sending_institution", "payer_name", "payer_rfc"
    )
    return {pk: Payer(account, institution, name, rfc) for pk, account, institution, name, rfc in rows}


def _bank_name(code: str) -> str:
    """The sender's bank; a payment provider that collects for the store does not say it."""
    return "Banco no informado" if code == INSTITUTION_UNSAID else institution_name(code) or code


def _announced(rows: QuerySet[Announcement], limit: int) -> tuple[AnnouncementView, ...]:
    same = Deposit.objects.filter(store_id=OuterRef("store_id"), identity=OuterRef("identity"))
    return tuple(
        AnnouncementView(
            id=row.pk,
            store_id=row.store_id,
            feed=row.feed,
            notice_id=row.notice_id,
            amount=Money(row.amount_centavos, row.currency),
            clabe=row.clabe,
            sending_institution=row.sending_institution,
            bank_name=_bank_name(row.sending_institution),
            tracking_key=row.tracking_key,
            operation_date=row.operation_date,
            payer_name=row.payer_name,
            concept=row.concept,
            reference=row.reference,
            received_at=row.received_at,
        )
        for row in rows.filter(~Exists(same))[:limit]
    )


def _views(chosen: QuerySet[Deposit]) -> tuple[DepositView, ...]:
    """Read columns, not models: thousands at once are judged."""
    returned = Exists(DepositReturn.objects.filter(pk=OuterRef("pk")))
    return tuple(
        DepositView(pk, store_id, Money(centavos, currency), clabe, is_own, sender, _bank_name(sender), *more)
        for pk, store_id, centavos, currency, clabe, is_own, sender, *more in chosen.annotate(
            is_returned=returned
        ).values_list(*_COLUMNS, "is_returned")
    )
