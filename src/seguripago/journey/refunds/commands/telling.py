"""Publish what happened to a refund, and write its audit row, in the transaction that made it true."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from ..facts import RefundFact
from ..models import Refund
from .waiting import wait


def subject_of(refund: Refund) -> str:
    """What a refund is filed under: its order, its case, or itself."""
    if refund.order_id is not None:
        return f"order:{refund.order_id}"
    return f"case:{refund.case_id}" if refund.case_id is not None else f"refund:{refund.pk}"


def tell(refund: Refund, fact: type[RefundFact], action: str, *, by: Actor, at: datetime, **more: Any) -> None:
    """Announce and record, and start the deadline of what it waits for now; `more` are the fact's own fields."""
    wait(refund, at=at)
    said = {
        "refund": refund.pk,
        "amount": Money(refund.amount_centavos, refund.currency).plain,
        "about": refund.subject,
    }
    record(refund.store_id, by, action, subject_of(refund), {**said, "reason": refund.reason, **more}, at=at)
    publish(
        fact(
            store_id=refund.store_id,
            at=at,
            refund_id=refund.pk,
            order_id=refund.order_id or 0,
            reason=refund.reason,
            about=refund.subject,
            centavos=refund.amount_centavos,
            currency=refund.currency,
            **more,
        )
    )
