"""Refunds of card charges, and charges that a bank contests: the clock only sees them, a job tells and asks."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from django.utils import timezone
from procrastinate.contrib.django import app

from seguripago.journey.cards.commands.following import (
    CARRY_JOB,
    charges_to_follow,
    follow_charge,
    send_for_refunds,
    tell_refund,
    unsent_refunds,
)

DOUBT_S: Final = 10

log = logging.getLogger("seguripago.cards")


def send_for_doubtful_refunds(*, at: datetime) -> bool:
    """Have the gateway told and asked about refunds that wait for it; tells whether there are any."""
    if not unsent_refunds(limit=1) and not charges_to_follow(at=at, older_than_s=DOUBT_S, limit=1):
        return False
    send_for_refunds()
    return True


@app.task(name=CARRY_JOB, queue="cards", lock=CARRY_JOB, queueing_lock=CARRY_JOB)
def carry_refunds() -> None:
    """Tell the gateway of each decided refund, once; ask about those whose answer was lost, and open chargebacks."""
    _each(unsent_refunds(), tell_refund)
    _each(charges_to_follow(at=timezone.now(), older_than_s=DOUBT_S), follow_charge)


def _each(found: Iterable[int], do: Callable[..., object]) -> None:
    for each in found:
        try:
            do(each, at=timezone.now())
        except Exception:
            # One that fails must not keep the others' money waiting.
            log.exception("%s of %s failed", do.__name__, each)
