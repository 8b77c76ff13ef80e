"""What the bank's side hears of itself: what was only announced or hinted at is to be asked about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from procrastinate.contrib.django import app

from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.commands import Listener

from .commands import open_enquiries
from .facts import DepositAnnounced, MovementHinted

ASK_JOB: Final = "bank.ask_due"
QUEUE: Final = "bank"


def ask_about(facts: Sequence[Fact], at: datetime) -> None:
    """Write down what is to be asked and enqueue one job for the batch, in the batch's own transaction."""
    if open_enquiries(facts, at=at):
        app.configure_task(ASK_JOB, queue=QUEUE).defer()


LISTENERS: tuple[Listener, ...] = (Listener("bank.asking", (DepositAnnounced, MovementHinted), ask_about),)
