"""Mails leave the house here, and what did not leave is looked at again every minute."""

from __future__ import annotations

import time
from typing import Final

from django.utils import timezone
from procrastinate.contrib.django import app

from seguripago.journey.notices.commands import mail_way_to_claim, send_due_mails, write_paper_doubt

AT_ONCE: Final = 4
PAUSE_S: Final = 0.4


@app.task(name="mail.send_due", queue="mail")
def send_due() -> None:
    """Send until nothing is due. Running twice, or at the same time as another, sends nothing twice.

    It draws a PDF for most mails and shares two cores with those who buy: a rush leaves at some twenty a second.
    """
    sent = AT_ONCE
    while sent == AT_ONCE:
        sent = send_due_mails(AT_ONCE, at=timezone.now())
        if sent:
            time.sleep(PAUSE_S)


@app.task(name="mail.way_to_claim", queue="mail")
def way_to_claim(order_ids: list[int]) -> None:
    """Mail the way to these orders' claims, each once."""
    for order_id in order_ids:
        mail_way_to_claim(order_id, at=timezone.now())
    if order_ids:
        send_due()


@app.task(name="mail.paper_doubt", queue="mail")
def paper_doubt(order_id: int, evidence_id: int, verdict_id: int) -> None:
    """Tell of a doubtful comprobante whoever has not read of it meanwhile."""
    if write_paper_doubt(order_id, evidence_id, verdict_id, at=timezone.now()):
        send_due()


@app.periodic(cron="* * * * *")
@app.task(name="mail.sweep", queue="mail", queueing_lock="mail.sweep")
def sweep(timestamp: int) -> None:
    """Try again what failed and take up what a dead worker left: mails carry their own next time."""
    send_due()
