"""What the bank itself says of a whole day: statements that somebody brought, and the lists that we asked it for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from seguripago.foundations.stores.queries import prefixes
from seguripago.ports import bank_feeds, registry
from seguripago.ports.bank_feeds import Arrived, Authenticity, BankFeed, FeedTrouble, Returned, Road
from seguripago.values.money import Money

from . import rules
from .models import Attestation, RawNotice
from .statement_tables import StatementBalance, StatementRow


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
    """Everything that statements and lists say of the day, also the credits that attest no deposit of ours."""
    credits_ = (*_attested(store_id, operation_date), *_alone(store_id, operation_date))
    balances = _balances(store_id, operation_date)
    accounts = {each.account for each in credits_} | {each.account for each in balances}
    return StatementDay(frozenset(accounts), credits_, balances)


def _attested(store_id: int, operation_date: date) -> tuple[StatedCredit, ...]:
    """The day's deposits of which a statement or a list speaks. What a statement contradicts is a row of its own."""
    rows = (
        Attestation.objects.filter(deposit__store_id=store_id, deposit__operation_date=operation_date)
        .filter(
            Q(notice__authenticity=Authenticity.IMPORTED.value, agrees=True)
            | Q(notice__authenticity=Authenticity.FETCHED.value)
        )
        .order_by("deposit_id", "notice_id")
        .values_list(
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
    )
    found = [row for row in rows if _is_whole_day(row[4], row[5])]
    otherwise = _said_otherwise([(row[2], row[6], row[10]) for row in found if not row[1]])
    return tuple(
        StatedCredit(
            account,
            Money(centavos, currency) if agrees else otherwise.get((notice_id, identity), Money.zero(currency)),
            key,
            deposit_id,
            f"{feed}:{headers['statement']}" if "statement" in headers else f"{feed}:{notice_id}",
        )
        for deposit_id, agrees, notice_id, feed, _, headers, account, centavos, currency, key, identity in found
    )


def _alone(store_id: int, operation_date: date) -> tuple[StatedCredit, ...]:
    """The statements' credits of the day that attest no deposit, or that contradict one."""
    rows = StatementRow.objects.filter(
        store_id=store_id,
        operation_date=operation_date,
        is_credit=True,
        state__in=["waiting", "doubtful", "contradicts"],
    ).order_by("statement_id", "line")
    return tuple(
        StatedCredit(account, Money(centavos, currency), key, deposit_id, f"{feed}:{statement_id}:{line}")
        for account, centavos, currency, key, deposit_id, feed, statement_id, line in rows.values_list(
            "account",
            "amount_centavos",
            "currency",
            "tracking_key",
            "deposit_id",
            "statement__feed",
            "statement_id",
            "line",
        )
    )


def _balances(store_id: int, operation_date: date) -> tuple[StatedBalance, ...]:
    """What the newest statement says that each account held before and after the day."""
    own = tuple(prefix.prefix for prefix in prefixes(store_id))
    found: dict[tuple[str, str], dict[bool, Money]] = {}
    rows = StatementBalance.objects.filter(statement__store_id=store_id, day=operation_date).order_by(
        "statement_id", "place"
    )
    for account, currency, centavos, is_closing in rows.values_list("account", "currency", "centavos", "is_closing"):
        key = (rules.owner_account(account, own)[0], currency)
        found.setdefault(key, {})[is_closing] = Money(centavos, currency)
    return tuple(
        StatedBalance(account, said.get(False), said.get(True)) for (account, _currency), said in sorted(found.items())
    )


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
