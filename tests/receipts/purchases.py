"""Payments confirmed through the one door, so that receipts have something to prove."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from seguripago.foundations.facts.commands import listen_once, number_facts
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.commands import Settlement, confirm_payments, send_transfer_details
from seguripago.journey.receipts.listeners import LISTENERS
from seguripago.values.actor import Actor
from tests.orders.builders import verified

BANK = Actor.system("Área de Medios de Pago")


def confirmed(at: datetime, *, tracking_key: str = "MBAN01002611220072913", **more: Any) -> int:
    """An order whose transfer arrived whole and was confirmed. Returns the order's id."""
    order_id = verified(at, **more)
    payment_id = send_transfer_details(order_id, by=BANK, at=at)
    with transaction.atomic():
        arrived = Settlement(
            payment_id, f"deposit:{payment_id}", order(order_id).total, at, Account.SUSPENSE, tracking_key=tracking_key
        )
        confirm_payments([arrived], by=BANK, at=at)
    return order_id


def let_receipts_be_issued(at: datetime) -> None:
    """Let the room's listener read what was announced."""
    number_facts()
    for listener in LISTENERS:
        while listen_once(listener, at=at):
            pass


def receipted(at: datetime, **more: Any) -> int:
    """An order that has its receipt."""
    order_id = confirmed(at, **more)
    let_receipts_be_issued(at)
    return order_id
