"""Returns leave here as payment orders, and their providers are asked what became of them."""

from __future__ import annotations

import time
from typing import Final

from django.utils import timezone
from procrastinate.contrib.django import app

from seguripago.journey.reconciliation.commands import ask_about_returns, orders_in_doubt, send_approved_returns

PATIENCE_S: Final = 12.0
LOOK_S: Final = 1.0


@app.task(name="returns.carry", queue="returns", lock="returns.carry", queueing_lock="returns.carry")
def carry() -> None:
    """Send what is approved and ask about what was sent; fresh orders are waited for a few seconds."""
    send_approved_returns(at=timezone.now())
    ends_at = time.monotonic() + PATIENCE_S
    while True:
        ask_about_returns(at=timezone.now())
        if time.monotonic() > ends_at or not orders_in_doubt(at=timezone.now(), fresh_s=60):
            return
        time.sleep(LOOK_S)


@app.periodic(cron="* * * * *")
@app.task(name="returns.sweep", queue="returns", lock="returns.carry", queueing_lock="returns.sweep")
def sweep(timestamp: int) -> None:
    """Take up what a dead worker left, and ask again what has waited long enough."""
    send_approved_returns(at=timezone.now())
    ask_about_returns(at=timezone.now())
