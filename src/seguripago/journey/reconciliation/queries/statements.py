"""What became of a statement's new deposits."""

from __future__ import annotations

from datetime import datetime

from ..models import Verdict


def confirmed_by_statement(notice_id: int, received_at: datetime) -> tuple[int, int]:
    """How many deposits that a statement was the first to tell of were judged, and how many confirmed a payment."""
    judged = Verdict.objects.filter(
        deposit__attestations__notice_id=notice_id, deposit__received_at=received_at
    ).distinct()
    return judged.count(), judged.filter(kind="certain", completes=True).count()
