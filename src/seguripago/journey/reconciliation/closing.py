"""Gather what a day's proof lays side by side. Read by the close and by the page of the day."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Q

from seguripago.foundations.audit.queries import Head, head
from seguripago.foundations.ledger import queries as ledger
from seguripago.journey.bank import queries as bank
from seguripago.journey.bank.statement_day import StatedBalance, statement_day
from seguripago.journey.payments.queries import orders_of_payments
from seguripago.values.calendar import MEXICO
from seguripago.values.money import MXN, Money

from .models import Case, DayClose
from .rules.closing import AccountProof, Booking, Difference, Proof, prove

LISTED: Final = 1_000
"""How many lines of each kind a close writes out; beyond, it says how many there are."""


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case that nobody had closed when the day was looked at."""

    id: int
    kind: str
    amount: Money
    order_number: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class DayBooks:
    """Everything about one day: the proof, the bank's account before and after, late movements, cases, balances.

    `opening + moved + adjusted == closing` of the bank's account by the ledger, in pesos.
    """

    day: date
    proof: Proof
    opening: Money
    moved: Money
    adjusted: Money
    closing: Money
    late: tuple[ledger.BankLine, ...]
    cases: tuple[OpenCase, ...]
    balances: Mapping[tuple[str, str], int]
    statement_balances: tuple[StatedBalance, ...]
    booked_up_to: int
    audit: Head


def local_day(at: datetime) -> date:
    """The day in Mexico."""
    return at.astimezone(MEXICO).date()


def last_close(store_id: int) -> DayClose | None:
    """The newest close of the store, None before the first."""
    return DayClose.objects.filter(store_id=store_id).order_by("-place").first()


def gather(store_id: int, day: date, *, after: DayClose | None, up_to: int) -> DayBooks:
    """The books of a day as the posting `up_to` left them; `after` is the close before it, if any."""
    lines = ledger.bank_lines(store_id, day, up_to=up_to)
    booked = tuple(Booking(each.booked_id, each.journal, each.amount, _deposit_of(each.journal)) for each in lines)
    in_time = {each.deposit_id for each in booked}
    deposits = bank.deposits_of_day(store_id, day)
    # What has a posting, but a later one, belongs to the next close; what has none is a difference of this day.
    later = _booked_later(store_id, day, {each.id for each in deposits if each.id not in in_time}, up_to)
    statement = statement_day(store_id, day)
    credits_ = statement.credits
    if later:
        deposits = tuple(each for each in deposits if each.id not in later)
        credits_ = tuple(each for each in credits_ if each.deposit_id not in later)
    proof = prove(credits_, deposits, booked, accounts_with_statement=statement.accounts)
    balances = _balances(store_id, after, up_to)
    late = _late(store_id, after, up_to)
    moved = Money(sum(each.amount.centavos for each in booked if each.amount.currency == MXN))
    adjusted = Money(sum(each.amount.centavos for each in late if each.amount.currency == MXN))
    opening = ledger.bank_total(store_id, before=day, up_to=up_to)
    if after is not None:
        opening = Money(json.loads(after.body)["bank"]["closing"])
    return DayBooks(
        day=day,
        proof=proof,
        opening=opening,
        moved=moved,
        adjusted=adjusted,
        closing=opening + moved + adjusted,
        late=late,
        cases=_open_cases(store_id),
        balances=balances,
        statement_balances=statement.balances,
        booked_up_to=up_to,
        audit=head(),
    )


def body_of(books: DayBooks, *, place: int, store: Mapping[str, str], at: datetime, by: str) -> dict[str, Any]:
    """The day as JSON of whole numbers: centavos, ids, ISO days and moments."""
    proof = books.proof
    return {
        "store": dict(store),
        "day": books.day.isoformat(),
        "place": place,
        "closed_at": at.isoformat(),
        "closed_by": by,
        "standing": proof.standing.value,
        "unexplained": {currency: amount.centavos for currency, amount in sorted(proof.unexplained.items())},
        "accounts": [_account(each) for each in proof.accounts],
        "differences": [_difference(each) for each in proof.differences[:LISTED]],
        "difference_count": len(proof.differences),
        "debits": [
            {"journal": each.journal, "centavos": each.amount.centavos, "currency": each.amount.currency}
            for each in proof.debits[:LISTED]
        ],
        "debit_count": len(proof.debits),
        "adjustments": [_adjustment(each) for each in books.late[:LISTED]],
        "adjustment_count": len(books.late),
        "open_cases": [_open_case(each) for each in books.cases[:LISTED]],
        "open_case_count": len(books.cases),
        "bank": {
            "opening": books.opening.centavos,
            "moved": books.moved.centavos,
            "adjusted": books.adjusted.centavos,
            "closing": books.closing.centavos,
        },
        "statement_balances": [
            {"account": each.account, "opening": _centavos(each.opening), "closing": _centavos(each.closing)}
            for each in books.statement_balances
        ],
        "balances": [
            {"account": account, "currency": currency, "centavos": centavos}
            for (account, currency), centavos in sorted(books.balances.items())
        ],
        "booked_up_to": books.booked_up_to,
        "audit": {"seq": books.audit.seq, "hash": books.audit.hash},
    }


