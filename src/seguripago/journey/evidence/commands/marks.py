"""Who showed it first: each mark of a comprobante belongs to the order that showed it before any other.

The unique index decides between two that show the same at the same moment; nobody looks first and writes afterwards.
"""

from __future__ import annotations

from datetime import datetime

from seguripago.ports.receipt_readers import Seal

from ..models import Evidence, ShownMark
from ..rules import SEAL_REUSED, MarkKind, movements


def claim_marks(row: Evidence, kinds: frozenset[MarkKind], *, at: datetime) -> None:
    """Write this order down as the first that showed the row's marks of these kinds, where nobody was before."""
    claims = [
        ShownMark(kind=kind, digest=digest, store_id=row.store_id, order_id=row.order_id, at=at)
        for kind, digest in marks_of(row)
        if kind in kinds and _may_claim(row, kind)
    ]
    ShownMark.objects.bulk_create(claims, ignore_conflicts=True)


def claim_file(store_id: int, order_id: int, digest: str, *, at: datetime) -> None:
    """Write this order down as the first that showed a file which is no comprobante but proves something too."""
    mark = ShownMark(kind=MarkKind.FILE, digest=digest, store_id=store_id, order_id=order_id, at=at)
    ShownMark.objects.bulk_create([mark], ignore_conflicts=True)


def marks_of(row: Evidence) -> tuple[tuple[MarkKind, str], ...]:
    """By what a comprobante is known again: its seal, its bytes, the movement that it tells of."""
    found = [(MarkKind.FILE, row.sha256)]
    if row.seal_digest:
        found.append((MarkKind.SEAL, row.seal_digest))
    found += [(MarkKind.MOVEMENT, digest) for digest in movements(row.fields)]
    return tuple(found)


def seal_reasons(row: Evidence) -> list[str]:
    """Answer why this seal is not new: another order showed it first."""
    if not row.seal_digest:
        return []
    known = ShownMark.objects.filter(kind=MarkKind.SEAL, digest=row.seal_digest)
    first = known.values_list("order_id", flat=True).first()
    return [SEAL_REUSED] if first is not None and first != row.order_id else []


def _may_claim(row: Evidence, kind: MarkKind) -> bool:
    """An invalid CEP takes nothing for itself: whoever alters a stranger's CEP must not spoil it for him."""
    return kind is MarkKind.FILE or row.seal != Seal.INVALID.value
