"""What became of a statement's new deposits."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Q

from ..models import Verdict


def confirmed_by_statement(notice_id: int, received_at: datetime) -> tuple[int, int]:
    """How many deposits that a statement was the first to tell of were judged, and how many confirmed a payment."""
    # A notice speaks of a deposit once (`attestation_once_per_notice`): no verdict comes twice.
    judged = Verdict.objects.filter(deposit__attestations__notice_id=notice_id, deposit__received_at=received_at)
    told = judged.aggregate(all=Count("pk"), certain=Count("pk", filter=Q(kind="certain", completes=True)))
    return told["all"], told["certain"]
