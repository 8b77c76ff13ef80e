"""A credit of a statement that fits no deposit, or several: what a person sees who must say which."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from seguripago.values.money import Money

from .queries import DepositView, deposits
from .statement_matching import may_be
from .statement_tables import StatementRow


@dataclass(frozen=True, slots=True)
class DoubtView:
    """A doubtful line. `candidates` are the deposits of its amount and account around its day without a line of theirs.

    `deposit_id` is set once somebody said which deposit it is of.
    """

    row_id: int
    store_id: int
    statement_id: int
    line: int
    account: str
    operation_date: date
    amount: Money
    tracking_key: str
    sending_institution: str
    payer_name: str
    concept: str
    reference: str
    why: str
    is_open: bool
    deposit_id: int | None
    candidates: tuple[DepositView, ...]


def doubt(store_id: int, row_id: int) -> DoubtView | None:
    """The line with what it may be; None for another store's, or what never was a doubt."""
    row = StatementRow.objects.filter(
        store_id=store_id, pk=row_id, is_credit=True, state__in=["doubtful", "attests"]
    ).first()
    if row is None:
        return None
    return DoubtView(
        row_id=row.pk,
        store_id=row.store_id,
        statement_id=row.statement_id,
        line=row.line,
        account=row.account,
        operation_date=row.operation_date,
        amount=Money(row.amount_centavos, row.currency),
        tracking_key=row.tracking_key,
        sending_institution=row.sending_institution,
        payer_name=row.payer_name,
        concept=row.concept,
        reference=row.reference,
        why=row.why,
        is_open=row.state == "doubtful",
        deposit_id=row.deposit_id,
        candidates=deposits(sorted(may_be(row))) if row.state == "doubtful" else (),
    )
