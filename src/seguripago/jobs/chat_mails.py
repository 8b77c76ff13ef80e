"""What was said to a buyer who left goes by mail."""

from __future__ import annotations

import secrets
from datetime import datetime

from procrastinate.contrib.django import app

from seguripago.journey.notices.commands import write_to_who_left
from seguripago.journey.notices.listeners import QUEUE, SEND_JOB


def tell_who_left(at: datetime) -> None:
    """Write what waits, and have it sent now."""
    if write_to_who_left(draw=lambda: secrets.token_urlsafe(32), at=at):
        app.configure_task(SEND_JOB, queue=QUEUE, lock=SEND_JOB).defer()
