"""What screens read of a comprobante."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from seguripago.foundations.stores import keyring
from seguripago.ports.file_stores import file_store

from .models import Evidence
from .rules import CONTENT_TYPES, EXTENSIONS, SEAL_REUSED, EvidenceKind


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


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """The clean copy, and the headers it must be served with. Compare `order_id` or `store_id` before serving it."""

    id: int
    order_id: int
    store_id: int
    filename: str
    content_type: str
    body: bytes

    @property
    def headers(self) -> dict[str, str]:
        """Answer headers under which no browser runs or draws the file in our name: always a download."""
        return {
            "Content-Type": self.content_type,
            "Content-Disposition": f'attachment; filename="{self.filename}"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "private, no-store",
        }


def evidence_of(order_id: int) -> tuple[EvidenceView, ...]:
    """Answer the comprobantes of an order, the newest first."""
    return tuple(_view(row) for row in Evidence.objects.filter(order_id=order_id).order_by("-pk"))


def evidence_file(evidence_id: int) -> EvidenceFile | None:
    """Answer the clean copy of a comprobante, never the original; None for an id that nothing has."""
    row = Evidence.objects.filter(pk=evidence_id).first()
    if row is None:
        return None
    kind = EvidenceKind(row.clean_kind)
    return EvidenceFile(
        id=row.pk,
        order_id=row.order_id,
        store_id=row.store_id,
        filename=f"comprobante-{row.pk}.{EXTENSIONS[kind]}",
        content_type=CONTENT_TYPES[kind],
        body=file_store().read(row.clean_name),
    )


def sealed_original(evidence_id: int) -> bytes:
    """Answer the very bytes that were given, for a dispute; raises Evidence.DoesNotExist and FileMissing."""
    row = Evidence.objects.get(pk=evidence_id)
    return keyring.unseal(file_store().read(row.sealed_name), belongs_to=f"evidence:{row.sha256}")


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
    )


def _label(row: Evidence) -> str:
    if SEAL_REUSED in row.reasons:
        return _("Este CEP ya se presentó en otro pedido")
    labels = {
        "verified": _("CEP con sello válido"),
        "invalid": _("El sello del CEP no coincide"),
        "not_verifiable": _("CEP recibido; su sello no se puede comprobar aquí"),
    }
    return labels.get(row.seal, _("Comprobante recibido"))
