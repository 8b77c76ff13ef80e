"""Gather, for many deposits at once, the orders that they may be for; `rules.suggest` scores them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from seguripago.journey.bank.queries import DepositView
from seguripago.journey.payments.leads import find_leads
from seguripago.journey.payments.rules import Lead, Marks
from seguripago.values.money import Money

from ..rules import Sought, Suggestion, near_clabes, spellings, suggest, words_of

CHUNK: Final = 500
NAMES: Final = 25
"""Deposits whose payer is looked up by name in one call: in a flood the other marks must do."""


@dataclass(frozen=True, slots=True)
class Rest:
    """What of a deposit is still to be placed when its CLABE had an owner: an excess, or all of a doubtful one."""

    amount: Money
    payment_id: int


def suggestions_for(
    deposits: Sequence[DepositView], *, rests: Mapping[int, Rest] | None = None, at: datetime
) -> dict[int, tuple[Suggestion, ...]]:
    """The orders that deposits may be for, by deposit id, best first; those without any are left out.

    Looked up in sets of 500: the number of statements does not grow with the deposits, nor what each may bring.
    """
    known = rests or {}
    wide = _per_amount(len(deposits))
    found: dict[int, tuple[Suggestion, ...]] = {}
    for start in range(0, len(deposits), CHUNK):
        chunk = deposits[start : start + CHUNK]
        leads = find_leads(
            [_marks(each, known.get(each.id), by_name=start == 0 and len(deposits) <= NAMES) for each in chunk],
            per_amount=wide,
        )
        for deposit in chunk:
            told = suggest(
                _sought(deposit, known.get(deposit.id), leads.get(deposit.id, ())), leads.get(deposit.id, ())
            )
            if told:
                found[deposit.id] = told
    return found


def as_json(suggestions: Sequence[Suggestion]) -> list[dict[str, Any]]:
    """What a verdict and its case keep of them."""
    return [
        {
            "order_number": each.order_number,
            "score": each.score,
            "reasons": list(each.reasons),
            "shares": [
                {"order_number": share.order_number, "centavos": share.amount.centavos} for share in each.shares
            ],
        }
        for each in suggestions
    ]


def _per_amount(deposits: int) -> int:
    """How many payments of one amount are looked at: many for a few deposits, few for a flood."""
    return 120 if deposits <= 50 else 24 if deposits <= CHUNK else 8


def _marks(deposit: DepositView, rest: Rest | None, *, by_name: bool) -> Marks:
    return Marks(
        key=deposit.id,
        store_id=deposit.store_id,
        amount=rest.amount if rest else deposit.amount,
        numbers=spellings(deposit.concept, deposit.reference).all,
        reference=deposit.reference if len(deposit.reference.lstrip("0")) >= 3 else "",
        clabes=near_clabes(deposit.clabe) if deposit.is_own_account and rest is None else (),
        tracking_key=deposit.tracking_key,
        names=words_of(deposit.payer_name) if by_name else (),
        payments=(rest.payment_id,) if rest else (),
    )


def _sought(deposit: DepositView, rest: Rest | None, leads: Sequence[Lead]) -> Sought:
    owner = next((lead for lead in leads if rest and lead.payment_id == rest.payment_id), None)
    return Sought(
        amount=rest.amount if rest else deposit.amount,
        payer_name=deposit.payer_name,
        concept=deposit.concept,
        reference=deposit.reference,
        tracking_key=deposit.tracking_key,
        clabe=deposit.clabe,
        bank_name=deposit.bank_name,
        operation_date=deposit.operation_date,
        settled_at=deposit.settled_at,
        owner_payment=rest.payment_id if rest else 0,
        owner_email=owner.buyer_email if owner else "",
    )
