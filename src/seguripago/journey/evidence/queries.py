"""What screens read of a comprobante, and what a dropped file says about the order it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from seguripago.foundations.stores import keyring
from seguripago.ports import registry
from seguripago.ports.file_stores import file_store
from seguripago.ports.receipt_readers import FAMILY as READERS
from seguripago.ports.receipt_readers import ReceiptReader

from .models import CepKey, Evidence
from .rules import CONTENT_TYPES, EXTENSIONS, MAX_BYTES, EvidenceKind


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


@dataclass(frozen=True, slots=True)
class OrderMark:
    """What a dropped PRE-FACTURA, or its QR, says: the number with its key, or the token of the order page."""

    order_number: str = ""
    verification_key: str = ""
    access_token: str = ""


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


def order_mark_in(body: bytes) -> OrderMark | None:
    """Read which order a dropped file speaks of; None when it is no PRE-FACTURA of ours.

    A claim: number and key are still to be checked against the order.
    """
    if not 0 < len(body) <= MAX_BYTES:
        return None
    readers: list[ReceiptReader] = list(registry.adapters(READERS).values())
    for reader in readers:
        if not reader.reads(body):
            continue
        said = reader.read(body, {}).fields
        mark = OrderMark(
            order_number=said.get("order_number", ""),
            verification_key=said.get("verification_key", ""),
            access_token=said.get("access_token", ""),
        )
        if mark.access_token or (mark.order_number and mark.verification_key):
            return mark
    return None


def pinned_keys() -> dict[str, bytes]:
    """Answer the pinned keys of CEP certificates by serial."""
    return {key.serial: key.pem.encode() for key in CepKey.objects.order_by("serial")}


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
    labels = {
        "verified": _("CEP con sello válido"),
        "invalid": _("El sello del CEP no coincide"),
        "not_verifiable": _("CEP recibido; su sello no se puede comprobar aquí"),
    }
    return labels.get(row.seal, _("Comprobante recibido"))
