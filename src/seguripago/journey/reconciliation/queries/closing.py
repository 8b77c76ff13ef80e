"""What the pages of the day's close read: the days, one day's proof, and whether a close is still what was signed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from seguripago.foundations.audit.queries import Head, holds
from seguripago.foundations.ledger import queries as ledger
from seguripago.foundations.stores.queries import StoreView, signed_by, store_by_id, stores_all
from seguripago.journey.bank.statement_day import StatedBalance
from seguripago.journey.payments.queries import orders_of_payments
from seguripago.values.money import MXN, Money

from ..closing import OpenCase, body_of, gather, last_close, local_day
from ..models import Case, DayCheck, DayClose, DayCloseEnd
from ..rules import closing as rules

OPEN_DAYS: Final = 31
CHUNK: Final = 1_000
SHOWN: Final = 100
"""Late movements that the page of a closed day shows; beyond, their count and sum."""


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day in the list. `standing` is empty while nobody has looked at an open day."""

    day: date
    is_closed: bool
    standing: str
    unexplained: Money | None
    lines: int
    booked: Money
    place: int
    closed_by: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class JournalLine:
    """A debit, or what came too late for its day (`day` then says which)."""

    journal: str
    amount: Money
    day: date | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """What an account of the ledger holds at the end of the day."""

    account: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Seal:
    """How a day was closed, and what is wrong with it now: `faults` of hash, signature, chain, audit; none is good."""

    place: int
    closed_by: str
    at: datetime
    hash: str
    prev_hash: str
    signature: str
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DayView:
    """A day's proof: as it was closed when `seal` is there, else as it stands at this moment."""

    day: date
    standing: str
    unexplained: tuple[Money, ...]
    accounts: tuple[rules.AccountProof, ...]
    differences: tuple[rules.Difference, ...]
    difference_count: int
    debits: tuple[JournalLine, ...]
    adjustments: tuple[JournalLine, ...]
    adjustment_count: int
    cases: tuple[OpenCase, ...]
    case_count: int
    opening: Money
    moved: Money
    adjusted: Money
    closing: Money
    balances: tuple[BalanceLine, ...]
    stated: tuple[StatedBalance, ...]
    audit: Head
    booked_up_to: int
    seal: Seal | None
    checked_at: datetime | None
    later: tuple[JournalLine, ...]
    later_count: int
    later_sum: Money
    open_before: date | None

    @property
    def unexplained_pesos(self) -> Money:
        return next((each for each in self.unexplained if each.currency == MXN), Money.zero())


@dataclass(frozen=True, slots=True)
class CaseEntry:
    """A case in an export."""

    id: int
    kind: str
    state: str
    amount: Money
    order_number: str
    says: str
    opened_at: datetime
    due_at: datetime


def closing_days(store_id: int, *, at: datetime, limit: int = 60) -> tuple[DayRow, ...]:
    """The days, newest first: those still open that have money in them, then those that are closed."""
    closed = list(DayClose.objects.filter(store_id=store_id).order_by("-place")[:limit])
    since = closed[0].day + timedelta(days=1) if closed else local_day(at) - timedelta(days=OPEN_DAYS)
    checks = {row.day: row for row in DayCheck.objects.filter(store_id=store_id, day__gte=since)}
    found: dict[date, DayRow] = {}
    for day, currency, lines, centavos in ledger.bank_days(store_id, since=since):
        check, before = checks.get(day), found.get(day)
        found[day] = DayRow(
            day=day,
            is_closed=False,
            standing=check.standing if check else "",
            unexplained=Money(check.unexplained_centavos) if check else None,
            lines=lines + (before.lines if before else 0),
            booked=Money(centavos) if currency == MXN else before.booked if before else Money.zero(),
            place=0,
            closed_by="",
            at=check.at if check else None,
        )
    return (*found.values(), *(_closed_row(row) for row in closed))


