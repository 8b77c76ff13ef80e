"""Calls to people whose desk is closed: a clock sees who waits, a job wakes their browsers."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from seguripago.journey.notices.commands import note_calls, send_due_pushes

JOB: Final = "push.send_due"
AT_ONCE: Final = 20


def call_people(*, at: datetime) -> bool:
    """Note whom to call and have them called; tells whether anybody is. Without a key there is nobody to call."""
    if not settings.SEGURIPAGO.push_key or not note_calls(at=at):
        return False
    _enqueue()
    return True


def _enqueue() -> None:
    # One that waits already calls these too.
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task(JOB, queue="push", lock=JOB, queueing_lock=JOB).defer()


@app.task(name=JOB, queue="push", lock=JOB, queueing_lock=JOB)
def send_due() -> None:
    """Call until nothing is due."""
    while send_due_pushes(AT_ONCE, at=timezone.now()) == AT_ONCE:
        pass


@app.periodic(cron="* * * * *")
@app.task(name="push.sweep", queue="push", queueing_lock="push.sweep")
def sweep(timestamp: int) -> None:
    """Try again what failed and take up what a dead worker left."""
    send_due()
