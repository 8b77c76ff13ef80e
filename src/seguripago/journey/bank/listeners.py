"""What the bank's side hears of itself: what was only announced or hinted at is to be asked about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from procrastinate.contrib.django import app

from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.commands import Listener

from .commands import open_enquiries
from .facts import CepAsked, DepositAnnounced, MovementHinted

ASK_JOB: Final = "bank.ask_due"
CEP_JOB: Final = "cep.ask_next"
QUEUE: Final = "bank"


def ask_about(facts: Sequence[Fact], at: datetime) -> None:
    """Write down what is to be asked and enqueue one job for the batch, in the batch's own transaction."""
    if open_enquiries(facts, at=at):
        app.configure_task(ASK_JOB, queue=QUEUE).defer()


def ask_for_ceps(facts: Sequence[Fact], at: datetime) -> None:
    """Enqueue one job for the batch: questions to Banxico are asked one after another anyhow."""
    app.configure_task(CEP_JOB, queue="cep", lock="cep").defer()


LISTENERS: tuple[Listener, ...] = (
    Listener("bank.asking", (DepositAnnounced, MovementHinted), ask_about),
    Listener("bank.ceps", (CepAsked,), ask_for_ceps),
)
