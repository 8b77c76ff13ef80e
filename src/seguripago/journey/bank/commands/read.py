"""Read kept notices in batches: each becomes deposits, attestations or an alarm, in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.ledger.commands import Journal, post_all
from seguripago.foundations.ledger.rules import Account
from seguripago.foundations.stores.queries import prefixes, store_by_id
from seguripago.ports import bank_feeds, registry
from seguripago.ports.bank_feeds import (
    Arrived,
    Authenticity,
    FeedTrouble,
    Hint,
    NotADeposit,
    ReadDeposit,
    Returned,
    UnreadLine,
)
from seguripago.values.money import Money

from .. import rules
from ..facts import DepositAnnounced, DepositArrived, DepositContradicted, DepositReturned, NoticeUnreadable
from ..models import Arrival, Attestation, DepositReturn, NoticeReading, RawNotice

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class House:
    """What a batch needs of a store, read once."""

    prefixes: tuple[str, ...]
    accepts_unsigned: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """One movement as one notice tells it, with its identity."""

    notice: RawNotice
    said: ReadDeposit
    identity: str
    owner_account: str
    is_own_account: bool
    believed: bool
    returned: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """A deposit row as the batch found or made it."""

    id: int
    store_id: int
    amount: Money
    is_new: bool


def read_notices(limit: int = 500, *, at: datetime) -> int:
    """Read up to `limit` unread notices; returns how many. A batch that fails is retried one by one."""
    try:
        with transaction.atomic():
            return _read_batch(limit, at=at)
    except Exception:
        log.exception("a batch of notices failed, now one by one")
    with transaction.atomic():
        return _read_batch(1, at=at, alarm_on_failure=True)


def _read_batch(limit: int, *, at: datetime, alarm_on_failure: bool = False) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM raw_notice_unread WHERE notice_id IN (
                SELECT notice_id FROM raw_notice_unread ORDER BY notice_id LIMIT %s FOR UPDATE SKIP LOCKED
            ) RETURNING notice_id
            """,
            [limit],
        )
        ids = [row[0] for row in cursor.fetchall()]
    notices = list(RawNotice.objects.filter(pk__in=ids).order_by("pk"))
    if not notices:
        return 0
    houses = {store_id: _house(store_id) for store_id in {notice.store_id for notice in notices}}
    heard: list[Heard] = []
    facts: list[Fact] = []
    readings: list[NoticeReading] = []
    for notice in notices:
        movements, outcome, reason = _understand(notice, houses[notice.store_id])
        heard.extend(movements)
        readings.append(NoticeReading(notice=notice, outcome=outcome, reason=reason, read_at=at))
        if outcome == "unreadable":
            facts.append(NoticeUnreadable(store_id=notice.store_id, at=at, notice_id=notice.pk, reason=reason))
    NoticeReading.objects.bulk_create(readings)
    if alarm_on_failure:
        try:
            with transaction.atomic():
                facts.extend(_keep_movements(heard, at=at))
        except Exception as error:
            log.exception("notice %s is kept raw and unread", notices[0].pk)
            NoticeReading.objects.filter(notice=notices[0]).update(outcome="unreadable", reason=repr(error)[:2000])
            facts.append(
                NoticeUnreadable(store_id=notices[0].store_id, at=at, notice_id=notices[0].pk, reason=repr(error)[:200])
            )
    else:
        facts.extend(_keep_movements(heard, at=at))
    publish(*facts)
    return len(notices)


def _house(store_id: int) -> House:
    own = tuple(each.prefix for each in prefixes(store_id))
    return House(own, store_by_id(store_id).accepts_unsigned_notices)


def _understand(notice: RawNotice, house: House) -> tuple[list[Heard], str, str]:
    """What a notice says, with the outcome of reading it and, when it cannot be read, why."""
    adapter: bank_feeds.BankFeed = registry.adapter(bank_feeds.FAMILY, notice.feed)
    try:
        movements = adapter.read(bytes(notice.body), notice.headers)
    except FeedTrouble as trouble:
        return [], "unreadable", str(trouble)
    believed = rules.is_believed(Authenticity(notice.authenticity), accepts_unsigned=house.accepts_unsigned)
    heard = []
    for movement in movements:
        match movement:
            case NotADeposit() | Hint() | UnreadLine():
                continue
            case Arrived(deposit=said):
                returned = None
            case Returned(deposit=said, reason=reason):
                returned = reason
        account, is_own = rules.owner_account(said.beneficiary_clabe, house.prefixes)
        identity = rules.identity(account, said.sending_institution, said.tracking_key, said.operation_date)
        heard.append(Heard(notice, said, identity, account, is_own, believed, returned))
    return heard, "deposits" if heard else "nothing", ""


