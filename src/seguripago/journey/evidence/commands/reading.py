"""What was read in a comprobante. It is a claim with reasons: it never moves money."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.ports.receipt_readers import ReceiptReading
from seguripago.values.actor import Actor

from ..facts import EvidenceRead
from ..models import Evidence
from ..rules import EvidenceState, MarkKind
from . import marks


def keep_reading(evidence_id: int, reading: ReceiptReading, *, at: datetime) -> bool:
    """Keep what a reader read in a clean comprobante; one that could read nothing says so by its reasons.

    The first reading stays: answers False for one that came second, and for a comprobante that is not clean.
    """
    with transaction.atomic():
        row = Evidence.objects.select_for_update().filter(pk=evidence_id, state=EvidenceState.CLEAN).first()
        if row is None:
            return False
        fill(row, reading)
        settle(row, at=at)
        row.save(update_fields=["state", "seal", "seal_digest", "fields", "confidences", "reasons"])
        announce(row, at=at)
    return True


def fill(row: Evidence, reading: ReceiptReading) -> None:
    """Write a reading into the row's columns."""
    row.state = EvidenceState.READ
    row.seal, row.seal_digest = reading.seal.value, reading.seal_digest
    row.fields, row.confidences = dict(reading.fields), dict(reading.confidences)
    row.reasons = list(reading.reasons)


def settle(row: Evidence, *, at: datetime) -> None:
    """Claim what was read for the order, unless another one showed it first."""
    marks.claim_marks(row, frozenset({MarkKind.SEAL, MarkKind.MOVEMENT}), at=at)
    row.reasons = [*row.reasons, *marks.seal_reasons(row)]


def announce(row: Evidence, *, at: datetime) -> None:
    """Tell that the fields are known; they themselves are no business of the audit."""
    said = {"evidence": row.pk, "seal": row.seal, "fields": sorted(row.fields), "reasons": row.reasons}
    record(row.store_id, Actor.system(), "evidence.read", f"order:{row.order_id}", said, at=at)
    publish(EvidenceRead(store_id=row.store_id, at=at, order_id=row.order_id, evidence_id=row.pk))
