"""Balances are sums of postings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from seguripago.values.money import MXN, Money

from .models import Posting
from .rules import Account


@dataclass(frozen=True, slots=True)
class PostingView:
    journal: str
    account: str
    amount: Money
    at: datetime


def balance(store_id: int, account: Account, *, currency: str = MXN, at: datetime | None = None) -> Money:
    """The sum of the account's postings, as of `at` when given."""
    rows = Posting.objects.filter(store_id=store_id, account=account.value, currency=currency)
    if at is not None:
        rows = rows.filter(at__lte=at)
    return Money(rows.aggregate(total=Sum("centavos"))["total"] or 0, currency)


def balances(store_id: int, *, currency: str = MXN) -> dict[str, Money]:
    rows = Posting.objects.filter(store_id=store_id, currency=currency).values_list("account").annotate(Sum("centavos"))
    return {account: Money(total, currency) for account, total in rows}


def postings_of(store_id: int, subject: str) -> tuple[PostingView, ...]:
    rows = Posting.objects.filter(store_id=store_id, subject=subject).order_by("pk")
    return tuple(PostingView(row.journal, row.account, Money(row.centavos, row.currency), row.at) for row in rows)
