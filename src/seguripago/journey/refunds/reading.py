"""Where the legs of refunds are: read from what the gateway and the bank said of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from .models import RefundLeg
from .rules import LegState

_OF_CARD = {"done": LegState.CONFIRMED, "failed": LegState.FAILED}


def leg_state(leg: RefundLeg) -> LegState:
    """Where a leg is; without a road it waits for an account."""
    card, bank = leg.card_refund, leg.instruction
    if card is not None:
        return _OF_CARD.get(card.state, LegState.INSTRUCTED if card.sent_at else LegState.APPROVED)
    return LegState.WAITING if bank is None else LegState(bank.state)


def legs_of(refund_ids: Collection[int], *, with_over: bool = False) -> list[RefundLeg]:
    """The legs of refunds in their order, with what the gateway or the bank said of each."""
    rows = RefundLeg.objects.filter(refund_id__in=list(refund_ids))
    rows = rows.select_related("card_refund__charge", "instruction", "account")
    rows = rows if with_over else rows.filter(is_over=False)
    return list(rows.order_by("refund_id", "place"))


def failure_of(legs: Iterable[RefundLeg]) -> str:
    """Why the first leg that failed did, in the words of whoever said so."""
    for leg in legs:
        if leg_state(leg) is LegState.FAILED:
            card, bank = leg.card_refund, leg.instruction
            return (card.failure if card else bank.reason if bank else "") or "Sin motivo."
    return ""
