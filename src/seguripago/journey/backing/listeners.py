"""What this room hears: money, papers and comprobantes. Facts say «look»; it looks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.commands import Listener
from seguripago.journey.guarantee.facts import GuaranteeHeld
from seguripago.journey.payments.facts import PaymentConfirmed
from seguripago.journey.receipts.facts import ReceiptIssued
from seguripago.journey.reconciliation.facts import EvidenceJudged

from .commands import Paid, back_purchases, wait_for_papers

PAPERS: Final = (ReceiptIssued, GuaranteeHeld, EvidenceJudged)


def look_at_papers(facts: Sequence[Fact], at: datetime) -> None:
    """Begin to wait for what was paid, then look at each order of the batch."""
    paid = [fact for fact in facts if isinstance(fact, PaymentConfirmed)]
    wait_for_papers([Paid(fact.store_id, fact.order_id, fact.payment_id, fact.at) for fact in paid])
    told: Sequence[Any] = facts
    back_purchases({fact.order_id for fact in told}, at=at)


LISTENERS: tuple[Listener, ...] = (Listener("backing.look", (PaymentConfirmed, *PAPERS), look_at_papers),)
