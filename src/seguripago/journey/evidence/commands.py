"""Keep what the buyer shows."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.stores import keyring
from seguripago.journey.orders.queries import order as read_order
from seguripago.ports import registry
from seguripago.ports.file_stores import file_store
from seguripago.ports.receipt_readers import FAMILY as READERS
from seguripago.ports.receipt_readers import ReceiptKind, ReceiptReader, ReceiptReading, Seal, pinned_keys
from seguripago.ports.scanners import Harmful, NotScanned, scanner
from seguripago.values.actor import Actor
from seguripago.values.refusal import Refusal

from .cleaning import CleanCopy, FileIsBroken, clean
from .facts import EvidenceKept
from .models import Evidence, ShownSeal
from .rules import (
    MAX_BYTES,
    MAX_PER_ORDER,
    SEAL_REUSED,
    EvidenceKind,
    EvidenceState,
    kind_of,
    shown_name,
)


class FileIsTooBig(Refusal):
    """The file is empty or has more than ten megabytes."""

    code: ClassVar[str] = "SP-401"
    says: ClassVar[Promise] = _("Tu archivo debe pesar menos de 10 MB y no estar vacío.")


class FileIsNotTaken(Refusal):
    """The file is none of the kinds that a comprobante may be."""

    code: ClassVar[str] = "SP-402"
    says: ClassVar[Promise] = _("Sube tu comprobante como imagen (JPG, PNG o WebP), PDF o el XML del CEP.")


class FileIsHarmful(Refusal):
    """The scanner found malware in the file."""

    code: ClassVar[str] = "SP-406"
    says: ClassVar[Promise] = _("Tu archivo contiene algo peligroso y no lo guardamos. Sube una captura de pantalla.")

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


class FileNotScanned(Refusal):
    """The scanner is away, and no file is taken unseen."""

    code: ClassVar[str] = "SP-407"
    says: ClassVar[Promise] = _("Por ahora no podemos revisar archivos. Inténtalo de nuevo en unos minutos.")

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


class TooManyFiles(Refusal):
    """The order has as many files as an order may have."""

    code: ClassVar[str] = "SP-408"
    says: ClassVar[Promise] = _("Tu pedido ya tiene todos los archivos que puede guardar. Escríbenos en el chat.")


def keep_evidence(order_id: int, *, filename: str, body: bytes, by: Actor, at: datetime) -> int:
    """Keep a comprobante of the order: the original sealed away, a clean copy to look at. Returns its id.

    The same file again is the one that is known. Never changes a payment. Raises FileIsTooBig, FileIsNotTaken,
    FileIsBroken, FileIsOversized, FileIsLocked, FileIsHarmful, FileNotScanned, TooManyFiles; each has `says`, the words
    for the person who chose the file.
    """
    order = read_order(order_id)
    if not 0 < len(body) <= MAX_BYTES:
        raise FileIsTooBig
    digest = hashlib.sha256(body).hexdigest()
    known = _known(order_id, digest)
    if known is not None:
        return known
    kind = kind_of(body)
    if kind is None:
        raise FileIsNotTaken
    if Evidence.objects.filter(order_id=order_id).count() >= MAX_PER_ORDER:
        raise TooManyFiles
    scanned_by = _scan(body)
    copy = clean(kind, body)
    reading = _read(body) if kind in {EvidenceKind.CEP, EvidenceKind.PDF} else None
    if kind is EvidenceKind.PDF and reading is not None and reading.kind is not ReceiptKind.CEP:
        # A bank's own PDF says nothing that could be proven.
        reading = None
    # Files first: a row without its files would lie, files without a row are only forgotten.
    store = file_store()
    row = Evidence(
        store_id=order.store_id,
        order_id=order_id,
        filename=shown_name(filename),
        kind=kind,
        size=len(body),
        sha256=digest,
        sealed_name=store.put("sealed", keyring.seal(body, belongs_to=f"evidence:{digest}")),
        scanner=scanned_by,
        by_kind=by.kind,
        by_name=by.name[:120],
        kept_at=at,
        **_copy_columns(copy, store.put("clean", copy.body)),
        **_reading_columns(reading),
    )
    return _insert(row, by=by, at=at)


def _insert(row: Evidence, *, by: Actor, at: datetime) -> int:
    with transaction.atomic():
        row.reasons = [*row.reasons, *_shown_before(row, at=at)]
        made = Evidence.objects.bulk_create([row], ignore_conflicts=True)
        kept = _known(row.order_id, row.sha256)
        if kept is None:
            raise FileIsBroken
        is_new = Evidence.objects.filter(pk=kept, sealed_name=row.sealed_name).exists()
        if is_new:
            said = {"evidence": kept, "kind": row.kind, "sha256": row.sha256, "seal": row.seal}
            record(row.store_id, by, "evidence.kept", f"order:{row.order_id}", said, at=at)
            publish(EvidenceKept(store_id=row.store_id, at=at, order_id=row.order_id, evidence_id=kept))
    if not is_new:
        for twin in made:
            file_store().remove(twin.sealed_name)
            file_store().remove(twin.clean_name)
    return kept


def _shown_before(row: Evidence, *, at: datetime) -> tuple[str, ...]:
    """Why this seal is not new: another order showed it first, and who shows it first has it.

    An invalid CEP takes no seal for itself: whoever alters a stranger's CEP must not spoil it for him.
    """
    if not row.seal_digest:
        return ()
    if row.seal in {Seal.VERIFIED.value, Seal.NOT_VERIFIABLE.value}:
        claim = ShownSeal(digest=row.seal_digest, store_id=row.store_id, order_id=row.order_id, at=at)
        ShownSeal.objects.bulk_create([claim], ignore_conflicts=True)
    first = ShownSeal.objects.filter(digest=row.seal_digest).values_list("order_id", flat=True).first()
    return (SEAL_REUSED,) if first is not None and first != row.order_id else ()


def _known(order_id: int, digest: str) -> int | None:
    return Evidence.objects.filter(order_id=order_id, sha256=digest).values_list("pk", flat=True).first()


def _scan(body: bytes) -> str:
    chosen = scanner("clamav" if settings.SEGURIPAGO.clamd_address else "none")
    match chosen.scan(body):
        case Harmful(name):
            raise FileIsHarmful(name)
        case NotScanned(reason):
            raise FileNotScanned(reason)
    return chosen.slug


def _read(body: bytes) -> ReceiptReading:
    readers: list[ReceiptReader] = list(registry.adapters(READERS).values())
    pinned = pinned_keys(settings.SEGURIPAGO.data_dir)
    for reader in readers:
        if reader.reads(body):
            return reader.read(body, pinned)
    return ReceiptReading(ReceiptKind.UNKNOWN, Seal.NONE, {}, ("no_reader",))


def _copy_columns(copy: CleanCopy, name: str) -> dict[str, str]:
    return {"clean_name": name, "clean_kind": copy.kind, "clean_sha256": hashlib.sha256(copy.body).hexdigest()}


def _reading_columns(reading: ReceiptReading | None) -> dict[str, object]:
    if reading is None:
        return {"state": EvidenceState.CLEAN}
    return {
        "state": EvidenceState.READ if reading.kind is ReceiptKind.CEP else EvidenceState.CLEAN,
        "seal": reading.seal.value,
        "seal_digest": reading.seal_digest,
        "fields": dict(reading.fields),
        "reasons": list(reading.reasons),
    }