def _booked_later(store_id: int, day: date, missing: set[int], up_to: int) -> set[int | None]:
    if not missing:
        return set()
    lines = ledger.late_bank_lines(store_id, until=day, after=up_to)
    return {found for each in lines if (found := _deposit_of(each.journal)) in missing}


def _late(store_id: int, after: DayClose | None, up_to: int) -> tuple[ledger.BankLine, ...]:
    if after is None:
        return ()
    return ledger.late_bank_lines(store_id, until=after.day, after=after.booked_up_to, up_to=up_to)


def _balances(store_id: int, after: DayClose | None, up_to: int) -> dict[tuple[str, str], int]:
    """Balances grow from those of the close before: only what was booked since is added up."""
    found: dict[tuple[str, str], int] = {}
    if after is not None:
        found = {(each["account"], each["currency"]): each["centavos"] for each in json.loads(after.body)["balances"]}
    for key, centavos in ledger.sums_between(store_id, after=after.booked_up_to if after else 0, up_to=up_to).items():
        found[key] = found.get(key, 0) + centavos
    return found


def _open_cases(store_id: int) -> tuple[OpenCase, ...]:
    rows = list(Case.objects.filter(Q(store_id=store_id) & ~Q(state="done")).order_by("opened_at", "pk"))
    orders = orders_of_payments({row.payment_id for row in rows if row.payment_id})
    return tuple(
        OpenCase(
            row.pk,
            row.kind,
            Money(row.amount_centavos, row.currency),
            orders[row.payment_id].number if row.payment_id in orders else "",
            row.opened_at,
        )
        for row in rows
    )


def _deposit_of(journal: str) -> int | None:
    """The deposit whose arrival a journal books: `deposit:12:arrived`."""
    parts = journal.split(":")
    if len(parts) == 3 and parts[0] == "deposit" and parts[2] == "arrived" and parts[1].isdecimal():
        return int(parts[1])
    return None


def _account(each: AccountProof) -> dict[str, Any]:
    return {
        "account": each.account,
        "currency": each.currency,
        "standing": each.standing.value,
        "statement": _centavos(each.statement),
        "statement_count": each.statement_count,
        "deposits": each.deposits.centavos,
        "deposit_count": each.deposit_count,
        "ledger": each.ledger.centavos,
        "ledger_count": each.ledger_count,
        "unexplained": each.unexplained.centavos,
    }


def _adjustment(each: ledger.BankLine) -> dict[str, Any]:
    return {
        "journal": each.journal,
        "centavos": each.amount.centavos,
        "currency": each.amount.currency,
        "day": each.value_date.isoformat(),
        "at": each.at.isoformat(),
    }


def _open_case(each: OpenCase) -> dict[str, Any]:
    return {
        "id": each.id,
        "kind": each.kind,
        "centavos": each.amount.centavos,
        "currency": each.amount.currency,
        "order": each.order_number,
        "opened_at": each.opened_at.isoformat(),
    }


def _difference(each: Difference) -> dict[str, Any]:
    return {
        "kind": each.kind.value,
        "account": each.account,
        "centavos": each.amount.centavos,
        "currency": each.amount.currency,
        "tracking_key": each.tracking_key,
        "deposit": each.deposit_id,
        "where": each.where,
        "statement": _centavos(each.statement),
        "deposit_says": _centavos(each.deposit),
        "ledger": _centavos(each.ledger),
    }


def _centavos(amount: Money | None) -> int | None:
    return None if amount is None else amount.centavos
