"""What the room that judges reads of comprobantes: rows that it holds until its own are written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from .models import Evidence
from .queries import shown_before


@dataclass(frozen=True, slots=True)
class Judgeable:
    """A comprobante with all that is known of it. `shown`: in what ways another order showed the same before."""

    id: int
    store_id: int
    order_id: int
    state: str
    seal: str
    seal_digest: str
    fields: Mapping[str, str]
    confidences: Mapping[str, float]
    doubts: tuple[str, ...]
    shown: frozenset[str]
    kept_at: datetime


def hold_papers(ids: Collection[int]) -> tuple[Judgeable, ...]:
    """The comprobantes with these ids, by id, their rows locked until the transaction ends: one judge at a time."""
    rows = Evidence.objects.select_for_update(no_key=True).filter(pk__in=list(ids)).order_by("pk")
    return tuple(
        Judgeable(
            id=row.pk,
            store_id=row.store_id,
            order_id=row.order_id,
            state=row.state,
            seal=row.seal,
            seal_digest=row.seal_digest,
            fields=row.fields,
            confidences=row.confidences,
            doubts=tuple(row.reasons),
            shown=frozenset(reuse.kind for reuse in shown_before(row.pk)),
            kept_at=row.kept_at,
        )
        for row in rows
    )