def day_view(store_id: int, day: date, *, at: datetime) -> DayView:
    """The day as it was closed, or as it stands now."""
    store = store_by_id(store_id)
    row = DayClose.objects.filter(store_id=store_id, day=day).first()
    if row is not None:
        late = ledger.late_bank_lines(store_id, until=day, after=row.booked_up_to, limit=SHOWN)
        later = tuple(JournalLine(each.journal, each.amount, each.value_date, each.at) for each in late)
        told = ledger.count_late(store_id, until=day, after=row.booked_up_to)
        return _view(day, json.loads(row.body), seal=_seal(store, row), later=later, later_told=told)
    before = DayClose.objects.filter(store_id=store_id, day__lt=day).order_by("-place").first()
    books = gather(store_id, day, after=before, up_to=ledger.newest_booked_id())
    body = body_of(books, place=0, store={}, at=at, by="")
    check = DayCheck.objects.filter(store_id=store_id, day=day).values_list("at", flat=True).first()
    return _view(day, body, checked_at=check, open_before=_open_before(store_id, day))


def may_be_closed(store_id: int, day: date, *, at: datetime) -> bool:
    """Whether nothing but a person's decision stands between this day and its close."""
    last = last_close(store_id)
    return day <= local_day(at) and (last is None or day > last.day) and _open_before(store_id, day) is None


def close_file(store_id: int, day: date) -> bytes | None:
    """The signed close as a file; None for a day that nobody has closed."""
    row = DayClose.objects.filter(store_id=store_id, day=day).first()
    if row is None:
        return None
    sealed = rules.Sealed(row.body, row.prev_hash, row.hash, row.signature)
    return rules.file_of(sealed, public_key=store_by_id(store_id).public_key)


def faulty_closes() -> tuple[int, tuple[tuple[str, date, tuple[str, ...]], ...]]:
    """How many closes there are, and those that are not what was signed: (store, day, faults); a missing end too."""
    count, found = 0, []
    for store in stores_all():
        last = None
        for row in DayClose.objects.filter(store_id=store.id).order_by("place").iterator(chunk_size=200):
            count, last = count + 1, row
            if faults := _seal(store, row).faults:
                found.append((store.slug, row.day, faults))
        end = DayCloseEnd.objects.filter(store_id=store.id).first()
        if end is not None and end.last_day is not None and (last is None or last.hash != end.last_hash):
            found.append((store.slug, end.last_day, ("missing",)))
    return count, tuple(found)


def cases_between(store_id: int, *, opened_from: datetime, opened_before: datetime) -> Iterator[CaseEntry]:
    """Every case opened in that time, oldest first, read a chunk at a time."""
    rows = Case.objects.filter(store_id=store_id, opened_at__gte=opened_from, opened_at__lt=opened_before)
    after = 0
    while True:
        found = list(rows.filter(pk__gt=after).order_by("pk")[:CHUNK])
        orders = orders_of_payments({row.payment_id for row in found if row.payment_id})
        for row in found:
            yield CaseEntry(
                row.pk,
                row.kind,
                row.state,
                Money(row.amount_centavos, row.currency),
                orders[row.payment_id].number if row.payment_id in orders else "",
                " ".join(row.reasons),
                row.opened_at,
                row.due_at,
            )
        if len(found) < CHUNK:
            return
        after = found[-1].pk


def _open_before(store_id: int, day: date) -> date | None:
    last = last_close(store_id)
    if last is None:
        return None
    first = ledger.first_bank_day(store_id, after=last.day)
    return first if first is not None and first < day else None


def _seal(store: StoreView, row: DayClose) -> Seal:
    before = DayClose.objects.filter(store_id=row.store_id, place=row.place - 1).values_list("hash", flat=True).first()
    said = json.loads(row.body)["audit"]
    checks = {
        "hash": rules.link(row.prev_hash, row.body) == row.hash,
        "signature": signed_by(store, rules.message(row.hash), rules.signature_bytes(row.signature)),
        "chain": row.prev_hash == (before if before is not None else rules.FIRST)
        and (before is not None) == (row.place > 1),
        "audit": holds(Head(said["seq"], said["hash"])),
    }
    faults = tuple(name for name, is_good in checks.items() if not is_good)
    return Seal(row.place, row.closed_by, row.at, row.hash, row.prev_hash, row.signature, faults)


