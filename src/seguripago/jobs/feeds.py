"""Banks are asked here: about what they only announced, and for their lists, which heal what a webhook lost."""

from __future__ import annotations

import logging
from typing import Final

from django.utils import timezone
from procrastinate.contrib.django import app

from seguripago.journey.bank.commands import ask_due, pull_due_lists

AT_ONCE: Final = 20

log = logging.getLogger("seguripago.feeds")


@app.task(name="bank.ask_due", queue="bank")
def ask() -> None:
    """Ask until nothing is due. Running twice, or beside another, asks nothing twice: enquiries are claimed."""
    while ask_due(AT_ONCE, at=timezone.now()) == AT_ONCE:
        pass


@app.periodic(cron="* * * * *")
@app.task(name="bank.ask_sweep", queue="bank", queueing_lock="bank.ask_sweep")
def sweep(timestamp: int) -> None:
    """Ask again what has waited long enough, and take up what a dead worker left."""
    ask()


@app.periodic(cron="*/15 * * * *")
@app.task(name="bank.pull_lists", queue="bank", queueing_lock="bank.pull_lists")
def pull(timestamp: int) -> None:
    """Pull the lists of the day that runs, and of closed days until they are settled."""
    pages = pull_due_lists(at=timezone.now())
    if pages:
        log.info("%s new pages of banks' lists", pages)
