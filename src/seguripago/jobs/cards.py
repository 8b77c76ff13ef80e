"""Card charges without an end: the clock only sees them; their gateway is asked by a job, however slow it answers."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Final

from django.utils import timezone
from procrastinate.contrib.django import app

from seguripago.journey.cards import commands as cards

JOB: Final = "cards.settle_doubts"

log = logging.getLogger("seguripago.cards")


def send_for_doubts(*, at: datetime) -> bool:
    """Have the gateways asked about charges and notices whose time has come; tells whether there are any."""
    if not (cards.charges_in_doubt(at=at, limit=1) or cards.hints_waiting(at=at)):
        return False
    cards.send_for_doubts()
    return True


@app.task(name=JOB, queue="cards", lock=JOB, queueing_lock=JOB)
def settle_doubts() -> None:
    """Look at what notices hint at, then at what has waited longest. Asking twice changes nothing."""
    cards.look_at_hints(at=timezone.now())
    for key in cards.charges_in_doubt(at=timezone.now()):
        try:
            cards.settle_card_charge(key, at=timezone.now())
        except Exception:
            # One bad charge must not keep the others waiting.
            log.exception("a card charge was not settled")
            cards.ask_later(key, at=timezone.now())
