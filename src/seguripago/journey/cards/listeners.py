"""What cards hear of themselves: a refund was decided, and the gateway is told as soon as that is committed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.commands import Listener

from .commands.following import send_for_refunds
from .facts import CardRefundOpened


def carry_refunds(facts: Sequence[Fact], at: datetime) -> None:
    """Have the refunds sent that were decided."""
    send_for_refunds()


LISTENERS: tuple[Listener, ...] = (Listener("cards.carry_refunds", (CardRefundOpened,), carry_refunds),)
