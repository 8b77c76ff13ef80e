"""A deposit with its whole story: what was said of it, what was judged and why, where its money is, who did what."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from seguripago.foundations.audit.queries import EntryView, history
from seguripago.foundations.ledger.queries import PostingView, postings_of
from seguripago.journey.bank.queries import DepositView, Payer, deposits, payers
from seguripago.journey.bank.sayings import NoticeView, notices_of
from seguripago.journey.payments.queries import PaidOrder, orders_of_payments
from seguripago.values.money import Money

from ..models import Allocation, Case, Verdict
from ..rules import CaseKind
from .cases import LABELS
from .comprobantes import PaperLine, paper_lines
from .deposits import DepositRow, deposit_rows

NO_ID: Final = 2**63

VERDICTS = {
    "certain": ("Con certeza", "ok"),
    "doubtful": ("Con dudas: decide una persona", "warn"),
    "unknown": ("Sin pedido conocido: decide una persona", "bad"),
}


@dataclass(frozen=True, slots=True)
class CandidateView:
    """An order that was considered; `score` of 100, with its reasons."""

    order_number: str
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AllocationView:
    """Where a part of the deposit went, to an order or to a case; below zero when it moved on from there."""

    amount: Money
    order_number: str
    case_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseMark:
    """A case that the deposit opened, in one line."""

    id: int
    label: str
    tone: str
    state: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class VerdictView:
    """What was judged, with its reasons and the orders that were considered."""

    label: str
    tone: str
    reasons: tuple[str, ...]
    candidates: tuple[CandidateView, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class DepositStory:
    """Everything that the deposit's page shows."""

    deposit: DepositView
    payer: Payer
    row: DepositRow
    verdict: VerdictView | None
    allocations: tuple[AllocationView, ...]
    postings: tuple[PostingView, ...]
    cases: tuple[CaseMark, ...]
    notices: tuple[NoticeView, ...]
    evidence: tuple[PaperLine, ...]
    history: tuple[EntryView, ...]


def deposit_story(store_id: int, deposit_id: int) -> DepositStory | None:
    """The deposit of this store with its story; None for another store's."""
    found = deposits([deposit_id]) if deposit_id < NO_ID else ()
    if not found or found[0].store_id != store_id:
        return None
    deposit = found[0]
    (row,) = deposit_rows(found)
    parts = list(Allocation.objects.filter(deposit_id=deposit_id).order_by("part"))
    orders = orders_of_payments({part.payment_id for part in parts if part.payment_id})
    cases = list(Case.objects.filter(store_id=store_id, deposit_id=deposit_id).order_by("pk"))
    order_ids = sorted({order.order_id for order in orders.values()} | ({row.order_id} if row.order_id else set()))
    return DepositStory(
        deposit=deposit,
        payer=payers([deposit_id])[deposit_id],
        row=row,
        verdict=_verdict(deposit_id),
        allocations=tuple(_allocation(part, orders) for part in parts),
        postings=_postings(store_id, deposit_id, order_ids),
        cases=tuple(_mark(case) for case in cases),
        notices=notices_of(deposit_id),
        evidence=paper_lines(order_ids, store_id=store_id, deposit_id=deposit_id),
        history=_history(store_id, [f"deposit:{deposit_id}", *(f"case:{case.pk}" for case in cases)], order_ids),
    )


def _verdict(deposit_id: int) -> VerdictView | None:
    row = Verdict.objects.filter(pk=deposit_id).first()
    if row is None:
        return None
    label, tone = VERDICTS[row.kind]
    candidates = (CandidateView(s["order_number"], s["score"], tuple(s["reasons"])) for s in row.suggestions)
    return VerdictView(label, tone, tuple(row.reasons), tuple(candidates), row.at)


def _allocation(part: Allocation, orders: dict[int, PaidOrder]) -> AllocationView:
    number = orders[part.payment_id].number if part.payment_id else ""
    return AllocationView(Money(part.centavos), number, part.case_id, part.at)


def _mark(case: Case) -> CaseMark:
    label, tone = LABELS[CaseKind(case.kind)]
    return CaseMark(case.pk, label, tone, case.state, case.opened_at)


def _postings(store_id: int, deposit_id: int, order_ids: Collection[int]) -> tuple[PostingView, ...]:
    mine = f"deposit:{deposit_id}:"
    of_orders = (each for order_id in order_ids for each in postings_of(store_id, f"order:{order_id}"))
    theirs = (each for each in of_orders if each.journal.startswith(mine))
    return tuple(sorted((*postings_of(store_id, f"deposit:{deposit_id}"), *theirs), key=lambda each: each.at))


def _history(store_id: int, subjects: Collection[str], order_ids: Collection[int]) -> tuple[EntryView, ...]:
    wanted = (*subjects, *(f"order:{order_id}" for order_id in order_ids))
    return tuple(sorted((each for subject in wanted for each in history(store_id, subject)), key=lambda each: each.at))
