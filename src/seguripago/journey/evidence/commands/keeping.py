"""Keep what the buyer shows: the one road of every stranger's file."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.stores import keyring
from seguripago.journey.orders.commands import lock_order
from seguripago.journey.orders.queries import order as read_order
from seguripago.ports import registry
from seguripago.ports.cep_paper import BUSY
from seguripago.ports.file_stores import file_store
from seguripago.ports.pdf_opening import PdfBusy
from seguripago.ports.receipt_readers import FAMILY as READERS
from seguripago.ports.receipt_readers import ReceiptKind, ReceiptReader, ReceiptReading, Seal, pinned_keys
from seguripago.ports.scanners import Finding, Harmful, Harmless, NotScanned, Scanner, scanner
from seguripago.values.actor import Actor

from ..cleaning import CleanCopy, clean
from ..facts import EvidenceKept
from ..looks import Look, look_of
from ..models import Evidence
from ..refusals import (
    FileIsHarmful,
    FileIsNotTaken,
    FileIsTooBig,
    FileNotScanned,
    TooManyFiles,
    TooManyThroughLinks,
)
from ..rules import MAX_BYTES, MOST_FILES, Door, EvidenceKind, EvidenceState, MarkKind, kind_of, shown_name
from . import looking, marks, reading


def keep_evidence(
    order_id: int, *, filename: str, body: bytes, by: Actor, at: datetime, door: Door = Door.ORDER
) -> int:
    """Keep a comprobante of the order: the original sealed away, a clean copy to look at. Returns its id.

    The same file again is the one that is known. While the scanner is away only the sealed original is kept, which
    nobody may open, and looked at later. Each door has its own number of files. Never changes a payment. Raises
    FileIsTooBig, FileIsNotTaken, FileIsBroken, FileIsOversized, FileIsLocked, FileIsHarmful, TooManyFiles,
    TooManyThroughLinks; each has `says`, the words for who chose the file.
    """
    order = read_order(order_id)
    check_size(body)
    digest = hashlib.sha256(body).hexdigest()
    known = _known(order_id, digest)
    if known is not None:
        return known
    kind = taken_kind(body)
    refuse_too_many(order_id, door)
    found = scan(body)
    if isinstance(found, Harmful):
        raise FileIsHarmful(found.name)
    row = Evidence(
        store_id=order.store_id,
        order_id=order_id,
        filename=shown_name(filename),
        kind=kind,
        size=len(body),
        sha256=digest,
        state=EvidenceState.STORED,
        door=door,
        by_kind=by.kind,
        by_name=by.name[:120],
        kept_at=at,
    )
    seen = Seen()
    if isinstance(found, Harmless):
        seen = clear(row, body, at=at)
    # Files first: a row without its files would lie, files without a row are only forgotten.
    row.sealed_name = file_store().put("sealed", keyring.seal(body, belongs_to=f"evidence:{digest}"))
    try:
        kept, is_new = _insert(row, seen, by=by, at=at)
    except Exception:
        _forget_files(row)
        raise
    if not is_new:
        _forget_files(row)
    return kept


def refuse_too_many(order_id: int, door: Door) -> None:
    """Raise TooManyFiles, or TooManyThroughLinks, where this door keeps no more. Rejected files take nobody's room.

    Asked twice: before a file is opened, which costs something, and under the order's lock, where it counts.
    """
    rows = Evidence.objects.filter(order_id=order_id, door=door).exclude(state=EvidenceState.REJECTED)
    if rows.count() >= MOST_FILES[door]:
        raise TooManyThroughLinks if door is Door.LINK else TooManyFiles


def check_size(body: bytes) -> None:
    """Raise FileIsTooBig for an empty file and for one of more than ten megabytes."""
    if not 0 < len(body) <= MAX_BYTES:
        raise FileIsTooBig


def taken_kind(body: bytes, kinds: Collection[EvidenceKind] = tuple(EvidenceKind)) -> EvidenceKind:
    """The kind that a file's first bytes tell, if it is one of `kinds`; raises FileIsNotTaken."""
    kind = kind_of(body)
    if kind is None or kind not in kinds:
        raise FileIsNotTaken
    return kind