def _keep_movements(heard: Sequence[Heard], *, at: datetime) -> list[Fact]:
    arrived = [each for each in heard if each.returned is None]
    deposits = _insert_deposits(arrived)
    facts: list[Fact] = []
    to_believe: dict[int, Heard] = {}
    attestations = []
    for each in arrived:
        deposit = deposits[each.notice.store_id, each.identity]
        agrees = deposit.amount == each.said.amount
        attestations.append(
            Attestation(
                deposit_id=deposit.id,
                notice=each.notice,
                feed=each.notice.feed,
                believed=each.believed,
                agrees=agrees,
                at=at,
            )
        )
        if not agrees:
            facts.append(
                DepositContradicted(
                    store_id=deposit.store_id,
                    at=at,
                    deposit_id=deposit.id,
                    notice_id=each.notice.pk,
                    says_centavos=each.said.amount.centavos,
                )
            )
        elif each.believed:
            to_believe.setdefault(deposit.id, each)
        elif deposit.is_new:
            facts.append(DepositAnnounced(store_id=deposit.store_id, at=at, deposit_id=deposit.id))
    Attestation.objects.bulk_create(attestations, ignore_conflicts=True)
    facts.extend(_believe(to_believe, {known.id: known for known in deposits.values()}, at=at))
    facts.extend(_give_back([each for each in heard if each.returned is not None], at=at))
    return facts


def _insert_deposits(heard: Sequence[Heard]) -> dict[tuple[int, str], Known]:
    """Insert what is new, in the order of identity so that two readers never wait for each other in a ring."""
    if not heard:
        return {}
    first: dict[tuple[int, str], Heard] = {}
    for each in heard:
        first.setdefault((each.notice.store_id, each.identity), each)
    rows = [_row(first[key]) for key in sorted(first)]
    columns = list(zip(*rows, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO deposit (store_id, identity, owner_account, sending_institution, tracking_key, operation_date,
                amount_centavos, currency, clabe, is_own_account, payer_name, payer_account, payer_rfc, concept,
                reference, settled_at, received_at)
            SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::date[],
                %s::bigint[], %s::text[], %s::text[], %s::boolean[], %s::text[], %s::text[], %s::text[], %s::text[],
                %s::text[], %s::timestamptz[], %s::timestamptz[])
            ON CONFLICT DO NOTHING
            RETURNING id
            """,
            [list(column) for column in columns],
        )
        new = {row[0] for row in cursor.fetchall()}
        cursor.execute(
            """
            SELECT d.id, d.store_id, d.identity, d.amount_centavos, d.currency FROM deposit d
            JOIN unnest(%s::bigint[], %s::text[]) AS asked(store_id, identity)
              ON d.store_id = asked.store_id AND d.identity = asked.identity
            """,
            [list(columns[0]), list(columns[1])],
        )
        return {
            (store_id, identity): Known(pk, store_id, Money(centavos, currency), pk in new)
            for pk, store_id, identity, centavos, currency in cursor.fetchall()
        }


def _row(each: Heard) -> tuple[Any, ...]:
    said, text = each.said, rules.plain_text
    return (
        each.notice.store_id,
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
        said.settled_at or each.notice.received_at,
        each.notice.received_at,
    )


def _believe(to_believe: dict[int, Heard], known: dict[int, Known], *, at: datetime) -> list[Fact]:
    """From now on these deposits are money: booked once, announced once."""
    if not to_believe:
        return []
    # The deposits are locked so that two notices of one deposit, read at once, make one arrival.
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM deposit WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [sorted(to_believe)])
    believed_before = set(Arrival.objects.filter(pk__in=to_believe).values_list("pk", flat=True))
    arriving = [pk for pk in sorted(to_believe) if pk not in believed_before]
    Arrival.objects.bulk_create(
        Arrival(deposit_id=pk, feed=to_believe[pk].notice.feed, at=to_believe[pk].notice.received_at) for pk in arriving
    )
    post_all(
        [
            Journal(
                f"deposit:{pk}:arrived",
                known[pk].store_id,
                f"deposit:{pk}",
                at,
                ((Account.BANK, known[pk].amount), (Account.SUSPENSE, -known[pk].amount)),
            )
            for pk in arriving
        ]
    )
    return [DepositArrived(store_id=known[pk].store_id, at=at, deposit_id=pk) for pk in arriving]


def _give_back(returned: Sequence[Heard], *, at: datetime) -> list[Fact]:
    """A transfer that the bank sent back: an alarm when we knew it, nothing when we never did."""
    facts: list[Fact] = []
    for each in returned:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM deposit WHERE store_id = %s AND identity = %s", [each.notice.store_id, each.identity]
            )
            row = cursor.fetchone()
        if row is None or not each.believed:
            continue
        _, made = DepositReturn.objects.get_or_create(
            deposit_id=row[0], defaults={"reason": (each.returned or "")[:200], "at": at}
        )
        if made:
            facts.append(
                DepositReturned(store_id=each.notice.store_id, at=at, deposit_id=row[0], reason=each.returned or "")
            )
    return facts
