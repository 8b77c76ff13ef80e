"""Files that wait for the scanner: the clock only sees them, a job speaks with it, however slow it answers."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from seguripago.journey.evidence import commands as evidence

JOB: Final = "evidence.look_again"


def send_for_scanner(*, at: datetime) -> bool:
    """Have the files looked at that wait for the scanner; tells whether there are any."""
    if not evidence.is_anything_stored():
        return False
    with suppress(AlreadyEnqueued), transaction.atomic():
        look_again.defer()
    return True


@app.task(name=JOB, queue="evidence", lock=JOB, queueing_lock=JOB)
def look_again() -> None:
    """Let the scanner look at what waits. Looking twice changes nothing."""
    evidence.look_again(at=timezone.now())
