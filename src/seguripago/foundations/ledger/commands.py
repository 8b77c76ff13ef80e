"""Book journals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import connection

from seguripago.values.calendar import MEXICO
from seguripago.values.money import Money

from .rules import Account, sums_to_zero

BOOK: Final = """
    INSERT INTO posting (journal, leg, store_id, account, centavos, currency, subject, at, value_date)
    SELECT * FROM unnest(%s::text[], %s::smallint[], %s::bigint[], %s::text[], %s::bigint[], %s::text[], %s::text[],
        %s::timestamptz[], %s::date[])
"""


class Unbalanced(ValueError):
    """The legs of a journal do not sum to zero."""


@dataclass(frozen=True, slots=True)
class Journal:
    """`name` is booked once, ever: `payment:7:deposit:12`. Debits positive, credits negative.

    `value_date` is the bank's day; without one it counts for the day of `at`, in Mexico.
    """

    name: str
    store_id: int
    subject: str
    at: datetime
    legs: tuple[tuple[Account, Money], ...]
    value_date: date | None = None


def post_all(journals: Sequence[Journal]) -> None:
    """Book the journals in the caller's transaction, in one statement; each is named once for ever.

    A leg above zero is a debit (money in the bank), one below a credit (owed to a buyer, to the store, to nobody yet);
    the legs of a journal sum to zero in every currency. `value_date` is the bank's day, without one that of `at` in
    Mexico. Raises Unbalanced before anything is booked, IntegrityError for a name that was booked before.
    """
    for journal in journals:
        if not sums_to_zero(journal.legs):
            raise Unbalanced(journal.name)
    legs = [
        (
            journal.name,
            leg,
            journal.store_id,
            account.value,
            amount.centavos,
            amount.currency,
            journal.subject,
            journal.at,
            journal.value_date or journal.at.astimezone(MEXICO).date(),
        )
        for journal in journals
        for leg, (account, amount) in enumerate(journal.legs)
    ]
    if not legs:
        return
    with connection.cursor() as cursor:
        cursor.execute(BOOK, [list(column) for column in zip(*legs, strict=True)])


def post(journal: Journal) -> None:
    """Book one journal; see post_all."""
    post_all([journal])
