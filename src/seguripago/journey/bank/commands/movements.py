"""Keep what notices say of bank movements, in sets: deposits, attestations, announcements, alarms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from django.db import connection

from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.ledger.commands import Journal, post_all
from seguripago.foundations.ledger.rules import Account
from seguripago.ports.bank_feeds import ReadDeposit
from seguripago.values.money import Money

from .. import rules
from ..facts import DepositAnnounced, DepositArrived, DepositContradicted, DepositReturned

COLUMNS: Final = (
    "store_id, identity, owner_account, sending_institution, tracking_key, operation_date, amount_centavos, currency,"
    " clabe, is_own_account, payer_name, payer_account, payer_rfc, concept, reference, settled_at, received_at, feed"
)
GIVEN: Final = (
    "%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::date[], %s::bigint[], %s::text[], %s::text[],"
    " %s::boolean[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[],"
    " %s::text[]"
)
KEEP_DEPOSITS: Final = (
    f"INSERT INTO deposit ({COLUMNS}) SELECT * FROM unnest({GIVEN})"  # noqa: S608 - constants
    " ON CONFLICT DO NOTHING RETURNING id, store_id, identity"
)
KNOWN_DEPOSITS: Final = """
    SELECT d.store_id, d.identity, d.id, d.amount_centavos, d.currency
    FROM unnest(%s::bigint[], %s::text[]) AS asked(store_id, identity)
    JOIN deposit d ON d.store_id = asked.store_id AND d.identity = asked.identity
"""
ANNOUNCE: Final = (
    f"INSERT INTO deposit_announcement ({COLUMNS}, notice_id)"  # noqa: S608 - constants
    f" SELECT * FROM unnest({GIVEN}, %s::bigint[])"
    " ON CONFLICT DO NOTHING RETURNING id, store_id"
)
ANNOUNCED_BEFORE: Final = """
    SELECT a.store_id, a.identity, a.amount_centavos, a.currency, a.notice_id, a.feed
    FROM unnest(%s::bigint[], %s::text[]) AS asked(store_id, identity)
    JOIN deposit_announcement a ON a.store_id = asked.store_id AND a.identity = asked.identity
"""
ATTEST: Final = """
    INSERT INTO deposit_attestation (deposit_id, notice_id, feed, believed, agrees, at)
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::boolean[], %s::boolean[], %s::timestamptz[])
    ON CONFLICT DO NOTHING
"""
GIVE_BACK: Final = """
    INSERT INTO deposit_return (deposit_id, reason, at)
    SELECT * FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[]) ON CONFLICT DO NOTHING RETURNING deposit_id
"""

type Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Heard:
    """One movement as one notice tells it. `returned` is why the bank sent it back, None when it did not."""

    store_id: int
    notice_id: int
    feed: str
    received_at: datetime
    said: ReadDeposit
    identity: str
    owner_account: str
    is_own_account: bool
    believed: bool
    returned: str | None = None


class Telling(StrEnum):
    """What a notice's word on a movement was to us."""

    NEW = "new"
    KNOWN = "known"
    CONTRADICTS = "contradicts"
    ANNOUNCES = "announces"


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of one heard movement; `deposit_id` is None while it is only announced."""

    telling: Telling
    deposit_id: int | None


@dataclass(frozen=True, slots=True)
class Known:
    """A deposit as the batch found or made it."""

    id: int
    amount: Money
    operation_date: date | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A notice's word on a deposit, for its attestation."""

    deposit_id: int
    notice_id: int
    feed: str
    believed: bool
    agrees: bool


def heard(
    said: ReadDeposit,
    *,
    store_id: int,
    notice_id: int,
    feed: str,
    received_at: datetime,
    prefixes: Sequence[str],
    believed: bool,
    returned: str | None = None,
) -> Heard:
    """Give a movement its identity: the store's account, the sending institution, the tracking key, the bank's day."""
    # What lies with a payment provider in the store's name is the store's, whatever CLABE the provider gave.
    account, is_own = (said.held_by, True) if said.held_by else rules.owner_account(said.beneficiary_clabe, prefixes)
    identity = rules.identity(account, said.sending_institution, said.tracking_key, said.operation_date)
    return Heard(store_id, notice_id, feed, received_at, said, identity, account, is_own, believed, returned)


def keep_movements(movements: Sequence[Heard], *, at: datetime) -> tuple[Kept, ...]:
    """Make deposits of what is new, attest what is known, alarm where words disagree; one result per movement.

    Runs in the caller's transaction and announces its own facts. The number of statements does not grow with the
    movements. Whom we believe always wins over an unsigned notice, whichever came first.
    """
    believed = [each for each in movements if each.believed]
    new = _insert_deposits(believed)
    known = dict(new)
    asked = {(each.store_id, each.identity) for each in movements} - new.keys()
    known.update(_known_deposits(asked))
    kept: list[Kept] = []
    facts: list[Fact] = [
        DepositArrived(store_id=store_id, at=at, deposit_id=deposit.id) for (store_id, _), deposit in new.items()
    ]
    words: list[Word] = []
    unplaced: list[Heard] = []
    told: set[Key] = set()
    for each in movements:
        key = (each.store_id, each.identity)
        deposit = known.get(key)
        if deposit is None:
            unplaced.append(each)
            kept.append(Kept(Telling.ANNOUNCES, None))
            continue
        agrees = deposit.amount == each.said.amount
        words.append(Word(deposit.id, each.notice_id, each.feed, each.believed, agrees))
        if not agrees:
            facts.append(_contradiction(each.store_id, deposit.id, each.notice_id, each.said.amount, at))
            kept.append(Kept(Telling.CONTRADICTS, deposit.id))
        elif key in new and each.believed and key not in told:
            told.add(key)
            kept.append(Kept(Telling.NEW, deposit.id))
        else:
            kept.append(Kept(Telling.KNOWN, deposit.id))
    for key, notice_id, feed, amount in _announced_before(new):
        words.append(Word(new[key].id, notice_id, feed, believed=False, agrees=amount == new[key].amount))
        if amount != new[key].amount:
            facts.append(_contradiction(key[0], new[key].id, notice_id, amount, at))
    _book(new, at=at)
    _attest(words, at=at)
    facts.extend(_announce(unplaced, at=at))
    facts.extend(_give_back(zip(movements, kept, strict=True), at=at))
    publish(*facts)
    return tuple(kept)


