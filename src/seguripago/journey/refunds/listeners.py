"""What refunds hear of their roads: the gateway's and the bank's answers, and what cases and panels sent back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.commands import Listener
from seguripago.journey.cards.facts import CardRefunded, CardRefundFact, CardRefundFailed, CardRefundOpened
from seguripago.journey.reconciliation.facts import (
    ReturnApproved,
    ReturnConfirmed,
    ReturnFact,
    ReturnFailed,
    ReturnInstructed,
)

from .commands.following import follow_roads


def follow(facts: Sequence[Fact], at: datetime) -> None:
    """Move refunds by what became of their legs."""
    cards = [fact for fact in facts if isinstance(fact, CardRefundFact)]
    returns = [fact for fact in facts if isinstance(fact, ReturnFact)]
    follow_roads(cards, returns, at=at)


LISTENERS: tuple[Listener, ...] = (
    Listener(
        "refunds.follow",
        (
            CardRefundOpened,
            CardRefunded,
            CardRefundFailed,
            ReturnApproved,
            ReturnInstructed,
            ReturnConfirmed,
            ReturnFailed,
        ),
        follow,
    ),
)