def clean_copy(kind: EvidenceKind, body: bytes) -> tuple[str, CleanCopy]:
    """Let the scanner look, then make the copy that people may open: the one road of every stranger's file.

    Returns the scanner's slug and the copy. Raises FileIsHarmful, FileNotScanned, FileIsBroken, FileIsOversized,
    FileIsLocked.
    """
    match scan(body):
        case Harmful(name):
            raise FileIsHarmful(name)
        case NotScanned(reason):
            raise FileNotScanned(reason)
    return chosen_scanner().slug, clean(kind, body)


def chosen_scanner() -> Scanner:
    """The scanner of this house."""
    return scanner("clamav" if settings.SEGURIPAGO.clamd_address else "none")


def scan(body: bytes) -> Finding:
    """Let the scanner look."""
    return chosen_scanner().scan(body)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a file shows at once: what data says, how a picture looks, and what it was compared with."""

    reading: ReceiptReading | None = None
    look: Look | None = None
    compared: looking.Compared = looking.NOTHING


def clear(row: Evidence, body: bytes, *, at: datetime) -> Seen:
    """Put the copy that people may open on its shelf and write it into the row's columns.

    Raises FileIsBroken, FileIsOversized, FileIsLocked, and FileNotScanned when too many files are open.
    """
    kind = EvidenceKind(row.kind)
    copy = clean(kind, body)
    try:
        said, look = read_at_once(kind, body), look_of(copy)
    except PdfBusy:
        raise FileNotScanned(BUSY) from None
    seen = Seen(said, look, looking.compare(look) if look is not None else looking.NOTHING)
    # Last of all: what fails before leaves nothing on the shelf.
    row.state, row.scanner, row.looked_at = EvidenceState.CLEAN, chosen_scanner().slug, at
    row.clean_name, row.clean_kind = file_store().put("clean", copy.body), copy.kind
    row.clean_sha256 = hashlib.sha256(copy.body).hexdigest()
    return seen


def _insert(row: Evidence, seen: Seen, *, by: Actor, at: datetime) -> tuple[int, bool]:
    """Write the row; its id, or that of the row which has these bytes already, and whether it is new."""
    with transaction.atomic():
        lock_order(row.order_id)
        known = _known(row.order_id, row.sha256)
        if known is not None:
            return known, False
        refuse_too_many(row.order_id, Door(row.door))
        if seen.reading is not None:
            reading.fill(row, seen.reading)
            reading.settle(row, at=at)
        marks.claim_marks(row, frozenset({MarkKind.FILE}), at=at)
        row.save(force_insert=True)
        said = {"evidence": row.pk, "kind": row.kind, "sha256": row.sha256, "seal": row.seal, "state": row.state}
        record(row.store_id, by, "evidence.kept", f"order:{row.order_id}", said, at=at)
        publish(EvidenceKept(store_id=row.store_id, at=at, order_id=row.order_id, evidence_id=row.pk))
        if seen.reading is not None:
            reading.announce(row, at=at)
        if seen.look is not None:
            looking.keep_look(row, seen.look, seen.compared)
    return row.pk, True


def _forget_files(row: Evidence) -> None:
    for name in filter(None, (row.sealed_name, row.clean_name)):
        file_store().remove(name)


def _known(order_id: int, digest: str) -> int | None:
    """The same bytes on this order; what was rejected may be shown again, and is looked at again."""
    rows = Evidence.objects.filter(order_id=order_id, sha256=digest).exclude(state=EvidenceState.REJECTED)
    return rows.values_list("pk", flat=True).first()


def read_at_once(kind: EvidenceKind, body: bytes) -> ReceiptReading | None:
    """What data says of itself; None for what has to be read from its look, which takes longer."""
    if kind not in {EvidenceKind.CEP, EvidenceKind.PDF}:
        return None
    readers: list[ReceiptReader] = list(registry.adapters(READERS).values())
    pinned = pinned_keys(settings.SEGURIPAGO.data_dir)
    for reader in readers:
        if not reader.is_slow and reader.reads(body):
            said = reader.read(body, pinned)
            if BUSY in said.reasons:
                raise FileNotScanned(BUSY)
            # A bank's own PDF says nothing that could be proven.
            return said if kind is EvidenceKind.CEP or said.kind is ReceiptKind.CEP else None
    return ReceiptReading(ReceiptKind.UNKNOWN, Seal.NONE, {}, ("no_reader",)) if kind is EvidenceKind.CEP else None
