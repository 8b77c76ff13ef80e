"""The deposits that lines without identity may stand for, found in sets: for importing, and for a person."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from . import statement_rules as rules
from .statement_rules import Candidate, Waiting
from .statement_tables import StatementRow

type Amount = tuple[int, str]

_CANDIDATES = """
    SELECT d.id, d.owner_account, d.operation_date, d.tracking_key, d.sending_institution, d.clabe,
           d.amount_centavos, d.currency,
           EXISTS (
               SELECT 1 FROM deposit_attestation a JOIN raw_notice n ON n.id = a.notice_id
               WHERE a.deposit_id = d.id AND n.authenticity = 'imported' AND a.notice_id <> %s
           ),
           EXISTS (SELECT 1 FROM deposit_attestation a WHERE a.deposit_id = d.id AND a.notice_id = %s)
    FROM deposit d
    WHERE d.store_id = %s AND d.operation_date BETWEEN %s AND %s AND d.amount_centavos = ANY(%s)
    ORDER BY d.id
"""


def candidates_of(
    store_id: int, amounts: Sequence[Amount], lines: Sequence[Waiting], *, notice_id: int
) -> dict[Amount, list[Candidate]]:
    """The store's deposits of these amounts around the lines' days, but those that this very statement has attested."""
    if not lines:
        return {}
    first = rules.day_before(min(line.operation_date for line in lines))
    last = rules.day_after(max(line.operation_date for line in lines))
    found: dict[Amount, list[Candidate]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            _CANDIDATES, [notice_id, notice_id, store_id, first, last, sorted({centavos for centavos, _ in amounts})]
        )
        for pk, account, day, key, sender, clabe, centavos, currency, by_another, by_this in cursor.fetchall():
            if not by_this:
                found.setdefault((centavos, currency), []).append(
                    Candidate(pk, account, day, key, sender, clabe, by_another)
                )
    return found


def may_be(row: StatementRow) -> set[int]:
    """The deposits that a doubtful line may be of, by what cannot be otherwise: amount, currency, account, day."""
    amount = row.amount_centavos, row.currency
    line = Waiting(row.pk, row.account, row.operation_date, row.tracking_key, row.sending_institution, row.clabe, "")
    notice_id = row.statement.notice_id
    assert notice_id is not None
    found = candidates_of(row.store_id, [amount], [line], notice_id=notice_id).get(amount, ())
    return {each.deposit_id for each in found if not each.is_attested and row.account in ("", each.owner_account)}
