"""CEPs are looked up at Banxico here, one at a time and slowly: all processes together wait for one turn."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from seguripago.journey.bank.commands import answer_next_cep
from seguripago.journey.bank.patience import GAP


@app.task(name="cep.ask_next", queue="cep", lock="cep")
def ask() -> None:
    """Ask one question that is due, and come back when the next may be asked: no worker sleeps over it."""
    if answer_next_cep(at=timezone.now()):
        app.configure_task("cep.ask_next", queue="cep", lock="cep", schedule_in={"seconds": GAP.seconds + 1}).defer()


@app.periodic(cron="* * * * *")
@app.task(name="cep.sweep", queue="cep", queueing_lock="cep.sweep", lock="cep")
def sweep(timestamp: int) -> None:
    """Ask again what has waited long enough, and take up what a dead worker left."""
    ask()
