"""What the bank itself says of a whole day: statements that somebody brought, and the lists that we asked it for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from seguripago.ports import bank_feeds, registry
from seguripago.ports.bank_feeds import Arrived, Authenticity, BankFeed, FeedTrouble, Returned, Road
from seguripago.values.money import Money

from . import rules
from .models import Attestation, RawNotice


@dataclass(frozen=True, slots=True)
class StatedCredit:
    """A credit of a statement; `deposit_id` is None while it attests none. `where` says where a person finds it."""

    account: str
    amount: Money
    tracking_key: str
    deposit_id: int | None
    where: str


@dataclass(frozen=True, slots=True)
class StatedBalance:
    """What a statement says that an account held when the day began and when it ended."""

    account: str
    opening: Money | None
    closing: Money | None


@dataclass(frozen=True, slots=True)
class StatementDay:
    """`accounts` are those that the bank spoke of; of the others nothing is known, which is not the same as nothing."""

    accounts: frozenset[str]
    credits: tuple[StatedCredit, ...]
    balances: tuple[StatedBalance, ...]


def statement_day(store_id: int, operation_date: date) -> StatementDay:
    """Everything that statements and lists say of the day's deposits."""
    rows = Attestation.objects.filter(
        deposit__store_id=store_id, deposit__operation_date=operation_date, notice__authenticity__in=_WHOLE_DAYS
    ).values_list(
        "deposit_id",
        "agrees",
        "notice_id",
        "feed",
        "notice__authenticity",
        "notice__headers",
        "deposit__owner_account",
        "deposit__amount_centavos",
        "deposit__currency",
        "deposit__tracking_key",
        "deposit__identity",
    )
    found = [row for row in rows.order_by("deposit_id", "notice_id") if _is_whole_day(row[4], row[5])]
    otherwise = _said_otherwise([(row[2], row[6], row[10]) for row in found if not row[1]])
    credits_ = tuple(
        StatedCredit(
            account,
            Money(centavos, currency) if agrees else otherwise.get((notice_id, identity), Money.zero(currency)),
            key,
            deposit_id,
            f"{feed}:{notice_id}",
        )
        for deposit_id, agrees, notice_id, feed, _, _, account, centavos, currency, key, identity in found
    )
    return StatementDay(frozenset(each.account for each in credits_), credits_, ())


_WHOLE_DAYS = (Authenticity.IMPORTED.value, Authenticity.FETCHED.value)


def _is_whole_day(authenticity: str, headers: Mapping[str, str]) -> bool:
    """A statement is one; of what we fetched, only a list: a single movement that was asked for again is none."""
    return authenticity == Authenticity.IMPORTED or bank_feeds.road_of(headers) is Road.LIST


def _said_otherwise(asked: Sequence[tuple[int, str, str]]) -> dict[tuple[int, str], Money]:
    """The amounts that lists say where they contradict the deposit: read again from the kept bytes."""
    found: dict[tuple[int, str], Money] = {}
    accounts = {notice_id: account for notice_id, account, _ in asked}
    identities = {identity for _, _, identity in asked}
    for notice in RawNotice.objects.filter(pk__in=accounts):
        adapter: BankFeed = registry.adapter(bank_feeds.FAMILY, notice.feed)
        try:
            said = adapter.read(bytes(notice.body), notice.headers)
        except FeedTrouble:
            continue
        for movement in said:
            if isinstance(movement, Arrived | Returned):
                deposit = movement.deposit
                account, _ = rules.owner_account(deposit.beneficiary_clabe, (accounts[notice.pk],))
                identity = rules.identity(
                    account, deposit.sending_institution, deposit.tracking_key, deposit.operation_date
                )
                if identity in identities:
                    found[notice.pk, identity] = deposit.amount
    return found
