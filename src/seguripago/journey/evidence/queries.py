"""What screens read of a comprobante."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from django.db.models import Count, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from seguripago.foundations.stores import keyring
from seguripago.ports.file_stores import file_store

from .models import Evidence, EvidenceLook, ShownMark
from .refusals import REJECTIONS
from .rules import CONTENT_TYPES, EXTENSIONS, SEAL_REUSED, EvidenceKind, EvidenceState, MarkKind, movements


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """A comprobante as lists show it. `verdict_label` says what the file itself proves, in plain words."""

    id: int
    filename: str
    kind: str
    size: int
    state: str
    seal: str
    verdict_label: str
    kept_at: datetime
    fields: Mapping[str, str]
    reasons: tuple[str, ...]
    confidences: Mapping[str, float] = field(default_factory=dict)

    @property
    def can_be_opened(self) -> bool:
        """Whether there is a clean copy."""
        return self.state in {EvidenceState.CLEAN, EvidenceState.READ}


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """The clean copy, and the headers it must be served with. Compare `order_id` or `store_id` before serving it."""

    id: int
    order_id: int
    store_id: int
    filename: str
    content_type: str
    body: bytes
    sha256: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """Answer headers under which no browser runs or draws the file in our name: always a download."""
        return download_headers(self.content_type, self.filename)


def download_headers(content_type: str, filename: str) -> dict[str, str]:
    """Answer the headers of a stranger's file; `filename` holds plain letters only."""
    return {
        "Content-Type": content_type,
        "Content-Disposition": f'attachment; filename="{filename}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    }


type ReuseKind = Literal["seal", "file", "picture", "movement"]
KINDS: Final[tuple[ReuseKind, ...]] = ("seal", "file", "picture", "movement")


@dataclass(frozen=True, slots=True)
class Reuse:
    """Something that another order showed first. What is another store's has no `order_id`: nothing of it is told."""

    kind: ReuseKind
    is_other_store: bool
    order_id: int | None


def evidence_of(order_id: int) -> tuple[EvidenceView, ...]:
    """Answer the comprobantes of an order, the newest first."""
    return tuple(_view(row) for row in Evidence.objects.filter(order_id=order_id).order_by("-pk"))


def first_evidence(order_ids: Collection[int]) -> dict[int, datetime]:
    """Answer when each order got its first comprobante; an order without one is left out. One query."""
    rows = Evidence.objects.filter(order_id__in=list(order_ids)).values_list("order_id").annotate(first=Min("kept_at"))
    return dict(rows)


def evidence_file(evidence_id: int) -> EvidenceFile | None:
    """Answer the clean copy of a comprobante, never the original; None where nothing may be opened."""
    row = Evidence.objects.filter(pk=evidence_id).first()
    if row is None or not row.clean_name:
        return None
    kind = EvidenceKind(row.clean_kind)
    return EvidenceFile(
        id=row.pk,
        order_id=row.order_id,
        store_id=row.store_id,
        filename=f"comprobante-{row.pk}.{EXTENSIONS[kind]}",
        content_type=CONTENT_TYPES[kind],
        body=file_store().read(row.clean_name),
        sha256=row.clean_sha256,
    )


def unread(limit: int = 100) -> tuple[int, ...]:
    """Answer the clean comprobantes of which nothing was read yet, in turns: every order's first file, the oldest
    first, then the second ones. Who gives twenty at once makes nobody's first one wait; each door has turns of its own.
    """
    same = Evidence.objects.filter(order_id=OuterRef("order_id"), door=OuterRef("door"), pk__lt=OuterRef("pk"))
    before = same.order_by().values("order_id").annotate(count=Count("pk")).values("count")
    rows = Evidence.objects.filter(state=EvidenceState.CLEAN).annotate(turn=Coalesce(Subquery(before), 0))
    return tuple(rows.order_by("turn", "pk").values_list("pk", flat=True)[:limit])


def is_anything_unread() -> bool:
    """Whether any clean comprobante waits to be read."""
    return Evidence.objects.filter(state=EvidenceState.CLEAN).exists()


def shown_before(evidence_id: int) -> tuple[Reuse, ...]:
    """Answer by what marks a comprobante is another order's, in any store of this installation."""
    row = Evidence.objects.get(pk=evidence_id)
    own = Q(kind=MarkKind.FILE, digest=row.sha256) | Q(kind=MarkKind.MOVEMENT, digest__in=movements(row.fields))
    if row.seal_digest:
        own |= Q(kind=MarkKind.SEAL, digest=row.seal_digest)
    firsts = ShownMark.objects.filter(own).exclude(order_id=row.order_id).order_by("at", "pk")
    found = {mark.kind: _reuse(row, mark.kind, mark.store_id, mark.order_id) for mark in reversed(firsts)}
    look = EvidenceLook.objects.filter(pk=evidence_id, first__isnull=False).select_related("first__evidence").first()
    if look is not None and look.first is not None and look.first.evidence.order_id != row.order_id:
        found["picture"] = _reuse(row, "picture", look.first.evidence.store_id, look.first.evidence.order_id)
    return tuple(found[kind] for kind in KINDS if kind in found)


def is_file_of_another(order_id: int, digest: str) -> bool:
    """Whether another order, of any store, showed these very bytes before. Which one is nobody's business."""
    return ShownMark.objects.filter(kind=MarkKind.FILE, digest=digest).exclude(order_id=order_id).exists()


def sealed_original(evidence_id: int) -> bytes:
    """Answer the very bytes that were given, for a dispute; raises Evidence.DoesNotExist and FileMissing."""
    row = Evidence.objects.get(pk=evidence_id)
    return keyring.unseal(file_store().read(row.sealed_name), belongs_to=f"evidence:{row.sha256}")


def _reuse(row: Evidence, kind: str, store_id: int, order_id: int) -> Reuse:
    is_other = store_id != row.store_id
    return Reuse(next(each for each in KINDS if each == kind), is_other, None if is_other else order_id)


def _view(row: Evidence) -> EvidenceView:
    return EvidenceView(
        id=row.pk,
        filename=row.filename,
        kind=row.kind,
        size=row.size,
        state=row.state,
        seal=row.seal,
        verdict_label=_label(row),
        kept_at=row.kept_at,
        fields=row.fields,
        reasons=tuple(row.reasons),
        confidences=row.confidences,
    )


def _label(row: Evidence) -> str:
    if row.state == EvidenceState.STORED:
        return _("Recibido; lo revisamos antes de que alguien lo abra")
    if row.state == EvidenceState.REJECTED:
        return str(REJECTIONS[row.rejected_for])
    if SEAL_REUSED in row.reasons:
        return _("Este CEP ya se presentó en otro pedido")
    labels = {
        "verified": _("CEP con sello válido"),
        "invalid": _("El sello del CEP no coincide"),
        "not_verifiable": _("CEP recibido; su sello no se puede comprobar aquí"),
    }
    return labels.get(row.seal, _("Comprobante recibido"))
