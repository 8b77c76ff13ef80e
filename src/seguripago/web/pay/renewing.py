"""A new link for whoever lost one: the same is asked for again; the mail goes where the order says."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Final

from seguripago.foundations.stores.queries import stores_all
from seguripago.journey.orders.queries import ids_numbered
from seguripago.journey.payments import commands as payments
from seguripago.journey.payments.queries import links_of
from seguripago.values.actor import Actor
from seguripago.values.refusal import Refusal

WHO: Final = "Link nuevo, pedido en su página"


def send_new_links(number: str, *, at: datetime) -> None:
    """Send a new link for each order with this number."""
    for order_id in ids_numbered([store.id for store in stores_all()], number):
        send_new_link(order_id, at=at)


def send_new_link(order_id: int, *, at: datetime) -> None:
    """Ask again for what the order's newest link asked for.

    Nothing happens where there never was one, where the store withdrew it, and where no money can be asked for.
    """
    links = links_of(order_id, at=at)
    if not links or links[0].state in {"paid", "revoked"}:
        return
    newest = links[0]
    amount = newest.amount if newest.is_deposit else None
    token, by = secrets.token_urlsafe(24), Actor.system(WHO)
    try:
        payments.send_payment_link(order_id, token=token, purpose=newest.purpose, amount=amount, by=by, at=at)
    except Refusal:
        # The order was paid, ended or is being corrected: whoever asks is told the same.
        return