def _closed_row(row: DayClose) -> DayRow:
    body = json.loads(row.body)
    pesos = [each for each in body["accounts"] if each["currency"] == MXN]
    return DayRow(
        day=row.day,
        is_closed=True,
        standing=row.standing,
        unexplained=Money(row.unexplained_centavos),
        lines=sum(each["ledger_count"] for each in body["accounts"]),
        booked=Money(sum(each["ledger"] for each in pesos)),
        place=row.place,
        closed_by=row.closed_by,
        at=row.at,
    )


def _view(
    day: date,
    body: Mapping[str, Any],
    *,
    seal: Seal | None = None,
    checked_at: datetime | None = None,
    later: tuple[JournalLine, ...] = (),
    later_told: tuple[int, Money] = (0, Money.zero()),
    open_before: date | None = None,
) -> DayView:
    bank = body["bank"]
    return DayView(
        day=day,
        standing=body["standing"],
        unexplained=tuple(Money(centavos, currency) for currency, centavos in body["unexplained"].items()),
        accounts=tuple(_account(each) for each in body["accounts"]),
        differences=tuple(_difference(each) for each in body["differences"]),
        difference_count=body["difference_count"],
        debits=tuple(JournalLine(each["journal"], _money(each, "centavos"), None, None) for each in body["debits"]),
        adjustments=tuple(
            JournalLine(
                each["journal"],
                Money(each["centavos"], each["currency"]),
                date.fromisoformat(each["day"]),
                datetime.fromisoformat(each["at"]),
            )
            for each in body["adjustments"]
        ),
        adjustment_count=body["adjustment_count"],
        cases=tuple(
            OpenCase(
                each["id"],
                each["kind"],
                Money(each["centavos"], each["currency"]),
                each["order"],
                datetime.fromisoformat(each["opened_at"]),
            )
            for each in body["open_cases"]
        ),
        case_count=body["open_case_count"],
        opening=Money(bank["opening"]),
        moved=Money(bank["moved"]),
        adjusted=Money(bank["adjusted"]),
        closing=Money(bank["closing"]),
        balances=tuple(BalanceLine(each["account"], _money(each, "centavos")) for each in body["balances"]),
        stated=tuple(
            StatedBalance(each["account"], _maybe(each["opening"]), _maybe(each["closing"]))
            for each in body["statement_balances"]
        ),
        audit=Head(body["audit"]["seq"], body["audit"]["hash"]),
        booked_up_to=body["booked_up_to"],
        seal=seal,
        checked_at=checked_at,
        later=later,
        later_count=later_told[0],
        later_sum=later_told[1],
        open_before=open_before,
    )


def _account(each: Mapping[str, Any]) -> rules.AccountProof:
    currency = each["currency"]
    return rules.AccountProof(
        account=each["account"],
        currency=currency,
        standing=rules.Standing(each["standing"]),
        statement=_maybe(each["statement"], currency),
        statement_count=each["statement_count"],
        deposits=Money(each["deposits"], currency),
        deposit_count=each["deposit_count"],
        ledger=Money(each["ledger"], currency),
        ledger_count=each["ledger_count"],
        unexplained=Money(each["unexplained"], currency),
    )


def _difference(each: Mapping[str, Any]) -> rules.Difference:
    currency = each["currency"]
    return rules.Difference(
        kind=rules.DifferenceKind(each["kind"]),
        account=each["account"],
        amount=Money(each["centavos"], currency),
        tracking_key=each["tracking_key"],
        deposit_id=each["deposit"],
        where=each["where"],
        statement=_maybe(each["statement"], currency),
        deposit=_maybe(each["deposit_says"], currency),
        ledger=_maybe(each["ledger"], currency),
    )


def _money(each: Mapping[str, Any], name: str) -> Money:
    return Money(each[name], each["currency"])


def _maybe(centavos: int | None, currency: str = MXN) -> Money | None:
    return None if centavos is None else Money(centavos, currency)
