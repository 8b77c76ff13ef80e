"""What claims hear: a guarantee that ended by another road, and a proposal about a claim that ended undone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from seguripago.foundations.approvals.facts import ProposalRejected, ProposalVoided
from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.commands import Listener
from seguripago.journey.guarantee.facts import GuaranteeResolved
from seguripago.journey.payments.facts import PaymentWonBack
from seguripago.values.money import Money

from .commands import end_claim, give_missing, release_claim


def follow(facts: Sequence[Fact], at: datetime) -> None:
    """Close what there is nothing left to claim of, and let a claim be decided again whose proposal ended undone."""
    for fact in facts:
        match fact:
            case GuaranteeResolved(order_id=order_id, currency=currency):
                to_store = Money(fact.to_store_centavos, currency)
                end_claim(order_id, to_store=to_store, to_buyer=Money(fact.to_buyer_centavos, currency), at=fact.at)
            case ProposalRejected(about=about) | ProposalVoided(about=about) if about.startswith("claim:"):
                release_claim(about, at=at)
            case PaymentWonBack(order_id=order_id):
                give_missing(order_id, at=fact.at)
            case _:
                continue


LISTENERS: tuple[Listener, ...] = (
    Listener("claims.follow", (GuaranteeResolved, ProposalRejected, ProposalVoided, PaymentWonBack), follow),
)
