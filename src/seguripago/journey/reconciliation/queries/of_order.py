"""What reconciliation knows of one order's money: its deposits, and deposits in doubt that may be its."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, Sum

from seguripago.journey.bank.queries import DepositView, deposits, payers
from seguripago.values.money import Money

from ..models import Allocation, Case
from ..rules import CaseKind
from .cases import LABELS
from .deposits import deposit_rows

MOST = 5


@dataclass(frozen=True, slots=True)
class OrderDeposit:
    """A deposit of which a part went to the order. `account` shows its last digits only."""

    id: int
    amount: Money
    applied: Money
    bank_name: str
    account: str
    tracking_key: str
    at: datetime
    state_label: str
    tone: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderCandidate:
    """A deposit in doubt that may be the order's: its case, how likely of 100, and why."""

    case_id: int
    label: str
    tone: str
    amount: Money
    bank_name: str
    account: str
    tracking_key: str
    at: datetime
    score: int
    reasons: tuple[str, ...]


def deposits_of_payment(payment_id: int) -> tuple[OrderDeposit, ...]:
    """The deposits that paid, or pay a part of, this payment, newest first."""
    sums = Allocation.objects.filter(payment_id=payment_id).values("deposit_id").annotate(left=Sum("centavos"))
    applied = {row["deposit_id"]: row["left"] for row in sums.order_by("-deposit_id")[:MOST] if row["left"]}
    if not applied:
        return ()
    found = deposits(applied)
    accounts = payers(applied)
    rows = deposit_rows(found)
    told = [
        OrderDeposit(
            id=deposit.id,
            amount=deposit.amount,
            applied=Money(applied[deposit.id], deposit.amount.currency),
            bank_name=deposit.bank_name,
            account=_last_digits(accounts[deposit.id].account),
            tracking_key=deposit.tracking_key,
            at=deposit.settled_at,
            state_label=row.state_label,
            tone=row.tone,
            reasons=row.reasons,
        )
        for deposit, row in zip(found, rows, strict=True)
    ]
    return tuple(reversed(told))


def candidates_for_order(store_id: int, order_number: str, payment_id: int | None) -> tuple[OrderCandidate, ...]:
    """The open cases whose money may be this order's, the likeliest first."""
    may_be = Q(suggestions__contains=[{"order_number": order_number}])
    if payment_id is not None:
        may_be |= Q(payment_id=payment_id)
    rows = list(
        Case.objects.filter(may_be, store_id=store_id, deposit__isnull=False)
        .exclude(state="done")
        .order_by("-opened_at", "-pk")[:MOST]
    )
    ids = [row.deposit_id for row in rows if row.deposit_id is not None]
    if not ids:
        return ()
    found, accounts = {deposit.id: deposit for deposit in deposits(ids)}, payers(ids)
    told = [
        _candidate(row, found[deposit_id], accounts[deposit_id].account, order_number)
        for row, deposit_id in zip(rows, ids, strict=True)
    ]
    return tuple(sorted(told, key=lambda each: -each.score))


def _candidate(row: Case, deposit: DepositView, account: str, order_number: str) -> OrderCandidate:
    label, tone = LABELS[CaseKind(row.kind)]
    said = next((each for each in row.suggestions if each["order_number"] == order_number), None)
    return OrderCandidate(
        case_id=row.pk,
        label=label,
        tone=tone,
        amount=deposit.amount,
        bank_name=deposit.bank_name,
        account=_last_digits(account),
        tracking_key=deposit.tracking_key,
        at=deposit.settled_at,
        score=int(said["score"]) if said else 0,
        reasons=tuple(said["reasons"]) if said else tuple(row.reasons),
    )


def _last_digits(account: str) -> str:
    return f"•••• {account[-4:]}" if len(account) >= 4 else ""
