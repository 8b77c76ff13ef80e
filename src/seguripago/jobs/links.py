"""Links that were asked for again by a number alone: looked for here, where nobody sees how long it takes."""

from __future__ import annotations

import secrets

from django.utils import timezone
from procrastinate.contrib.django import app

from seguripago.foundations.stores.queries import stores_all
from seguripago.journey.orders.queries import ids_numbered
from seguripago.journey.payments import commands as payments
from seguripago.journey.payments.commands.again import AGAIN_JOB


@app.task(name=AGAIN_JOB, queue="mail")
def send_again(number: str) -> None:
    """Send a new link for each order with this number."""
    for order_id in ids_numbered([store.id for store in stores_all()], number):
        payments.send_link_again(order_id, token=secrets.token_urlsafe(24), at=timezone.now())