def _contradiction(store_id: int, deposit_id: int, notice_id: int, amount: Money, at: datetime) -> Fact:
    return DepositContradicted(
        store_id=store_id, at=at, deposit_id=deposit_id, notice_id=notice_id, says_centavos=amount.centavos
    )


def _insert_deposits(believed: Sequence[Heard]) -> dict[Key, Known]:
    """Insert what is new, in the order of identity so that two readers never wait for each other in a ring."""
    if not believed:
        return {}
    first: dict[Key, Heard] = {}
    for each in believed:
        first.setdefault((each.store_id, each.identity), each)
    rows = [_row(first[key]) for key in sorted(first)]
    with connection.cursor() as cursor:
        cursor.execute(KEEP_DEPOSITS, [list(column) for column in zip(*rows, strict=True)])
        return {
            (store_id, identity): Known(pk, said.amount, said.operation_date)
            for pk, store_id, identity in cursor.fetchall()
            for said in (first[store_id, identity].said,)
        }


def _known_deposits(asked: set[Key]) -> dict[Key, Known]:
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(KNOWN_DEPOSITS, [[key[0] for key in asked], [key[1] for key in asked]])
        return {
            (store_id, identity): Known(pk, Money(centavos, currency))
            for store_id, identity, pk, centavos, currency in cursor.fetchall()
        }


def _announced_before(new: dict[Key, Known]) -> list[tuple[Key, int, str, Money]]:
    """The unsigned notices that had spoken of what is now a deposit: (key, notice, feed, amount they said)."""
    if not new:
        return []
    with connection.cursor() as cursor:
        cursor.execute(ANNOUNCED_BEFORE, [[key[0] for key in new], [key[1] for key in new]])
        return [
            ((store_id, identity), notice_id, feed, Money(centavos, currency))
            for store_id, identity, centavos, currency, notice_id, feed in cursor.fetchall()
        ]


def _book(new: dict[Key, Known], *, at: datetime) -> None:
    post_all(
        [
            Journal(
                f"deposit:{deposit.id}:arrived",
                store_id,
                f"deposit:{deposit.id}",
                at,
                ((Account.BANK, deposit.amount), (Account.SUSPENSE, -deposit.amount)),
                value_date=deposit.operation_date,
            )
            for (store_id, _), deposit in new.items()
        ]
    )


def _attest(words: Sequence[Word], *, at: datetime) -> None:
    if not words:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            ATTEST,
            [
                [word.deposit_id for word in words],
                [word.notice_id for word in words],
                [word.feed for word in words],
                [word.believed for word in words],
                [word.agrees for word in words],
                [at] * len(words),
            ],
        )


def _announce(unplaced: Sequence[Heard], *, at: datetime) -> list[Fact]:
    if not unplaced:
        return []
    rows = sorted((*_row(each), each.notice_id) for each in unplaced)
    with connection.cursor() as cursor:
        cursor.execute(ANNOUNCE, [list(column) for column in zip(*rows, strict=True)])
        return [DepositAnnounced(store_id=store_id, at=at, announcement_id=pk) for pk, store_id in cursor.fetchall()]


def _give_back(results: Iterable[tuple[Heard, Kept]], *, at: datetime) -> list[Fact]:
    """A transfer that the bank sent back, by the word of somebody whom we believe: booked and announced once.

    One of which nobody had spoken yet arrives and goes back at once: its own notice may come later and changes nothing.
    """
    reasons = {
        kept.deposit_id: (each.store_id, each.returned, each.said.amount)
        for each, kept in results
        if each.returned is not None and each.believed and kept.deposit_id is not None
        if kept.telling is not Telling.CONTRADICTS
    }
    if not reasons:
        return []
    ids = sorted(reasons)
    with connection.cursor() as cursor:
        cursor.execute(GIVE_BACK, [ids, [reasons[pk][1][:200] for pk in ids], [at] * len(ids)])
        made = sorted(row[0] for row in cursor.fetchall())
    post_all(
        [
            Journal(
                f"deposit:{pk}:returned",
                reasons[pk][0],
                f"deposit:{pk}",
                at,
                ((Account.SUSPENSE, reasons[pk][2]), (Account.BANK, -reasons[pk][2])),
            )
            for pk in made
        ]
    )
    return [DepositReturned(store_id=reasons[pk][0], at=at, deposit_id=pk, reason=reasons[pk][1]) for pk in made]


def _row(each: Heard) -> tuple[Any, ...]:
    said, text = each.said, rules.plain_text
    return (
        each.store_id,
        each.identity,
        each.owner_account,
        said.sending_institution,
        rules.plain_key(said.tracking_key),
        said.operation_date,
        said.amount.centavos,
        said.amount.currency,
        said.beneficiary_clabe[:20],
        each.is_own_account,
        text(said.payer_name, 120),
        text(said.payer_account, 20),
        text(said.payer_rfc, 20),
        text(said.concept, 210),
        text(said.reference, 20),
        said.settled_at or each.received_at,
        each.received_at,
        each.feed,
    )
