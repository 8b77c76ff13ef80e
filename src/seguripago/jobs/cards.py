"""Card charges without an end: the clock only sees them; their gateway is asked by a job, however slow it answers."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from seguripago.journey.payments.commands import charges_in_doubt, settle_card_charge

DOUBT_S: Final = 10
JOB: Final = "cards.settle_doubts"

log = logging.getLogger("seguripago.cards")


def send_for_doubts(*, at: datetime) -> bool:
    """Have the gateway asked about the charges that nobody asked about for a while; tells whether there are any."""
    if not charges_in_doubt(at=at, older_than_s=DOUBT_S, limit=1):
        return False
    # One that waits already asks about these too.
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task(JOB, queue="cards", lock=JOB, queueing_lock=JOB).defer()
    return True


@app.task(name=JOB, queue="cards", lock=JOB, queueing_lock=JOB)
def settle_doubts() -> None:
    """Ask the gateway about them, the longest in doubt first. Asking twice changes nothing."""
    for key in charges_in_doubt(at=timezone.now(), older_than_s=DOUBT_S):
        try:
            settle_card_charge(key, at=timezone.now())
        except Exception:
            # One bad charge must not keep the others waiting.
            log.exception("a card charge was not settled")
