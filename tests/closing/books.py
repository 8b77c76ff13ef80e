"""Days to close: deposits by the real door, and what the bank's own list says of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from seguripago.foundations.audit.commands import seal_entries
from seguripago.values.actor import Actor
from tests.money import bank

CLERK = Actor.staff(11, "Sofía Medina")
DAY = date(2026, 3, 11)
NOON = datetime(2026, 3, 11, 18, 0, tzinfo=UTC)
EVENING = datetime(2026, 3, 12, 2, 0, tzinfo=UTC)


def day_of_sales(count: int = 3, *, at: datetime = NOON, store_id: int | None = None, day: date | None = None) -> int:
    """A store with so many orders paid on the bank's day; gives the store."""
    store_id = store_id or bank.bank_store()
    for _ in range(count):
        sold = bank.sale(at, store_id=store_id)
        bank.transfer(sold, sold.total.plain, at=at, operation_date=day or at.date())
    return store_id


def audited() -> None:
    """What the sealer does every second."""
    while seal_entries():
        pass


__all__ = ["CLERK", "DAY", "EVENING", "NOON", "Sequence", "audited", "bank", "day_of_sales", "json", "timedelta"]
