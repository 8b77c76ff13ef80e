"""What others may read of the bank's side."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from seguripago.values.clabe import institution_name
from seguripago.values.money import Money

from .models import Arrival, Deposit, NoticeReading, RawNotice


@dataclass(frozen=True, slots=True)
class DepositView:
    """A deposit; `has_arrived` is False while only an unsigned notice speaks of it."""

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
    has_arrived: bool


@dataclass(frozen=True, slots=True)
class UnreadableNotice:
    id: int
    feed: str
    reason: str
    received_at: datetime


def deposits(ids: Collection[int]) -> tuple[DepositView, ...]:
    """The deposits with these ids, by id."""
    arrived = set(Arrival.objects.filter(pk__in=list(ids)).values_list("pk", flat=True))
    rows = Deposit.objects.filter(pk__in=list(ids)).order_by("pk")
    return tuple(_view(row, row.pk in arrived) for row in rows)


def newest(store_id: int, *, limit: int = 50) -> tuple[DepositView, ...]:
    """The store's newest deposits, newest first."""
    rows = list(Deposit.objects.filter(store_id=store_id).order_by("-received_at", "-pk")[:limit])
    arrived = set(Arrival.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    return tuple(_view(row, row.pk in arrived) for row in rows)


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


def unreadable_notices(store_id: int, *, limit: int = 20) -> tuple[UnreadableNotice, ...]:
    rows = (
        NoticeReading.objects.filter(outcome="unreadable", notice__store_id=store_id)
        .select_related("notice")
        .order_by("-read_at")[:limit]
    )
    return tuple(UnreadableNotice(r.notice_id, r.notice.feed, r.reason, r.notice.received_at) for r in rows)


def raw_notices_of(deposit_id: int) -> tuple[tuple[str, str, datetime, bool], ...]:
    """Every notice that speaks of a deposit: (feed, body as text, received at, believed)."""
    rows = RawNotice.objects.filter(pk__in=Deposit.objects.get(pk=deposit_id).attestations.values("notice_id"))
    return tuple(
        (row.feed, bytes(row.body).decode("utf-8", "replace"), row.received_at, row.authenticity == "signed")
        for row in rows.order_by("pk")
    )


def _view(row: Deposit, has_arrived: bool) -> DepositView:
    return DepositView(
        id=row.pk,
        store_id=row.store_id,
        amount=Money(row.amount_centavos, row.currency),
        clabe=row.clabe,
        is_own_account=row.is_own_account,
        sending_institution=row.sending_institution,
        bank_name=institution_name(row.sending_institution) or row.sending_institution,
        tracking_key=row.tracking_key,
        operation_date=row.operation_date,
        payer_name=row.payer_name,
        concept=row.concept,
        reference=row.reference,
        settled_at=row.settled_at,
        received_at=row.received_at,
        has_arrived=has_arrived,
    )
