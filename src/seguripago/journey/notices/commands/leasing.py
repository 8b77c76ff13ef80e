"""Take what is due to leave the house, so that nobody else takes it meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from ..models import Mail, PushNote


@transaction.atomic
def take_due[T: (Mail, PushNote)](waiting: QuerySet[T], limit: int, *, lease: timedelta, at: datetime) -> list[T]:
    """Up to `limit` of those whose time has come, the longest due first, each counted as tried once more.

    The lease: what a worker holds that dies between here and the answer becomes due again by itself.
    """
    due = waiting.filter(due_at__lte=at).order_by("due_at", "pk")
    taken = list(due.select_for_update(skip_locked=True)[:limit])
    waiting.filter(pk__in=[row.pk for row in taken]).update(attempts=F("attempts") + 1, due_at=at + lease)
    for row in taken:
        row.attempts += 1
    return taken
