"""Mails leave the house here, and what did not leave is looked at again every minute."""

from __future__ import annotations

from typing import Final

from django.utils import timezone
from procrastinate.contrib.django import app

from seguripago.journey.notices.commands import send_due_mails

AT_ONCE: Final = 20


@app.task(name="mail.send_due", queue="mail")
def send_due() -> None:
    """Send until nothing is due. Running twice, or at the same time as another, sends nothing twice."""
    while send_due_mails(AT_ONCE, at=timezone.now()) == AT_ONCE:
        pass


@app.periodic(cron="* * * * *")
@app.task(name="mail.sweep", queue="mail", queueing_lock="mail.sweep")
def sweep(timestamp: int) -> None:
    """Try again what failed and take up what a dead worker left: mails carry their own next time."""
    send_due()
